"""Strategies for whatever may come: contacts in any state, events of any kind, floors with any people."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

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
from callflows.text_events import HelperVerb, TechnicianAsked
from routing.directory import Client, Line
from routing.floor import (
    Agenda,
    AgendaItem,
    Floor,
    OpenMatter,
    OpenPromise,
    Presence,
    Reservation,
    Standing,
    Talk,
)
from routing.places import Found
from routing.strategies import STRATEGIES
from tests.builders import (
    BARNWELL,
    CALLER,
    CLARA,
    FALLBACK,
    LINE,
    MILK_RIVER,
    NORTH,
    NOW,
    PHONE,
    TABER,
    floor,
    pod,
    standing,
)

PEOPLE = ("ana", "ben", "cho", "dov", "eli", "fay", "gus")
FINAL = ("completed", "busy", "no-answer", "failed", "canceled")
TIMERS = (
    *("sound", "promise_reminder", "promise_due", "promise_overdue", "ring_over:1"),
    *("room_check", "becoming", "wave_over", "other"),
)
SKILLS = {"ben": ("GIS",), "fay": ("gis", "water")}
FIRST_HELPER = 30  # rings of a swarm's helpers, whom no hunt has rung
ROOM = "contact-1"

OLGA = Client("olga", "Olga", (CALLER,), (TABER.municipality,), "fr")
WANDA = Client("wanda", "Wanda", (CALLER,), (TABER.municipality, BARNWELL.municipality, MILK_RIVER.municipality))
CALLERS = ((CLARA,), (CLARA,), (CLARA, OLGA), (WANDA,), (CLARA, OLGA, WANDA), ())
PLACES = {one.municipality: one for one in (TABER, BARNWELL, MILK_RIVER)}
CLIENTS = {one.client: one for one in (CLARA, OLGA, WANDA)}

instants = st.integers(-30_000, 30_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
later = st.integers(0, 10**7).map(lambda ms: int(NOW.timestamp() * 1000) - ms)
keys = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=40)
ids = st.one_of(st.just(""), keys)

some_places = st.lists(st.sampled_from([*PLACES, "0000000"]), max_size=3, unique=True).map(tuple)
client_keys = st.sampled_from(["", *CLIENTS])

presences = st.none() | st.builds(
    Presence, st.sampled_from(["available", "away", "off"]), instants, st.none() | instants
)
reservations = st.none() | st.builds(
    Reservation,
    st.sampled_from(["contact", "another"]),
    st.sampled_from(["ringing", "on_call", "wrap_up"]),
    st.none() | instants,
)


def events() -> st.SearchStrategy[Event]:
    """Any event of any ring that a contact under way may meet, before or after the caller has gone."""
    leg, ring = st.sampled_from(["CA0", "CA1", ""]), st.integers(0, 7) | st.integers(FIRST_HELPER, FIRST_HELPER + 2)
    status, word, gone = st.sampled_from(FINAL), st.sampled_from([True, False, None]), st.booleans()
    seconds = st.none() | st.integers(0, 200)
    digits = st.sampled_from([*"0123456789#", "", "12", "4035550177"])
    words = st.sampled_from(["Taber", "yes please", "no", "Barnwell sur Oldman", "oui", "je ne sais pas", ""])
    return st.one_of(
        st.builds(
            CallArrived, leg, st.sampled_from([CALLER, PHONE, ""]), st.just(LINE), st.just(""), gone, st.booleans()
        ),
        st.builds(LegPickedUp, leg, ring),
        st.builds(KeyPressed, leg, ring, digits),
        st.builds(LegEnded, leg, ring, status, seconds),
        st.builds(DialEnded, leg, ring, status, word, seconds, gone),
        st.builds(CallerPressed, leg, digits, gone),
        st.builds(CallerSaid, leg, words, gone),
        st.builds(CallerStayed, leg, gone),
        st.builds(RecordingEnded, leg, seconds, st.just("RE1"), gone),
        st.builds(RecordingStored, leg, st.sampled_from(["completed", "absent"]), st.just("RE1"), ids, seconds),
        st.builds(FallbackEnded, leg, status, word, gone),
        st.builds(CallOver, leg, status, st.sampled_from(["callback", "asked"])),
        st.builds(Faulted, leg, st.sampled_from(["caller", "technician", "waiting"]), st.just("11200"), gone=gone),
        st.builds(ClientPickedUp, leg),
        st.builds(ClientCalled, leg, status, word, gone),
        st.builds(TimerFired, leg, st.sampled_from(TIMERS)),
        st.builds(RingPlaced, leg, ring),
        st.builds(RingUnplaced, leg, ring, st.booleans()),
        st.builds(CallerMoved, leg, gone),
        st.builds(RoomJoined, leg, st.just(ROOM), ring),
        st.builds(RoomLeft, leg, st.just(ROOM), ring, st.booleans(), st.booleans()),
        st.builds(RoomDialEnded, leg, st.just(ROOM), ring, gone),
        st.builds(TechnicianMoved, leg, ring),
        st.builds(TechnicianUnmoved, leg, ring),
        wishes(leg),
        st.builds(TextSent, leg, st.just("ana"), st.just("owner_notice"), st.sampled_from(["queued", "failed"])),
    )


def wishes(leg: st.SearchStrategy[str]) -> st.SearchStrategy[TechnicianAsked]:
    """What technicians want of a call, by text."""
    verbs: tuple[HelperVerb, ...] = ("swarm", "swarm", "join", "join", "take")
    return st.builds(
        TechnicianAsked, leg, st.sampled_from([*PEOPLE, "gone"]), st.sampled_from(verbs), st.sampled_from(["", "gis"])
    )


# What a caller may answer to any question.
answers: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from([CallerPressed("CA0", digits) for digits in ("1", "2", "3", "8", "9", "0", "*", "82237")]),
    st.sampled_from([CallerSaid("CA0", words) for words in ("yes", "no", "oui", "Taber", "Barnwell", "what")]),
    st.just(CallerStayed("CA0")),
)


def errands() -> st.SearchStrategy[ErrandDue]:
    """What begins a contact of its own, and comes to no other."""
    return st.builds(
        ErrandDue,
        st.just(""),
        st.sampled_from(["contact", "another"]),
        st.integers(1, 3),
        client_keys,
        st.sampled_from(["", TABER.municipality]),
        st.sampled_from(["", "south"]),
        st.sampled_from(["", "en", "fr"]),
    )


def may_meet(contact: Contact, event: Event) -> bool:
    """What no telephone can bring: an errand has no caller's leg and sets timers of its own, and only a technician
    calls a client, in the menu or on an errand."""
    if isinstance(event, Faulted) and contact.stage == "errand":
        return event.asker == "technician"
    if isinstance(event, TechnicianAsked):
        return bool(contact.line)  # one that was never kept has nothing that could be wanted of it
    if isinstance(event, TimerFired) and event.timer.startswith("ring_over"):
        return contact.stage in ("errand", "over")
    return not isinstance(event, ClientCalled) or contact.stage in ("menu", "errand", "over")


@st.composite
def standings(draw: st.DrawFn, key: str) -> Standing:
    return standing(
        key,
        languages=draw(st.sampled_from([("en",), ("fr",), ("fr", "en"), ()])),
        presence=draw(presences),
        reservation=draw(reservations),
        out_until=draw(st.none() | instants),
        last_rung_at=draw(st.none() | instants),
        last_talked_at=draw(st.none() | instants),
        missed=draw(st.integers(0, 4)),
    )


def with_others(people: Iterable[Standing], willing: Collection[str]) -> dict[str, Standing]:
    """Whoever is willing helps any pod; some know about maps."""
    known = {one.technician.technician: one for one in people}
    return {
        key: replace(one, technician=replace(one.technician, swarm=key in willing, skills=SKILLS.get(key, ())))
        for key, one in known.items()
    }


usually = st.sampled_from([True, True, True, False])
willing = st.sets(st.sampled_from(PEOPLE), max_size=4)
promises = st.builds(
    OpenPromise, st.integers(1, 99), st.sampled_from(PEOPLE), instants, st.sampled_from(["contact", "another", ""])
)
matters = st.lists(
    st.builds(
        OpenMatter,
        st.integers(1, 3),
        st.sampled_from(PEOPLE),
        st.lists(promises, max_size=3).map(tuple),
        client_keys,
        st.sampled_from(["", *PLACES]),
        usually,
    ),
    max_size=3,
    unique_by=lambda one: one.number,
).map(tuple)
talks = st.lists(
    st.builds(Talk, client_keys, st.sampled_from(["", *PLACES]), st.sampled_from(PEOPLE), instants), max_size=3
).map(tuple)
found = st.lists(
    st.builds(Found, st.sampled_from([*PLACES, "0000000"]), st.sampled_from([100, 99, 85, 70])),
    max_size=4,
    unique_by=lambda one: one.municipality,
).map(lambda every: tuple(sorted(every, key=lambda one: -one.score)))
numbers = st.sampled_from(["", CALLER])
items = st.builds(AgendaItem, st.integers(1, 3), instants, client_keys, st.sampled_from(["", *PLACES]), numbers)
agendas = st.none() | st.builds(
    Agenda,
    st.none() | items,
    st.lists(st.builds(replace, items, promise=st.integers(1, 99), due_at=instants), max_size=4).map(tuple),
)
preferences = st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple)


@st.composite
def preferring(draw: st.DrawFn, one: Any) -> Any:
    """The same client or municipality, who want some technicians and never want others."""
    return replace(one, wanted=draw(preferences), unwanted=draw(preferences))


@st.composite
def any_floor(draw: st.DrawFn, at: datetime = NOW) -> Floor:
    """People of any kind in any presence, callers known or not, with and without a fallback number."""
    people = draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    days = st.sets(instants.map(lambda instant: instant.date()), max_size=3).map(frozenset)
    return floor(
        at=at,
        line=Line(LINE, languages=draw(st.sampled_from([("en",), ("fr", "en"), ()])), fallback=draw(fallbacks)),
        callers=tuple(draw(preferring(one)) for one in draw(st.sampled_from(CALLERS))),
        municipalities={key: draw(preferring(one)) for key, one in PLACES.items() if draw(usually)},
        standings=with_others([draw(standings(key)) for key in people], draw(willing)),
        pods={**pod(draw(st.sampled_from(list(STRATEGIES))), draw(st.sampled_from([0, 60]))), **draw(norths)},
        number=draw(numbers),
        matters=draw(matters),
        talks=draw(talks),
        recent_calls=draw(st.sampled_from([0, 0, 0, 10])),
        calling=draw(st.sampled_from(["", "", "ana"])),
        from_our_line=draw(st.sampled_from([False, False, False, True])),
        holidays={TABER.municipality: draw(days)},
        found=draw(found),
        seen=draw(some_places),
        nearby=draw(some_places),
        agenda=draw(agendas),
        clients=draw(st.sampled_from([CLIENTS, {}])),
        namesakes=draw(st.sampled_from([(), (replace(TABER, municipality="4802023", kind="MD"),)])),
    )


fallbacks = st.sampled_from(["", FALLBACK])
norths = st.sampled_from([{"north": NORTH}, {}])


@st.composite
def staffed_floor(draw: st.DrawFn) -> Floor:
    """A pod at work, most of its people free, so that calls come far."""
    people = draw(st.lists(st.sampled_from(PEOPLE), min_size=3, unique=True))
    odd = draw(st.sampled_from(people))
    return floor(
        line=Line(LINE, fallback=draw(fallbacks)),
        callers=draw(st.sampled_from([*CALLERS, (CLARA,), (CLARA,)])),
        municipalities=PLACES,
        standings=with_others([draw(standings(key)) if key == odd else standing(key) for key in people], draw(willing)),
        pods={**pod(draw(st.sampled_from(list(STRATEGIES))), draw(st.sampled_from([0, 60]))), "north": NORTH},
        matters=draw(matters),
        talks=draw(talks),
        seen=draw(some_places),
        nearby=draw(some_places),
        clients=CLIENTS,
    )
