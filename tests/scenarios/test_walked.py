"""What the walk (tests/walk) has found: faults that met a step at the worst moment."""

from typing import Any

import pytest

from callflows.events import CallArrived
from db.incoming import Incoming
from db.stories import Wanted, list_contacts, list_turns, list_versions, replay
from db.turns import Taken, take_turn
from simulator.faults import Exchanged, Upset
from simulator.people.story import StoryHandset
from tests.scenarios.test_call_back import NOBODY_YET, asks_to_be_called_back, people
from tests.walk.house import worker_dies
from tests.world import World

REST = {"because": "the request that is disturbed is the one that is told of", "rest_error": "none"}


@pytest.mark.settled(**REST, status_callback_order="in order")
def test_a_leg_is_found_that_was_begun_in_the_same_second(worlds: Any, line: str) -> None:
    """Twilio tells no time finer than a second: the job process dies when it has asked for the call, and its successor
    looks whether there is one."""
    world: World = worlds(directory=NOBODY_YET)
    clara, ben, cho = people(world)
    asks_to_be_called_back(clara, line)
    world.story.clock.passes(minutes=1)
    rehearsal = world.rehearsal
    world.run(rehearsal.ends_work())
    world.run(rehearsal.begins_work())

    def dies() -> None:
        rehearsal.cuts_off_work()
        world.clock.spawn(worker_dies(world), "the job process dies")
        raise ConnectionResetError("whoever asked is gone")

    def is_call(one: Exchanged) -> bool:
        return one.kind == "rest" and one.method == "POST" and one.url.endswith("/Calls.json")

    world.exchange.disturb(Upset(is_call, after=dies))
    ben.rings(within=3 * 3600).answers().hears("A call back is due").presses("1")
    clara.rings().answers()
    clara.is_connected_to(ben).hangs_up()
    ben.hears("If you talked").presses("1").has_ended()
    cho.does_not_ring()
    assert world.desk.rung() == [("ben", "accepted")]


@pytest.mark.settled(
    because="the two reports must come, and in this order",
    status_callback_order="in order",
    dial_action_on_caller_hangup="sent",
)
def test_the_client_was_called_though_the_technician_hung_up_first(
    world: World, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    """The end of the technician's own leg is told before the Dial's."""
    caller.dials(line)
    first.rings().accepts()
    world.story.clock.passes(minutes=1)
    caller.hangs_up()
    world.story.clock.passes(seconds=10)
    world.exchange.disturb(Upset(lambda one: "/voice/called" in one.url, "slow", seconds=2))
    first.dials(line).hears("back, press 2").presses("2")
    caller.rings().answers()
    world.story.clock.passes(minutes=1)
    first.hangs_up()
    world.story.clock.passes(seconds=10)
    told = [one["detail"]["result"] for one in world.desk.contact()["events"] if one["kind"] == "client_called"]
    assert told == ["reached"]


def test_a_call_whose_first_turn_began_with_what_its_url_said_replays(
    world: World, first: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away for the first webhook, and there for the next."""

    async def away_at_first(desk: Any, arrived: Incoming, *args: Any) -> Taken:
        if isinstance(arrived.event, CallArrived):
            raise ConnectionRefusedError("the database is away")
        return await take_turn(desk, arrived, *args)

    monkeypatch.setattr("ivr.routes.take_turn", away_at_first)
    first.dials(line).hears("After the tone").speaks(7).hears("Goodbye").has_ended()
    world.story.clock.passes(seconds=20)

    async def played() -> int:
        async with world.house.pool.acquire() as connection:
            (row,) = await list_contacts(connection, Wanted())
            turns = await list_turns(connection, row["contact"])
            return len(replay(row, turns, await list_versions(connection, turns)))

    assert world.run(played()) >= 2
