"""How an errand ends: the technician hangs up at any moment, reports come late, and nobody stays held."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.actions import (
    Hangup,
    KeepPromises,
)
from callflows.events import (
    CallerPressed,
    CallOver,
    Event,
    Faulted,
    LegEnded,
    TimerFired,
)
from routing.floor import Floor
from tests.builders import NOW, matter, version
from tests.callflows.anything import PEOPLE, any_floor
from tests.callflows.call import Call, changes_of
from tests.callflows.errands import (
    DUE,
    HUNG_UP,
    NO_ANSWER,
    PICKED_UP,
    REACHED,
    called,
    errand,
    held,
    kept,
    taken,
)
from tests.often import often

# The technician hangs up, at any moment.

MOMENTS: list[tuple[str, list[Event], bool]] = [
    ("while the client's telephone rings", [], False),
    ("while they talk", [PICKED_UP], True),
    ("while they talk, and the dial's own word comes first", [PICKED_UP, replace(REACHED, gone=True)], True),
    ("while it rings, and the dial's own word comes first", [replace(NO_ANSWER, gone=True)], False),
    ("when asked whether they talked", [PICKED_UP, REACHED], True),
    ("when asked whether to try again", [NO_ANSWER], False),
    ("after it was a voicemail", [PICKED_UP, REACHED, CallerPressed("CA1", "2")], False),
    ("while the client is called once more", [NO_ANSWER, CallerPressed("CA1", "1")], False),
]


@pytest.mark.parametrize(("happened", "talked"), [row[1:] for row in MOMENTS], ids=[row[0] for row in MOMENTS])
@pytest.mark.parametrize("ending", [HUNG_UP, CallOver("CA1", "completed", "asked")])
def test_the_technician_may_hang_up_at_any_moment(happened: list[Event], talked: bool, ending: Event) -> None:
    call = taken()
    for event in (*happened, ending):
        call.takes(event)
    assert (call.contact.is_over, kept(call), held(call)) == (True, talked, [])
    assert len(call.story("ring_ended")) == len(call.story("ended")) == 1


def test_a_fault_on_the_technicians_leg_hangs_up_and_the_next_is_rung() -> None:
    call = errand()
    call.picks_up()
    assert call.takes(Faulted("CA1", "technician", "11200")).replies[-1] == Hangup()
    call.leg_ends()
    assert called(call) == ["ben", "ana"]


def test_an_errand_that_nobody_hears_of_again_is_closed_by_the_sweeper() -> None:
    call = errand()
    call.takes(CallOver("CA1", "no-answer", "asked"))
    assert (call.contact.is_over, held(call), kept(call)) == (True, [], False)


@pytest.mark.parametrize("order", list(permutations((HUNG_UP, replace(REACHED, gone=True), PICKED_UP))))
def test_however_the_reports_of_a_talk_come_the_promise_is_kept(order: tuple[Event, ...]) -> None:
    """All three are told when the technician hangs up; a report may come late."""
    call = taken()
    for event in order:
        call.takes(event)
    assert (kept(call), call.contact.outcome, held(call)) == (True, "answered", [])


def test_the_dials_own_word_is_enough_when_it_comes_last() -> None:
    call = taken()
    call.takes(HUNG_UP)
    call.takes(replace(REACHED, gone=True))
    assert kept(call)


@pytest.mark.parametrize("order", list(permutations((HUNG_UP, replace(NO_ANSWER, gone=True)))))
def test_a_client_who_was_never_reached_keeps_no_promise_in_any_order(order: tuple[Event, ...]) -> None:
    call = taken()
    for event in order:
        call.takes(event)
    assert (kept(call), held(call)) == (False, [])


def test_a_talk_at_the_second_try_is_known_though_its_pick_up_is_told_last() -> None:
    call = taken()
    for event in (NO_ANSWER, CallerPressed("CA1", "1"), HUNG_UP, PICKED_UP):
        call.takes(event)
    assert (kept(call), call.contact.outcome, held(call)) == (True, "answered", [])


def test_a_voicemail_is_no_talk_though_its_pick_up_is_told_late() -> None:
    call = taken()
    call.takes(REACHED)
    call.takes(CallerPressed("CA1", "2"))
    call.takes(PICKED_UP)
    assert not kept(call)


# A ring of which nothing more is heard.


@pytest.mark.parametrize("picked_up", [False, True])
def test_a_ring_whose_end_is_never_told_is_followed_by_the_next(picked_up: bool) -> None:
    call = errand()
    if picked_up:
        call.picks_up()
    call.fires("ring_over:1")
    assert (called(call), held(call)) == (["ben", "ana"], ["ana"])
    assert call.takes(LegEnded("CA1", 1, "no-answer")).changes == ()


def test_a_talk_may_last_longer_than_any_ring() -> None:
    call = taken()
    assert call.fires("ring_over:1").changes == ()
    assert (call.contact.stage, held(call)) == ("errand", ["ben"])


@pytest.mark.parametrize("timer", ["ring_over:1", "ring_over:7", "ring_over:", "ring_over:x"])
def test_the_timer_of_an_earlier_ring_changes_nothing(timer: str) -> None:
    call = errand()
    call.leg_ends("busy")
    assert call.takes(TimerFired("", timer)).changes == ()
    assert called(call) == ["ben", "ana"]


# Any errand.

ANYTHING = st.sampled_from(
    [
        "pick up",
        "take",
        "pass",
        "wrong key",
        "no key",
        "leg ends",
        "client up",
        "reached",
        "not reached",
        "1",
        "2",
        "-",
        "unheard",
    ]
)


@settings(deadline=None, max_examples=often(120))
@given(any_floor(), st.lists(ANYTHING, min_size=1, max_size=25), st.integers(0, 30))
def test_any_errand_ends_and_nobody_stays_held(facts: Floor, happenings: list[str], seconds: int) -> None:
    calm = replace(facts, callers=(), calling="", matters=(matter(12, "ben", NOW),))
    call = Call(calm, version(*PEOPLE))
    call.takes(DUE)
    for what in happenings:
        if call.contact.is_over:
            break
        call.passes(seconds)
        happens(call, what)
    call.takes(CallOver("CA1", "completed", "asked"))
    assert (call.contact.is_over, held(call)) == (True, [])
    assert len(called(call)) == len(set(called(call))) == len(call.story("ring_ended"))
    assert len(changes_of(call, KeepPromises)) <= 1
    assert kept(call) == (call.contact.outcome == "answered")


def happens(call: Call, what: str) -> None:
    """Only what the technician's telephone can bring now."""
    ring, asked = call.contact.hunt.ring, call.contact.asked
    state = ring.state if ring else ""
    match what:
        case "unheard" if ring:
            call.takes(TimerFired("", f"ring_over:{ring.number}"))
        case "leg ends":
            call.leg_ends("completed" if state != "ringing" else "no-answer")
        case "pick up" if state == "ringing":
            call.picks_up()
        case "take" | "pass" | "wrong key" | "no key" if state == "screening":
            call.presses({"take": "1", "pass": "2", "wrong key": "7", "no key": ""}[what])
        case "client up" if state == "taken" and not asked:
            call.takes(PICKED_UP)
        case "reached" | "not reached" if state == "taken" and not asked:
            call.takes(REACHED if what == "reached" else NO_ANSWER)
        case "1" | "2" if asked:
            call.answers(what)
        case "-" if asked:
            call.stays_silent()
        case _:
            pass
