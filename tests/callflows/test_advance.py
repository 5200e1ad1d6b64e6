"""Every event in every stage: somebody always hears something, and what is over stays over."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.advance import advance
from callflows.contact import Contact
from callflows.events import (
    CallArrived,
    CallerPressed,
    CallerStayed,
    CallOver,
    DialEnded,
    Event,
    FallbackEnded,
    Faulted,
    KeyPressed,
    LegEnded,
    LegPickedUp,
    RecordingEnded,
    RecordingStored,
    TextSent,
    TimerFired,
)
from callflows.steps.hangup import outcome_of
from routing.floor import Floor
from tests.builders import CALLER, LINE, WORKDAYS, floor, version
from tests.callflows.anything import PEOPLE, any_floor, contacts, events
from tests.callflows.call import CALL, Call
from tests.callflows.rules import check_turn

LIVES: dict[str, list[Event]] = {
    "before it began": [],
    "while the first technician rings": [CallArrived(CALL, CALLER, LINE)],
    "while a technician listens": [CallArrived(CALL, CALLER, LINE), LegPickedUp("CA1", 1)],
    "while a technician talks": [CallArrived(CALL, CALLER, LINE), KeyPressed("CA1", 1, "1")],
    "when a technician has passed": [CallArrived(CALL, CALLER, LINE), KeyPressed("CA1", 1, "2")],
    "when the first leg has ended": [CallArrived(CALL, CALLER, LINE), LegEnded("CA1", 1, "busy")],
    "while the second technician rings": [CallArrived(CALL, CALLER, LINE), DialEnded("CA1", 1, "busy", False)],
    "after a conversation": [CallArrived(CALL, CALLER, LINE), DialEnded("CA1", 1, "completed", True)],
    "while they speak to the machine": [CallArrived(CALL, CALLER, LINE), Faulted(CALL, "caller", "11200")],
    "when the call is over": [CallArrived(CALL, CALLER, LINE), CallOver(CALL, "completed")],
}

KINDS: list[Event] = [
    *(CallArrived(CALL, CALLER, LINE, gone=gone) for gone in (False, True)),
    *(LegPickedUp("CA1", ring) for ring in (0, 1, 2)),
    *(KeyPressed("CA1", ring, digits) for ring in (0, 1, 2) for digits in ("1", "2", "3", "7", "")),
    *(LegEnded("CA1", ring, "completed", 9) for ring in (0, 1, 2)),
    *(
        DialEnded("CA1", ring, status, bridged, gone=gone)
        for ring in (0, 1, 2)
        for status, bridged in (("completed", True), ("completed", False), ("no-answer", None))
        for gone in (False, True)
    ),
    *(CallerPressed(CALL, "1", gone=gone) for gone in (False, True)),
    *(CallerStayed(CALL, gone=gone) for gone in (False, True)),
    *(RecordingEnded(CALL, seconds, "RE1", gone=gone) for seconds in (None, 1, 9) for gone in (False, True)),
    *(RecordingStored(CALL, status, "RE1", "url", 9) for status in ("completed", "absent")),
    *(
        FallbackEnded(CALL, "completed", bridged, gone=gone)
        for bridged in (True, False, None)
        for gone in (False, True)
    ),
    *(CallOver(CALL, "completed", source) for source in ("callback", "asked")),
    *(
        Faulted(CALL, asker, "11200", gone=gone)
        for asker in ("caller", "technician", "waiting")
        for gone in (False, True)
    ),
    *(TimerFired(CALL, timer) for timer in ("sound", "other")),
    TextSent(CALL, "ana", "owner_notice", "queued"),
]


@pytest.mark.parametrize("life", LIVES)
def test_every_event_may_come_at_every_time(life: str) -> None:
    call = Call(floor())
    for event in LIVES[life]:
        call.takes(event)
    for event in KINDS:
        check_turn(call.contact, event, advance(call.version, call.contact, event, call.floor))


@pytest.mark.parametrize("life", LIVES)
def test_every_two_events_may_come_at_every_time(life: str) -> None:
    call = Call(floor())
    for event in LIVES[life]:
        call.takes(event)
    for first in KINDS:
        between = advance(call.version, call.contact, first, call.floor).contact
        for second in KINDS:
            check_turn(between, second, advance(call.version, between, second, call.floor))


hours = st.sampled_from(["24/7", WORKDAYS, "Sun 01:00-02:00", ""])


@settings(deadline=None, max_examples=300)
@given(contacts(st.sampled_from(PEOPLE)), events(), any_floor(), hours)
def test_no_state_that_a_contact_can_have_leaves_anybody_in_silence(
    contact: Contact, event: Event, facts: Floor, week: str
) -> None:
    contact = replace(contact, outcome=outcome_of(contact) if contact.is_over else None)
    check_turn(contact, event, advance(version(*PEOPLE, hours=week), contact, event, facts))


@settings(deadline=None)
@given(contacts(st.sampled_from(PEOPLE)), events(), any_floor(), hours)
def test_the_same_facts_give_the_same_turn(contact: Contact, event: Event, facts: Floor, week: str) -> None:
    first = advance(version(*PEOPLE, hours=week), contact, event, facts)
    assert advance(version(*PEOPLE, hours=week), contact, event, facts) == first


@settings(deadline=None)
@given(contacts(st.sampled_from(PEOPLE), stages=("over",)), st.lists(events(), max_size=12), any_floor())
def test_what_is_over_stays_over(contact: Contact, happened: list[Event], facts: Floor) -> None:
    contact = replace(contact, outcome=outcome_of(contact))
    for event in happened:
        turn = advance(version(*PEOPLE), contact, event, facts)
        check_turn(contact, event, turn)
        contact = turn.contact
