"""Carriers take a segment a second from a line; also of what has waited while Twilio or we were away."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.world import DIRECTORY, World, Worlds

TOWN = [(f"+1403555012{number}", f"Client {number}") for number in range(6)]
MANY_CLIENTS = {
    **DIRECTORY,
    "clients.csv": DIRECTORY["clients.csv"].partition("\n")[0]
    + "".join(f"\nc{number[-1]},{name},{number},4802022,en,voice,," for number, name in TOWN),
}


ANA = "+14035550111"


def apart(world: World, line: str) -> list[float]:
    """How many seconds lie between the texts that Twilio was asked to send to Ana."""
    sent = [one.created_at for one in world.exchange.messages.all if (one.from_, one.to) == (line, ANA)]
    assert len(sent) == len(TOWN)
    return [(later - earlier).total_seconds() for earlier, later in pairwise(sorted(sent))]


@pytest.mark.settled(because="the story says what Twilio refuses", rest_error="none")
def test_after_twilio_was_busy(worlds: Worlds, line: str) -> None:
    world = worlds(directory=MANY_CLIENTS)
    ana, clients = world.phone(ANA, "Ana"), world.phones(TOWN)
    well = world.exchange.switches
    world.exchange.switches = replace(well, rest_error="429", rest_error_times=0)
    for client in clients:
        client.sends_text(line, "Our tax roll is broken")
    world.story.clock.passes(minutes=5)
    ana.got_no_text()
    world.exchange.switches = well
    world.story.clock.passes(minutes=15)
    assert min(apart(world, line)) > 0.9


@pytest.mark.settled(because="the story is about when Twilio is asked", rest_error="none")
def test_after_nobody_worked(worlds: Worlds, line: str) -> None:
    world = worlds(directory=MANY_CLIENTS)
    world.phone(ANA, "Ana")
    for client in world.phones(TOWN):
        client.sends_text(line, "Our tax roll is broken")
    world.story.clock.passes(seconds=2)
    world.run(world.rehearsal.ends_work())
    world.story.clock.passes(minutes=5)
    world.run(world.rehearsal.begins_work())
    world.story.clock.passes(minutes=1)
    assert min(apart(world, line)) > 0.9
