"""Importing a folder: what is loaded, published and raised, and what a second import does."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from db.importing import FileReport, Report, import_directory
from db.importing.editions import lock_imports, unlock_imports

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)

PODS = """pod,name,strategy,timezone
prairie,Prairie,Longest Idle,America/Edmonton
river,River,linear,America/Toronto
"""
LINES = "line,name,voice_flow,text_flow,languages\n(403) 555-0199,Desk,,,en;FR\n"
TECHNICIANS = """technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana,403-555-0101,prairie,1,en,tax; water,Mon-Fri 08:00-16:30,ana@example.org,yes
ben,Ben,1 403 555 0102,prairie,2,en;fr,,,,Non
eve,Ève,418.555.0103,river,1,fr,,24/7,,oui
"""
MUNICIPALITIES = """municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases
4802022,Taber,Taber,T,ab,,,prairie,,
2423027,Quebec City,Québec,V,QC,,,river,gold,Quebec;Vieux-Québec
9900001,Somewhere,,,,Europe/London,en,,,
"""
CLIENTS = """client,name,phones,municipality,language,channel,email,notes
clara,Clara,403 555 0150;+1 403 555 0150; 403 555 0151,4802022,en,voice,,
marc,Marc,,2423027;4802022,fr,email,marc@example.org,"two, lines
here"
"""
HOLIDAYS = "municipality_or_province,date,name\nab,2026-08-03,Heritage Day\n4802022,2026-08-28,Cornfest\n"
ABSENCES = """technician,from,to,note
ana,2026-12-24,2026-12-26,skiing
ana,2026-12-01 13:00,2026-12-01 15:30,
eve,2026-12-24,2026-12-24,
"""

ALL = {
    "pods": PODS,
    "lines": LINES,
    "technicians": TECHNICIANS,
    "municipalities": MUNICIPALITIES,
    "clients": CLIENTS,
    "holidays": HOLIDAYS,
}


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def folder_of(path: Path, **files: str) -> Path:
    """A folder of its own with exactly these files."""
    folder = path / f"folder-{len(list(path.iterdir()))}"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


async def editions(connection: "asyncpg.Connection[asyncpg.Record]") -> tuple[int, int]:
    record = await connection.fetchrow("SELECT directory, flows FROM editions")
    assert record is not None
    return record["directory"], record["flows"]


async def versions(connection: "asyncpg.Connection[asyncpg.Record]", flow: str = "main") -> list[dict[str, Any]]:
    records = await connection.fetch(
        "SELECT version, document, ring_orders, hours, published_at, published_by, note "
        "FROM flow_versions WHERE flow = $1 ORDER BY version",
        flow,
    )
    jsons = ("document", "ring_orders", "hours")
    return [{key: json.loads(value) if key in jsons else value for key, value in record.items()} for record in records]


def counts(report: Report) -> dict[str, tuple[int, int, int, int]]:
    return {
        file.file.removesuffix(".csv"): (file.added, file.changed, file.unchanged, file.refused)
        for file in report.files
    }


async def test_a_whole_folder(connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path) -> None:
    report = await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    assert not report.problems
    assert not report.warnings
    assert report.loaded
    assert counts(report) == {
        "pods": (2, 0, 0, 0),
        "lines": (1, 0, 0, 0),
        "technicians": (3, 0, 0, 0),
        "municipalities": (3, 0, 0, 0),
        "clients": (2, 0, 0, 0),
        "holidays": (2, 0, 0, 0),
    }
    assert await editions(connection) == (6, 1)
    assert await connection.fetchval("SELECT strategy FROM pods WHERE pod = 'prairie'") == "longest_idle"
    ben = await connection.fetchrow("SELECT * FROM technicians WHERE technician = 'ben'")
    assert ben is not None
    assert (ben["phone"], ben["languages"], ben["swarm"], ben["hours"]) == (
        "+14035550102",
        ["en", "fr"],
        False,
        "",
    )
    places = await connection.fetch("SELECT * FROM municipalities ORDER BY municipality")
    assert [(place["timezone"], place["languages"], place["province"], place["pod"]) for place in places] == [
        ("America/Toronto", ["fr"], "QC", "river"),
        ("America/Edmonton", ["en"], "AB", "prairie"),
        ("Europe/London", ["en"], "", None),
    ]
    phones = await connection.fetch("SELECT phone FROM client_phones ORDER BY place")
    assert [record["phone"] for record in phones] == ["+14035550150", "+14035550151"]
    assert await connection.fetchval("SELECT notes FROM clients WHERE client = 'marc'") == "two, lines\nhere"
    assert await connection.fetchval("SELECT count(*) FROM client_municipalities WHERE client = 'marc'") == 2


async def test_importing_again_changes_nothing(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, **ALL)
    await import_directory(connection, folder, now=NOW)
    before = await editions(connection)
    report = await import_directory(connection, folder, now=NOW)
    assert {file[:2] for file in counts(report).values()} == {(0, 0)}
    assert report.published == ()
    assert await editions(connection) == before
    assert len(await versions(connection)) == 2


async def test_a_changed_row_is_changed_and_nothing_else(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    clients = CLIENTS.replace("; 403 555 0151", "; 403 555 0152").replace("2423027;4802022", "4802022;2423027")
    clients += "zoe,Zoé,,4802022,,,,\n"
    report = await import_directory(connection, folder_of(tmp_path, clients=clients), now=NOW)
    assert counts(report) == {"clients": (1, 2, 0, 0)}
    assert report.files[0].changed_keys == ("clara", "marc")
    assert await editions(connection) == (7, 1)
    phones = await connection.fetch("SELECT phone FROM client_phones WHERE client = 'clara' ORDER BY place")
    assert [record["phone"] for record in phones] == ["+14035550150", "+14035550152"]
    first = "SELECT municipality FROM client_municipalities WHERE client = 'marc' ORDER BY place"
    assert await connection.fetchval(first) == "4802022"


async def test_ring_orders_and_hours_are_published_for_every_flow(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await connection.execute(
        "INSERT INTO flow_versions (flow, version, document, published_at, published_by) "
        "VALUES ('winter', 4, '{\"start\": \"hello\"}', $1, 'sue')",
        NOW,
    )
    report = await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    assert report.published == (("main", 2), ("texts", 2), ("winter", 5))
    newest = (await versions(connection))[-1]
    assert newest["ring_orders"] == {"prairie": ["ana", "ben"], "river": ["eve"]}
    assert newest["hours"] == {
        "ana": {"hours": "Mon-Fri 08:00-16:30", "timezone": "America/Edmonton"},
        "ben": {"hours": "", "timezone": "America/Edmonton"},
        "eve": {"hours": "24/7", "timezone": "America/Toronto"},
    }
    assert (newest["published_at"], newest["published_by"]) == (NOW, "import")
    assert newest["note"] == "import of technicians.csv"
    winter = (await versions(connection, "winter"))[-1]
    assert (winter["version"], winter["document"]) == (5, {"start": "hello"})
    assert winter["ring_orders"] == newest["ring_orders"]


@pytest.mark.parametrize(
    ("files", "publishes"),
    [
        ({"technicians": TECHNICIANS.replace("prairie,1", "prairie,3")}, True),
        ({"technicians": TECHNICIANS.replace("08:00-16:30", "08:00-17:00")}, True),
        ({"technicians": TECHNICIANS.replace("river,1", "prairie,1")}, True),
        ({"technicians": TECHNICIANS.replace("Ève", "Eva").replace("tax", "pay")}, False),
        ({"pods": PODS.replace("America/Edmonton", "America/Regina")}, True),
        ({"pods": PODS.replace("River", "Fleuve")}, False),
        ({"municipalities": MUNICIPALITIES.replace("gold", "silver")}, False),
    ],
)
async def test_only_ring_orders_and_hours_are_published(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path, files: dict[str, str], publishes: bool
) -> None:
    await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    report = await import_directory(connection, folder_of(tmp_path, **files), now=NOW)
    assert sum(file.changed for file in report.files) > 0
    assert bool(report.published) == publishes
    assert await editions(connection) == (7, 1 + publishes)
    assert len(await versions(connection)) == 2 + publishes


async def test_two_technicians_swap_numbers_in_one_file(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    swapped = TECHNICIANS.replace("403-555-0101", "X").replace("1 403 555 0102", "4035550101")
    swapped = swapped.replace("X", "4035550102")
    report = await import_directory(connection, folder_of(tmp_path, technicians=swapped), now=NOW)
    assert not report.problems
    assert counts(report) == {"technicians": (0, 2, 1, 0)}


async def test_good_rows_load_and_bad_ones_are_told(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    pods = PODS + "sea,Sea,ring all,America/Halifax\n"
    report = await import_directory(connection, folder_of(tmp_path, pods=pods), now=NOW)
    assert report.files == (
        FileReport("pods.csv", 3, added=2, refused=1, added_keys=("prairie", "river"), loaded=True),
    )
    (problem,) = report.problems
    assert (problem.file, problem.line, problem.column) == ("pods.csv", 4, "strategy")
    assert problem.value == "ring all"
    assert list(report.lines()) == [
        'pods.csv, line 4, strategy: "ring all" is not a strategy; write linear, circular, longest idle or '
        "simultaneous. Did you mean simultaneous?",
        "pods.csv: 2 added, 0 changed, 0 unchanged, 1 refused.",
    ]


async def test_strict_loads_nothing_at_all_if_anything_is_wrong(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    files = ALL | {"holidays": HOLIDAYS + "AB,someday,Nothing\n"}
    report = await import_directory(connection, folder_of(tmp_path, **files), now=NOW, strict=True)
    assert len(report.problems) == 1
    assert not report.loaded
    assert list(report.lines())[-1] == "Nothing was loaded."
    assert await connection.fetchval("SELECT count(*) FROM pods") == 0
    assert await editions(connection) == (0, 0)
    report = await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW, strict=True)
    assert report.loaded
    assert await connection.fetchval("SELECT count(*) FROM clients") == 2


async def test_a_dry_run_tells_what_would_change_and_changes_nothing(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, **ALL)
    report = await import_directory(connection, folder, now=NOW, dry_run=True)
    assert counts(report)["technicians"] == (3, 0, 0, 0)
    assert report.published == (("main", 2), ("texts", 2))
    lines = list(report.lines(shown=2))
    assert "technicians.csv: 3 would be added, 0 would be changed, 0 unchanged." in lines
    assert "  add: ana, ben and 1 more" in lines
    assert "Ring orders or hours would change: published main 2, texts 2." not in lines
    assert "Ring orders or hours would change; this would publish main 2, texts 2." in lines
    assert lines[-1] == "This was a dry run: nothing was changed."
    assert await connection.fetchval("SELECT count(*) FROM pods") == 0
    assert await editions(connection) == (0, 0)
    assert len(await versions(connection)) == 1
    again = await import_directory(connection, folder, now=NOW)
    assert counts(again) == counts(report)


async def test_what_the_database_refuses_is_a_problem_of_the_file(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await connection.execute("ALTER TABLE pods ADD CONSTRAINT no_rivers CHECK (pod <> 'river')")
    report = await import_directory(connection, folder_of(tmp_path, pods=PODS, lines=LINES), now=NOW)
    (problem,) = report.problems
    assert "no_rivers" in problem.reason
    assert counts(report) == {"pods": (0, 0, 0, 0), "lines": (1, 0, 0, 0)}
    assert await connection.fetchval("SELECT count(*) FROM pods") == 0
    report = await import_directory(connection, folder_of(tmp_path, pods=PODS, lines=LINES), now=NOW, strict=True)
    assert not report.loaded


async def test_a_strict_import_that_breaks_leaves_nothing_behind(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await connection.execute(
        """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON clients FOR EACH ROW EXECUTE FUNCTION full_disk();
        """
    )
    folder = folder_of(tmp_path, **ALL)
    with pytest.raises(asyncpg.DiskFullError):
        await import_directory(connection, folder, now=NOW, strict=True)
    assert await connection.fetchval("SELECT count(*) FROM pods") == 0
    assert await editions(connection) == (0, 0)
    with pytest.raises(asyncpg.DiskFullError):
        await import_directory(connection, folder, now=NOW)
    assert await connection.fetchval("SELECT count(*) FROM pods") == 2
    await connection.execute("DROP TRIGGER full_disk ON clients")
    assert (await import_directory(connection, folder, now=NOW)).loaded


async def test_imports_wait_for_each_other(
    connection: "asyncpg.Connection[asyncpg.Record]", database_url: str, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, **ALL)
    other = await asyncpg.connect(database_url)
    await lock_imports(other)
    waiting = asyncio.create_task(import_directory(connection, folder, now=NOW))
    locks = (
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_locks.database = pg_database.oid "
        "WHERE locktype = 'advisory' AND datname = current_database()"
    )
    for _ in range(10_000):
        if await other.fetchval(locks) == 2:
            break
    assert not waiting.done()
    await unlock_imports(other)
    assert (await waiting).loaded
    assert await other.fetchval(locks) == 0
    await other.close()


async def test_progress_is_told_by_file_and_rows(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    heard: list[tuple[str, int, int]] = []
    clients = "client,name,municipality\n" + "".join(f"c{n},Client {n},4802022\n" for n in range(1200))
    folder = folder_of(tmp_path, **ALL | {"clients": clients})
    await import_directory(connection, folder, now=NOW, progress=lambda *told: heard.append(told))
    assert ("clients.csv", 500, 1200) in heard
    assert ("clients.csv", 1200, 1200) in heard
    assert ("pods.csv", 2, 2) in heard
