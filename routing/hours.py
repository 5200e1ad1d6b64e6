"""Opening hours: a week as a supervisor writes it, and what it means at an instant in a time zone.

A `Week` knows neither dates nor zones; those come with each question. Local wall time decides: a shift that
spans the change of clocks is an hour shorter or longer.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NoReturn
from zoneinfo import ZoneInfo

DAY = 24 * 60
MOMENT = timedelta(seconds=1)  # hours are written in minutes

_DAYS = {
    name: day
    for day, names in enumerate(
        (
            "mon monday lun lundi",
            "tue tues tuesday mar mardi",
            "wed wednesday mer mercredi",
            "thu thur thurs thursday jeu jeudi",
            "fri friday ven vendredi",
            "sat saturday sam samedi",
            "sun sunday dim dimanche",
        )
    )
    for name in names.split()
}
_TOKEN = re.compile(
    r"(?P<time>\d{1,2}\s*[:hH]\s*\d{2}|\d{1,2}[hH])(?!\w)|(?P<day>[^\W\d_]+)\.?|(?P<mark>[-,])|(?P<odd>\S+?(?=[\s,;-]|$)|\S)"
)
_DASHES = re.compile(r"[‐‑‒–—−]|\bto\b|\bau\b|(?<=[\s\d])à(?=[\s\d])", re.IGNORECASE)
_TIME_FORM = "write times on the 24-hour clock, such as 08:00-16:30"
_DAY_FORM = "write Mon Tue Wed Thu Fri Sat Sun or lun mar mer jeu ven sam dim"
_SEARCH_DAYS = 15  # a weekly span may fall wholly into a clock change once, never twice in a row

Span = tuple[datetime, datetime]


class BadHours(ValueError):
    """The text is no opening hours; `str()` names the piece and says what would be right."""


@dataclass(frozen=True, slots=True)
class Week:
    """For each day, Monday first, the open spans in minutes after local midnight, merged and in order.

    A span over midnight is kept as two that touch, so that every date can be looked at alone. Instants asked
    about are aware.
    """

    days: tuple[tuple[tuple[int, int], ...], ...] = ((),) * 7

    @staticmethod
    def read(text: str) -> "Week":
        """The week in words such as `Mon-Fri 08:00-16:30; Sat 22:00-06:00`, `24/7`, or nothing for never.

        Raises BadHours.
        """
        return _read(text)

    def __bool__(self) -> bool:
        return any(self.days)

    def is_open(self, at: datetime, zone: str) -> bool:
        """Whether `at` (aware) falls into a span; ends are exclusive. Raises ZoneInfoNotFoundError."""
        return any(start <= at < end for start, end in _near(self, _local_date(at, zone), zone))

    def next_open(self, at: datetime, zone: str) -> datetime | None:
        """`at` itself when open, else the next instant (UTC) at which it opens; None for an empty week."""
        local = _local_date(at, zone)
        for start, end in self._around(local, 1, _SEARCH_DAYS, zone):
            if at < end:
                return max(at.astimezone(UTC), start)
        return None

    def closes_at(self, at: datetime, zone: str) -> datetime | None:
        """When the span around `at` ends (UTC); None when closed at `at`, and when it never closes."""
        if all(spans == ((0, DAY),) for spans in self.days):
            return None
        local = _local_date(at, zone)
        for start, end in self._around(local, 1, _SEARCH_DAYS, zone):
            if start <= at < end:
                return end
        return None

    def spans(self, since: datetime, until: datetime, zone: str) -> list[Span]:
        """The open intervals between two instants in UTC, cut at both, in order, none touching another."""
        first, last = _local_date(since, zone), _local_date(until, zone)
        cut = (
            (max(start, since.astimezone(UTC)), min(end, until.astimezone(UTC)))
            for start, end in self._around(first, 1, (last - first).days + 1, zone)
        )
        return [(start, end) for start, end in cut if start < end]

    def spans_of(self, day: date, zone: str) -> list[Span]:
        """The open intervals (UTC) of one local date, midnight to midnight."""
        zoned = ZoneInfo(zone)
        spans = (
            (instant_of(day, opens, zoned, last=False), instant_of(day, closes, zoned, last=True))
            for opens, closes in self.days[day.weekday()]
        )
        return [(start, end) for start, end in spans if start < end]

    def _around(self, day: date, before: int, after: int, zone: str) -> Iterator[Span]:
        dates = (day + timedelta(days=offset) for offset in range(-before, after + 1))
        return _merged(span for one in dates for span in self.spans_of(one, zone))


@lru_cache(maxsize=4096)
def _near(week: Week, day: date, zone: str) -> tuple[Span, ...]:
    """The spans of a date and its neighbours: every call of a day asks for the same few."""
    return tuple(week._around(day, 1, 1, zone))


def _local_date(at: datetime, zone: str) -> date:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} says no time zone")
    return at.astimezone(ZoneInfo(zone)).date()


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Lazily, because most questions are answered by the first few days."""
    last: Span | None = None
    for start, end in spans:
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
        else:
            if last is not None:
                yield last
            last = (start, end)
    if last is not None:
        yield last


def instant_of(day: date, minute: int, zone: ZoneInfo, *, last: bool) -> datetime:
    """UTC instant of a local wall time: of two the first, or the `last`; of none the jump of the clock. `last` is for
    ends, which are reached from below: the end at one o'clock comes before one o'clock is struck again."""
    below = MOMENT if last else timedelta()
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minute) - below
    early, late = wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    if early > late:
        return jump_between(late, early, zone)
    return (late if last else early) + below


def jump_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second between two UTC instants at which the zone's offset changes."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


@lru_cache(maxsize=4096)
def _read(text: str) -> Week:
    minutes: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for group in text.split(";"):
        for day, opens, closes in _group(group.strip()):
            minutes[day].append((opens, min(closes, DAY)))
            if closes > DAY:
                minutes[(day + 1) % 7].append((0, closes - DAY))
    return Week(tuple(_merged_minutes(spans) for spans in minutes))


def _merged_minutes(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def _group(group: str) -> Iterable[tuple[int, int, int]]:
    """Days and times of one piece between semicolons as (day, opens, closes); closes may pass 1440."""
    if not group:
        return
    if group == "24/7":
        yield from ((day, 0, DAY) for day in range(7))
        return
    tokens = _tokens(group)
    while tokens:
        days = _take_days(tokens, group)
        spans = _take_times(tokens, group)
        yield from ((day, opens, closes) for day in days for opens, closes in spans)


def _tokens(group: str) -> list[tuple[str, str]]:
    tokens = []
    for found in _TOKEN.finditer(_DASHES.sub("-", group)):
        kind = str(found.lastgroup)
        word = found.group(kind)
        if kind == "odd" or (kind == "day" and word.lower() in ("am", "pm", "a", "p")):
            _refuse(group, f'"{word}" is not a time; {_TIME_FORM}')
        if word != ",":
            tokens.append((kind, word))
    return tokens


def _take_days(tokens: list[tuple[str, str]], group: str) -> set[int]:
    """Removes the leading days and ranges of days, at least one."""
    days: set[int] = set()
    while tokens and tokens[0][0] == "day":
        first = _day(tokens.pop(0)[1], group)
        if tokens and tokens[0] == ("mark", "-"):
            tokens.pop(0)
            if not tokens or tokens[0][0] != "day":
                _refuse(group, f"a range of days lacks its last day; {_DAY_FORM}")
            last = _day(tokens.pop(0)[1], group)
            days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
        else:
            days.add(first)
    if not days:
        _refuse(group, f'"{tokens[0][1]}" stands where a day should; begin with days, such as Mon-Fri 08:00-16:30')
    return days


def _take_times(tokens: list[tuple[str, str]], group: str) -> list[tuple[int, int]]:
    """Removes the spans of time that follow, at least one; minutes after midnight."""
    spans = []
    while tokens and tokens[0][0] == "time":
        first = tokens.pop(0)[1]
        if not tokens or tokens.pop(0) != ("mark", "-") or not tokens or tokens[0][0] != "time":
            _refuse(group, f'"{first}" lacks its closing time; {_TIME_FORM}')
        spans.append(_span(first, tokens.pop(0)[1], group))
    if not spans:
        _refuse(group, f"the days have no times; {_TIME_FORM}")
    return spans


def _span(first: str, last: str, group: str) -> tuple[int, int]:
    opens, closes = _minute(first, group), _minute(last, group)
    if opens == DAY:
        _refuse(group, "24:00 can only be a closing time; open at 00:00 of the next day")
    if opens == closes:
        _refuse(group, f'"{first}-{last}" opens and closes at once; write 00:00-24:00 for a whole day')
    return opens, closes if closes > opens else closes + DAY


def _minute(word: str, group: str) -> int:
    hour, _, minute = re.sub(r"\s", "", word).lower().replace("h", ":").partition(":")
    minutes = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or minutes > DAY:
        _refuse(group, f'"{word}" is not a time of day; {_TIME_FORM}')
    return minutes


def _day(word: str, group: str) -> int:
    day = _DAYS.get(word.lower())
    if day is None:
        _refuse(group, f'"{word}" is not a day; {_DAY_FORM}')
    return day


def _refuse(group: str, reason: str) -> NoReturn:
    raise BadHours(f'"{group}" cannot be read as opening hours: {reason}.')
