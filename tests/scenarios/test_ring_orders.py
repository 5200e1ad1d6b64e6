"""In which order a pod is rung, from one call to the next: each strategy of pods.csv, as a supervisor would see it."""

from typing import Any

import pytest

from simulator.people.story import StoryHandset
from tests.dealing import but
from tests.world import DIRECTORY, NOBODY_HELPS, World

AT_ONCE = 10  # seconds: before anybody else could have been rung
CLIENTS = DIRECTORY["clients.csv"] + "".join(
    f"c{one},Client {one},+1 403 555 013{one},4802022,en,voice,,\n" for one in range(5)
)


def pod_of(worlds: Any, strategy: str) -> tuple[World, list[StoryHandset], list[StoryHandset]]:
    """The world, five clients without an owner, and Ana, Ben and Cho."""
    pods = DIRECTORY["pods.csv"].replace("linear", strategy)
    world: World = worlds(directory={**NOBODY_HELPS, "pods.csv": pods, "clients.csv": CLIENTS})
    callers = world.phones([(f"+1403555013{one}", f"Client {one}") for one in range(5)])
    people = world.phones([("+14035550111", "Ana"), ("+14035550112", "Ben"), ("+14035550113", "Cho")])
    return world, callers, people


def test_linear_begins_at_the_top_with_every_call(worlds: Any, line: str) -> None:
    world, callers, (ana, _, _) = pod_of(worlds, "linear")
    for caller in callers[:2]:
        caller.dials(line)
        ana.rings(AT_ONCE)
        caller.hangs_up()
        world.story.clock.passes(seconds=30)
        world.catches_up()


def test_circular_begins_after_whoever_was_rung_last(worlds: Any, line: str) -> None:
    """Rung is enough: nobody of them took a call."""
    world, callers, (ana, ben, cho) = pod_of(worlds, "circular")
    for caller, technician in zip(callers, (ana, ben, cho, ana, ben), strict=True):
        caller.dials(line)
        technician.rings(AT_ONCE)
        caller.hangs_up()
        world.story.clock.passes(seconds=30)
        world.catches_up()


def test_the_longest_idle_is_whoever_has_talked_least_recently(worlds: Any, line: str) -> None:
    """Ben passes on his first call: he has not talked, so he stays before Ana, who has."""
    world, callers, (ana, ben, cho) = pod_of(worlds, "longest idle")
    passes = {1: ben}
    for number, (caller, technician) in enumerate(zip(callers, (ana, cho, ben, ana, cho), strict=True)):
        caller.dials(line)
        if number in passes:
            passes[number].rings(AT_ONCE).declines()
        technician.rings(AT_ONCE).accepts()
        world.story.clock.passes(minutes=1)
        caller.hangs_up()
        world.story.clock.passes(seconds=30)
        world.catches_up()


@pytest.mark.settled(because="a helper for whose leg Twilio answered nothing is rung last", **but(rest_error="500"))
def test_simultaneous_rings_the_whole_pod_at_once(worlds: Any, line: str) -> None:
    world, (caller, *_), (ana, ben, cho) = pod_of(worlds, "simultaneous")
    caller.dials(line).hears("people who can help you")
    for technician in (ana, ben, cho):
        technician.rings(AT_ONCE)
    cho.accepts()
    caller.is_in_room_with(cho, within=world.allows(10))
    caller.hangs_up()
    assert world.desk.contact(caller)["owner"] == "cho"
