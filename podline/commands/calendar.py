"""`calendar`: the days ahead of each pod as a picture, and the holes in words."""

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from cyclopts import Parameter

from podline.commands.opening import CommandFailed, Flag, with_desk

if TYPE_CHECKING:
    from datetime import date, datetime

    from rich.console import Console
    from rich.text import Text

    from db.calendar import Calendar
    from db.desk import Desk
    from db.snapshot import Directory
    from routing.calendar import Cell, ClockChange, Day, DayOff
    from routing.hours import Span

MARGIN = " " * 12  # what stands before the bar: "Tue 24 Nov |"
SHADES = " ░▒█"  # nobody, one, two, three or more
HOLE, SKIPPED = "!", "x"
LEGEND = (
    f"On shift: {SHADES[1]} one, {SHADES[2]} two, {SHADES[3]} three or more. {HOLE} a hole. {SKIPPED} no such hour."
)
NEEDS_HALF_HOURS = 62  # columns


def calendar(
    pod: str | None = None,
    /,
    *,
    days: int = 14,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    json: Flag = False,
) -> None:
    """Show who is on shift in the days ahead, and the holes: when nobody is, while a municipality is at work.

    Counts the published hours, absences, and what technicians have said of themselves. Holidays close no shift:
    on a holiday of its own a municipality is not at work.

    For example:

        podline calendar
        podline calendar prairie --days 31 --from 2026-12-01

    Parameters
    ----------
    pod
        Only this pod: key or name.
    days
        How many.
    from_
        The first day, like 2026-12-01; today if not given.
    json
        As JSON.
    """
    from podline.clock import wall_clock

    if not 1 <= days <= 366:
        raise CommandFailed("--days is a number from 1 to 366.")
    first = read_day(from_) if from_ else None

    async def act(desk: "Desk") -> None:
        from db.calendar import list_calendars

        key = pod_key(desk.directory, pod) if pod else None
        found = await list_calendars(desk, wall_clock(), pod=key, first=first, days=days)
        if json:
            from json import dumps

            print(dumps({"pods": [pod_shape(one) for one in found]}, ensure_ascii=False, indent=2))
        elif not found:
            print("There are no pods: `podline import` loads a directory.")
        else:
            show(found, desk.directory)

    with_desk(act)


def read_day(text: str) -> "date":
    from datetime import date

    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = date.min
    if not 2000 <= day.year < 2200:  # beyond them nothing is known of clocks and holidays
        raise CommandFailed(f'"{text}" is no date: write year-month-day, such as 2026-12-01.')
    return day


def pod_key(directory: "Directory", asked: str) -> str:
    if directory.pod(asked) is not None:
        return asked
    named = [one.pod for one in directory.pods if asked.casefold() == one.name.casefold()]
    if len(named) == 1:
        return named[0]
    known = ", ".join(sorted(one.pod for one in directory.pods))
    raise CommandFailed(f"There is no pod {asked} in the directory" + (f": there are {known}." if known else "."))


def show(calendars: "list[Calendar]", directory: "Directory") -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    for one in calendars:
        show_pod(console, one, directory)
    console.print(LEGEND, markup=False)


def show_pod(console: "Console", one: "Calendar", directory: "Directory") -> None:
    from rich.text import Text

    from routing.calendar import cells

    zone = one.pod.timezone
    minutes = 30 if console.width >= NEEDS_HALF_HOURS else 60
    first = one.days[0].date
    console.print(
        Text(f"{one.pod.name}, from {first:%a} {first.day} {first:%b %Y}. Times are those of {zone}.", "bold")
    )
    width = 3 * 60 // minutes
    console.print(MARGIN + "".join(str(hour).ljust(width) for hour in range(0, 24, 3)).rstrip(), markup=False)
    for day in one.days:
        console.print(bar(day, cells(day, zone, minutes)))
        for note in notes(day, zone, directory):
            console.print(Text(f"{MARGIN}{note}", "italic"))
    console.print()
    holes = list(holes_in_words(one, directory))
    for line in holes or ["No holes: whenever one of its municipalities is at work, somebody is on shift."]:
        console.print(Text(line, "red" if holes else ""))
    console.print()


def bar(day: "Day", pieces: "tuple[Cell, ...]") -> "Text":
    from rich.text import Text

    line = Text(f"{short(day.date)} |")
    for (sign, style), run in groupby(map(drawn, pieces)):
        line.append(sign * len(list(run)), style)
    return line.append("|")


def drawn(cell: "Cell") -> tuple[str, str]:
    """Sign and style; the sign alone says it all, for whoever sees no colour."""
    if cell.is_skipped:
        return SKIPPED, "dim"
    if cell.is_hole:
        return HOLE, "bold white on red"
    return SHADES[min(cell.people, 3)], "green"


def notes(day: "Day", zone: str, directory: "Directory") -> "Iterator[str]":
    for holiday in day.holidays:
        yield f"{holiday.name}: {whose(holiday, directory)}"
    if day.clocks:
        yield clock_in_words(day, day.clocks, zone)


def whose(holiday: "DayOff", directory: "Directory") -> str:
    from db.importing.provinces import TIMEZONES

    provinces = [place for place in holiday.places if place in TIMEZONES]
    return ", ".join([*provinces, *some(directory, [one for one in holiday.places if one not in provinces], 3)])


def clock_in_words(day: "Day", change: "ClockChange", zone: str) -> str:
    shown = change.at.astimezone(ZoneInfo(zone))
    before = (shown.replace(tzinfo=None) - change.after + change.before).strftime("%H:%M")
    way = "forward" if change.after > change.before else "back"
    hours = (day.ends_at - day.begins_at).total_seconds() / 3600
    return f"Clocks go {way} at {before} to {shown:%H:%M}: this day has {hours:g} hours."


def holes_in_words(one: "Calendar", directory: "Directory") -> "Iterator[str]":
    for day in one.days:
        for hole in day.holes:
            begins, ends = hours_of((hole.begins_at, hole.ends_at), day, one.pod.timezone)
            names = some(directory, hole.municipalities, 1 if len(hole.municipalities) > 2 else 2)
            be = "is" if len(hole.municipalities) == 1 else "are"
            yield f"{short(day.date)} {begins}-{ends}: nobody is on shift while {' and '.join(names)} {be} at work"


def some(directory: "Directory", keys: "list[str] | tuple[str, ...]", count: int) -> list[str]:
    """The first names, and how many more there are."""
    known = (directory.municipality(key) for key in keys[:count])
    names = [place.name if place else key for key, place in zip(keys[:count], known, strict=True)]
    return [*names, f"{len(keys) - count} more"] if len(keys) > count else names


def short(day: "date") -> str:
    return f"{day:%a} {day.day:2} {day:%b}"


def hours_of(span: "Span", day: "Day", zone: str) -> tuple[str, str]:
    begins, ends = (at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for at in span)
    return begins, "24:00" if span[1] == day.ends_at else ends


def pod_shape(one: "Calendar") -> dict[str, Any]:
    zone = ZoneInfo(one.pod.timezone)
    return {
        "pod": one.pod.pod,
        "name": one.pod.name,
        "timezone": one.pod.timezone,
        "days": [day_shape(day, zone) for day in one.days],
    }


def day_shape(day: "Day", zone: ZoneInfo) -> dict[str, Any]:
    def moment(at: "datetime") -> str:
        return at.astimezone(zone).isoformat()

    def pair(span: "Span") -> dict[str, str]:
        return {"begins_at": moment(span[0]), "ends_at": moment(span[1])}

    return {
        "date": day.date.isoformat(),
        **pair((day.begins_at, day.ends_at)),
        "on_shift": {key: [pair(span) for span in spans] for key, spans in day.on_shift.items()},
        "open": [pair(span) for span in day.open],
        "holes": [
            {**pair((hole.begins_at, hole.ends_at)), "municipalities": list(hole.municipalities)} for hole in day.holes
        ],
        "holidays": [{"name": holiday.name, "places": list(holiday.places)} for holiday in day.holidays],
        "clocks_change_at": moment(day.clocks.at) if day.clocks else None,
    }
