"""A pod's days ahead: who is on shift when, whether anybody is, and the holes.

A hole is business time of a municipality in which nobody of its pod is at work. The days are those of the pod's time
zone; people and municipalities keep their own. Nothing here asks what time it is: what was said counts from when it
was said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.directory import Holiday, Municipality
from routing.due import USUAL_WEEK, holidays_of
from routing.eligible import presence_ends
from routing.floor import Shift, Standing
from routing.hours import Span, Week, instant_of, jump_between
from routing.spans import joined, overlap, within, without

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hole:
    """Nobody is on shift, while these municipalities are at work (for some of it, where it is long)."""

    begins_at: datetime
    ends_at: datetime
    municipalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayOff:
    """A holiday and whose: provinces' codes, and keys of municipalities."""

    name: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockChange:
    """`at` is UTC; `before` and `after` are the offsets from it."""

    at: datetime
    before: timedelta
    after: timedelta


@dataclass(frozen=True, slots=True)
class Day:
    """One local date, from midnight to midnight; all spans lie in it and are UTC.

    `on_shift` has those technicians who are on shift at all; `open` is when anybody is.
    """

    date: date
    begins_at: datetime
    ends_at: datetime
    on_shift: Mapping[str, tuple[Span, ...]]
    open: tuple[Span, ...]
    holes: tuple[Hole, ...]
    holidays: tuple[DayOff, ...]
    clocks: ClockChange | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a day as a picture shows it: the fewest who are on shift in it, and whether it touches a hole.

    `is_skipped`: the clock jumps over it, so it is no time at all.
    """

    people: int
    is_hole: bool = False
    is_skipped: bool = False


def pod_days(
    people: Sequence[Standing],
    shifts: Mapping[str, Shift],
    municipalities: Sequence[Municipality],
    own_holidays: Iterable[Holiday],
    *,
    zone: str,
    first: date,
    days: int,
) -> tuple[Day, ...]:
    """The days from `first` on. `own_holidays`: our own rows, of any place."""
    zoned = ZoneInfo(zone)
    # With days on either side: elsewhere it is another date already, or still.
    around = [first + timedelta(days=number) for number in range(-2, days + 2)]
    dates = around[2:-2]
    midnights = [instant_of(one, 0, zoned, last=False) for one in around[2:-1]]
    since, until = midnights[0], midnights[-1]
    on_shift = {
        one.technician.technician: at_work(one, shifts.get(one.technician.technician), since, until) for one in people
    }
    staffed = joined(span for spans in on_shift.values() for span in spans)
    holidays = _Holidays(municipalities, own_holidays, around)
    business = _business(municipalities, holidays, around, since, until)
    places = {one.municipality: place for place, one in enumerate(municipalities)}
    unstaffed = without((span for spans, _ in business for span in spans), staffed)
    found = []
    for one, begins, ends in zip(dates, midnights[:-1], midnights[1:], strict=True):
        theirs = {key: within(spans, begins, ends) for key, spans in on_shift.items()}
        holes = []
        for hole in within(unstaffed, begins, ends):
            keys = (key for spans, keys in business if overlap(spans, *hole) for key in keys)
            holes.append(Hole(*hole, tuple(sorted(keys, key=places.__getitem__))))
        found.append(
            Day(
                date=one,
                begins_at=begins,
                ends_at=ends,
                on_shift={key: spans for key, spans in theirs.items() if spans},
                open=within(staffed, begins, ends),
                holes=tuple(holes),
                holidays=holidays.on(one),
                clocks=_clock_change(begins, ends, zoned),
            )
        )
    return tuple(found)


def at_work(standing: Standing, shift: Shift | None, since: datetime, until: datetime) -> tuple[Span, ...]:
    """When somebody is at work between two instants, by what is known now: hours, absences and what they said.

    What they said counts from then on; an absence is taken back by `available` said in it, as `eligible` has it.
    """
    spans = joined(shift.week.spans(since, until, shift.zone)) if shift else ()
    said = standing.presence
    word: tuple[Span, ...] = ()
    if said is not None:
        ends = presence_ends(said, shift, standing.absences)
        word = joined([(said.since, FOREVER if ends is None else ends)])
        spans = joined((*spans, *word)) if said.state == "available" else without(spans, word)
    for absence in standing.absences:
        is_back = said is not None and said.state == "available" and said.since >= absence[0]
        spans = without(spans, without([absence], word) if is_back else [absence])
    return within(spans, since, until)


def cells(day: Day, zone: str, minutes: int) -> tuple[Cell, ...]:
    """The 24 hours of the clock on the wall in pieces of so many minutes (a divisor of 60).

    Where an hour comes twice, a piece says what holds in both.
    """
    midnight = datetime.combine(day.date, time(), ZoneInfo(zone))
    return tuple(_cell(day, midnight + timedelta(minutes=at), minutes) for at in range(0, 24 * 60, minutes))


def _cell(day: Day, wall: datetime, minutes: int) -> Cell:
    pieces = []
    for fold in (0, 1):
        begin = wall.replace(fold=fold).astimezone(UTC)
        exists = begin.astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None)
        if exists and (begin, begin + timedelta(minutes=minutes)) not in pieces:
            pieces.append((begin, begin + timedelta(minutes=minutes)))
    if not pieces:
        return Cell(0, is_skipped=True)
    holes = [(hole.begins_at, hole.ends_at) for hole in day.holes]
    return Cell(
        people=min(_fewest(day, begin, end) for begin, end in pieces),
        is_hole=any(overlap(holes, begin, end) for begin, end in pieces),
    )


def _fewest(day: Day, begin: datetime, end: datetime) -> int:
    """The number can only fall where somebody's span ends."""
    moments = {begin, *(last for spans in day.on_shift.values() for _, last in spans if begin < last < end)}
    return min(
        sum(any(first <= moment < last for first, last in spans) for spans in day.on_shift.values())
        for moment in moments
    )


class _Holidays:
    """On which of some days which places are closed: the public holidays of the provinces in which the
    municipalities lie, and our own rows for both."""

    def __init__(self, municipalities: Sequence[Municipality], own: Iterable[Holiday], days: Sequence[date]) -> None:
        self._provinces = {one.province for one in municipalities}
        self._in_no_province = tuple(one.municipality for one in municipalities if not one.province)
        self._named: dict[str, dict[date, set[str]]] = {
            province: {day: {name} for day in days if (name := holidays_of(province, day.year).get(day))}
            for province in sorted(self._provinces)
        }
        places = self._provinces | {one.municipality for one in municipalities}
        for row in own:
            if row.place in places:
                names = self._named.setdefault(row.place, {})
                names.setdefault(date.fromisoformat(row.date), set()).add(row.name)
        self._closed = {place: frozenset(days_off) for place, days_off in self._named.items()}

    def on(self, day: date) -> tuple[DayOff, ...]:
        """By name; provinces before municipalities."""
        found: dict[str, list[str]] = {}
        for place in sorted(self._named, key=lambda one: (one not in self._provinces, one)):
            for name in self._named[place].get(day, ()):
                found.setdefault(name, []).extend((place,) if place else self._in_no_province)
        return tuple(DayOff(name, tuple(places)) for name, places in sorted(found.items()))

    def of(self, municipality: Municipality) -> frozenset[date]:
        own = self._closed.get(municipality.municipality, frozenset())
        return self._closed[municipality.province] | own


def _business(
    municipalities: Sequence[Municipality], holidays: _Holidays, days: Sequence[date], since: datetime, until: datetime
) -> list[tuple[tuple[Span, ...], tuple[str, ...]]]:
    """Business time between two instants, once for all the municipalities that keep the same."""
    groups: dict[tuple[str, str, frozenset[date]], list[str]] = {}
    for one in municipalities:
        groups.setdefault((one.hours, one.timezone, holidays.of(one)), []).append(one.municipality)
    found = []
    for (hours, zone, closed), keys in groups.items():
        week = Week.read(hours) or Week.read(USUAL_WEEK)
        worked = joined(span for day in days if day not in closed for span in week.spans_of(day, zone))
        found.append((within(worked, since, until), tuple(keys)))
    return found


def _clock_change(begins: datetime, ends: datetime, zone: ZoneInfo) -> ClockChange | None:
    before, after = begins.astimezone(zone).utcoffset(), ends.astimezone(zone).utcoffset()
    if before is None or after is None or before == after:
        return None
    return ClockChange(jump_between(begins, ends, zone), before, after)
