"""Strategies for whatever may come: contacts in any state, events of any kind, floors with any people."""

from datetime import datetime, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from callflows.contact import OUTCOMES, Contact, Stage
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
from routing.directory import Client, Line
from routing.floor import Floor, OpenMatter, OpenPromise, Presence, Reservation, Standing
from routing.hunt import Hunt, Ring, RingState
from routing.strategies import STRATEGIES
from tests.builders import CALLER, CLARA, FALLBACK, LINE, NOW, TABER, floor, pod, standing

PEOPLE = ("ana", "ben", "cho", "dov", "eli", "fay", "gus")
STAGES: tuple[Stage, ...] = get_args(Stage)
FINAL = ("completed", "busy", "no-answer", "failed", "canceled")

instants = st.integers(-30_000, 30_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
later = st.integers(0, 10**7).map(lambda ms: int(NOW.timestamp() * 1000) - ms)
keys = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=40)
ids = st.one_of(st.just(""), keys)

presences = st.none() | st.builds(
    Presence, st.sampled_from(["available", "away", "off"]), instants, st.none() | instants
)
reservations = st.none() | st.builds(
    Reservation,
    st.sampled_from(["contact", "another"]),
    st.sampled_from(["ringing", "on_call", "wrap_up"]),
    st.none() | instants,
)


def rings(technicians: st.SearchStrategy[str]) -> st.SearchStrategy[Ring]:
    return st.builds(
        Ring,
        number=st.integers(1, 24),
        technician=technicians,
        began=later,
        state=st.sampled_from(get_args(RingState)),
        picked_up=st.just(0) | later,
        pressed=st.just(0) | later,
        key=st.sampled_from(["", "1", "2", "3"]),
        freed=st.booleans(),
    )


@st.composite
def hunts(draw: st.DrawFn, technicians: st.SearchStrategy[str]) -> Hunt:
    tried = draw(st.lists(technicians, max_size=6, unique=True))
    declined = draw(st.lists(st.one_of(technicians, *map(st.just, tried)), max_size=6, unique=True))
    return Hunt(
        began=draw(later),
        rung=draw(st.integers(0, 24)),
        ring=draw(st.none() | rings(technicians)),
        tried=tuple(tried),
        declined=tuple(declined),
        told=tuple(draw(st.lists(technicians, max_size=3, unique=True))),
    )


def contacts(technicians: st.SearchStrategy[str] = keys, stages: Any = STAGES) -> st.SearchStrategy[Contact]:
    """A contact in any state that its fields can hold, likely or not."""
    return st.builds(
        Contact,
        contact=st.just("contact"),
        stage=st.sampled_from(stages),
        flow=ids,
        version=st.integers(0, 10**6),
        line=st.sampled_from(["", LINE]),
        client=ids,
        municipality=st.sampled_from(["", TABER.municipality]),
        pod=st.sampled_from(["", "south"]),
        language=st.sampled_from(["", "en", "fr"]),
        matter=st.integers(0, 10**6),
        owner=technicians | st.just(""),
        known_number=st.booleans(),
        hunt=st.just(Hunt()) | hunts(technicians),
        talked=st.lists(technicians, max_size=4, unique=True).map(tuple),
        returns=st.integers(0, 3),
        due=st.sampled_from([0, int(NOW.timestamp())]),
        promised=st.booleans(),
        message=st.booleans(),
        sound=st.booleans(),
        fell_back=st.booleans(),
        left=st.booleans(),
        outcome=st.none() | st.sampled_from(OUTCOMES),
    )


def events() -> st.SearchStrategy[Event]:
    """Any event of any ring, before or after the caller has gone."""
    leg, ring = st.sampled_from(["CA0", "CA1", ""]), st.integers(0, 7)
    status, word, gone = st.sampled_from(FINAL), st.sampled_from([True, False, None]), st.booleans()
    seconds = st.none() | st.integers(0, 200)
    digits = st.sampled_from(["1", "2", "3", "7", "#", "", "12"])
    return st.one_of(
        st.builds(CallArrived, leg, st.sampled_from([CALLER, ""]), st.just(LINE), st.just(""), gone),
        st.builds(LegPickedUp, leg, ring),
        st.builds(KeyPressed, leg, ring, digits),
        st.builds(LegEnded, leg, ring, status, seconds),
        st.builds(DialEnded, leg, ring, status, word, seconds, gone),
        st.builds(CallerPressed, leg, digits, gone),
        st.builds(CallerStayed, leg, gone),
        st.builds(RecordingEnded, leg, seconds, st.just("RE1"), gone),
        st.builds(RecordingStored, leg, st.sampled_from(["completed", "absent"]), st.just("RE1"), ids, seconds),
        st.builds(FallbackEnded, leg, status, word, gone),
        st.builds(CallOver, leg, status, st.sampled_from(["callback", "asked"])),
        st.builds(Faulted, leg, st.sampled_from(["caller", "technician", "waiting"]), st.just("11200"), gone=gone),
        st.builds(TimerFired, leg, st.sampled_from(["sound", "other"])),
        st.builds(TextSent, leg, st.just("ana"), st.just("owner_notice"), st.sampled_from(["queued", "failed"])),
    )


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


matters = st.none() | st.builds(
    OpenMatter,
    st.integers(1, 99),
    st.sampled_from(PEOPLE),
    st.lists(st.builds(OpenPromise, st.integers(1, 99), st.sampled_from(PEOPLE), instants), max_size=3).map(tuple),
)


@st.composite
def any_floor(draw: st.DrawFn, at: datetime = NOW) -> Floor:
    """People of any kind in any presence, callers known or not, with and without a fallback number."""
    people = draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    known = draw(st.sampled_from([(CLARA,), (CLARA, Client("olga", "Olga", (CALLER,), ("4802022",), "fr")), ()]))
    return floor(
        at=at,
        line=Line(LINE, languages=draw(st.sampled_from([("en",), ("fr", "en"), ()])), fallback=draw(fallbacks)),
        callers=known,
        standings={key: draw(standings(key)) for key in people},
        pods=pod(draw(st.sampled_from([*STRATEGIES, "simultaneous"])), draw(st.sampled_from([0, 60]))),
        matter=draw(matters),
        recent_calls=draw(st.sampled_from([0, 0, 0, 10])),
        calling=draw(st.sampled_from(["", "", "ana"])),
        from_our_line=draw(st.sampled_from([False, False, False, True])),
        holidays=frozenset(draw(st.sets(instants.map(lambda instant: instant.date()), max_size=3))),
    )


fallbacks = st.sampled_from(["", FALLBACK])


@st.composite
def staffed_floor(draw: st.DrawFn) -> Floor:
    """A pod at work, most of its people free, so that calls come far."""
    people = draw(st.lists(st.sampled_from(PEOPLE), min_size=3, unique=True))
    odd = draw(st.sampled_from(people))
    return floor(
        line=Line(LINE, fallback=draw(fallbacks)),
        standings={key: draw(standings(key)) if key == odd else standing(key) for key in people},
        pods=pod(draw(st.sampled_from(list(STRATEGIES))), draw(st.sampled_from([0, 60]))),
        matter=draw(matters),
    )
