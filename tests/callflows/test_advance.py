"""Every event in every stage: somebody always hears something, and what is over stays over."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.advance import advance
from callflows.contact import Contact
from callflows.events import (
    CallArrived,
    CallerMoved,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    CallOver,
    ClientCalled,
    ClientPickedUp,
    DialEnded,
    ErrandDue,
    Event,
    FallbackEnded,
    Faulted,
    KeyPressed,
    LegEnded,
    LegPickedUp,
    RecordingEnded,
    RecordingStored,
    RingPlaced,
    RingUnplaced,
    RoomDialEnded,
    RoomJoined,
    RoomLeft,
    TechnicianMoved,
    TechnicianUnmoved,
    TextSent,
    TimerFired,
)
from callflows.parts.ending import outcome_of
from callflows.text_events import HelperVerb, TechnicianAsked
from routing.directory import Line
from routing.floor import Agenda, AgendaItem, Floor
from routing.places import Found
from tests.builders import (
    CALLER,
    CLARA,
    LINE,
    NOW,
    PHONE,
    TABER,
    WORKDAYS,
    fallback_line,
    floor,
    matter,
    pod,
    said,
    standing,
    unknown_floor,
    version,
)
from tests.callflows.any_contact import SPOKEN, contacts
from tests.callflows.anything import (
    CLIENTS,
    OLGA,
    PEOPLE,
    PLACES,
    TIMERS,
    WANDA,
    any_floor,
    errands,
    events,
    may_meet,
)
from tests.callflows.call import CALL, Call
from tests.callflows.rules import check_turn
from tests.callflows.swarms import straight, swarm_floor
from tests.often import often

ARRIVED = CallArrived(CALL, CALLER, LINE)
OURS = CallArrived(CALL, PHONE, LINE)
DUE = ErrandDue("", "contact-1", 12, "clara", TABER.municipality, "south", "en")
HELD = AgendaItem(12, NOW, "clara", TABER.municipality, CALLER, 1, NOW)
KNOWN = floor(matter=matter(12, "ben", NOW))
STRANGE = unknown_floor(line=Line(LINE, languages=("fr", "en")), municipalities=PLACES, pods=pod())
SHARED = floor(callers=(CLARA, OLGA, WANDA), municipalities=PLACES)
AT_WORK = floor(calling="ana", matter=matter(12, "ana", NOW), clients=CLIENTS, agenda=Agenda(HELD, (HELD,)))
UNSTAFFED = floor(*(standing(key, presence=said("off")) for key in ("ana", "ben", "cho")))
WITH_FALLBACK = floor(line=fallback_line())
HELPED = swarm_floor()  # at a line whose callers go to the swarm at once
ROOM = "contact-1"
ACCEPTED: list[Event] = [KeyPressed("CA1", 1, "1"), RoomJoined("CA1", ROOM, 1)]
TALKING: list[Event] = [ARRIVED, KeyPressed("CA1", 1, "1")]
WANTS_HELP = TechnicianAsked("", "ben", "swarm")
BOTH_IN_ROOM: list[Event] = [TechnicianMoved("CA1", 1), DialEnded("CA1", 1, "completed", True)]
MENU = {
    "start": "menu",
    "steps": {
        "menu": {"step": "menu", "say": "greeting", "keys": {"1": "out", "2": "menu"}, "otherwise": "message"},
        "out": {"step": "transfer", "number": "+14035550188", "otherwise": "message"},
        "message": {"step": "voicemail"},
    },
}
CHOOSING = floor(recent_calls=1)  # at a line with a menu
DOUBTED = replace(STRANGE, found=(Found("4802022", 90), Found("4802019", 88)))

# What has happened so far, and the floor on which it happened.
LIVES: dict[str, tuple[Floor, list[Event]]] = {
    "before it began": (KNOWN, []),
    "while the first technician rings": (KNOWN, [ARRIVED]),
    "while a technician listens": (KNOWN, [ARRIVED, LegPickedUp("CA1", 1)]),
    "while a technician talks": (KNOWN, [ARRIVED, KeyPressed("CA1", 1, "1")]),
    "when a technician has passed": (KNOWN, [ARRIVED, KeyPressed("CA1", 1, "2")]),
    "when the first leg has ended": (KNOWN, [ARRIVED, LegEnded("CA1", 1, "busy")]),
    "while the second technician rings": (KNOWN, [ARRIVED, DialEnded("CA1", 1, "busy", False)]),
    "after a conversation": (KNOWN, [ARRIVED, DialEnded("CA1", 1, "completed", True)]),
    "while they speak to the machine": (KNOWN, [ARRIVED, Faulted(CALL, "caller", "11200")]),
    "while the fallback number rings": (WITH_FALLBACK, [ARRIVED, Faulted(CALL, "caller", "11200")]),
    "when the call is over": (KNOWN, [ARRIVED, CallOver(CALL, "completed")]),
    "while a stranger chooses a language": (STRANGE, [ARRIVED]),
    "while a stranger names a place": (STRANGE, [ARRIVED, CallerPressed(CALL, "2")]),
    "while a stranger is asked which place": (DOUBTED, [ARRIVED, CallerStayed(CALL), CallerSaid(CALL, "Taber")]),
    "when a stranger was not understood": (STRANGE, [ARRIVED, CallerStayed(CALL), CallerStayed(CALL)]),
    "while they say which municipality": (SHARED, [ARRIVED]),
    "while they say who they are": (SHARED, [ARRIVED, CallerPressed(CALL, "1")]),
    "while a call back is offered": (UNSTAFFED, [ARRIVED]),
    "while their number is read back": (UNSTAFFED, [ARRIVED, CallerPressed(CALL, "1")]),
    "while they key in a number": (UNSTAFFED, [ARRIVED, CallerPressed(CALL, "1"), CallerPressed(CALL, "2")]),
    "while a technician hears the menu": (AT_WORK, [OURS]),
    "while a technician hears of a matter": (AT_WORK, [OURS, CallerPressed(CALL, "1")]),
    "while a technician lists promises": (AT_WORK, [OURS, CallerPressed(CALL, "3")]),
    "while a technician speaks a note": (AT_WORK, [OURS, CallerPressed(CALL, "1"), CallerPressed(CALL, "1")]),
    "while a technician calls a client": (AT_WORK, [OURS, CallerPressed(CALL, "2")]),
    "when a technician has called a client": (
        AT_WORK,
        [OURS, CallerPressed(CALL, "2"), ClientPickedUp("CA2"), ClientCalled("CA2", "completed", True)],
    ),
    "while a technician goes on as a caller": (AT_WORK, [OURS, CallerPressed(CALL, "0")]),
    "while helpers are invited": (HELPED, [ARRIVED]),
    "while helpers ring": (HELPED, [ARRIVED, RingPlaced("CA1", 1), RingPlaced("CA2", 2)]),
    "while a helper listens": (HELPED, [ARRIVED, LegPickedUp("CA1", 1)]),
    "when a helper has passed": (HELPED, [ARRIVED, KeyPressed("CA1", 1, "2")]),
    "while the client is fetched": (HELPED, [ARRIVED, *ACCEPTED]),
    "while they talk in a room": (HELPED, [ARRIVED, *ACCEPTED, CallerMoved(CALL)]),
    "while two helpers talk with them": (
        HELPED,
        [ARRIVED, *ACCEPTED, CallerMoved(CALL), KeyPressed("CA2", 2, "1"), RoomJoined("CA2", ROOM, 2)],
    ),
    "while the client is alone in the room": (
        HELPED,
        [ARRIVED, *ACCEPTED, CallerMoved(CALL), RoomLeft("CA1", ROOM, 1, final=True)],
    ),
    "after a talk in a room": (
        HELPED,
        [ARRIVED, *ACCEPTED, CallerMoved(CALL), RoomLeft("CA1", ROOM, 1, final=True), CallerMoved(CALL)],
    ),
    "while helpers are rung one by one": (
        HELPED,
        [ARRIVED, *(RingUnplaced("", ring) for ring in (1, 2, 3, 4)), CallerStayed(CALL)],
    ),
    "when nobody knows whether helpers ring": (HELPED, [ARRIVED, RingUnplaced("", 1, unknown=True)]),
    "while a talk becomes a conference": (KNOWN, [*TALKING, WANTS_HELP]),
    "when the technician was the first in its room": (KNOWN, [*TALKING, WANTS_HELP, BOTH_IN_ROOM[0]]),
    "when the caller was the first in its room": (KNOWN, [*TALKING, WANTS_HELP, BOTH_IN_ROOM[1]]),
    "while a talk's helpers are invited": (KNOWN, [*TALKING, WANTS_HELP, *BOTH_IN_ROOM]),
    "while a colleague is to join a talk": (KNOWN, [*TALKING, TechnicianAsked("", "cho", "join"), *BOTH_IN_ROOM]),
    "while they choose in a menu": (CHOOSING, [ARRIVED]),
    "while a number elsewhere rings": (CHOOSING, [ARRIVED, CallerPressed(CALL, "1")]),
    "while an errand rings its technician": (KNOWN, [DUE]),
    "while an errand's technician listens": (KNOWN, [DUE, LegPickedUp("CA1", 1)]),
    "while an errand calls the client": (KNOWN, [DUE, KeyPressed("CA1", 1, "1")]),
    "when an errand has reached the client": (
        KNOWN,
        [DUE, KeyPressed("CA1", 1, "1"), ClientPickedUp("CA2"), ClientCalled("CA2", "completed", True)],
    ),
    "when an errand has not reached the client": (
        KNOWN,
        [DUE, KeyPressed("CA1", 1, "1"), ClientCalled("CA2", "no-answer", False)],
    ),
}

WISHES: tuple[tuple[str, HelperVerb], ...] = (("ben", "swarm"), ("ana", "swarm"), ("cho", "join"), ("gone", "join"))
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
    *(CallerPressed(CALL, digits, gone=gone) for digits in ("1", "2", "9", "4035550177") for gone in (False, True)),
    *(CallerSaid(CALL, words, gone=gone) for words in ("Taber", "yes", "no") for gone in (False, True)),
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
    *(TimerFired(CALL, timer) for timer in TIMERS),
    ClientPickedUp("CA2"),
    *(
        ClientCalled("CA2", status, bridged, gone=gone)
        for status, bridged in (("completed", True), ("completed", None), ("no-answer", False))
        for gone in (False, True)
    ),
    TextSent(CALL, "ana", "owner_notice", "queued"),
    *(RingPlaced("CA1", ring) for ring in (1, 2)),
    *(RingUnplaced("", ring, unknown) for ring in (1, 2) for unknown in (False, True)),
    *(CallerMoved(CALL, gone=gone) for gone in (False, True)),
    *(TechnicianAsked("", who, verb) for who, verb in WISHES),
    *(TechnicianMoved("CA1", ring) for ring in (1, 2)),
    TechnicianUnmoved("CA1", 1),
    *(RoomJoined("CA1", ROOM, ring) for ring in (0, 1, 2)),
    *(RoomLeft("CA1", ROOM, ring, final=final) for ring in (0, 1) for final in (False, True)),
    *(RoomDialEnded("CA1", ROOM, ring, gone=gone) for ring in (0, 1) for gone in (False, True)),
]


def lived(life: str) -> Call:
    facts, happened = LIVES[life]
    document = MENU if facts is CHOOSING else {}
    call = Call(facts, straight() if facts is HELPED else replace(version(), document=document))
    for event in happened:
        call.takes(event)
    return call


def possible(contact: Contact) -> list[Event]:
    return [event for event in KINDS if may_meet(contact, event)]


def test_every_stage_is_lived_through() -> None:
    assert {lived(life).contact.stage for life in LIVES} == set(SPOKEN)


@pytest.mark.parametrize("life", LIVES)
def test_every_event_may_come_at_every_time(life: str) -> None:
    call = lived(life)
    for event in possible(call.contact):
        check_turn(call.contact, event, advance(call.version, call.contact, event, call.floor))


@pytest.mark.parametrize("life", LIVES)
def test_every_two_events_may_come_at_every_time(life: str) -> None:
    call = lived(life)
    after = (advance(call.version, call.contact, first, call.floor).contact for first in possible(call.contact))
    for between in dict.fromkeys(after):  # many an event changes nothing
        for second in possible(between):
            check_turn(between, second, advance(call.version, between, second, call.floor))


hours = st.sampled_from(["24/7", WORKDAYS, "Sun 01:00-02:00", ""])
people = st.sampled_from(PEOPLE)
# An errand begins a contact of its own, and comes to no other.
under_way = st.tuples(contacts(people), events()).filter(lambda now: may_meet(*now)) | st.tuples(
    contacts(people, stages=("new",)), errands()
)


@settings(deadline=None, max_examples=often(160))
@given(under_way, any_floor(), hours)
def test_no_state_that_a_contact_can_have_leaves_anybody_in_silence(
    now: tuple[Contact, Event], facts: Floor, week: str
) -> None:
    contact, event = now
    contact = replace(contact, outcome=outcome_of(contact) if contact.is_over else None)
    check_turn(contact, event, advance(version(*PEOPLE, hours=week), contact, event, facts))


@settings(deadline=None)
@given(under_way, any_floor(), hours)
def test_the_same_facts_give_the_same_turn(now: tuple[Contact, Event], facts: Floor, week: str) -> None:
    first = advance(version(*PEOPLE, hours=week), *now, facts)
    assert advance(version(*PEOPLE, hours=week), *now, facts) == first


@settings(deadline=None)
@given(contacts(people, stages=("over",)), st.lists(events() | errands(), max_size=12), any_floor())
def test_what_is_over_stays_over(contact: Contact, happened: list[Event], facts: Floor) -> None:
    contact = replace(contact, line=LINE, outcome=outcome_of(contact))
    for event in happened:
        turn = advance(version(*PEOPLE), contact, event, facts)
        check_turn(contact, event, turn)
        contact = turn.contact
