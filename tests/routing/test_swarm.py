"""The table of a helper's states, and what a swarm knows of all of them."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.swarm import (
    TRANSITIONS,
    Helper,
    HelperSignal,
    HelperState,
    Swarm,
    helper_result,
    label,
    ring_of,
    room,
)

STATES: tuple[HelperState, ...] = get_args(HelperState)
SIGNALS: tuple[HelperSignal, ...] = get_args(HelperSignal)


def helper(state: HelperState = "invited", ring: int = 1, **facts: object) -> Helper:
    return Helper(ring, f"t{ring}", 1000, state, **facts)  # type: ignore[arg-type]


def after(*signals: HelperSignal) -> HelperState:
    one = helper()
    for signal in signals:
        one = one.after(signal)
    return one.state


@pytest.mark.parametrize(
    ("signals", "state"),
    [
        (("placed", "picked_up", "key_take", "leg_over"), "gone"),
        (("placed", "picked_up", "key_wrong", "key_take"), "taken"),
        (("placed", "picked_up", "key_pass"), "passed"),
        (("key_take", "picked_up", "placed"), "taken"),
        (("picked_up", "placed"), "screening"),
        (("unplaced", "placed", "key_take"), "unplaced"),
        (("unknown", "placed"), "ringing"),
        (("unknown", "key_take"), "taken"),
        (("unknown", "unheard"), "unplaced"),
        (("placed", "unheard"), "ringing"),
        (("placed", "unplaced"), "ringing"),
        (("placed", "leg_over", "key_take"), "gone"),
        (("key_pass", "key_take"), "passed"),
        (("key_take", "key_pass"), "taken"),
    ],
)
def test_signals_come_in_any_order_and_change_only_what_they_may(
    signals: tuple[HelperSignal, ...], state: HelperState
) -> None:
    assert after(*signals) == state


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("signal", SIGNALS)
def test_a_signal_without_a_row_changes_nothing(state: HelperState, signal: HelperSignal) -> None:
    one = helper(state)
    assert (one.after(signal) is one) == ((state, signal) not in TRANSITIONS)


@given(st.lists(st.sampled_from(SIGNALS), max_size=12))
def test_who_is_gone_or_was_never_rung_stays_so(signals: list[HelperSignal]) -> None:
    for state in ("gone", "unplaced"):
        one = helper(state)
        for signal in signals:
            one = one.after(signal)
        assert one.state == state


@given(st.lists(st.sampled_from(SIGNALS), max_size=12))
def test_a_leg_that_is_over_is_over_whatever_came_before(signals: list[HelperSignal]) -> None:
    one = helper()
    for signal in (*signals, "leg_over"):
        one = one.after(signal)
    assert one.state in ("gone", "unplaced")


@pytest.mark.parametrize(
    ("state", "rings", "has_rung", "inside"),
    [
        ("invited", True, False, False),
        ("unsure", True, False, False),
        ("ringing", True, True, False),
        ("screening", True, True, False),
        ("taken", False, True, True),
        ("passed", False, True, False),
        ("unplaced", False, False, False),
        ("gone", False, True, False),
    ],
)
def test_what_a_state_says_of_the_telephone(state: HelperState, rings: bool, has_rung: bool, inside: bool) -> None:
    one = helper(state)
    assert (one.rings, one.has_rung, one.is_in) == (rings, has_rung, inside)


def test_those_inside_stand_in_the_order_in_which_they_came() -> None:
    late, early = helper("taken", 1, pressed=9), helper("taken", 2, pressed=5)
    swarm = Swarm(1, 0, (late, early, helper("ringing", 3), helper("gone", 4), helper("unplaced", 5)))
    assert [one.ring for one in swarm.inside] == [2, 1]
    assert [one.ring for one in swarm.ringing] == [3]
    assert swarm.unplaced == ("t5",)


def test_a_helper_is_found_and_changed_by_their_ring() -> None:
    swarm = Swarm(1, 0, (helper(ring=1), helper(ring=2)))
    changed = swarm.with_helper(helper("taken", 2))
    assert [one.state for one in changed.helpers] == ["invited", "taken"]
    assert changed.helper(2) == helper("taken", 2)
    assert changed.helper(7) is None


@pytest.mark.parametrize(
    ("state", "status", "caller_gone", "result"),
    [
        ("ringing", "no-answer", False, "no_answer"),
        ("ringing", "busy", False, "busy"),
        ("ringing", "failed", False, "failed"),
        ("ringing", "canceled", False, "canceled"),
        ("ringing", "completed", False, "not_screened"),
        ("ringing", "", False, "no_answer"),
        ("ringing", "no-answer", True, "canceled"),
        ("unsure", "busy", False, "busy"),
        ("screening", "completed", False, "not_screened"),
        ("screening", "completed", True, "canceled"),
        ("passed", "completed", False, "declined"),
        ("passed", "completed", True, "declined"),
        ("taken", "completed", True, "canceled"),
    ],
)
def test_how_the_ring_of_a_helper_ended(state: HelperState, status: str, caller_gone: bool, result: str) -> None:
    assert helper_result(helper(state), status, caller_gone=caller_gone) == result


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("caller_gone", [True, False])
def test_whoever_met_the_client_accepted(state: HelperState, caller_gone: bool) -> None:
    assert helper_result(helper(state, met=1), "completed", caller_gone=caller_gone) == "accepted"


def test_a_room_is_named_by_our_ids_alone() -> None:
    assert room("abc234", 2) == "abc234-2"


@given(st.integers(1, 10**6))
def test_a_label_names_its_ring(ring: int) -> None:
    assert ring_of(label(ring)) == ring


@pytest.mark.parametrize("said", ["", "client", "ring-", "ring-x", "7", "ring--1", "wring-3"])
def test_no_other_label_names_a_ring(said: str) -> None:
    assert ring_of(said) == 0
