"""The job process is killed while it sends a text: the conversation goes on as soon as its job is taken up."""

import pytest

from simulator.faults import Exchanged, Upset
from simulator.people.story import StoryHandset
from tests.walk.house import worker_dies
from tests.world import World

SOON = 150  # seconds


@pytest.mark.settled(
    because="that the text has gone is told by Twilio's report alone",
    rest_error="none",
    status_callback_order="in order",
)
def test_later_words_wait_for_nobody_who_is_dead(
    world: World, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    rehearsal = world.rehearsal
    world.run(rehearsal.ends_work())
    world.run(rehearsal.begins_work())

    def dies() -> None:
        rehearsal.cuts_off_work()
        world.clock.spawn(worker_dies(world), "the job process dies")
        raise ConnectionResetError("whoever asked is gone")

    def is_the_answer(one: Exchanged) -> bool:
        return one.kind == "rest" and one.params.get("Body") == "I am on it"

    world.exchange.disturb(Upset(is_the_answer, after=dies))
    first.sends_text(line, "I am on it")
    first.sends_text(line, "Try again now")
    caller.got_text("Try again now", within=20)
    answers = [one.body for one in caller.texts if one.from_ == line]
    assert answers == ["I am on it", "Try again now"]
