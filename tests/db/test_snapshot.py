"""The snapshot: what an import wrote is found at once, by every process, and while the database is away."""

import asyncio
import multiprocessing
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from db import snapshot
from db.importing import import_directory
from db.snapshot import Directory, Snapshots
from routing.directory import Client, Holiday, Line, Municipality, Pod, Technician
from tests.database import fresh_database

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
ANA, BEN, DESK = "+14035550101", "+14035550102", "+14035550199"
HALL, MARIE = "+14035550150", "+14185550151"

FILES = {
    "pods.csv": "pod,name,strategy,timezone,wrap_up\nprairie,Prairie,linear,America/Edmonton,30\n",
    "lines.csv": f"line,name,voice_flow,text_flow,languages,fallback\n{DESK},Desk,,,en;fr,403 555 0198\n",
    "technicians.csv": "technician,name,phone,pod,position,languages,skills,hours,email,swarm\n"
    f"ana,Ana,{ANA},prairie,2,en;fr,tax;water,Mon-Fri 08:00-16:30,ana@example.org,yes\n"
    f"ben,Ben,{BEN},prairie,1,en,,,,no\n",
    "municipalities.csv": "municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases,"
    "hours\n"
    "4802022,Taber,,T,AB,,,prairie,gold,Tabor;Cornland,Mon-Fri 09:00-17:00\n"
    "2423027,Quebec City,Québec,V,QC,,,,,,\n",
    "clients.csv": "client,name,phones,municipality,language,channel,email,notes\n"
    f"clara,Clara,{HALL},4802022,en,voice,clara@example.org,front desk\n"
    f"marie,Marie,{MARIE};{HALL},2423027;4802022,fr,,,\n",
    "holidays.csv": "municipality_or_province,date,name\n4802022,2026-08-28,Cornfest\nAB,2026-08-03,Heritage Day\n",
}


def write(folder: Path, **changed: str) -> Path:
    folder.mkdir(exist_ok=True)
    for file, text in (FILES | {f"{name}.csv": text for name, text in changed.items()}).items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        yield pool


async def load(pool: "asyncpg.Pool[asyncpg.Record]", folder: Path) -> int:
    """Imports and tells the edition."""
    async with pool.acquire() as connection:
        report = await import_directory(connection, folder, now=NOW)
        assert not report.problems
        edition: int = await connection.fetchval("SELECT directory FROM editions")
        return edition


async def test_every_fact_is_found_as_it_was_written(pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path) -> None:
    edition = await load(pool, write(tmp_path / "files"))
    directory = await Snapshots(tmp_path).current(pool, edition)
    assert directory.edition == edition
    assert directory.pod("prairie") == Pod("prairie", "Prairie", "linear", "America/Edmonton", 30)
    assert directory.line(DESK) == Line(DESK, "Desk", languages=("en", "fr"), fallback="+14035550198")
    assert directory.lines == (directory.line(DESK),)
    ana = Technician(
        *("ana", "Ana", ANA, "prairie", 2, ("en", "fr"), ("tax", "water"), "Mon-Fri 08:00-16:30"),
        email="ana@example.org",
        swarm=True,
    )
    assert directory.technician("ana") == directory.technician_with(ANA) == ana
    assert [one.technician for one in directory.technicians_of("prairie")] == ["ben", "ana"]
    assert [one.technician for one in directory.technicians] == ["ben", "ana"]
    taber = Municipality(
        *("4802022", "Taber", "", "T", "AB", "America/Edmonton", ("en",), "prairie", "gold"),
        aliases=("Tabor", "Cornland"),
        hours="Mon-Fri 09:00-17:00",
    )
    assert directory.municipality("4802022") == taber
    quebec = directory.municipality("2423027")
    assert quebec is not None
    assert (quebec.languages, quebec.pod, quebec.timezone) == (("fr",), "", "America/Toronto")
    marie = Client("marie", "Marie", (MARIE, HALL), ("2423027", "4802022"), "fr")
    assert directory.client("marie") == marie
    assert directory.clients_with(MARIE) == (marie,)
    assert [client.client for client in directory.clients_with(HALL)] == ["clara", "marie"]
    assert [one.municipality for one in directory.municipalities()] == ["4802022", "2423027"]
    assert directory.municipalities("QC") == (quebec,)
    assert directory.holidays("AB", "4802022") == (
        Holiday("AB", "2026-08-03", "Heritage Day"),
        Holiday("4802022", "2026-08-28", "Cornfest"),
    )
    assert directory.holidays("QC", "2423027") == ()


async def test_what_is_not_there_is_none(pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path) -> None:
    directory = await Snapshots(tmp_path).current(pool, 0)
    assert directory.edition == 0
    nobody = "+14035550100"
    for found in (
        directory.line(nobody),
        directory.pod("x"),
        directory.technician("x"),
        directory.technician_with(nobody),
        directory.municipality("x"),
        directory.client("x"),
    ):
        assert found is None
    assert [*directory.lines, *directory.technicians, *directory.municipalities()] == []
    assert [*directory.clients_with(nobody), *directory.technicians_of("x")] == []


async def test_a_new_edition_is_read_at_once_and_the_old_stays_readable(
    pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path
) -> None:
    snapshots = Snapshots(tmp_path)
    folder = write(tmp_path / "files")
    before = await snapshots.current(pool, await load(pool, folder))
    assert await snapshots.current(pool, before.edition) is before
    changed = FILES["clients.csv"].replace(f"{MARIE};{HALL}", "418 555 0152").replace("Clara", "Clara B.")
    after = await snapshots.current(pool, await load(pool, write(folder, clients=changed)))
    assert after.edition == before.edition + 1
    assert after.clients_with(MARIE) == ()
    assert [client.name for client in after.clients_with(HALL)] == ["Clara B."]
    assert [client.client for client in after.clients_with("+14185550152")] == ["marie"]
    assert [client.name for client in before.clients_with(HALL)] == ["Clara", "Marie"]
    assert before.municipality("2423027") is not None
    assert len(list(tmp_path.glob("snapshot-*.sqlite"))) == 1


async def test_a_turn_reads_it_through_its_own_transaction(
    pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path
) -> None:
    folder = write(tmp_path / "files")
    async with pool.acquire() as turn, turn.transaction():
        assert await turn.fetchval("SELECT directory FROM editions") == 0
        edition = await load(pool, folder)
        directory = await Snapshots(tmp_path).current(turn, 0)
    assert directory.edition == edition
    assert directory.client("clara") is not None


async def test_an_import_in_the_middle_of_a_turns_reading_is_read_whole(
    pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "files")
    read = snapshot._batches
    imported: list[int] = []

    async def interrupted(connection: snapshot.Connection, query: str) -> AsyncIterator[list[tuple[object, ...]]]:
        if "FROM clients" in query and not imported:
            imported.append(await load(pool, folder))
        async for batch in read(connection, query):
            yield batch

    monkeypatch.setattr(snapshot, "_batches", interrupted)
    async with pool.acquire() as turn, turn.transaction():
        directory = await Snapshots(tmp_path).current(turn, 0)
    assert imported == [directory.edition]
    assert directory.municipality("4802022") is not None
    assert directory.client("clara") is not None
    imported.clear()
    clients = FILES["clients.csv"].replace("Clara", "Klara")
    write(folder, clients=clients, municipalities=FILES["municipalities.csv"].replace("Taber", "Tabor"))
    await pool.execute("UPDATE editions SET directory = directory + 1")
    both = await Snapshots(tmp_path).current(pool, directory.edition + 1)
    assert both.edition == directory.edition + 1
    names = [both.municipality("4802022"), both.client("clara")]
    assert [one and one.name for one in names] == ["Taber", "Clara"]


async def test_processes_that_ask_together_wait_for_the_one_that_writes(
    pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path
) -> None:
    edition = await load(pool, write(tmp_path / "files"))
    # Two of them in one process: the lock is between open files.
    one, other = await asyncio.gather(*(Snapshots(tmp_path).current(pool, edition) for _ in range(2)))
    assert one is not other
    assert one.edition == other.edition == edition


async def test_a_file_of_another_format_is_written_anew(pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path) -> None:
    await Snapshots(tmp_path).current(pool, 0)
    (path,) = tmp_path.glob("snapshot-*.sqlite")
    with closing(sqlite3.connect(path)) as older:
        older.execute("UPDATE meta SET format = 0")
        older.commit()
    assert Snapshots(tmp_path).latest() is None
    assert (await Snapshots(tmp_path).current(pool, 0)).edition == 0
    assert Snapshots(tmp_path).latest() is not None
    with closing(sqlite3.connect(path)) as older:
        older.execute("DELETE FROM meta")
        older.commit()
    assert Snapshots(tmp_path).latest() is None


async def test_many_who_ask_together_cause_one_file(pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path) -> None:
    edition = await load(pool, write(tmp_path / "files"))
    snapshots = Snapshots(tmp_path)
    first, *others = await asyncio.gather(*(snapshots.current(pool, edition) for _ in range(20)))
    assert all(other is first for other in others)


async def test_while_the_database_is_away_the_newest_file_answers(
    pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path
) -> None:
    assert Snapshots(tmp_path).latest() is None
    assert Snapshots(tmp_path / "nowhere").latest() is None
    known = await Snapshots(tmp_path).current(pool, await load(pool, write(tmp_path / "files")))
    later = Snapshots(tmp_path)
    found = later.latest()
    assert found is not None
    assert (found.database, found.edition) == (known.database, known.edition)
    assert found.line(DESK) is not None
    assert later.latest() is found


async def test_another_database_with_the_same_edition_is_another_directory(
    pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path
) -> None:
    edition = await load(pool, write(tmp_path / "files"))
    ours = await Snapshots(tmp_path).current(pool, edition)
    with fresh_database() as other_url:
        async with asyncpg.create_pool(other_url, min_size=1, max_size=2) as other:
            await other.execute("UPDATE editions SET directory = $1", edition)
            theirs = await Snapshots(tmp_path).current(other, edition)
    assert theirs.edition == ours.edition
    assert theirs.database != ours.database
    assert theirs.line(DESK) is None
    assert ours.line(DESK) is not None


async def test_what_a_killed_writer_left_is_cleared_away(pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path) -> None:
    (tmp_path / "snapshot-1.part").write_bytes(b"half")
    (tmp_path / "snapshot-1-1-1-7.sqlite").write_bytes(b"no database at all")
    assert Snapshots(tmp_path).latest() is None
    await Snapshots(tmp_path).current(pool, await load(pool, write(tmp_path / "files")))
    assert not list(tmp_path.glob("*.part"))
    assert len(list(tmp_path.glob("*.sqlite"))) == 1


def _worker(url: str, home: str, edition: int, answers: "multiprocessing.Queue[tuple[str, int]]") -> None:
    async def ask() -> Directory:
        async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
            return await Snapshots(Path(home)).current(pool, edition)

    directory = asyncio.run(ask())
    answers.put((directory.clients_with(MARIE)[0].name, directory.edition))


async def test_workers_of_one_machine_share_one_file(
    pool: "asyncpg.Pool[asyncpg.Record]", database_url: str, tmp_path: Path
) -> None:
    edition = await load(pool, write(tmp_path / "files"))
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    workers = [spawn.Process(target=_worker, args=(database_url, str(tmp_path), edition, answers)) for _ in range(2)]
    for worker in workers:
        worker.start()
    heard = [await asyncio.to_thread(answers.get, timeout=60) for _ in workers]
    for worker in workers:
        await asyncio.to_thread(worker.join, 60)
    assert heard == [("Marie", edition)] * 2
    assert len(list(tmp_path.glob("snapshot-*.sqlite"))) == 1


async def test_people_and_places_are_found_by_e_mail(pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path) -> None:
    clients = (
        "client,name,phones,municipality,language,channel,email,notes\n"
        "clara,Clara,,4802022,en,,Clara@Taber.example,\n"
        "dale,Dale,,4802022,en,,clara@taber.example,\n"
        "eve,Eve,,4802022,en,,eve@county.example,\n"
        "marie,Marie,,2423027,fr,,marie@county.example,\n"
        "noor,Noor,,4802022;2423027,fr,,noor@both.example,\n"
        "omar,Omar,,4802022,fr,,,\n"
    )
    edition = await load(pool, write(tmp_path / "files", clients=clients))
    directory = await Snapshots(tmp_path).current(pool, edition)
    assert [one.client for one in directory.clients_at("clara@taber.example")] == ["clara", "dale"]
    assert directory.clients_at("nobody@taber.example") == directory.clients_at("") == ()
    assert directory.municipality_at("taber.example") == "4802022"
    for domain in ("county.example", "both.example", "elsewhere.example", ""):
        assert directory.municipality_at(domain) == ""
