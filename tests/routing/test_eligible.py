"""Who may be rung, and for everyone else the reason why not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.eligible import Refusal, absent_until, busy, off_duty, presence_holds, refusal
from routing.floor import Presence, PresenceState, Reservation, ReservationKind
from tests.builders import NOW, WORKDAYS, local, said, shift, standing

SOON = NOW + timedelta(minutes=1)
BEFORE = NOW - timedelta(minutes=1)
NIGHTS = "Mon-Sun 22:00-06:00"


def test_somebody_on_shift_and_free_is_rung() -> None:
    assert refusal(standing(), shift(), NOW, contact="x", language="en") is None


# Everything that could speak against somebody, the first to be told on top.
WORST_FIRST: list[tuple[Refusal, dict[str, Any], dict[str, Any]]] = [
    ("unwanted", {}, {"unwanted": True}),
    ("away", {"presence": said("away")}, {}),
    ("on_call", {}, {"calling": True}),
    ("reserved", {"reservation": Reservation("another", "ringing", SOON)}, {}),
    ("failed_number", {"out_until": SOON}, {}),
    ("wrong_language", {"languages": ("fr",)}, {}),
    ("declined", {}, {"declined": True}),
]


@pytest.mark.parametrize("place", range(len(WORST_FIRST)))
def test_of_several_reasons_the_first_is_told(place: int) -> None:
    facts: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    for _, stands, question in WORST_FIRST[place:]:
        facts |= stands
        asked |= question
    found = refusal(standing(**facts), shift(), NOW, contact="x", language="en", **asked)
    assert found == WORST_FIRST[place][0]


@pytest.mark.parametrize(("expected", "facts", "asked"), WORST_FIRST)
def test_each_reason_alone_is_enough(expected: Refusal, facts: dict[str, Any], asked: dict[str, Any]) -> None:
    assert refusal(standing(**facts), shift(), NOW, contact="x", language="en", **asked) == expected


@pytest.mark.parametrize(
    ("kind", "contact", "expires_at", "expected"),
    [
        ("ringing", "another", SOON, "reserved"),
        ("ringing", "another", None, "reserved"),
        ("ringing", "another", NOW, None),
        ("ringing", "another", BEFORE, None),
        ("ringing", "this", SOON, "reserved"),
        ("on_call", "another", None, "on_call"),
        ("on_call", "this", None, "on_call"),
        ("on_call", "another", BEFORE, None),
        ("wrap_up", "another", SOON, "wrap_up"),
        ("wrap_up", "another", NOW, None),
        ("wrap_up", "this", SOON, None),
    ],
)
def test_a_reservation_holds_until_it_expires(
    kind: ReservationKind, contact: str, expires_at: datetime | None, expected: Refusal | None
) -> None:
    held = standing(reservation=Reservation(contact, kind, expires_at))
    assert busy(held, "this", NOW) == expected
    assert refusal(held, shift(), NOW, contact="this", language="") == expected


def test_nobody_is_busy_without_a_reservation() -> None:
    assert busy(standing(), "this", NOW) is None


@pytest.mark.parametrize(("out_until", "expected"), [(SOON, "failed_number"), (NOW, None), (BEFORE, None)])
def test_a_failed_number_is_out_until_its_time(out_until: datetime, expected: Refusal | None) -> None:
    assert refusal(standing(out_until=out_until), shift(), NOW, contact="x", language="") == expected


@pytest.mark.parametrize(
    ("spoken", "asked", "expected"),
    [
        (("en",), "en", None),
        (("en", "fr"), "fr", None),
        (("en",), "fr", "wrong_language"),
        (("en",), "", None),
        ((), "fr", None),
    ],
)
def test_languages_count_when_both_are_known(spoken: tuple[str, ...], asked: str, expected: Refusal | None) -> None:
    assert refusal(standing(languages=spoken), shift(), NOW, contact="x", language=asked) == expected


# Tuesday is 3 November 2026. `reason` None: at work.
PRESENCE: list[tuple[str, str, PresenceState, str, str, str, Refusal | None]] = [
    ("off in the middle of a shift, a minute later", WORKDAYS, "off", "03 10:00", "", "03 10:01", "off_shift"),
    ("off in the middle of a shift, at its end", WORKDAYS, "off", "03 10:00", "", "03 16:29", "off_shift"),
    ("off in the middle of a shift, before the next", WORKDAYS, "off", "03 10:00", "", "04 07:59", "off_shift"),
    ("off in the middle of a shift, at the next", WORKDAYS, "off", "03 10:00", "", "04 08:00", None),
    ("away in the middle of a shift", WORKDAYS, "away", "03 10:00", "", "03 16:29", "away"),
    ("away in the middle of a shift, in the evening", WORKDAYS, "away", "03 10:00", "", "03 20:00", "away"),
    ("away in the middle of a shift, at the next", WORKDAYS, "away", "03 10:00", "", "04 08:00", None),
    ("off in the first minute of a shift", WORKDAYS, "off", "03 08:00", "", "03 08:01", "off_shift"),
    ("off in the first minute of a shift, at the next", WORKDAYS, "off", "03 08:00", "", "04 08:00", None),
    ("off before the shift ends with its start", WORKDAYS, "off", "03 06:00", "", "03 08:00", None),
    ("off when the shift is over", WORKDAYS, "off", "03 16:30", "", "04 07:59", "off_shift"),
    ("off when the shift is over, at the next", WORKDAYS, "off", "03 16:30", "", "04 08:00", None),
    ("off on Friday lasts over the week-end", WORKDAYS, "off", "06 15:00", "", "08 12:00", "off_shift"),
    ("off on Friday ends on Monday", WORKDAYS, "off", "06 15:00", "", "09 08:00", None),
    ("off before midnight lasts past it", NIGHTS, "off", "03 23:30", "", "04 02:00", "off_shift"),
    ("off before midnight lasts through the day", NIGHTS, "off", "03 23:30", "", "04 21:59", "off_shift"),
    ("off before midnight ends the next night", NIGHTS, "off", "03 23:30", "", "04 22:00", None),
    ("off after midnight lasts to the same night's end", NIGHTS, "off", "04 01:00", "", "04 05:59", "off_shift"),
    ("off after midnight ends the next night", NIGHTS, "off", "04 01:00", "", "04 22:00", None),
    ("off before lunch ends after it", "Mon-Fri 08:00-12:00, 13:00-16:30", "off", "03 09:00", "", "03 13:00", None),
    ("off without hours has no end", "", "off", "03 10:00", "", "28 10:00", "off_shift"),
    ("away without hours has no end", "", "away", "03 10:00", "", "28 10:00", "away"),
    ("off round the clock: no next shift begins", "24/7", "off", "03 10:00", "", "03 11:00", "off_shift"),
    ("away round the clock: no next shift begins", "24/7", "away", "03 10:00", "", "05 10:00", "away"),
    ("available on shift is what the shift says", WORKDAYS, "available", "03 10:00", "", "03 11:00", None),
    ("available on shift does not outlast it", WORKDAYS, "available", "03 16:00", "", "03 16:30", "off_shift"),
    ("available off shift", WORKDAYS, "available", "03 20:00", "", "03 20:00", None),
    ("available off shift holds for 8 h", WORKDAYS, "available", "03 20:00", "", "04 03:59", None),
    ("available off shift, 8 h later", WORKDAYS, "available", "03 20:00", "", "04 04:00", "off_shift"),
    ("available off shift, then the shift begins", WORKDAYS, "available", "03 23:00", "", "04 08:00", None),
    ("available without hours holds for 8 h", "", "available", "03 10:00", "", "03 17:59", None),
    ("available without hours, 8 h later", "", "available", "03 10:00", "", "03 18:00", "off_shift"),
    ("available until a time may be longer", "", "available", "03 10:00", "05 10:00", "05 09:59", None),
    ("available until a time ends with it", "", "available", "03 10:00", "05 10:00", "05 10:00", "off_shift"),
    ("away until noon", WORKDAYS, "away", "03 10:00", "03 12:00", "03 11:59", "away"),
    ("away until noon, at noon", WORKDAYS, "away", "03 10:00", "03 12:00", "03 12:00", None),
    (
        "off until Thursday lasts over Wednesday's start",
        WORKDAYS,
        "off",
        "03 10:00",
        "05 12:00",
        "04 08:00",
        "off_shift",
    ),
    ("off until Thursday noon, at noon", WORKDAYS, "off", "03 10:00", "05 12:00", "05 12:00", None),
    ("an end in the past, on shift", WORKDAYS, "off", "03 10:00", "03 09:00", "03 10:01", None),
    ("an end in the past, off shift", WORKDAYS, "available", "03 20:00", "03 19:00", "03 20:01", "off_shift"),
]


def november(text: str) -> datetime:
    return local(f"2026-11-{text}")


@pytest.mark.parametrize(
    ("hours", "state", "since", "until", "asked", "reason"),
    [row[1:] for row in PRESENCE],
    ids=[row[0] for row in PRESENCE],
)
def test_what_was_said_holds_as_long_as_the_rules_say(
    hours: str, state: PresenceState, since: str, until: str, asked: str, reason: Refusal | None
) -> None:
    presence = Presence(state, november(since), november(until) if until else None)
    theirs = shift(hours) if hours else None
    assert off_duty(standing(presence=presence), theirs, november(asked)) == reason


@pytest.mark.parametrize(
    ("hours", "asked", "reason"),
    [
        (WORKDAYS, "03 07:59", "off_shift"),
        (WORKDAYS, "03 08:00", None),
        (WORKDAYS, "03 16:29", None),
        (WORKDAYS, "03 16:30", "off_shift"),
        (NIGHTS, "04 03:00", None),
        ("", "03 10:00", "off_shift"),
    ],
)
def test_whoever_said_nothing_works_their_hours(hours: str, asked: str, reason: Refusal | None) -> None:
    assert off_duty(standing(), shift(hours) if hours else None, november(asked)) == reason


HOLIDAY = ("02 00:00", "07 00:00")
AFTERNOON = ("03 13:00", "03 15:00")
Word = tuple[PresenceState, str, str]

# Absences, hours, what was said when (and until when), the instant asked about, and what keeps them away.
ABSENCES: list[tuple[str, list[tuple[str, str]], str, Word | None, str, Refusal | None]] = [
    ("on shift", [HOLIDAY], WORKDAYS, None, "03 10:00", "away"),
    ("off shift all the same", [HOLIDAY], WORKDAYS, None, "03 20:00", "away"),
    ("without hours", [HOLIDAY], "", None, "03 10:00", "away"),
    ("before it begins", [AFTERNOON], WORKDAYS, None, "03 12:59", None),
    ("in its first minute", [AFTERNOON], WORKDAYS, None, "03 13:00", "away"),
    ("in its last minute", [AFTERNOON], WORKDAYS, None, "03 14:59", "away"),
    ("when it ends", [AFTERNOON], WORKDAYS, None, "03 15:00", None),
    ("off and absent: the absence is told", [AFTERNOON], WORKDAYS, ("off", "03 09:00", ""), "03 14:00", "away"),
    ("off outlasts it", [AFTERNOON], WORKDAYS, ("off", "03 09:00", ""), "03 15:30", "off_shift"),
    ("off ends in it", [HOLIDAY], WORKDAYS, ("off", "01 12:00", ""), "09 08:00", None),
    ("away said in it", [HOLIDAY], WORKDAYS, ("away", "03 10:00", ""), "03 11:00", "away"),
    ("back early: at once", [HOLIDAY], WORKDAYS, ("available", "03 10:00", ""), "03 10:00", None),
    ("back early: to the shift's end", [HOLIDAY], WORKDAYS, ("available", "03 10:00", ""), "03 16:29", None),
    ("back early: the shift is over", [HOLIDAY], WORKDAYS, ("available", "03 10:00", ""), "03 16:30", "away"),
    ("back early: the next day", [HOLIDAY], WORKDAYS, ("available", "03 10:00", ""), "04 08:00", "away"),
    ("back until a time", [HOLIDAY], WORKDAYS, ("available", "03 10:00", "05 12:00"), "05 11:59", None),
    ("back until a time, then", [HOLIDAY], WORKDAYS, ("available", "03 10:00", "05 12:00"), "05 12:00", "away"),
    ("back off shift: for 8 h", [HOLIDAY], WORKDAYS, ("available", "03 20:00", ""), "04 03:59", None),
    ("back off shift, 8 h later", [HOLIDAY], WORKDAYS, ("available", "03 20:00", ""), "04 04:00", "away"),
    ("back round the clock: for 8 h", [HOLIDAY], "24/7", ("available", "03 10:00", ""), "03 17:59", None),
    ("back round the clock, 8 h later", [HOLIDAY], "24/7", ("available", "03 10:00", ""), "03 18:00", "away"),
    ("said in its first moment", [HOLIDAY], WORKDAYS, ("available", "02 00:00", "04 12:00"), "03 10:00", None),
    ("said before it began", [HOLIDAY], WORKDAYS, ("available", "01 23:59", "04 12:00"), "03 10:00", "away"),
    ("of two, one to come", [HOLIDAY, AFTERNOON], WORKDAYS, ("available", "03 10:00", ""), "03 12:00", None),
    ("of two, one was not meant", [HOLIDAY, AFTERNOON], WORKDAYS, ("available", "03 10:00", ""), "03 14:00", "away"),
    ("of two, both were meant", [HOLIDAY, AFTERNOON], WORKDAYS, ("available", "03 14:00", ""), "03 14:30", None),
    ("of two, the shorter is over", [HOLIDAY, AFTERNOON], WORKDAYS, None, "03 16:00", "away"),
]


@pytest.mark.parametrize(
    ("absences", "hours", "word", "asked", "reason"),
    [row[1:] for row in ABSENCES],
    ids=[row[0] for row in ABSENCES],
)
def test_an_absence_holds_unless_they_come_back_early(
    absences: list[tuple[str, str]], hours: str, word: Word | None, asked: str, reason: Refusal | None
) -> None:
    spans = tuple((november(begin), november(end)) for begin, end in absences)
    presence = None
    if word:
        presence = Presence(word[0], november(word[1]), november(word[2]) if word[2] else None)
    who = standing(presence=presence, absences=spans)
    assert off_duty(who, shift(hours) if hours else None, november(asked)) == reason


minutes = st.integers(0, 21 * 24 * 60).map(lambda count: local("2026-10-20 00:00") + timedelta(minutes=count))


@given(
    st.sampled_from([WORKDAYS, NIGHTS, "24/7", "Sat 22:00-06:00", "Sun 01:00-03:00", "Mon 08:00-12:00, 13:00-17:00"]),
    st.sampled_from(["off", "away"]),
    minutes,
    minutes,
)
def test_off_and_away_last_exactly_to_the_next_beginning_of_a_shift(
    hours: str, state: PresenceState, one: datetime, other: datetime
) -> None:
    since, asked = sorted((one, other))
    theirs = shift(hours)
    around = theirs.week.spans(since - timedelta(days=9), asked + timedelta(days=9), theirs.zone)
    began = any(since < start <= asked for start, _ in around[1:])
    assert presence_holds(said(state, since), theirs, asked) == (not began)


away_spans = st.lists(
    st.tuples(minutes, minutes).filter(lambda span: span[0] != span[1]).map(lambda span: (min(span), max(span))),
    max_size=3,
).map(lambda spans: tuple(sorted(spans)))
words = st.none() | st.builds(Presence, st.sampled_from(["available", "away", "off"]), minutes, st.none() | minutes)
any_hours = st.sampled_from([WORKDAYS, NIGHTS, "24/7", ""])


@given(any_hours, away_spans, words, minutes)
def test_whoever_is_absent_is_away_or_has_said_otherwise_since(
    hours: str, absences: tuple[tuple[datetime, datetime], ...], presence: Presence | None, asked: datetime
) -> None:
    theirs = shift(hours) if hours else None
    who = standing(presence=presence, absences=absences)
    around = [begin for begin, end in absences if begin <= asked < end]
    why = off_duty(who, theirs, asked)
    if around and why != "away":
        assert presence is not None and presence.state == "available"
        assert presence.since >= max(around)
    back = absent_until(who, theirs, asked)
    if back is not None:
        assert around and why == "away" and back in {end for _, end in absences} and back > asked


@given(any_hours, words, minutes)
def test_absences_at_other_times_change_nothing(hours: str, presence: Presence | None, asked: datetime) -> None:
    theirs = shift(hours) if hours else None
    later = ((asked + timedelta(days=60), asked + timedelta(days=61)),)
    with_them = standing(presence=presence, absences=later)
    assert off_duty(with_them, theirs, asked) == off_duty(standing(presence=presence), theirs, asked)
