"""Absences: imported, added one by one, listed by time and technician, removed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from db.absences import add_absence, list_absences, remove_absence
from db.importing import import_directory
from routing.absences import Absence
from tests.db.test_import import ABSENCES, ALL, NOW, PODS, TECHNICIANS, counts, editions, folder_of

DAY = timedelta(days=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@pytest.fixture
async def connection(database_url: str, tmp_path: Path) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    await import_directory(connection, folder_of(tmp_path, **ALL), now=NOW)
    yield connection
    await connection.close()


async def test_what_is_added_is_listed_until_it_is_removed(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    skiing = Absence("ana", NOW, NOW + 5 * DAY, "skiing")
    course = Absence("ana", NOW + 2 * DAY, NOW + 3 * DAY)
    other = Absence("ben", NOW - DAY, NOW + DAY)
    assert [await add_absence(connection, one) for one in (course, skiing, other)] == [True] * 3
    assert await list_absences(connection, LONG_AGO) == [skiing, course, other]
    assert await list_absences(connection, LONG_AGO, technician="ben") == [other]
    longer = Absence("ana", NOW, NOW + 7 * DAY, "still skiing")
    assert not await add_absence(connection, longer)
    assert await list_absences(connection, LONG_AGO, technician="ana") == [longer, course]
    assert await remove_absence(connection, "ana", NOW) == longer
    assert await remove_absence(connection, "ana", NOW) is None
    assert await list_absences(connection, LONG_AGO) == [course, other]


async def test_only_those_that_touch_the_time_are_listed(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    one = Absence("ana", NOW, NOW + DAY)
    await add_absence(connection, one)
    for since, until, found in (
        (NOW - DAY, NOW, []),
        (NOW - DAY, NOW + timedelta(seconds=1), [one]),
        (NOW + DAY - timedelta(seconds=1), None, [one]),
        (NOW + DAY, None, []),
    ):
        assert await list_absences(connection, since, until) == found


async def test_the_database_refuses_an_absence_that_ends_first(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await add_absence(connection, Absence("ana", NOW, NOW))


async def test_absences_are_found_by_technician_and_beginning(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    before = await editions(connection)
    report = await import_directory(connection, folder_of(tmp_path, absences=ABSENCES), now=NOW)
    assert (report.problems, counts(report)) == ((), {"absences": (3, 0, 0, 0)})
    assert report.files[0].added_keys == ("ana 2026-12-01 13:00", "ana 2026-12-24 00:00", "eve 2026-12-24 00:00")
    longer = ABSENCES.replace("2026-12-26", "2026-12-28").replace("2026-12-01 13:00", "2026-12-01 13:30")
    report = await import_directory(connection, folder_of(tmp_path, absences=longer), now=NOW)
    assert counts(report) == {"absences": (1, 1, 1, 0)}
    assert (report.published, await editions(connection)) == ((), before)
    rows = await connection.fetch("SELECT * FROM absences ORDER BY technician, begins_at")
    assert [(row["technician"], row["begins_at"].isoformat(), row["ends_at"].isoformat()) for row in rows] == [
        ("ana", "2026-12-01T20:00:00+00:00", "2026-12-01T22:30:00+00:00"),
        ("ana", "2026-12-01T20:30:00+00:00", "2026-12-01T22:30:00+00:00"),
        ("ana", "2026-12-24T07:00:00+00:00", "2026-12-29T07:00:00+00:00"),
        ("eve", "2026-12-24T05:00:00+00:00", "2026-12-25T05:00:00+00:00"),
    ]
    assert rows[2]["note"] == "skiing"


async def test_absences_are_in_the_time_zone_that_the_same_import_gives(
    connection: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    header, ana, *_ = TECHNICIANS.splitlines()
    files = {
        "pods": PODS.replace("America/Toronto", "America/St_Johns"),
        "technicians": f"{header},timezone\n{ana},Europe/London\n",
        "absences": ABSENCES,
    }
    report = await import_directory(connection, folder_of(tmp_path, **files), now=NOW)
    assert report.problems == ()
    rows = await connection.fetch("SELECT begins_at FROM absences ORDER BY begins_at DESC")
    assert [row["begins_at"].isoformat() for row in rows] == [
        "2026-12-24T03:30:00+00:00",
        "2026-12-24T00:00:00+00:00",
        "2026-12-01T13:00:00+00:00",
    ]
