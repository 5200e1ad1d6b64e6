"""When somebody is away, known beforehand: how a supervisor writes it, and what it means in a time zone.

Local wall time decides, as in `hours`: a time that the change of clocks skips is the moment of the jump, and of a time
that comes twice an absence begins with the first and ends with the second.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from routing.hours import DAY, Span, instant_of

_WALL = re.compile(r"(?P<day>2[01]\d\d-\d\d-\d\d)(?:[ T]+(?P<hour>\d{1,2}):(?P<minute>\d\d))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Absence:
    """The instants are aware UTC; the end is not in it."""

    technician: str
    begins_at: datetime
    ends_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wall:
    """A date, and minutes after its midnight; `minute` None is the whole day."""

    day: date
    minute: int | None = None


def read_wall(text: str) -> Wall:
    """`2026-12-24`, or `2026-12-24 13:00`. Raises ValueError with a sentence."""
    found = _WALL.fullmatch(text.strip())
    try:
        if found:
            day = date.fromisoformat(found["day"])
            if found["hour"] is None:
                return Wall(day)
            minute = int(found["hour"]) * 60 + int(found["minute"])
            if int(found["minute"]) < 60 and minute <= DAY:
                return Wall(day, minute)
    except ValueError:
        pass
    raise ValueError(f'"{text}" is no date; write year-month-day, such as 2026-12-24, or 2026-12-24 13:00.')


def absence_span(first: Wall, last: Wall, zone: str) -> Span:
    """From the beginning of `first` to the end of `last`, a whole day being included. Raises ValueError."""
    begins = begin_of(first, zone)
    ends = instant_of(last.day, DAY if last.minute is None else last.minute, ZoneInfo(zone), last=True)
    if ends <= begins:
        raise ValueError("is not later than the beginning of the absence.")
    return begins, ends


def begin_of(first: Wall, zone: str) -> datetime:
    return instant_of(first.day, first.minute or 0, ZoneInfo(zone), last=False)
