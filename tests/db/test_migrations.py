"""The migrations lead to `db/schema.sql`, from nothing and from every older version, and back."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from db.editions import list_newest_versions
from db.migrate import MigrationFailed, dump_schema, migrate, migrations, pending, roll_back
from tests.database import fresh_database

SCHEMA = Path(__file__).parents[2] / "db" / "schema.sql"
NAMES = [path.name for path in sorted(migrations().glob("*.sql"))]


@pytest.fixture
def database_url() -> Iterator[str]:
    """In which nothing was ever but what the migrations made."""
    with fresh_database() as url:
        yield url


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[str]:
    """The address of a database in which nothing was ever made."""
    parts = urlsplit(database_url)
    name = parts.path.removeprefix("/") + "_empty"
    neighbour = await asyncpg.connect(database_url)
    await neighbour.execute(f"CREATE DATABASE {name}")
    yield parts._replace(path=f"/{name}").geturl()
    await neighbour.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await neighbour.close()


def test_the_schema_in_the_tree_is_the_one_that_migrations_make(database_url: str) -> None:
    made = dump_schema(database_url)
    if os.environ.get("PODLINE_WRITE_SCHEMA") == "1":
        SCHEMA.write_text(made)
    assert SCHEMA.read_text() == made, "db/schema.sql is of another day: run `make schema`"


def test_migrating_tells_what_it_applied_and_the_second_time_nothing(empty: str) -> None:
    assert pending(empty) == NAMES
    assert migrate(empty) == NAMES
    assert pending(empty) == []
    assert migrate(empty) == []


def test_two_who_migrate_together_apply_each_migration_once(empty: str) -> None:
    async def both() -> tuple[list[str], list[str]]:
        return await asyncio.gather(asyncio.to_thread(migrate, empty), asyncio.to_thread(migrate, empty))

    first, second = asyncio.run(both())
    assert sorted(first + second) == NAMES


@pytest.mark.parametrize("known", range(1, len(NAMES)))
def test_an_older_version_arrives_at_the_same_schema(empty: str, tmp_path: Path, known: int) -> None:
    for name in NAMES[:known]:
        shutil.copy(migrations() / name, tmp_path)
    assert migrate(empty, tmp_path) == NAMES[:known]
    assert migrate(empty) == NAMES[known:]
    assert dump_schema(empty) == SCHEMA.read_text()


def test_versions_of_before_are_live_by_their_number(empty: str, tmp_path: Path) -> None:
    """0005 puts what was published in order: until then the highest number was the live one."""
    for name in NAMES[:4]:
        shutil.copy(migrations() / name, tmp_path)
    migrate(empty, tmp_path)

    async def publish() -> None:
        connection = await asyncpg.connect(empty)
        await connection.execute(
            "INSERT INTO flow_versions (flow, version, published_at, published_by)"
            " VALUES ('main', 3, '2026-01-01', 'sue'), ('main', 2, '2026-01-02', 'sue'), ('winter', 7, now(), 'sue')"
        )
        await connection.close()

    async def live() -> dict[str, int]:
        connection = await asyncpg.connect(empty)
        # As a release that knows nothing of publications publishes while the new one is being started.
        await connection.execute(
            "INSERT INTO flow_versions (flow, version, published_at, published_by) VALUES ('winter', 8, now(), 'sue')"
        )
        found = {flow: one.version for flow, one in (await list_newest_versions(connection)).items()}
        await connection.close()
        return found

    asyncio.run(publish())
    migrate(empty)
    assert asyncio.run(live()) == {"main": 3, "texts": 1, "winter": 8}


def test_every_migration_can_be_taken_back_and_made_again(empty: str) -> None:
    nothing = None
    migrate(empty)
    for name in reversed(NAMES):
        roll_back(empty)
        assert name in pending(empty)
        nothing = dump_schema(empty)
    assert nothing is not None and "CREATE TABLE" in nothing  # dbmate's own
    assert nothing.count("CREATE TABLE") == 1, "a migration leaves something behind when it is taken back"
    assert migrate(empty) == NAMES
    assert dump_schema(empty) == SCHEMA.read_text()


def test_a_broken_migration_changes_nothing_and_is_told_in_one_sentence(empty: str, tmp_path: Path) -> None:
    broken = "-- migrate:up\nCREATE TABLE kept (a int);\nSELECT nonsense;\n-- migrate:down\n"
    (tmp_path / "0001_broken.sql").write_text(broken)
    before = pending(empty)
    with pytest.raises(MigrationFailed, match=r"^Migration 0001_broken\.sql failed and was taken back: .*nonsense"):
        migrate(empty, tmp_path)
    assert pending(empty) == before
    assert "kept" not in dump_schema(empty)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "http://example.org/",
            "PODLINE_DATABASE_URL is no address of a PostgreSQL: it begins with postgresql://.",
        ),
        ("postgresql://me:hidden@127.0.0.1:1/x", "The database cannot be migrated: .*connection refused"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_in_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(MigrationFailed, match=sentence) as told:
        migrate(url)
    assert "hidden" not in str(told.value)


def test_the_migration_linter_finds_nothing() -> None:
    """What going back drops is no concern of a running service, and 0001 is pgqueuer's own."""
    program = Path(sys.executable).with_name("squawk")
    for name in NAMES[1:]:
        forward = (migrations() / name).read_text().partition("-- migrate:down")[0]
        done = subprocess.run(
            [
                program,
                "--config",
                SCHEMA.parents[1] / ".squawk.toml",
                "--reporter",
                "gcc",
                "--stdin-filepath",
                name,
            ],
            input=forward,
            text=True,
            capture_output=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_pgqueuer_finds_its_own_tables(database_url: str) -> None:
    """A newer pgqueuer may want other tables than those of 0001: then this fails, and a migration is due."""
    program = Path(sys.executable).with_name("pgq")
    arguments = ["--schema", "jobs", "--pg-dsn", database_url, "verify", "--expect", "present"]
    done = subprocess.run([program, *arguments], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
