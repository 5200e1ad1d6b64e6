"""Nobody can take the call: a call back is offered, at the number that is read back, or at one that is keyed in."""

from typing import Any

import pytest

from callflows.actions import Ask, Hangup, MakePromise, OpenMatter, Record, SetTimer, Text
from callflows.events import CallerSaid, RecordingEnded
from callflows.text_actions import SendOn
from tests.builders import CALLER, LINE, NOW, TRIO, floor, said, standing, unknown_floor
from tests.callflows.call import CALL, Call, changes_of

OTHER = "4035550177"


def offered(caller: str = CALLER, **facts: Any) -> Call:
    """Nobody is at work; the caller hears by when, and the offer."""
    people = [standing(key, presence=said("off")) for key in TRIO]
    make = floor if caller else unknown_floor
    call = Call(make(*people, number=caller, **facts))
    call.arrives(caller)
    while call.contact.stage == "asking":
        call.stays_silent()
    return call


def asked(call: Call) -> str:
    return call.contact.asked.kind if call.contact.asked and not call.contact.is_over else ""


def answered(keys: str, *, caller: str = CALLER) -> Call:
    """Keys in order, several for a number; `-` is silence."""
    call = offered(caller)
    for key in keys.split():
        call.stays_silent() if key == "-" else call.answers(key)
    return call


def test_the_offer_stands_before_the_tone_and_whoever_stays_leaves_a_message() -> None:
    call = offered()
    offer, *_, record = (one for one in call.replies if isinstance(one, (Ask, Record)))
    assert isinstance(offer, Ask)
    assert (offer.go_on, offer.keys, record) == (True, 1, Record(180))
    call.takes(RecordingEnded(CALL, 8, "RE1"))
    assert call.contact.outcome == "voicemail"


def test_the_number_is_read_back_and_confirmed() -> None:
    call = answered("1")
    assert asked(call) == "number_right"
    turn = call.answers("1")
    assert [type(one) for one in turn.changes] == [OpenMatter, MakePromise, SetTimer, SetTimer, SetTimer, Text, SendOn]
    assert turn.replies[-1] == Hangup()
    assert (call.contact.outcome, call.contact.number) == ("callback", "")
    (text,) = changes_of(turn, Text)
    assert (text.prompt, text.delay, text.params["about"]) == ("owner_notice", 0, "about_callback")
    assert [one.kind for one in turn.story if one.kind.endswith("promised")] == ["callback_promised"]


@pytest.mark.parametrize(
    ("caller", "keys"),
    [(CALLER, f"1 2 {OTHER} 1"), (CALLER, f"1 2 911 {OTHER} 1"), ("", f"1 {OTHER} 1"), ("", f"1 - {OTHER} 1")],
    ids=["another number", "at the second try", "a withheld number is keyed in", "after a silence"],
)
def test_another_number_is_keyed_in_and_read_back(caller: str, keys: str) -> None:
    call = answered(keys, caller=caller)
    assert (call.contact.outcome, call.contact.number) == ("callback", f"+1{OTHER}")
    assert "promise_due" in [one.timer for one in changes_of(call, SetTimer)]


def test_a_withheld_number_is_not_read_back() -> None:
    assert asked(answered("1", caller="")) == "number"
    assert asked(answered(f"1 {OTHER}", caller="")) == "number_right"


@pytest.mark.parametrize(
    "bad",
    ["123", "911", "1911", "9005550177", "19005550177", "011442079460018", LINE.removeprefix("+1"), "*", "-"],
    ids=[
        "too short",
        "emergency",
        "emergency behind a one",
        "premium",
        "premium with its one",
        "abroad",
        "our own line",
        "a star",
        "silence",
    ],
)
def test_two_numbers_that_we_would_not_dial_are_followed_by_the_tone(bad: str) -> None:
    once = answered(f"1 2 {bad}")
    assert (asked(once), once.contact.number) == ("number", "")
    twice = answered(f"1 2 {bad} {bad}")
    assert (asked(twice), twice.replies[-1], twice.contact.number) == ("", Record(180), "")
    assert (twice.contact.promised, twice.contact.stage) == (False, "recording")
    twice.takes(RecordingEnded(CALL, 8, "RE1"))
    assert twice.contact.outcome == "voicemail"


@pytest.mark.parametrize("keys", ["4", "0", "#", "1 -", f"1 2 {OTHER} -"])
def test_whoever_does_not_confirm_leaves_a_message_instead(keys: str) -> None:
    call = answered(keys)
    assert (call.replies[-1], call.contact.promised) == (Record(180), False)


def test_words_are_no_answer_to_the_offer() -> None:
    call = offered()
    call.takes(CallerSaid(CALL, "call me back"))
    assert call.replies[-1] == Record(180)


@pytest.mark.parametrize("keys", ["", "1", "1 2", "1 2 911", "4"])
@pytest.mark.parametrize(("caller", "outcome"), [(CALLER, "callback"), ("", "abandoned")])
def test_whoever_hangs_up_on_the_way_is_called_back_if_a_number_is_known(caller: str, outcome: str, keys: str) -> None:
    call = answered(keys, caller=caller)
    call.over()
    assert call.contact.outcome == outcome
    assert len(changes_of(call, MakePromise)) == (outcome == "callback")


def test_a_message_after_a_number_was_keyed_in_is_promised_at_that_number() -> None:
    call = answered(f"1 {OTHER} -", caller="")
    call.takes(RecordingEnded(CALL, 8, "RE1"))
    assert (call.contact.outcome, call.contact.number) == ("voicemail", f"+1{OTHER}")


def test_a_call_back_is_promised_once() -> None:
    call = answered("1 1")
    call.over()
    call.takes(RecordingEnded(CALL, None, gone=True))
    assert len(changes_of(call, MakePromise)) == len(call.story("promise_made")) == 1


def test_without_anybody_who_could_own_it_nothing_is_offered() -> None:
    call = offered("", standings={})
    assert not any(isinstance(one, Ask) for one in call.replies)
    assert call.replies[-1] == Record(180)


def test_nothing_that_is_kept_names_the_number() -> None:
    """The contact's row has it; turns, stories and URLs don't."""
    call = answered(f"1 2 {OTHER} 1")
    kept = repr([(turn.changes, turn.story, turn.reasons, turn.replies) for turn in call.turns])
    assert OTHER not in kept
    assert CALLER not in kept


def test_the_time_promised_is_the_time_said_before_the_offer() -> None:
    call = answered("1")
    call.passes(170)
    call.answers("1")
    assert call.contact.due == int(NOW.timestamp()) + 7200


def test_when_the_last_technician_left_the_directory_meanwhile_no_call_back_is_promised_aloud() -> None:
    call = answered("1")
    call.floor = floor(standings={})
    call.answers("1")
    assert (call.contact.promised, "callback_thanks" in call.said) == (False, False)


def test_a_caller_who_never_says_that_a_number_is_right_leaves_a_message() -> None:
    call = answered("1 2 4035550178 2 4035550179 2")
    assert isinstance(call.replies[-1], Record)


@pytest.mark.parametrize("after", ["", "- -"])
def test_a_number_that_was_read_back_and_refused_is_forgotten(after: str) -> None:
    call = answered(f"1 2 4035550178 2 {after}")
    call.over()
    assert (call.contact.outcome, call.contact.number) == ("callback", "")
