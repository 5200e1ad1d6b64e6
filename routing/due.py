"""When a promise is due: minutes counted inside somebody's business hours, without holidays.

Holidays are local dates; a span over midnight counts for each of its two dates.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays as almanac

from routing.directory import Holiday
from routing.hours import Week

USUAL_WEEK = "Mon-Fri 08:30-16:30"

# Past a year without one business day the dates given are a mistake, and a promise must still fall due.
_PATIENCE_DAYS = 366


def due_at(at: datetime, minutes: int, *, week: Week, zone: str, holidays: Collection[date] = ()) -> datetime:
    """The instant (UTC) at which `minutes` of business time have passed since `at`.

    Zero minutes are the next business moment. An empty week counts as Mon-Fri 08:30-16:30, and so do holidays
    without end as none: there is always an answer. Raises ValueError for negative minutes or a naive `at`.
    """
    if minutes < 0:
        raise ValueError(f"a promise cannot be due {minutes} minutes from now")
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} says no time zone")
    worked = week or Week.read(USUAL_WEEK)
    left = timedelta(minutes=minutes)
    moment = at.astimezone(UTC)
    day = at.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)  # its end may lie past a repeated midnight
    idle = 0
    while True:
        if idle > _PATIENCE_DAYS:
            holidays = ()
        for start, end in () if day in holidays else worked.spans_of(day, zone):
            begin = max(start, moment)
            if begin >= end:
                continue
            if begin + left <= end:
                return begin + left
            left -= end - begin
            moment = end
            idle = 0
        idle += 1
        day += timedelta(days=1)


def is_business(at: datetime, *, week: Week, zone: str, holidays: Collection[date] = ()) -> bool:
    """Whether `at` is a business moment; an empty week counts as Mon-Fri 08:30-16:30."""
    return due_at(at, 0, week=week, zone=zone, holidays=holidays) <= at


def days_off(
    own: Iterable[Holiday], *, province: str, municipality: str, since: date, years: int = 3
) -> frozenset[date]:
    """The holidays of a municipality from the year of `since` on: its province's and our own rows'."""
    known = {day for year in range(since.year, since.year + years) for day in holidays_of(province, year)}
    named = {date.fromisoformat(row.date) for row in own if row.place in (province, municipality)}
    return frozenset(known | named)


@lru_cache(maxsize=512)
def holidays_of(province: str, year: int, country: str = "CA") -> Mapping[date, str]:
    """Public holidays and their English names; the country's when the province is not one of its own."""
    provinces = almanac.list_supported_countries(include_aliases=False).get(country, [])
    found = almanac.country_holidays(
        country, subdiv=province if province in provinces else None, years=year, language="en_CA"
    )
    return MappingProxyType(dict(found.items()))
