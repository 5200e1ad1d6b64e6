"""How an absence is written, and from when to when it then is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.absences import absence_span, begin_of, read_wall
from routing.hours import Span
from tests.builders import local

EDMONTON, ST_JOHNS, LONDON = "America/Edmonton", "America/St_Johns", "Europe/London"


def span(first: str, last: str, zone: str = EDMONTON) -> Span:
    return absence_span(read_wall(first), read_wall(last), zone)


@pytest.mark.parametrize(
    ("first", "last", "begins", "ends"),
    [
        ("2026-12-24", "2026-12-24", "2026-12-24 00:00", "2026-12-25 00:00"),
        ("2026-12-24", "2027-01-03", "2026-12-24 00:00", "2027-01-04 00:00"),
        ("2026-12-24 13:00", "2026-12-24", "2026-12-24 13:00", "2026-12-25 00:00"),
        ("2026-12-24 13:00", "2026-12-24 15:30", "2026-12-24 13:00", "2026-12-24 15:30"),
        ("2026-12-24T8:05", " 2026-12-24  24:00 ", "2026-12-24 08:05", "2026-12-25 00:00"),
        ("2026-12-24", "2026-12-25 12:00", "2026-12-24 00:00", "2026-12-25 12:00"),
    ],
)
def test_days_are_whole_and_times_are_local(first: str, last: str, begins: str, ends: str) -> None:
    assert span(first, last) == (local(begins), local(ends))
    assert span(first, last, ST_JOHNS) == (local(begins, ST_JOHNS), local(ends, ST_JOHNS))
    assert begin_of(read_wall(first), LONDON) == local(begins, LONDON)


@pytest.mark.parametrize(
    ("first", "last", "begins", "ends"),
    [
        ("2026-03-08 02:30", "2026-03-08 05:00", "2026-03-08 03:00", "2026-03-08 05:00"),
        ("2026-03-07", "2026-03-08 02:30", "2026-03-07 00:00", "2026-03-08 03:00"),
        ("2026-11-01 01:30", "2026-11-01", "2026-11-01 01:30", "2026-11-02 00:00"),
    ],
)
def test_a_time_that_is_skipped_is_the_jump_and_one_that_comes_twice_begins_first(
    first: str, last: str, begins: str, ends: str
) -> None:
    assert span(first, last) == (local(begins), local(ends))


def test_a_day_of_change_is_as_long_as_it_is() -> None:
    hours = [
        (span(day, day)[1] - span(day, day)[0]).total_seconds() / 3600
        for day in ("2026-03-07", "2026-03-08", "2026-11-01")
    ]
    assert hours == [24, 23, 25]
    begins, ends = span("2026-11-01 01:00", "2026-11-01 01:30")
    assert (ends - begins).total_seconds() / 60 == 90


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "24 December", "2026-02-30", "2026-13-01", "26-12-24", "2026-12-24 1pm", "2026-12-24 25:00"),
        *(
            "2026-12-24 12:60",
            "2026-12-24 24:01",
            "1999-12-24",
            "9999-12-31",
            "2026-12-24 13:00:00",
            "2026-12-24+01:00",
        ),
    ],
)
def test_what_is_no_date_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="write year-month-day, such as 2026-12-24, or 2026-12-24 13:00") as refused:
        read_wall(text)
    assert str(refused.value).startswith(f'"{text}" is no date')


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-12-24", "2026-12-23"),
        ("2026-12-24 13:00", "2026-12-24 12:00"),
        ("2026-12-24 13:00", "2026-12-24 13:00"),
        ("2026-03-08 02:10", "2026-03-08 02:50"),
    ],
)
def test_an_absence_ends_after_it_begins(first: str, last: str) -> None:
    with pytest.raises(ValueError, match="is not later than the beginning"):
        span(first, last)


@given(st.text(max_size=20) | st.text("2-0 :T19", max_size=18), st.sampled_from([EDMONTON, ST_JOHNS, LONDON]))
def test_no_text_breaks_the_reader(text: str, zone: str) -> None:
    try:
        wall = read_wall(text)
    except ValueError as refused:
        assert str(refused)
    else:
        assert begin_of(wall, zone).tzinfo is not None
