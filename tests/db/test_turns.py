"""What a turn holds while it is taken: several technicians or none of them, the whole floor, the matter's owner."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from callflows.actions import OpenMatter, PassMatter, Reserve
from callflows.contact import Contact, contact_id
from callflows.events import CallArrived, CallerStayed, Event
from callflows.turn import Turn, WholeFloorNeeded
from callflows.version import Version
from db import turns
from db.desk import Desk
from db.floor import Live, read_live
from db.importing import import_directory
from db.incoming import Incoming
from db.inputs import floor_from
from db.pool import Pool, open_pool
from db.publishing import publish_new
from db.snapshot import Snapshots
from db.turns import take_turn
from routing.floor import Floor
from tests.world import DIRECTORY, LINE, write_directory

NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
CALL, OTHER = "CA" + "0" * 32, "CA" + "1" * 32
ID = contact_id(CALL)
PODS = DIRECTORY["pods.csv"] + "north,North,linear,America/Edmonton,0\n"
NORTHERN = "dee,Dee,+1 403 555 0114,north,1,en,,24/7,dee@example.org,yes\n"
TWO_PODS = {**DIRECTORY, "pods.csv": PODS, "technicians.csv": DIRECTORY["technicians.csv"] + NORTHERN}

OUT = {"out": {"step": "voicemail"}}

Advance = Callable[[Version, Contact, Event, Floor], Turn]


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    pool: Pool = await open_pool(database_url)
    async with pool.acquire() as connection:
        await import_directory(connection, write_directory(tmp_path / "directory", TWO_PODS), now=NOW)
    made = Desk(pool, Snapshots(tmp_path))
    await made.refresh()
    yield made
    await pool.close()


async def taken(desk: Desk, event: Event, *, sid: str = CALL) -> Turn | None:
    incoming = Incoming(contact_id(sid), sid, f"{event}", event, caller="+14035550120", line=LINE)
    return (await take_turn(desk, incoming, NOW, lambda turn, floor, number: "")).turn


def about(contact: Contact) -> Contact:
    return replace(contact, line=LINE, flow="main", version=1, municipality="4802022", pod="taber")


@pytest.fixture
def deciding(monkeypatch: pytest.MonkeyPatch) -> Callable[[Advance], list[Floor]]:
    """Decide so from now on; every floor from which it was decided."""

    def begin(advance: Advance) -> list[Floor]:
        floors: list[Floor] = []

        def watched(version: Version, contact: Contact, event: Event, floor: Floor) -> Turn:
            floors.append(floor)
            return advance(version, contact, event, floor)

        monkeypatch.setattr(turns, "advance", watched)
        return floors

    return begin


def reserving(*wanted: str) -> Advance:
    """Reserve all of these who are free, but nobody at all without the first of them."""

    def advance(version: Version, contact: Contact, event: Event, floor: Floor) -> Turn:
        free = [one for one in wanted if floor.standings[one].reservation is None]
        if wanted[0] not in free:
            free = []
        return Turn(version, about(contact), (), tuple(map(Reserve, free)))

    return advance


async def held(desk: Desk) -> dict[str, str]:
    rows = await desk.pool.fetch("SELECT technician, contact FROM reservations")
    return {row["technician"]: row["contact"] for row in rows}


async def test_several_are_held_together(desk: Desk, deciding: Any) -> None:
    floors = deciding(reserving("ana", "ben", "cho"))
    await taken(desk, CallerStayed(CALL))
    assert await held(desk) == dict.fromkeys(("ana", "ben", "cho"), ID)
    assert len(floors) == 1


@pytest.mark.parametrize(
    ("first", "rest", "kept"),
    [("ana", ("ben", "cho"), ("ana", "cho")), ("cho", ("ana", "ben"), ("cho", "ana"))],
    ids=["another one is lost", "a later one is lost"],
)
async def test_one_lost_is_left_out_and_the_others_held(
    desk: Desk, deciding: Any, first: str, rest: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    deciding(reserving("ben"))
    await taken(desk, CallerStayed(OTHER), sid=OTHER)
    floors = deciding(blind(first, *rest))
    await taken(desk, CallerStayed(CALL))
    assert await held(desk) == {"ben": contact_id(OTHER), **dict.fromkeys(kept, ID)}
    assert len(floors) == 2


def blind(*wanted: str) -> Advance:
    """Reserve all of these of whom nobody has told that they are lost."""

    def advance(version: Version, contact: Contact, event: Event, floor: Floor) -> Turn:
        lost = {key for key, one in floor.standings.items() if one.reservation and one.reservation.contact == "another"}
        return Turn(version, about(contact), (), tuple(Reserve(one) for one in wanted if one not in lost))

    return advance


async def test_whoever_was_held_for_nothing_is_let_go(desk: Desk, deciding: Any) -> None:
    """Ana is claimed before Ben is found lost; without Ben nobody is wanted."""
    deciding(reserving("ben"))
    await taken(desk, CallerStayed(OTHER), sid=OTHER)

    def all_or_nobody(version: Version, contact: Contact, event: Event, floor: Floor) -> Turn:
        ben = floor.standings["ben"].reservation
        wanted = () if ben and ben.contact == "another" else ("ana", "ben", "cho")
        return Turn(version, about(contact), (), tuple(map(Reserve, wanted)))

    deciding(all_or_nobody)
    await taken(desk, CallerStayed(CALL))
    assert await held(desk) == {"ben": contact_id(OTHER)}


async def test_a_decision_that_asks_again_for_whom_it_lost_ends(desk: Desk, deciding: Any) -> None:
    deciding(reserving("ben"))
    await taken(desk, CallerStayed(OTHER), sid=OTHER)
    deciding(lambda version, contact, event, floor: Turn(version, about(contact), (), (Reserve("ana"), Reserve("ben"))))
    with pytest.raises(RuntimeError, match="asks again"):
        await taken(desk, CallerStayed(CALL))
    assert await held(desk) == {"ben": contact_id(OTHER)}


def swarming(version: Version, contact: Contact, event: Event, floor: Floor) -> Turn:
    if not floor.whole:
        raise WholeFloorNeeded
    return Turn(version, about(contact))


@pytest.mark.parametrize("event", [CallerStayed(CALL), CallArrived(CALL, "+14035550120", LINE)])
async def test_whoever_needs_everybody_gets_everybody_at_the_second_reading(
    desk: Desk, deciding: Any, event: Event
) -> None:
    floors = deciding(swarming)
    await taken(desk, event)
    assert [floor.whole for floor in floors] == [False, True]
    assert [sorted(floor.standings) for floor in floors] == [["ana", "ben", "cho"], ["ana", "ben", "cho", "dee"]]


async def test_a_decision_that_is_never_content_fails(desk: Desk, deciding: Any) -> None:
    def never(version: Version, contact: Contact, event: Event, floor: Floor) -> Turn:
        raise WholeFloorNeeded

    floors = deciding(never)
    with pytest.raises(WholeFloorNeeded):
        await taken(desk, CallerStayed(CALL))
    assert len(floors) == 2


@pytest.mark.parametrize(("most", "free"), [(None, None), (10, 7), (3, 0), (2, 0)])
async def test_how_many_legs_are_free(desk: Desk, deciding: Any, most: int | None, free: int | None) -> None:
    """Besides our own call, another one goes on and rings somebody: three telephones."""
    desk.concurrent_calls = most
    deciding(reserving("ben"))
    await taken(desk, CallerStayed(OTHER), sid=OTHER)
    floors = deciding(swarming)
    await taken(desk, CallerStayed(CALL))
    assert (floors[0].legs_free, floors[1].legs_free) == (None, free)
    row = await desk.pool.fetchrow(
        "SELECT live, body FROM turns JOIN slices USING (slice) WHERE subject = $1", "contact:" + ID
    )
    assert row is not None
    assert floor_from(json.loads(row["body"]), json.loads(row["live"])) == floors[1]


async def test_a_matter_passes_to_another_owner(desk: Desk, deciding: Any) -> None:
    deciding(lambda version, contact, event, floor: Turn(version, about(contact), (), (OpenMatter("ana"),)))
    await taken(desk, CallerStayed(CALL))
    deciding(lambda version, contact, event, floor: Turn(version, contact, (), (PassMatter("ben"),)))
    await taken(desk, CallerStayed(CALL + "x"))
    assert await desk.pool.fetchval("SELECT owner FROM matters") == "ben"


async def test_a_matter_opened_in_the_same_turn_may_pass_at_once(desk: Desk, deciding: Any) -> None:
    both = (OpenMatter("ana"), PassMatter("ben"))
    deciding(lambda version, contact, event, floor: Turn(version, about(contact), (), both))
    await taken(desk, CallerStayed(CALL))
    assert await desk.pool.fetchval("SELECT owner FROM matters") == "ben"


async def test_a_turn_under_way_when_the_desk_is_brought_up_to_date_begins_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another turn of this process found the new version out meanwhile; the old one is not taken for it."""
    async with desk.pool.acquire() as connection:
        published = await publish_new(connection, "main", {"start": "out", "steps": OUT}, by="s", note="", now=NOW)

    async def reading(*args: Any, **options: Any) -> Live:
        await desk.refresh()
        return await read_live(*args, **options)

    monkeypatch.setattr(turns, "read_live", reading)
    turn = await taken(desk, CallArrived(CALL, "+14035550120", LINE))
    assert turn is not None
    assert turn.version.version == published.kept.version
    assert turn.path == ("out",)
