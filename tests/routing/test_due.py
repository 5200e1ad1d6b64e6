"""Promises fall due in business time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.directory import Holiday
from routing.due import USUAL_WEEK, days_off, due_at, holidays_of
from routing.hours import DAY, Week

EDMONTON = "America/Edmonton"
NAIVE = datetime.fromisoformat("2026-11-20 12:00")
USUAL = Week.read(USUAL_WEEK)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(EDMONTON))


@pytest.mark.parametrize(
    ("asked", "minutes", "due"),
    [
        ("2026-11-18 10:00", 60, "2026-11-18 11:00"),
        ("2026-11-18 15:30", 60, "2026-11-18 16:30"),
        ("2026-11-18 16:00", 60, "2026-11-19 09:00"),
        ("2026-11-18 06:00", 30, "2026-11-18 09:00"),
        ("2026-11-20 16:00", 60, "2026-11-23 09:00"),
        ("2026-11-21 12:00", 0, "2026-11-23 08:30"),
        ("2026-11-18 10:00", 0, "2026-11-18 10:00"),
        ("2026-11-18 08:30", 480 * 5, "2026-11-24 16:30"),
        # Over the end of daylight saving, 1 November.
        ("2026-10-30 16:00", 60, "2026-11-02 09:00"),
    ],
)
def test_minutes_count_in_business_hours(asked: str, minutes: int, due: str) -> None:
    assert due_at(at(asked), minutes, week=USUAL, zone=EDMONTON) == at(due)


def test_holidays_move_promises() -> None:
    off = days_off([], province="AB", municipality="4802022", since=date(2026, 12, 24))
    assert date(2026, 12, 25) in off
    assert due_at(at("2026-12-24 16:00"), 60, week=USUAL, zone=EDMONTON, holidays=off) == at("2026-12-28 09:00")
    assert due_at(at("2026-12-31 16:00"), 60, week=USUAL, zone=EDMONTON, holidays=off) == at("2027-01-04 09:00")


def test_our_own_holidays_are_added_where_they_hold() -> None:
    own = [
        Holiday("AB", "2026-08-03", "Heritage Day"),
        Holiday("4802022", "2026-08-04", "Cornfest"),
        Holiday("4717029", "2026-08-05", "elsewhere"),
    ]
    off = days_off(own, province="AB", municipality="4802022", since=date(2026, 8, 1), years=1)
    assert {date(2026, 8, 3), date(2026, 8, 4)} <= off
    assert date(2026, 8, 5) not in off
    assert date(2026, 7, 1) in off


def test_the_library_knows_each_province() -> None:
    assert holidays_of("QC", 2026)[date(2026, 6, 24)] == "Saint Jean Baptiste Day"
    assert date(2026, 6, 24) not in holidays_of("AB", 2026)
    assert date(2026, 7, 1) in holidays_of("nowhere", 2026)
    assert date(2026, 7, 4) in holidays_of("MT", 2026, country="US")


def test_a_place_without_hours_keeps_the_usual_ones() -> None:
    assert due_at(at("2026-11-21 12:00"), 30, week=Week(), zone=EDMONTON) == at("2026-11-23 09:00")


def test_an_endless_holiday_still_ends() -> None:
    class Everyday(frozenset[date]):
        def __contains__(self, day: object) -> bool:
            return True

    due = due_at(at("2026-11-20 12:00"), 10_000, week=USUAL, zone=EDMONTON, holidays=Everyday())
    assert due < at("2028-06-01 00:00")


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="-1 minutes"):
        due_at(at("2026-11-20 12:00"), -1, week=USUAL, zone=EDMONTON)
    with pytest.raises(ValueError, match="no time zone"):
        due_at(NAIVE, 1, week=USUAL, zone=EDMONTON)


weeks = st.sampled_from([USUAL_WEEK, "24/7", "Sat 22:00-06:00", "Mon 09:00-09:15", "", "Sun 01:00-03:00"])
moments = st.integers(0, 2 * 365 * DAY).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(deadline=None)
@given(weeks, moments, st.integers(0, 600), st.sets(st.integers(0, 40), max_size=20))
def test_exactly_so_many_business_minutes_lie_between(text: str, asked: datetime, minutes: int, off: set[int]) -> None:
    zone = "America/St_Johns"
    holidays = {asked.date() + timedelta(days=n) for n in off}
    week = Week.read(text)
    due = due_at(asked, minutes, week=week, zone=zone, holidays=holidays)
    assert due >= asked
    worked = timedelta()
    day = asked.astimezone(ZoneInfo(zone)).date()
    while day <= due.astimezone(ZoneInfo(zone)).date():
        for start, end in () if day in holidays else (week or USUAL).spans_of(day, zone):
            worked += max(timedelta(), min(end, due) - max(start, asked))
        day += timedelta(days=1)
    assert worked == timedelta(minutes=minutes)


@given(weeks, moments, st.integers(0, 600), st.integers(0, 600))
def test_more_minutes_are_never_due_sooner(text: str, asked: datetime, some: int, more: int) -> None:
    week = Week.read(text)
    first = due_at(asked, some, week=week, zone=EDMONTON)
    assert first <= due_at(asked, some + more, week=week, zone=EDMONTON)
    assert due_at(first, more, week=week, zone=EDMONTON) <= due_at(asked, some + more + 1, week=week, zone=EDMONTON)
