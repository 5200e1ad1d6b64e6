"""After a conversation: the caller who is still there returns to the same technician, but not for ever."""

import pytest

from callflows.actions import Ask, Hangup, KeepPromises, Record, Say
from callflows.events import CallerPressed, CallerStayed, Event
from tests.builders import NOW, floor, matter, pod, said, version
from tests.callflows.call import CALL, Call, changes_of

STAYED = CallerStayed(CALL)
PRESSED = CallerPressed(CALL, "1")


def cut_off(call: Call | None = None) -> Call:
    """Ana and the caller have talked, and Ana's leg is over."""
    call = call or Call(floor())
    call.arrives()
    call.talks()
    return call


def test_whoever_is_still_there_is_asked() -> None:
    call = cut_off()
    assert call.replies == (Ask((Say("cut_off"),), 8),)
    assert (call.contact.stage, call.contact.talked, call.contact.owner) == ("returning", ("ana",), "ana")


@pytest.mark.parametrize("event", [STAYED, PRESSED, CallerPressed(CALL, "9"), CallerPressed(CALL, "")])
def test_a_key_and_staying_both_return_to_the_same_technician(event: Event) -> None:
    call = cut_off(Call(floor(pods=pod("circular", wrap_up=600))))
    call.takes(event)
    assert (call.rung, call.replies[0]) == ("ana", Say("hunt_again", {"technician": "Ana"}))
    assert call.ring == 2
    assert len(call.story("pressed")) == 1 + isinstance(event, CallerPressed)


def test_the_same_technician_first_whatever_the_order() -> None:
    call = Call(floor())
    call.arrives()
    call.unanswered()
    call.talks()
    call.takes(STAYED)
    call.unanswered()
    call.unanswered()
    assert call.everybody_rung == ["ana", "ben", "ben", "ana", "cho"]


def test_somebody_else_when_the_same_technician_is_not_free() -> None:
    call = cut_off()
    call.stands("ana", presence=said("off"))
    call.takes(STAYED)
    assert (call.rung, call.said, call.skipped) == ("ben", ["hunt_next"], [("ana", "off_shift")])


def test_who_declined_before_is_left_out_of_later_hunts_too() -> None:
    call = Call(floor())
    call.arrives()
    call.declines()
    call.talks()
    call.takes(STAYED)
    call.unanswered()
    call.unanswered()
    assert call.everybody_rung == ["ana", "ben", "ben", "cho"]
    assert isinstance(call.replies[-1], Record)
    assert ("left_out", "ana", "declined") in [(one.code, one.technician, one.detail) for one in call.last.reasons]


def test_whoever_declines_after_they_talked_may_be_returned_to_once_more() -> None:
    call = cut_off()
    call.takes(STAYED)
    call.declines()
    assert call.rung == "ben"
    call.talks()
    call.takes(STAYED)
    assert call.rung == "ben"


def test_the_same_technician_is_the_one_who_talked_last() -> None:
    """Ana talks, then Ben, then Ana once more."""
    call = cut_off(Call(floor("ana", "ben"), version("ana", "ben")))
    for _ in range(2):
        call.takes(STAYED)
        call.unanswered()
        call.talks()
    assert call.results[-1] == ("ana", "accepted")
    call.takes(STAYED)
    assert call.rung == "ana"


def test_each_return_is_a_hunt_of_its_own() -> None:
    call = cut_off(Call(floor(), version(hunt_rings=2)))
    call.passes(3600)
    call.takes(STAYED)
    call.unanswered()
    assert call.everybody_rung == ["ana", "ana", "ben"]
    call.unanswered()
    assert call.invited == ["cho"], "whoever was not rung yet is asked to help"


@pytest.mark.parametrize("returns", [0, 1, 3])
def test_returns_are_counted_and_then_we_say_goodbye(returns: int) -> None:
    call = cut_off(Call(floor(), version(returns=returns)))
    for _ in range(returns):
        call.takes(STAYED)
        call.talks()
    assert call.takes(STAYED).replies == (Say("goodbye"), Hangup())
    assert (call.contact.outcome, call.everybody_rung) == ("answered", ["ana"] * (returns + 1))


def test_who_talked_owns_the_promise_of_a_later_voicemail() -> None:
    call = cut_off(Call(floor("ana")))
    call.stands("ana", presence=said("off"))
    call.takes(STAYED)
    assert isinstance(call.replies[-1], Record)
    call.over()
    assert (call.contact.outcome, call.story("promise_made")[0].technician) == ("answered", "ana")


@pytest.mark.parametrize("event", [CallerStayed(CALL, gone=True), CallerPressed(CALL, "1", gone=True)])
def test_a_caller_who_has_left_returns_to_nobody(event: Event) -> None:
    call = cut_off()
    assert call.takes(event).replies == ()
    assert (call.contact.outcome, call.everybody_rung) == ("answered", ["ana"])


def test_hanging_up_after_a_conversation_ends_it_answered() -> None:
    call = Call(floor())
    call.arrives()
    call.accepts()
    assert call.dial_ends(bridged=True, gone=True).replies == ()
    assert (call.contact.outcome, call.contact.left, call.results) == ("answered", True, [("ana", "accepted")])


def test_talking_keeps_what_was_promised() -> None:
    call = cut_off(Call(floor(matter=matter(12, "ana", NOW, NOW))))
    assert changes_of(call, KeepPromises) == [KeepPromises((1, 2), "ana")]
    assert [(one.technician, one.detail) for one in call.story("promise_kept")] == [
        ("ana", {"promise": 1, "matter": 12}),
        ("ana", {"promise": 2, "matter": 12}),
    ]


def test_talking_twice_keeps_a_promise_once() -> None:
    call = cut_off(Call(floor(matter=matter(12, "ana", NOW))))
    call.takes(STAYED)
    call.talks()
    assert len(changes_of(call, KeepPromises)) == 1
    assert call.contact.talked == ("ana",)


def test_a_matter_that_is_not_the_contacts_is_left_alone() -> None:
    call = Call(floor())
    call.arrives()
    call.accepts()
    call.floor = floor(matter=matter(99, "ben", NOW))
    call.dial_ends(bridged=True)
    assert changes_of(call, KeepPromises) == []
