"""A promise to call back: told to its owner at once, reminded of, kept by a call at the due time, or overdue."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from callflows.actions import BeginErrand, MakePromise, MarkOverdue, SetTimer, Text
from callflows.events import CallOver, RecordingEnded, TimerFired
from callflows.kept import with_matter
from callflows.turn import Turn
from routing.floor import Reservation
from tests.builders import CALLER, CLARA, NOW, TABER, floor, local, matter, said, standing, unknown_floor, version
from tests.callflows.call import CALL, Call, changes_of

REMINDER, DUE, OVERDUE = "promise_reminder", "promise_due", "promise_overdue"
BY_NOON = NOW + timedelta(hours=2)
MINUTES = timedelta(minutes=1)


def promised(call: Call | None = None, *, caller: str = CALLER) -> Call:
    """Nobody is on shift at ten; Clara is promised a call by noon, when Ben's shift begins, and hangs up."""
    own_hours = {"ana": "Tue 18:00-23:00", "ben": "Tue 12:00-17:00", "cho": "Sun 08:00-09:00"}
    call = call or Call(floor(), version(own_hours=own_hours))
    call.arrives(caller)
    while call.contact.stage == "asking":
        call.stays_silent()
    call.takes(RecordingEnded(CALL, 8, "RE1", gone=True))
    assert call.contact.promised
    return call


def timers(turns: Call | Turn) -> dict[str, datetime]:
    return {one.timer: one.due_at for one in changes_of(turns, SetTimer) if one.timer != "sound"}


def texts(turns: Call | Turn) -> list[tuple[str, str]]:
    return [(one.technician, one.prompt) for one in changes_of(turns, Text)]


def errands(turns: Call | Turn) -> list[int]:
    return [one.number for one in changes_of(turns, BeginErrand)]


def why(turn: Turn) -> list[str]:
    return [one.code for one in turn.reasons]


# Made.


def test_the_owner_is_told_at_once_and_three_timers_are_set() -> None:
    call = promised()
    assert texts(call) == [("ben", "owner_notice")]
    assert changes_of(call, MakePromise) == [MakePromise("ben", BY_NOON)]
    assert timers(call) == {REMINDER: BY_NOON - 30 * MINUTES, DUE: BY_NOON, OVERDUE: BY_NOON + 15 * MINUTES}


@pytest.mark.parametrize(("minutes", "reminded"), [(30, False), (60, False), (61, True), (240, True)])
def test_what_is_due_within_the_hour_needs_no_reminder(minutes: int, reminded: bool) -> None:
    call = promised(Call(floor(), version(hours="", promise_minutes=minutes)))
    assert (REMINDER in timers(call)) == reminded


def test_without_a_number_nobody_can_be_called_but_the_promise_is_still_watched() -> None:
    call = promised(Call(unknown_floor(number="")), caller="")
    assert set(timers(call)) == {REMINDER, OVERDUE}


@pytest.mark.parametrize(
    ("tier", "hours"),
    [("", 2), ("standard", 2), (" Standard", 2), ("enhanced", 1), ("Gold", 1)],
)
def test_an_enhanced_tier_is_called_back_in_half_the_time(tier: str, hours: int) -> None:
    places = {"4802022": replace(TABER, tier=tier)}
    call = promised(Call(floor(municipalities=places), version(hours="")))
    assert changes_of(call, MakePromise)[0].due_at == NOW + timedelta(hours=hours)


@pytest.mark.parametrize(("tier", "rung"), [("", 6), ("enhanced", 10)])
def test_an_enhanced_tier_is_hunted_for_longer(tier: str, rung: int) -> None:
    keys = [f"t{number}" for number in range(12)]
    call = Call(floor(*keys, municipalities={"4802022": replace(TABER, tier=tier)}), version(*keys))
    call.arrives()
    while call.rung:
        call.passes(15)
        call.unanswered()
    assert len(call.everybody_rung) == rung


# Its timers.


def test_the_reminder_is_a_text_to_the_owner_and_nothing_else() -> None:
    call = promised()
    turn = call.fires(REMINDER)
    assert texts(turn) == [("ben", "reminder_notice")]
    assert (len(turn.changes), turn.story, turn.replies) == (1, (), ())


def test_at_the_due_time_a_call_of_its_own_begins() -> None:
    call = promised()
    turn = call.fires(DUE)
    assert turn.changes == (BeginErrand(1), SetTimer(DUE, BY_NOON + 10 * MINUTES))
    assert call.contact.callbacks == 1


def test_a_promise_that_is_still_open_is_tried_again_ten_minutes_later() -> None:
    call = promised()
    call.fires(DUE)
    assert errands(call.fires(DUE)) == [2]
    assert call.floor.at == BY_NOON + 10 * MINUTES


def test_while_that_call_goes_on_no_second_one_begins() -> None:
    call = promised()
    call.fires(DUE)
    talking(call, True)
    turn = call.fires(DUE)
    assert turn.changes == (SetTimer(DUE, call.floor.at + 5 * MINUTES),)
    talking(call, False)
    assert errands(call.fires(DUE)) == [2]


def test_nobody_is_rung_to_call_a_client_who_is_on_the_line() -> None:
    """They called again themselves, a minute before the promise fell due."""
    call = promised()
    talking(call, True)
    assert errands(call.fires(DUE)) == []


def talking(call: Call, goes_on: bool) -> None:
    matter = call.matter
    assert matter is not None
    call.floor = with_matter(call.floor, replace(matter, talking=goes_on))


@pytest.mark.parametrize(
    "facts",
    [
        {"presence": said("away", BY_NOON)},
        {"reservation": Reservation("another", "on_call", None)},
        {"out_until": BY_NOON + timedelta(days=1)},
        {"languages": ("fr",)},
    ],
)
def test_nobody_is_free_and_it_is_tried_again_in_ten_minutes(facts: dict[str, Any]) -> None:
    call = promised()
    if "languages" in facts:
        call.stands("ben", technician=replace(call.floor.standings["ben"].technician, **facts))
    else:
        call.stands("ben", **facts)
    turn = call.fires(DUE)
    assert turn.changes == (SetTimer(DUE, BY_NOON + 10 * MINUTES),)
    assert ("nobody_to_call_back" in why(turn), call.contact.callbacks) == (True, 0)


def test_somebody_else_of_the_pod_keeps_it_when_the_owner_is_not_free() -> None:
    call = promised()
    call.stands("ben", presence=said("off", BY_NOON))
    call.stands("ana", presence=said("available", NOW))
    assert errands(call.fires(DUE)) == [1]


def test_at_the_end_of_the_day_it_waits_for_the_clients_next_morning() -> None:
    call = promised()
    call.stands("ben", presence=said("off", BY_NOON))
    call.floor = replace(call.floor, at=local("2026-11-03 16:25"))
    turn = call.takes(TimerFired("", DUE))
    assert turn.changes == (SetTimer(DUE, local("2026-11-04 08:30")),)


@pytest.mark.parametrize(
    ("at", "opens", "holidays"),
    [
        ("2026-11-03 17:00", "2026-11-04 08:30", ()),
        ("2026-11-06 18:00", "2026-11-09 08:30", ()),
        ("2026-11-10 20:00", "2026-11-12 08:30", ("2026-11-11 12:00",)),
    ],
    ids=["the evening", "the week-end", "before a holiday"],
)
def test_nobody_is_called_again_outside_their_business_hours(at: str, opens: str, holidays: tuple[str, ...]) -> None:
    call = promised()
    call.fires(DUE)
    days = frozenset(local(day).date() for day in holidays)
    call.floor = replace(call.floor, at=local(at), holidays={"4802022": days})
    turn = call.takes(TimerFired("", DUE))
    assert turn.changes == (SetTimer(DUE, local(opens)),)


def test_after_six_calls_in_vain_nobody_is_called_any_more() -> None:
    call = promised(Call(floor(presence := standing("ana", presence=said("off"))), version("ana")))
    call.stands(presence.technician.technician, presence=None)
    fired = 0
    while timers(call.last) and fired < 100:
        call.fires(DUE)
        fired += 1
    assert errands(call) == [1, 2, 3, 4, 5, 6]
    assert why(call.last) == ["callbacks_spent"]


def test_when_nobody_is_ever_free_it_ends_after_two_weeks() -> None:
    call = promised(Call(floor("ana"), version("ana", hours="")))
    call.stands("ana", presence=said("off"))
    due = call.floor.at
    fired = 0
    while DUE in timers(call.last) and fired < 1000:
        call.fires(DUE)
        fired += 1
    assert errands(call) == []
    assert timedelta(days=14) < call.floor.at - due < timedelta(days=17)


# Overdue.


def test_an_overdue_promise_is_marked_and_its_owner_is_told() -> None:
    call = promised()
    turn = call.fires(OVERDUE)
    assert changes_of(turn, MarkOverdue) == [MarkOverdue(1)]
    assert texts(turn) == [("ben", "overdue_notice")]
    assert [(one.kind, one.technician) for one in turn.story] == [("promise_overdue", "ben")]


@pytest.mark.parametrize(
    ("presence", "told"),
    [(None, ["ben"]), (said("off", BY_NOON), ["ben", "ana"]), (said("away", BY_NOON), ["ben", "ana"])],
)
def test_when_the_owner_is_not_at_work_the_pods_next_is_told_as_well(presence: Any, told: list[str]) -> None:
    call = promised()
    call.stands("ben", presence=presence)
    call.stands("ana", presence=said("available", BY_NOON))
    assert [key for key, _ in texts(call.fires(OVERDUE))] == told


# Kept, and what is settled.


@pytest.mark.parametrize("timer", [REMINDER, DUE, OVERDUE])
@pytest.mark.parametrize("how", ["kept", "the matter is closed", "another contact's promise"])
def test_the_timers_of_a_promise_that_is_settled_change_nothing(timer: str, how: str) -> None:
    call = promised()
    match how:
        case "kept":
            call.floor = replace(call.floor, matters=(matter(12, "ben"),))
        case "the matter is closed":
            call.floor = replace(call.floor, matters=())
        case _:
            call.floor = replace(call.floor, matters=(matter(12, "ben", BY_NOON),))
    before = call.contact
    turn = call.fires(timer)
    assert (turn.changes, turn.story, turn.replies, call.contact) == ((), (), (), before)
    assert why(turn) == ["promise_settled"]


def test_the_timers_come_back_while_the_call_still_goes_on() -> None:
    """The sound was stored before the caller's leg asked: the promise is made, the caller is still there."""
    call = Call(floor(), version(hours="", promise_minutes=0))
    call.arrives()
    call.takes(CallOver(CALL, "completed"))
    assert DUE in timers(call)
    assert call.fires(DUE).replies == ()


def test_nothing_about_a_promise_names_a_number() -> None:
    call = promised()
    for timer in (REMINDER, DUE, OVERDUE):
        call.fires(timer)
    assert CALLER not in repr((call.changes, [turn.story for turn in call.turns]))


@pytest.mark.parametrize("at", ["2026-11-03 23:00", "2026-11-07 12:00"], ids=["at night", "on a Saturday"])
def test_a_promise_that_fell_due_while_the_service_was_down_waits_for_the_morning(at: str) -> None:
    call = promised(Call(floor("ana"), version("ana", hours="Tue 18:00-23:59; Sat 08:00-16:00")))
    call.floor = replace(call.floor, at=local(at))
    assert errands(call.takes(TimerFired("", DUE))) == []


@pytest.mark.parametrize("whose", ["the client's", "the municipality's"])
def test_nobody_owns_a_promise_to_a_client_who_never_wants_them(whose: str) -> None:
    own_hours = {"ana": "Tue 18:00-23:00", "ben": "Tue 12:00-17:00", "cho": "Sun 08:00-09:00"}
    unwanted: dict[str, Any] = {"callers": (replace(CLARA, unwanted=("ben",)),)}
    if whose == "the municipality's":
        unwanted = {"municipalities": {"4802022": replace(TABER, unwanted=("ben",))}}
    call = promised(Call(floor(**unwanted), version(own_hours=own_hours)))
    assert call.contact.owner == "ana"
