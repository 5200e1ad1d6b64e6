"""Whom clients and municipalities want, and whom not: imported, kept in the snapshot, changed."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from db.importing import import_directory
from db.snapshot import Snapshots
from tests.db.test_import import ALL, CLIENTS, MUNICIPALITIES, NOW, counts, folder_of


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_preferences_are_kept_and_changed(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    def with_preferences(text: str, wanted: str, unwanted: str) -> str:
        header, first, *rest = text.splitlines()
        return "\n".join([f"{header},wanted,unwanted", f"{first},{wanted},{unwanted}", *(f"{row},," for row in rest)])

    files = {
        "municipalities": with_preferences(MUNICIPALITIES, "ana; ben;ana", "eve"),
        "clients": with_preferences(CLIENTS.replace('"two, lines\nhere"', "one line"), "", "ben"),
    }
    report = await import_directory(connection, folder_of(tmp_path, **ALL | files), now=NOW)
    assert report.problems == ()
    before = await Snapshots(tmp_path).current(connection, 0)
    taber, clara, marc = before.municipality("4802022"), before.client("clara"), before.client("marc")
    assert taber and clara and marc
    assert (taber.wanted, taber.unwanted) == (("ana", "ben"), ("eve",))
    assert (clara.wanted, clara.unwanted) == ((), ("ben",))
    assert (marc.wanted, marc.unwanted) == ((), ())
    report = await import_directory(connection, folder_of(tmp_path, **files), now=NOW)
    assert counts(report) == {"municipalities": (0, 0, 3, 0), "clients": (0, 0, 2, 0)}
    files["clients"] = files["clients"].replace(",,ben", ",ben,")
    report = await import_directory(connection, folder_of(tmp_path, **files), now=NOW)
    assert counts(report) == {"municipalities": (0, 0, 3, 0), "clients": (0, 1, 1, 0)}
    clara = (await Snapshots(tmp_path).current(connection, before.edition + 1)).client("clara")
    assert clara and (clara.wanted, clara.unwanted) == (("ben",), ())


async def test_whoever_comes_in_the_same_import_may_be_wanted(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    clients = "client,name,municipality,unwanted\nclara,Clara,4802022,eve\n"
    report = await import_directory(connection, folder_of(tmp_path, **ALL | {"clients": clients}), now=NOW, strict=True)
    assert report.loaded
    # Zed's own row is refused in the same import: he is not known afterwards.
    technicians = "technician,name,phone,pod,position\nzed,Zed,1,river,1\n"
    files = {"technicians": technicians, "clients": clients.replace("eve", "zed")}
    report = await import_directory(connection, folder_of(tmp_path, **files), now=NOW)
    assert [(problem.file, problem.column) for problem in report.problems] == [
        *(("technicians.csv", "phone"), ("clients.csv", "unwanted")),
    ]
