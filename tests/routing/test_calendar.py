"""The days ahead of a pod: who is on shift, whether anybody is, and the holes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.calendar import Cell, ClockChange, Day, DayOff, Hole, at_work, cells, pod_days
from routing.directory import Holiday, Municipality
from routing.due import USUAL_WEEK, days_off
from routing.eligible import off_duty
from routing.floor import Presence, PresenceState, Shift, Standing
from routing.hours import Span, Week
from routing.spans import joined, overlap, within, without
from tests.builders import TABER, ZONE, local, said, shift, standing
from tests.often import often

TUESDAY = date(2026, 11, 24)
CANMORE = Municipality("4815023", "Canmore", province="AB", timezone=ZONE, hours="Mon-Fri 09:00-13:00")
MOOSE_JAW = Municipality("4707039", "Moose Jaw", province="SK", timezone="America/Regina")
NOWHERE = Municipality("99", "Nowhere", timezone="Europe/London")


SUMMER, WINTER = timedelta(hours=-6), timedelta(hours=-7)


def span(first: str, last: str, zone: str = ZONE) -> Span:
    return local(first, zone), local(last, zone)


def days_of(
    hours: Mapping[str, str],
    *towns: Municipality,
    first: date = TUESDAY,
    days: int = 1,
    own: Sequence[Holiday] = (),
    people: Sequence[Standing] = (),
) -> tuple[Day, ...]:
    theirs = {key: shift(text) for key, text in hours.items() if text}
    everybody = people or [standing(key) for key in hours]
    return pod_days(everybody, theirs, towns or (TABER,), own, zone=ZONE, first=first, days=days)


def test_a_lunch_hour_that_nobody_covers_is_a_hole() -> None:
    (day,) = days_of({"ana": "Tue 08:00-12:00", "ben": "Tue 10:00-12:00, 13:00-17:00"}, TABER, CANMORE)
    assert day.on_shift["ana"] == (span("2026-11-24 08:00", "2026-11-24 12:00"),)
    assert day.open == (
        span("2026-11-24 08:00", "2026-11-24 12:00"),
        span("2026-11-24 13:00", "2026-11-24 17:00"),
    )
    assert day.holes == (Hole(*span("2026-11-24 12:00", "2026-11-24 13:00"), ("4802022", "4815023")),)
    assert (day.holidays, day.clocks) == ((), None)


def test_a_hole_names_who_is_at_work_and_nobody_else() -> None:
    (day,) = days_of({"ana": "Tue 08:00-12:30, 13:30-17:00"}, TABER, CANMORE)
    assert day.holes == (Hole(*span("2026-11-24 12:30", "2026-11-24 13:30"), ("4802022", "4815023")),)
    (day,) = days_of({"ana": "Tue 08:00-14:00, 15:00-17:00"}, TABER, CANMORE)
    assert day.holes == (Hole(*span("2026-11-24 14:00", "2026-11-24 15:00"), ("4802022",)),)


def test_municipalities_keep_their_own_time() -> None:
    (day,) = days_of({"ana": "Tue 08:30-16:30"}, NOWHERE, TABER)
    assert day.holes == (Hole(*span("2026-11-24 01:30", "2026-11-24 08:30"), ("99",)),)
    east = Municipality("98", "Far East", timezone="Pacific/Kiritimati", hours="Wed 00:00-02:00")
    (day,) = days_of({"ana": ""}, east)
    assert day.holes == (Hole(*span("2026-11-24 03:00", "2026-11-24 05:00"), ("98",)),)


def test_a_pod_without_people_is_one_hole_and_one_without_municipalities_has_none() -> None:
    week = pod_days((), {}, (TABER,), (), zone=ZONE, first=TUESDAY, days=7)
    assert [len(day.holes) for day in week] == [1, 1, 1, 1, 0, 0, 1]
    assert all(not day.open and not day.on_shift for day in week)
    assert not any(day.holes for day in pod_days((), {}, (), (), zone=ZONE, first=TUESDAY, days=7))


def test_an_absence_makes_a_hole() -> None:
    away = standing("ana", absences=(span("2026-11-24 09:00", "2026-11-24 10:00"),))
    (day,) = days_of({"ana": "24/7"}, people=[away])
    assert day.holes == (Hole(*span("2026-11-24 09:00", "2026-11-24 10:00"), ("4802022",)),)


@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        (None, [("24 08:00", "24 16:30"), ("25 08:00", "25 16:30")]),
        (said("off", local("2026-11-24 10:00")), [("24 08:00", "24 10:00"), ("25 08:00", "25 16:30")]),
        (
            said("away", local("2026-11-24 10:00"), local("2026-11-24 11:00")),
            [("24 08:00", "24 10:00"), ("24 11:00", "24 16:30"), ("25 08:00", "25 16:30")],
        ),
        (
            said("available", local("2026-11-24 18:00"), local("2026-11-24 20:00")),
            [("24 08:00", "24 16:30"), ("24 18:00", "24 20:00"), ("25 08:00", "25 16:30")],
        ),
        (said("available", local("2026-11-24 10:00")), [("24 08:00", "24 16:30"), ("25 08:00", "25 16:30")]),
        (said("off", local("2026-11-20 12:00"), local("2027-01-01 12:00")), []),
    ],
    ids=["nothing", "off", "away until", "available until", "available on shift", "off for long"],
)
def test_what_was_said_counts_while_it_holds(presence: Presence | None, expected: list[tuple[str, str]]) -> None:
    since, until = span("2026-11-24 00:00", "2026-11-26 00:00")
    spans = at_work(standing(presence=presence), shift("Mon-Fri 08:00-16:30"), since, until)
    assert spans == tuple(span(f"2026-11-{begin}", f"2026-11-{end}") for begin, end in expected)


@pytest.mark.parametrize(
    ("said_at", "expected"),
    [
        ("2026-11-24 09:30", [("24 09:30", "24 20:00")]),
        ("2026-11-24 08:30", [("24 08:30", "24 09:00"), ("24 10:00", "24 20:00")]),
    ],
    ids=["said in the absence: back early", "said before: the absence holds"],
)
def test_an_absence_is_taken_back_only_by_what_is_said_in_it(said_at: str, expected: list[tuple[str, str]]) -> None:
    word = said("available", local(said_at), local("2026-11-24 20:00"))
    who = standing(presence=word, absences=(span("2026-11-24 09:00", "2026-11-24 10:00"),))
    spans = at_work(who, None, *span("2026-11-24 00:00", "2026-11-26 00:00"))
    assert spans == tuple(span(f"2026-11-{begin}", f"2026-11-{end}") for begin, end in expected)


def test_holidays_make_no_holes_and_are_named_with_whose_they_are() -> None:
    named = {"AB": "Quiet Day", "4802022": "Cornfest", "ON": "Elsewhere"}
    own = [Holiday(place, "2026-12-24", name) for place, name in named.items()]
    eve, christmas = days_of({"ana": ""}, TABER, MOOSE_JAW, NOWHERE, first=date(2026, 12, 24), days=2, own=own)
    assert eve.holidays == (DayOff("Cornfest", ("4802022",)), DayOff("Quiet Day", ("AB",)))
    assert [hole.municipalities for hole in eve.holes] == [("4707039", "99")]
    assert christmas.holidays == (DayOff("Christmas Day", ("99", "AB", "SK")),)
    assert christmas.holes == ()


@pytest.mark.parametrize(
    ("day", "change", "hours"),
    [
        (date(2027, 3, 14), ClockChange(datetime(2027, 3, 14, 9, tzinfo=UTC), WINTER, SUMMER), 23),
        (date(2026, 11, 1), ClockChange(datetime(2026, 11, 1, 8, tzinfo=UTC), SUMMER, WINTER), 25),
        (date(2026, 11, 2), None, 24),
    ],
)
def test_the_change_of_clocks(day: date, change: ClockChange | None, hours: int) -> None:
    (found,) = days_of({"ana": "24/7"}, first=day)
    assert found.clocks == change
    assert found.ends_at - found.begins_at == timedelta(hours=hours)
    assert found.open == ((found.begins_at, found.ends_at),)


def picture(day: Day, minutes: int = 60) -> str:
    signs = {Cell(0): ".", Cell(0, is_hole=True): "!", Cell(0, is_skipped=True): "x"}
    return "".join(signs.get(cell) or str(cell.people) for cell in cells(day, ZONE, minutes))


def test_a_day_in_cells() -> None:
    (day,) = days_of({"ana": "Tue 08:00-12:00", "ben": "Tue 10:00-12:00, 13:00-17:00", "cho": "Tue 12:30-14:00"})
    assert picture(day) == "........1122!2111......."
    assert picture(day, 30) == "................11112222!1221111" + "1" * 2 + "." * 14
    (day,) = days_of({"ana": "Tue 08:00-12:15", "ben": "Tue 12:15-17:00"})
    assert picture(day) == "........111111111......."


def test_a_skipped_hour_and_one_that_comes_twice_in_cells() -> None:
    (spring,) = days_of({"ana": "24/7"}, first=date(2027, 3, 14))
    assert picture(spring, 30) == "1111xx" + "1" * 42
    (autumn,) = days_of({"ana": "Sun 00:00-01:00; Sun 02:00-24:00"}, first=date(2026, 11, 1))
    assert picture(autumn) == "1." + "1" * 22


ZONES = ["America/Edmonton", "America/St_Johns", "America/Regina", "Europe/London", "Australia/Lord_Howe"]
FIRSTS = [date(2026, 3, 6), date(2026, 3, 27), date(2026, 10, 23), date(2026, 10, 30), date(2026, 12, 24)]
HOURS = ["", "24/7", USUAL_WEEK, "Sat 22:00-06:00", "Sun 01:00-03:00", "Mon-Sun 22:30-02:15"]
HOURS += ["Mon-Fri 08:00-12:00, 12:45-16:00"]

zones = st.sampled_from(ZONES)
hours = st.sampled_from(HOURS)
minutes = st.integers(-2 * 24 * 60, 6 * 24 * 60)


@st.composite
def teams(draw: st.DrawFn, first: date) -> tuple[list[Standing], dict[str, Shift]]:
    def instant() -> datetime:
        return datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(minutes=draw(minutes))

    people, shifts = [], {}
    for key in draw(st.sampled_from([("ana",), ("ana", "ben"), ("ana", "ben", "cho")])):
        absences = sorted(tuple(sorted((instant(), instant()))) for _ in range(draw(st.integers(0, 2))))
        state: PresenceState | None = draw(st.sampled_from([None, None, "available", "away", "off"]))
        presence = None
        if state:
            since = instant()
            presence = Presence(state, since, max(since, instant()) if draw(st.booleans()) else None)
        people.append(standing(key, presence=presence, absences=tuple((b, e) for b, e in absences if b < e)))
        if text := draw(hours):
            shifts[key] = Shift(Week.read(text), draw(zones))
    return people, shifts


def is_at_work(town: Municipality, at: datetime, own: Sequence[Holiday]) -> bool:
    """The slow way: the town's own date is no day off, and the date's spans have the instant."""
    off = days_off(own, province=town.province, municipality=town.municipality, since=date(2026, 1, 1))
    week = Week.read(town.hours) or Week.read(USUAL_WEEK)
    today = at.astimezone(ZoneInfo(town.timezone)).date()
    return any(
        overlap(week.spans_of(day, town.timezone), at, at + timedelta(microseconds=1))
        for day in (today - timedelta(days=1), today)
        if day not in off
    )


@settings(max_examples=often(60), deadline=None)
@given(
    st.data(),
    st.sampled_from(FIRSTS),
    zones,
    st.lists(st.tuples(hours, zones, st.sampled_from(["AB", "QC", ""])), max_size=3),
)
def test_every_instant_is_what_the_rules_say(
    data: st.DataObject, first: date, zone: str, places: list[tuple[str, str, str]]
) -> None:
    people, shifts = data.draw(teams(first))
    towns = [
        Municipality(str(number), f"Town {number}", province=province, timezone=theirs, hours=text)
        for number, (text, theirs, province) in enumerate(places)
    ]
    own = [Holiday("AB", first.isoformat(), "Fair"), Holiday("1", (first + timedelta(days=1)).isoformat(), "Show")]
    days = pod_days(people, shifts, towns, own, zone=zone, first=first, days=4)
    assert [day.date for day in days] == [first + timedelta(days=number) for number in range(4)]
    assert all(before.ends_at == after.begins_at for before, after in pairwise(days))
    for day in days:
        holes = [(hole.begins_at, hole.ends_at) for hole in day.holes]
        for spans in (*day.on_shift.values(), day.open, holes):
            assert tuple(spans) == joined(spans) == within(spans, day.begins_at, day.ends_at)
        assert not any(overlap(day.open, *hole) for hole in holes)
        assert all(hole.municipalities for hole in day.holes)
        for cell, kept in zip(cells(day, zone, 60), cells(day, zone, 30)[::2], strict=True):
            assert cell.is_skipped or cell.people <= len(people)
            assert not kept.is_hole or cell.is_hole
    moments = {edge for day in days for edge in (day.begins_at, *sum(day.open, ()))}
    moments |= {edge for day in days for hole in day.holes for edge in (hole.begins_at, hole.ends_at)}
    moments |= {days[0].begins_at + timedelta(minutes=data.draw(st.integers(0, 4 * 24 * 60 - 60))) for _ in range(10)}
    for at in moments:
        if not days[0].begins_at <= at < days[-1].ends_at:
            continue
        day = next(day for day in days if day.begins_at <= at < day.ends_at)
        soon = at + timedelta(microseconds=1)
        told = [key for key, spans in day.on_shift.items() if overlap(spans, at, soon)]
        # What somebody says later is not known at an earlier instant to any rule.
        known = [one for one in people if one.presence is None or one.presence.since <= at]
        for one in known:
            key = one.technician.technician
            assert (off_duty(one, shifts.get(key), at) is None) == (key in told)
        working = {town.municipality for town in towns if is_at_work(town, at, own)}
        is_open = overlap(day.open, at, soon)
        here = [hole for hole in day.holes if hole.begins_at <= at < hole.ends_at]
        assert is_open == bool(told)
        assert bool(here) == (bool(working) and not is_open)
        assert not here or working <= set(here[0].municipalities)


@settings(deadline=None)
@given(hours, zones, zones, st.sampled_from(FIRSTS), st.integers(1, 20))
def test_the_days_add_up_to_the_week(text: str, theirs: str, zone: str, first: date, count: int) -> None:
    one = Shift(Week.read(text), theirs)
    days = pod_days([standing("ana")], {"ana": one}, (), (), zone=zone, first=first, days=count)
    spans = one.week.spans(days[0].begins_at, days[-1].ends_at, theirs)
    assert length(span for day in days for span in day.open) == length(spans)
    assert joined(span for day in days for span in day.on_shift.get("ana", ())) == tuple(spans)


def length(spans: Iterable[Span]) -> timedelta:
    return sum((end - begin for begin, end in spans), timedelta())


some_spans = st.lists(st.tuples(minutes, minutes), max_size=5).map(
    lambda pairs: [(at_minute(begin), at_minute(end)) for begin, end in pairs]
)


def at_minute(minute: int) -> datetime:
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=minute)


@given(some_spans, some_spans, minutes)
def test_spans_are_sets(one: list[Span], other: list[Span], minute: int) -> None:
    at = at_minute(minute)
    soon = at + timedelta(microseconds=1)
    assert overlap(joined(one), at, soon) == overlap([span for span in one if span[0] < span[1]], at, soon)
    assert overlap(without(one, other), at, soon) == (
        overlap(joined(one), at, soon) and not overlap(joined(other), at, soon)
    )
    assert all(end < begin for (_, end), (begin, _) in pairwise(joined(one)))
