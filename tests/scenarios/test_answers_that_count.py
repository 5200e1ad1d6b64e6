"""An answer counts once the client can have it; it pays all that the matter owes; its story says who did what."""

from itertools import pairwise

import pytest

from simulator.people.story import StoryClock, StoryHandset
from tests.dealing import but
from tests.world import Reader, World

CLARA = "+14035550120"
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute
OWED = "SELECT promise FROM promises WHERE kept_at IS null"
TOLD = {"because": "that a text was lost is told by Twilio's report alone", **but(status_callback_order="lost")}


@pytest.mark.settled(**TOLD)
def test_an_answer_that_did_not_arrive_leaves_the_client_waiting(
    caller: StoryHandset, first: StoryHandset, desk: Reader, clock: StoryClock, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    caller.loses_texts()
    first.sends_text(line, "#1 Try again now")
    first.got_text("did not", within=SOON)
    assert len(desk.query(OWED)) == 1
    clock.passes(hours=2)
    first.got_text("wait for an answer", within=SOON)
    caller.is_well()
    first.sends_text(line, "#1 Try again now")
    caller.got_text("Try again now", within=SOON)
    assert desk.query(OWED) == []


def test_one_answer_pays_what_was_owed_before_an_opt_out_too(
    world: World, caller: StoryHandset, first: StoryHandset, desk: Reader, clock: StoryClock, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    caller.sends_text(line, "STOP")
    clock.passes(minutes=2)
    caller.sends_text(line, "START")
    clock.passes(minutes=2)
    caller.sends_text(line, "I am back")
    first.got_text("I am back", within=SOON)
    first.sends_text(line, "#1 Welcome back")
    caller.got_text("Welcome back", within=SOON)
    assert desk.query(OWED) == []


def test_a_second_promise_is_overdue_once_and_in_its_own_time(
    caller: StoryHandset, first: StoryHandset, desk: Reader, clock: StoryClock, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    first.sends_text(line, "#1 Try again now")
    caller.got_text("Try again now", within=SOON)
    clock.passes(minutes=10)
    caller.sends_text(line, "It still is")
    clock.passes(hours=4)
    overdue = [one for one in desk.thread(CLARA)["events"] if one["kind"] == "promise_overdue"]
    (owed,) = desk.query("SELECT due_at, overdue_at FROM promises WHERE kept_at IS null")
    assert len(overdue) == 1
    assert (owed["overdue_at"] - owed["due_at"]).total_seconds() >= 14 * 60


def test_a_notice_is_found_by_its_sid_and_keeps_the_lines_pace(
    world: World, caller: StoryHandset, clock: StoryClock, line: str
) -> None:
    """Everybody of the pod is told at the same second that nobody has answered yet."""
    caller.sends_text(line, "Our tax roll is broken")
    clock.passes(hours=3)
    notices = [one for one in world.exchange.messages.all if "nobody has answered" in one.body]
    assert len(notices) > 1
    created = sorted(one.created_at for one in notices)
    assert all((later - sooner).total_seconds() >= 1 for sooner, later in pairwise(created))
    found = world.api("GET", f"/api/v1/contacts?message_sid={notices[0].sid}").json()["contacts"]
    assert [one["from"] for one in found] == [CLARA]


def test_notes_and_new_owners_stand_in_the_clients_own_story(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, clock: StoryClock, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    first.sends_text(line, "note #1 Roll 2025 was printed")
    first.sends_text(line, "owner #1 Ben")
    second.got_text("is yours", within=SOON)
    second.sends_text(line, "close #1 printed again")
    clock.passes(minutes=3)
    told = [(one["kind"], one["technician"], one["detail"]) for one in desk.thread(CLARA)["events"]]
    notes = [(who, detail["words"]) for kind, who, detail in told if kind == "note"]
    assert notes == [("ana", "Roll 2025 was printed"), ("ben", "printed again")]
    assert [who for kind, who, _ in told if kind == "owner_changed"][-1] == "ben"
