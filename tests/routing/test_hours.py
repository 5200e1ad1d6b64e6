"""Opening hours: what may be written, and what it means through the change of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.hours import DAY, BadHours, Span, Week

EDMONTON = "America/Edmonton"
ALWAYS = Week.read("24/7")
EIGHT_TO_FOUR = ((480, 960),)


def at(text: str, zone: str = EDMONTON, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon 08:00-16:00", {0: EIGHT_TO_FOUR}),
        ("mon 8:00-16:00", {0: EIGHT_TO_FOUR}),
        ("MONDAY 8h00 – 16H", {0: EIGHT_TO_FOUR}),
        ("Lun. 8h—16h00", {0: EIGHT_TO_FOUR}),
        ("lundi 8h00 à 16h00", {0: EIGHT_TO_FOUR}),
        ("Mon 08:00 to 16:00;", {0: EIGHT_TO_FOUR}),
        ("Mon,Wed 08:00-16:00", {0: EIGHT_TO_FOUR, 2: EIGHT_TO_FOUR}),
        ("Mar, jeu 08:00-16:00", {1: EIGHT_TO_FOUR, 3: EIGHT_TO_FOUR}),
        ("Sat-Mon 08:00-16:00", {0: EIGHT_TO_FOUR, 5: EIGHT_TO_FOUR, 6: EIGHT_TO_FOUR}),
        ("sam au lun 08:00-16:00", {0: EIGHT_TO_FOUR, 5: EIGHT_TO_FOUR, 6: EIGHT_TO_FOUR}),
        ("Tue 08:00-12:00, 13:00-16:00", {1: ((480, 720), (780, 960))}),
        ("Tue 13:00-16:00; Tue 08:00-12:00", {1: ((480, 720), (780, 960))}),
        ("Mon 08:00-12:00 Tue 08:00-16:00", {0: ((480, 720),), 1: EIGHT_TO_FOUR}),
        ("Mon 08:00-13:00; Mon 12:00-16:00", {0: EIGHT_TO_FOUR}),
        ("Mon 08:00-12:00; Mon 12:00-16:00", {0: EIGHT_TO_FOUR}),
        ("Mon 22:00-24:00", {0: ((1320, 1440),)}),
        ("Sun 22:00-06:00", {6: ((1320, 1440),), 0: ((0, 360),)}),
        ("24/7", dict.fromkeys(range(7), ((0, 1440),))),
        ("", {}),
        (" ; ", {}),
    ],
)
def test_what_may_be_written(text: str, days: dict[int, tuple[tuple[int, int], ...]]) -> None:
    week = Week.read(text)
    assert dict(enumerate(week.days)) == {day: days.get(day, ()) for day in range(7)}
    assert bool(week) == bool(days)


@pytest.mark.parametrize(
    ("text", "named", "advice"),
    [
        ("Mon-Fry 08:00-16:30", '"Fry" is not a day', "Mon Tue Wed"),
        ("Mon 08:00-12:00; daily 08:00-09:00", '"daily" is not a day', "lun mar mer"),
        ("Mon 8-12", '"8" is not a time', "24-hour"),
        ("Mon 8:00am-4:00pm", '"8:00am" is not a time', "24-hour"),
        ("Mon 8:00 am - 4:00 pm", '"am" is not a time', "24-hour"),
        ("Mon 0800-1600", '"0800" is not a time', "08:00-16:30"),
        ("Mon", "have no times", "08:00-16:30"),
        ("08:00-12:00", '"08:00" stands where a day should', "Mon-Fri"),
        ("Mon 08:00", '"08:00" lacks its closing time', "08:00-16:30"),
        ("Mon 08:00-", '"08:00" lacks its closing time', "08:00-16:30"),
        ("Mon- 08:00-09:00", "lacks its last day", "Mon Tue"),
        ("Mon 08:60-09:00", '"08:60" is not a time of day', "24-hour"),
        ("Mon 08:00-24:01", '"24:01" is not a time of day', "24-hour"),
        ("Mon 24:00-06:00", "24:00 can only be a closing time", "00:00"),
        ("Mon 08:00-08:00", "opens and closes at once", "00:00-24:00"),
        ("Mon 08:00-12:00-16:00", '"-" stands where a day should', "Mon-Fri"),
        ("Mon 08:00-12:00 & 13:00-14:00", '"&"', "24-hour"),
    ],
)
def test_a_refusal_names_the_piece_and_what_would_be_right(text: str, named: str, advice: str) -> None:
    with pytest.raises(BadHours) as refused:
        Week.read(text)
    assert named in str(refused.value)
    assert advice in str(refused.value)


@given(st.text(max_size=40) | st.text("MonFri 08:30-;,/24hà", max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        week = Week.read(text)
    except BadHours as refused:
        assert str(refused)
    else:
        assert all(0 <= opens < closes <= DAY for spans in week.days for opens, closes in spans)


def test_open_from_the_first_minute_to_before_the_last() -> None:
    week = Week.read("Mon-Fri 08:00-16:30")
    assert not week.is_open(at("2026-11-20 07:59:59"), EDMONTON)
    assert week.is_open(at("2026-11-20 08:00"), EDMONTON)
    assert week.is_open(at("2026-11-20 16:29:59"), EDMONTON)
    assert not week.is_open(at("2026-11-20 16:30"), EDMONTON)
    assert not week.is_open(at("2026-11-21 12:00"), EDMONTON)


def test_the_zone_decides() -> None:
    week = Week.read("Mon-Fri 08:00-16:30")
    assert week.is_open(datetime(2026, 11, 20, 15, 30, tzinfo=UTC), EDMONTON)
    assert not week.is_open(datetime(2026, 11, 20, 15, 30, tzinfo=UTC), "America/Vancouver")
    with pytest.raises(ValueError, match="no time zone"):
        week.is_open(datetime.fromisoformat("2026-11-20 15:30"), EDMONTON)


def test_when_it_opens_and_closes() -> None:
    week = Week.read("Mon-Fri 08:00-16:30; Sat 22:00-06:00")
    friday = at("2026-11-20 12:00")
    assert week.next_open(friday, EDMONTON) == friday
    assert week.closes_at(friday, EDMONTON) == at("2026-11-20 16:30")
    assert week.next_open(at("2026-11-20 17:00"), EDMONTON) == at("2026-11-21 22:00")
    assert week.closes_at(at("2026-11-20 17:00"), EDMONTON) is None
    assert week.closes_at(at("2026-11-22 01:00"), EDMONTON) == at("2026-11-22 06:00")
    assert week.next_open(at("2026-11-22 06:00"), EDMONTON) == at("2026-11-23 08:00")


def test_never_and_always() -> None:
    noon = at("2026-11-20 12:00")
    assert Week.read("").next_open(noon, EDMONTON) is None
    assert not Week().is_open(noon, EDMONTON)
    assert Week().spans(noon, noon + timedelta(days=30), EDMONTON) == []
    assert ALWAYS.closes_at(noon, EDMONTON) is None
    assert ALWAYS.next_open(noon, EDMONTON) == noon
    assert ALWAYS.spans(noon, noon + timedelta(days=30), EDMONTON) == [(noon, noon + timedelta(days=30))]


@pytest.mark.parametrize(("saturday", "hours"), [("2026-03-07", 7), ("2026-10-31", 9), ("2026-11-07", 8)])
def test_a_night_shift_over_the_change_of_clocks(saturday: str, hours: int) -> None:
    week = Week.read("Sat 22:00-06:00")
    start = at(f"{saturday} 22:00")
    assert week.closes_at(start, EDMONTON) == start.astimezone(UTC) + timedelta(hours=hours)


def test_an_hour_that_does_not_exist_opens_when_the_clock_has_jumped() -> None:
    jump = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
    midnight = at("2026-03-08 00:00")
    assert Week.read("Sun 02:30-04:00").next_open(midnight, EDMONTON) == jump
    assert Week.read("Sun 01:00-02:30").closes_at(at("2026-03-08 01:30"), EDMONTON) == jump
    assert Week.read("Sun 02:10-02:50").next_open(midnight, EDMONTON) == at("2026-03-15 02:10")


def test_an_hour_that_comes_twice_opens_at_its_first_and_closes_at_its_second() -> None:
    midnight = at("2026-11-01 00:00")
    first, second = at("2026-11-01 01:30"), at("2026-11-01 01:30", fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    assert Week.read("Sun 01:30-04:00").next_open(midnight, EDMONTON) == first.astimezone(UTC)
    assert Week.read("Sun 00:30-01:30").closes_at(at("2026-11-01 00:45"), EDMONTON) == second.astimezone(UTC)


# Nights on which the clocks change, and by how many minutes a night shift is longer for it.
NIGHTS_OF_CHANGE = [
    ("America/Edmonton", date(2026, 3, 7), -60),
    ("America/Edmonton", date(2026, 10, 31), 60),
    ("America/Edmonton", date(2027, 3, 13), -60),
    ("America/St_Johns", date(2026, 3, 7), -60),
    ("America/St_Johns", date(2026, 10, 31), 60),
    ("America/Regina", date(2026, 3, 7), 0),
    ("America/Regina", date(2026, 10, 31), 0),
    ("Europe/London", date(2026, 3, 28), -60),
    ("Europe/London", date(2026, 10, 24), 60),
]


@pytest.mark.parametrize(("zone", "evening", "longer"), NIGHTS_OF_CHANGE)
@pytest.mark.parametrize("hours", ["Sat 22:00-06:00", "lun-dim 22h00-6h00", "24/7"])
def test_every_minute_of_a_night_of_change(zone: str, evening: date, longer: int, hours: str) -> None:
    """A night shift of 8 hours has 7 or 9, and at every minute `is_open` says what `spans` do."""
    week = Week.read(hours)
    noon = datetime.combine(evening, time(12), ZoneInfo(zone))
    until = datetime.combine(evening + timedelta(days=1), time(12), ZoneInfo(zone))
    (span,) = week.spans(noon, until, zone)
    length = int((span[1] - span[0]) / timedelta(minutes=1))
    assert length == (24 if hours == "24/7" else 8) * 60 + longer
    moment = noon.astimezone(UTC)
    opened = 0
    while moment < until.astimezone(UTC):
        is_open = week.is_open(moment, zone)
        assert is_open == (span[0] <= moment < span[1])
        opened += is_open
        moment += timedelta(minutes=1)
    assert opened == length


@settings(deadline=None)
@given(st.sampled_from(NIGHTS_OF_CHANGE), st.integers(12 * 60, DAY - 1), st.integers(3 * 60, 12 * 60 - 1))
def test_a_shift_over_the_change_is_as_much_longer_as_the_night(
    night: tuple[str, date, int], opens: int, closes: int
) -> None:
    """From any minute of the afternoon to any of the morning after the clocks have changed."""
    zone, evening, longer = night
    week = Week.read(f"Sat {opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}")
    noon = datetime.combine(evening, time(12), ZoneInfo(zone))
    ((start, end),) = week.spans(noon, noon + timedelta(days=2), zone)
    assert end - start == timedelta(minutes=DAY - opens + closes + longer)
    assert week.is_open(start, zone) and not week.is_open(end, zone)
    assert week.closes_at(start, zone) == end
    assert week.next_open(noon, zone) == start


WEEKS_OF_CHANGE = [date(2026, 3, 5), date(2026, 10, 29), date(2026, 7, 2)]
ZONES = [EDMONTON, "America/St_Johns", "America/Regina", "America/Havana"]

minute = st.integers(0, DAY // 15 - 1).map(lambda quarter: quarter * 15)
shifts = st.lists(st.tuples(st.integers(0, 6), minute, minute).filter(lambda s: s[1] != s[2]), max_size=5)
DAY_NAMES = ["Mon", "mar", "Wed", "jeudi", "Fri", "SAT", "dim"]


def written(chosen: list[tuple[int, int, int]]) -> str:
    def clock(minutes: int) -> str:
        return f"{minutes // 60:02}:{minutes % 60:02}"

    return "; ".join(f"{DAY_NAMES[day]} {clock(opens)}-{clock(closes)}" for day, opens, closes in chosen)


def scanned(chosen: list[tuple[int, int, int]], since: datetime, until: datetime, zone: str) -> list[Span]:
    """The same answer minute by minute: a shift lasts from the first minute whose wall clock has reached its
    start to the last whose wall clock has not reached its end."""
    step = timedelta(minutes=1)
    minutes = [since + step * n for n in range(-2 * DAY, int((until - since) / step) + 2 * DAY)]
    walls = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in minutes]
    open_minutes: set[int] = set()
    day = walls[0].date() + timedelta(days=1)
    while day < walls[-1].date() - timedelta(days=1):
        for weekday, opens, closes in chosen:
            if weekday != day.weekday():
                continue
            midnight = datetime.combine(day, time())
            start = midnight + timedelta(minutes=opens)
            end = midnight + timedelta(minutes=closes if closes > opens else closes + DAY)
            first = next(n for n, wall in enumerate(walls) if wall >= start)
            last = max(n for n, wall in enumerate(walls) if wall < end)
            open_minutes.update(range(first, last + 1))
        day += timedelta(days=1)
    spans: list[Span] = []
    for n in sorted(open_minutes):
        if not since <= minutes[n] < until:
            continue
        if spans and spans[-1][1] == minutes[n]:
            spans[-1] = (spans[-1][0], minutes[n] + step)
        else:
            spans.append((minutes[n], minutes[n] + step))
    return spans


@settings(max_examples=60, deadline=None)
@example([(5, 75, 60)], date(2026, 10, 29), EDMONTON, 0)  # its end is where the clock strikes one twice
@given(shifts, st.sampled_from(WEEKS_OF_CHANGE), st.sampled_from(ZONES), st.integers(0, 2 * DAY))
def test_spans_are_what_a_clock_on_the_wall_would_say(
    chosen: list[tuple[int, int, int]], monday: date, zone: str, offset: int
) -> None:
    since = datetime(monday.year, monday.month, monday.day, tzinfo=UTC) + timedelta(minutes=offset)
    until = since + timedelta(days=4)
    week = Week.read(written(chosen))
    spans = week.spans(since, until, zone)
    assert spans == scanned(chosen, since, until, zone)
    for start, end in spans:
        assert week.is_open(start, zone)
        assert week.is_open(end - timedelta(seconds=1), zone)
        assert end == until or not week.is_open(end, zone)
        if end < until:
            assert week.closes_at(start, zone) == end
    for (_, closed), (opened, _) in pairwise(spans):
        assert week.next_open(closed, zone) == opened
