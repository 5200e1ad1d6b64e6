"""Who is given a client's words: the owner first, on a call or not; nobody off shift, and nobody unwanted, ever."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.text_actions import RelayText
from routing.eligible import off_duty
from routing.floor import Floor, Presence, Reservation, Standing
from routing.strategies import STRATEGIES
from tests.builders import CALLER, CLARA, NOW, WORKDAYS, changed, floor, local, matter, pod, said, standing
from tests.callflows.anything import PEOPLE, presences, reservations
from tests.callflows.correspondence import Correspondence, text_flow, text_version

ON_CALL = Reservation("another", "on_call", None)
RUNG = Reservation("another", "ringing", NOW + timedelta(seconds=60))
WRAPPING = Reservation("another", "wrap_up", NOW + timedelta(seconds=60))
STRAIGHT = text_flow(who={"step": "identify", "next": "person", "unknown": "person", "ask": False})


def given_to(facts: Floor, hours: str = "24/7") -> list[str]:
    """Who is given Clara's text; nobody is a text that waits."""
    made = Correspondence(text_version(STRAIGHT, *PEOPLE, hours=hours), replace(facts, peer=CALLER))
    turn = made.writes("Our tax roll is broken")
    return [one.technician for one in turn.changes if isinstance(one, RelayText)]


def out(**facts: object) -> Standing:
    return standing("ana", **facts)


# ana, ben, cho stand in that order; the open matter is ben's.
CASES: dict[str, tuple[Floor, list[str]]] = {
    "the first of the pod": (floor(), ["ana"]),
    "the owner first": (floor(matter=matter(12, "ben")), ["ben"]),
    "the owner, though on a call": (
        floor("ana", standing("ben", reservation=ON_CALL), "cho", matter=matter(12, "ben")),
        ["ben"],
    ),
    "the owner, though their telephone failed": (
        floor("ana", standing("ben", out_until=NOW + timedelta(minutes=5)), matter=matter(12, "ben")),
        ["ben"],
    ),
    "the owner, though of another language": (
        floor("ana", standing("ben", languages=("fr",)), matter=matter(12, "ben")),
        ["ben"],
    ),
    "not an owner who is off": (floor("ana", standing("ben", presence=said("off")), matter=matter(12, "ben")), ["ana"]),
    "not an owner who is away": (
        floor("ana", standing("ben", presence=said("away")), matter=matter(12, "ben")),
        ["ana"],
    ),
    "not an owner on holiday": (
        floor("ana", standing("ben", absences=((NOW, NOW + timedelta(days=1)),)), matter=matter(12, "ben")),
        ["ana"],
    ),
    "not an owner who has left": (floor("ana", "cho", matter=matter(12, "zoe")), ["ana"]),
    "an owner of another pod": (floor("ana", standing("dov", pod="north"), matter=matter(12, "dov")), ["dov"]),
    "who is free before who is on a call": (floor(out(reservation=ON_CALL), "ben"), ["ben"]),
    "who is on a call before nobody": (floor(out(reservation=ON_CALL)), ["ana"]),
    "who is being rung before nobody": (floor(out(reservation=RUNG)), ["ana"]),
    "who finishes a call before nobody": (floor(out(reservation=WRAPPING)), ["ana"]),
    "who reads the language before who does not": (
        floor(out(languages=("fr",)), standing("ben", reservation=ON_CALL)),
        ["ben"],
    ),
    "another language before nobody": (floor(out(languages=("fr",)), standing("ben", presence=said("off"))), ["ana"]),
    "nobody who is off": (floor(out(presence=said("off"))), []),
    "nobody unwanted by the client": (floor("ana", "ben", callers=(replace(CLARA, unwanted=("ana",)),)), ["ben"]),
    "nobody unwanted, though the owner": (
        floor("ana", "ben", callers=(replace(CLARA, unwanted=("ben",)),), matter=matter(12, "ben")),
        ["ana"],
    ),
    "nobody unwanted, though alone": (floor("ana", callers=(replace(CLARA, unwanted=("ana",)),)), []),
    "who is wanted before the order": (floor("ana", "ben", callers=(replace(CLARA, wanted=("ben",)),)), ["ben"]),
    "the pod's strategy": (
        floor(
            out(last_talked_at=NOW - timedelta(minutes=5)),
            standing("ben", last_talked_at=NOW - timedelta(hours=2)),
            pods=pod("longest_idle"),
        ),
        ["ben"],
    ),
    "of no team, whoever has been idle longest": (
        floor(
            out(last_talked_at=NOW - timedelta(minutes=5)),
            standing("ben", last_talked_at=NOW - timedelta(hours=2)),
            callers=(),
            municipalities={},
            pods={},
        ),
        ["ben"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_whom(case: str) -> None:
    facts, expected = CASES[case]
    assert given_to(facts) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (local("2026-11-03 07:59"), []),
        (local("2026-11-03 08:00"), ["ana"]),
        (local("2026-11-03 16:29"), ["ana"]),
        (local("2026-11-03 16:30"), []),
        (local("2026-11-07 10:00"), []),  # a Saturday
    ],
)
def test_off_shift_nobody_is_told(at: object, expected: list[str]) -> None:
    assert given_to(floor(at=at), WORKDAYS) == expected


@st.composite
def any_pod(draw: st.DrawFn) -> Floor:
    people = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True))
    standings = [
        standing(
            key,
            presence=draw(presences),
            reservation=draw(reservations),
            languages=draw(st.sampled_from([("en",), ("fr",), ()])),
        )
        for key in people
    ]
    unwanted = tuple(draw(st.lists(st.sampled_from(people), max_size=2, unique=True)))
    owner = draw(st.sampled_from([*people, ""]))
    return floor(
        *standings,
        callers=(replace(CLARA, unwanted=unwanted),),
        matter=matter(12, owner) if owner else None,
        pods=pod(draw(st.sampled_from(list(STRATEGIES)))),
    )


@settings(deadline=None)
@given(any_pod(), st.sampled_from(["24/7", WORKDAYS, ""]))
def test_whoever_is_there_reads_and_nobody_else(facts: Floor, hours: str) -> None:
    """Given to nobody exactly if nobody whom the client may have is at work; to the owner, if the owner is."""
    shifts = text_version(STRAIGHT, *PEOPLE, hours=hours).shifts
    unwanted = facts.callers[0].unwanted
    there = {
        key
        for key, one in facts.standings.items()
        if key not in unwanted and off_duty(one, shifts.get(key), facts.at) is None
    }
    receivers = given_to(facts, hours)
    assert len(receivers) == bool(there)
    assert set(receivers) <= there
    owner = facts.matters[0].owner if facts.matters else ""
    if owner in there:
        assert receivers == [owner]


# Who has joined, and who wants quiet.


def test_whoever_joined_is_given_what_follows_and_whoever_wants_quiet_is_not() -> None:
    made = Correspondence(text_version(STRAIGHT), floor(matter=matter(12, "ben"), peer=CALLER))
    made.writes("One")
    made.asks("cho", "join")
    assert made.last_given("Two") == {"ben", "cho"}
    made.asks("cho", "mute")
    assert made.last_given("Three") == {"ben"}
    made.asks("cho", "mute")
    assert made.last_given("Four") == {"ben", "cho"}


def test_whoever_wants_quiet_is_given_it_before_nobody() -> None:
    made = Correspondence(text_version(STRAIGHT), floor("ana", "ben", "cho", matter=matter(12, "ben"), peer=CALLER))
    made.writes("One")
    made.asks("ana", "join")
    made.asks("ana", "mute")
    made.floor = changed(made.floor, "ben", presence=said("off"))
    assert made.last_given("Two") == {"cho"}, "cho has not asked for quiet"
    made.floor = changed(made.floor, "cho", presence=Presence("off", NOW))
    assert made.last_given("Three") == {"ana"}


def test_a_member_who_does_not_speak_the_language_reads_on() -> None:
    made = Correspondence(
        text_version(STRAIGHT), floor("ana", standing("ben", languages=("fr",)), "cho", matter=None, peer=CALLER)
    )
    made.writes("One")
    made.asks("ben", "take")
    assert "ben" in made.last_given("Two")
