"""What technicians do from their own telephones, by text."""

import pytest

from simulator.people.story import StoryClock, StoryHandset
from tests.world import Reader, World

CLARA = "+14035550120"
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute


@pytest.fixture
def asked(caller: StoryHandset, first: StoryHandset, line: str) -> None:
    """Clara has written, and Ana was given it: matter 1."""
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)


@pytest.mark.parametrize("words", ["?", "aide"])
def test_help_lists_what_there_is(first: StoryHandset, line: str, words: str) -> None:
    first.sends_text(line, words)
    first.got_text("take #12", within=SOON)


def test_off_duty_by_text_and_the_next_call_goes_to_somebody_else(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str
) -> None:
    first.sends_text(line, "off")
    first.got_text("off duty", within=SOON)
    caller.dials(line)
    second.rings(within=30).accepts()
    first.does_not_ring()
    caller.hangs_up()


def test_away_for_half_an_hour(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, clock: StoryClock, line: str
) -> None:
    first.sends_text(line, "away 30m").got_text("You are away until", within=SOON)
    caller.sends_text(line, "Hello?")
    second.got_text("Hello?", within=SOON)
    clock.passes(minutes=31)
    caller.dials(line)
    first.rings(within=60).declines()
    caller.hangs_up()


def test_who_is_at_work(first: StoryHandset, line: str) -> None:
    first.sends_text(line, "who").got_text("Ben Oduya: free", within=SOON)


def test_a_typo_is_asked_about_and_goes_to_nobody(
    asked: None, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    first.sends_text(line, "tkae #1").got_text("Did you mean: take #1", within=SOON)
    caller.got_no_text()


def test_a_colleague_takes_the_matter_and_gets_the_last_words(
    asked: None, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    second.sends_text(line, "take #1").got_text("#1 Taber, Clara Whitfield is yours", within=SOON)
    second.got_text("Our tax roll is broken", within=SOON)
    first.got_text("Ben Oduya has taken it", within=SOON)
    assert desk.thread(CLARA)["owner"] == "ben"
    caller.sends_text(line, "Are you there?")
    second.got_text("Are you there?", within=SOON)
    second.sends_text(line, "#1 Yes")
    caller.got_text("Yes", within=SOON)


def test_who_has_no_part_in_it_cannot_write_to_the_client(
    asked: None, caller: StoryHandset, third: StoryHandset, line: str
) -> None:
    third.sends_text(line, "#1 Hello there").got_text("is not yours", within=SOON)
    caller.got_no_text()
    third.sends_text(line, "#77 Hello there").got_text("no open matter", within=SOON)


def test_a_helper_joins_and_both_read_what_the_other_answers(
    asked: None, caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    first.sends_text(line, "swarm #1 water").got_text("asked to help", within=SOON)
    second.got_text("join #1", within=SOON)
    second.sends_text(line, "join #1").got_text("Our tax roll is broken", within=SOON)
    second.sends_text(line, "#1 It is the meter file")
    caller.got_text("It is the meter file", within=SOON)
    first.got_text("#1 Ben Oduya to the client: It is the meter file", within=SOON)
    assert desk.thread(CLARA)["owner"] == "ana"


def test_a_note_and_the_end(asked: None, caller: StoryHandset, first: StoryHandset, desk: Reader, line: str) -> None:
    first.sends_text(line, "note #1 Roll of 2025, not 2026").got_text("noted", within=SOON)
    caller.got_no_text()
    first.sends_text(line, "close #1").got_text("#1 is closed", within=SOON)
    kept = desk.thread(CLARA)
    assert kept["state"] == "closed"
    assert desk.query("SELECT words FROM notes")[0]["words"] == "Roll of 2025, not 2026"
    assert desk.query("SELECT state FROM matters WHERE matter = 1")[0]["state"] == "closed"
    caller.sends_text(line, "One more thing")
    first.got_text("#2 Taber, Clara Whitfield: One more thing", within=SOON)


def test_handed_over_to_a_colleague_by_name(
    asked: None, first: StoryHandset, third: StoryHandset, desk: Reader, line: str
) -> None:
    first.sends_text(line, "owner #1 cho").got_text("#1 is Cho Min-seo's now", within=SOON)
    third.got_text("is yours now, from Ana Ferreira", within=SOON)
    assert desk.query("SELECT owner FROM matters WHERE matter = 1")[0]["owner"] == "cho"


def test_call_rings_the_technician_then_the_client(
    asked: None, world: World, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    first.sends_text(line, "call #1")
    first.rings(within=SOON, from_=line).answers().hears("Taber").presses("1")
    caller.rings(within=30, from_=line).answers()
    caller.is_connected_to(first)
    first.hangs_up()


def test_muted_helpers_get_no_more(asked: None, caller: StoryHandset, second: StoryHandset, line: str) -> None:
    second.sends_text(line, "join #1").got_text("Our tax roll is broken", within=SOON)
    second.sends_text(line, "mute #1").got_text("no more", within=SOON)
    caller.sends_text(line, "And another thing")
    second.got_no_text("And another thing")


def test_the_first_answer_keeps_the_promise_and_nobody_is_reminded(
    asked: None, caller: StoryHandset, first: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    first.sends_text(line, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)
    clock.passes(hours=3)
    first.got_no_text("wait for an answer")
    assert desk.query("SELECT kept_by FROM promises")[0]["kept_by"] == "ana"


def test_nobody_answers_so_the_owner_then_the_pod_is_reminded(
    asked: None, first: StoryHandset, second: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    clock.passes(minutes=32)
    first.got_text("they wait for an answer", within=SOON)
    second.got_no_text()
    clock.passes(minutes=30)
    second.got_text("take #1", within=SOON)
    clock.passes(minutes=20)
    first.got_text("overdue", within=SOON)
    assert "promise_overdue" in [one["kind"] for one in desk.thread(CLARA)["events"]]
