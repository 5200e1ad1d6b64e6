"""The caller hangs up, at every stage of a call."""

import pytest

from simulator.people.story import StoryHandset
from tests.dealing import each
from tests.world import Reader, World

pytestmark = each(dial_action_on_caller_hangup=("sent", "not sent"))


@pytest.fixture(autouse=True)
def told(dial_action_on_caller_hangup: str) -> None:
    """Each stage is played with both, whatever else is dealt."""


def free(world: World) -> bool:
    return world.desk.query("SELECT * FROM reservations WHERE expires_at > now()") == []


def test_while_it_rings(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings()
    caller.hangs_up()
    first.has_ended()
    second.does_not_ring(for_seconds=60)
    assert desk.rung() == [("ana", "canceled")]
    assert desk.contact()["outcome"] == "abandoned"
    assert free(world)


def test_while_the_technician_hears_the_whisper(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().answers()
    caller.hangs_up()
    second.does_not_ring(for_seconds=60)
    assert desk.rung() == [("ana", "canceled")]
    assert desk.contact()["outcome"] == "abandoned"
    assert free(world)


def test_after_they_talked(world: World, caller: StoryHandset, first: StoryHandset, desk: Reader, line: str) -> None:
    caller.dials(line)
    first.rings().accepts()
    world.story.clock.passes(minutes=2)
    caller.hangs_up()
    first.has_ended()
    assert desk.rung() == [("ana", "accepted")]
    assert desk.contact()["outcome"] == "answered"
    assert free(world)


def test_when_asked_whether_they_were_cut_off(
    world: World, caller: StoryHandset, first: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().accepts()
    first.hangs_up()
    caller.hears("cut off").hangs_up()
    first.does_not_ring(for_seconds=60)
    assert desk.contact()["outcome"] == "answered"
    assert free(world)


def test_during_the_greeting(world: World, caller: StoryHandset, first: StoryHandset, desk: Reader, line: str) -> None:
    caller.dials(line).hangs_up()
    first.does_not_ring(for_seconds=60)
    assert desk.rung() == [("ana", "canceled")]
    assert (desk.contact()["state"], desk.contact()["outcome"]) == ("closed", "abandoned")
    assert free(world)
