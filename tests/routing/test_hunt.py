"""One ring: its table of states, and how it ended."""

from itertools import product
from typing import get_args

import pytest

from routing.hunt import KEYS, TRANSITIONS, Ring, RingResult, RingState, Signal, ring_result

STATES: tuple[RingState, ...] = get_args(RingState)
SIGNALS: tuple[Signal, ...] = get_args(Signal)

# Every pair of a state and a signal; None for "changes nothing".
NEXT: dict[tuple[RingState, Signal], RingState | None] = {
    ("ringing", "picked_up"): "screening",
    ("ringing", "key_take"): "taken",
    ("ringing", "key_pass"): "passed",
    ("ringing", "key_wrong"): None,
    ("screening", "picked_up"): None,
    ("screening", "key_take"): "taken",
    ("screening", "key_pass"): "passed",
    ("screening", "key_wrong"): None,
    ("taken", "picked_up"): None,
    ("taken", "key_take"): None,
    ("taken", "key_pass"): None,
    ("taken", "key_wrong"): None,
    ("passed", "picked_up"): None,
    ("passed", "key_take"): None,
    ("passed", "key_pass"): None,
    ("passed", "key_wrong"): None,
}


def ring(state: RingState) -> Ring:
    return Ring(number=2, technician="ana", began=1_000, state=state, picked_up=3_000, key="", freed=True)


def test_the_table_speaks_of_every_state_and_signal_there_is() -> None:
    assert set(NEXT) == set(product(STATES, SIGNALS))
    assert set(TRANSITIONS) <= set(NEXT)


@pytest.mark.parametrize(("state", "signal"), list(NEXT))
def test_a_signal_moves_a_ring_as_the_table_says_and_changes_nothing_else(state: RingState, signal: Signal) -> None:
    after = ring(state).after(signal)
    assert after == ring(NEXT[state, signal] or state)


def test_taken_and_passed_are_final() -> None:
    assert not {state for state, _ in TRANSITIONS} & {"taken", "passed"}


def test_one_takes_two_and_three_pass_and_no_other_key_has_a_meaning() -> None:
    assert KEYS == {"1": "key_take", "2": "key_pass", "3": "key_pass"}


COMPLETED = ("completed", "answered", "")
STATUSES = (*COMPLETED, "no-answer", "busy", "failed", "canceled")
ANY: tuple[str, ...] = STATUSES
UNSAID = (False, None)
EITHER = (False, True)

Row = tuple[tuple[RingState, ...], tuple[str, ...], tuple[bool | None, ...], tuple[bool, ...], RingResult, str]

RESULTS: list[Row] = [
    (STATES, ANY, (True,), EITHER, "accepted", "Twilio says that the two heard each other"),
    (("taken",), COMPLETED, (None,), EITHER, "accepted", "key 1, and Twilio's word is lacking"),
    (("taken",), COMPLETED, (False,), (True,), "canceled", "key 1, but the caller left before the bridge"),
    (("taken",), COMPLETED, (False,), (False,), "failed", "key 1, but they never heard each other"),
    (("taken",), STATUSES[3:], UNSAID, (True,), "canceled", "key 1, and the caller had left"),
    (("taken",), STATUSES[3:], UNSAID, (False,), "failed", "key 1, and the leg broke"),
    (("passed",), ANY, UNSAID, EITHER, "declined", "key 2 or 3"),
    (("screening",), ANY, UNSAID, (True,), "canceled", "the caller left during the whisper"),
    (("screening",), ANY, UNSAID, (False,), "not_screened", "picked up, no valid key"),
    (("ringing",), ANY, UNSAID, (True,), "canceled", "the caller left while it rang"),
    (("ringing",), COMPLETED, UNSAID, (False,), "not_screened", "a voicemail that asked for nothing"),
    (("ringing",), ("no-answer",), UNSAID, (False,), "no_answer", "nobody came to the telephone"),
    (("ringing",), ("busy",), UNSAID, (False,), "busy", "busy, or rejected by the telephone"),
    (("ringing",), ("failed",), UNSAID, (False,), "failed", "the number could not be reached"),
    (("ringing",), ("canceled",), UNSAID, (False,), "canceled", "the leg was taken back"),
]


def rows(state: RingState, status: str, bridged: bool | None, gone: bool) -> list[Row]:
    return [row for row in RESULTS if state in row[0] and status in row[1] and bridged in row[2] and gone in row[3]]


ALL = list(product(STATES, STATUSES, (True, False, None), EITHER))


@pytest.mark.parametrize(("state", "status", "bridged", "gone"), ALL)
def test_exactly_one_reason_says_how_a_ring_ended(
    state: RingState, status: str, bridged: bool | None, gone: bool
) -> None:
    (row,) = rows(state, status, bridged, gone)
    result, reason = row[4:]
    assert ring_result(ring(state), status=status, bridged=bridged, caller_gone=gone) == result, reason


def test_without_a_key_no_status_alone_is_ever_accepted() -> None:
    """A voicemail and a human both report `completed` (twilio.md 5.2)."""
    for state, status, bridged, gone in product(STATES, STATUSES, UNSAID, EITHER):
        if state != "taken":
            assert ring_result(ring(state), status=status, bridged=bridged, caller_gone=gone) != "accepted"
