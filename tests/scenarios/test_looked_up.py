"""A text that did not arrive, of which Twilio's list alone tells: it is told as Twilio's report would have told it."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.people.story import StoryHandset
from tests.dealing import each
from tests.world import NOBODY_HELPS, World

CLARA = "+14035550120"
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute
TOLD = each(status_callback_order=("in order", "lost"))


def loses_the_next_answer(world: World) -> None:
    world.exchange.switches = replace(world.exchange.switches, rest_error="timeout after the effect")


def became(world: World) -> list[dict[str, str]]:
    """What the story tells of texts that did not arrive."""
    world.catches_up()
    rows = world.desk.query(
        """
        SELECT detail ->> 'status' AS status, detail ->> 'why' AS why FROM events
        WHERE kind = 'text_status' AND detail ->> 'status' IN ('undelivered', 'failed')
        """
    )
    return [dict(one) for one in rows]


@TOLD
@pytest.mark.settled(because="the story says which answer is lost", rest_error="none")
def test_an_answer_to_a_landline(
    world: World, caller: StoryHandset, first: StoryHandset, line: str, status_callback_order: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    caller.is_a_landline()
    loses_the_next_answer(world)
    first.sends_text(line, "I am on it")
    first.got_text("your text did not arrive, that number is a landline", within=SOON)
    assert became(world) == [{"status": "undelivered", "why": "30006"}]
    (kept,) = world.desk.query("SELECT status, error FROM messages WHERE body = 'I am on it' AND direction = 'out'")
    assert (kept["status"], kept["error"]) == ("undelivered", "30006")
    (deaf,) = world.desk.query("SELECT code FROM deaf_numbers WHERE number = $1", CLARA)
    assert deaf["code"] == "30006"


@TOLD
@pytest.mark.settled(because="the story says which answer is lost", rest_error="none")
def test_the_first_part_of_long_words_for_a_technician(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str, status_callback_order: str
) -> None:
    first.loses_texts(30003)
    loses_the_next_answer(world)
    caller.sends_text(line, " ".join(f"word{number}" for number in range(213)))  # 1,593 characters, and the header
    second.got_text("(No text reaches the owner: please answer.)", within=SOON)
    assert became(world) == [{"status": "undelivered", "why": "30003"}]
    assert world.desk.query("SELECT FROM deeds WHERE jsonb_array_length(body -> 'sids') = 1"), "in two messages"


@TOLD
@pytest.mark.settled(because="the story says which answer is lost", rest_error="none")
def test_a_notice(worlds: Any, line: str, status_callback_order: str) -> None:
    world: World = worlds(directory=NOBODY_HELPS)
    caller, ana = world.phones([("+14035550128", "Somebody"), ("+14035550111", "Ana")])
    ana.loses_texts(30003)
    loses_the_next_answer(world)
    caller.dials(line).hears("After the tone", within=world.allows(90)).speaks(8).hears("call you back").has_ended()
    world.story.clock.passes(seconds=SOON)
    assert became(world) == [{"status": "undelivered", "why": "30003"}]
