"""Small builders of people, floors and versions, for tests of decisions: each test says only what matters to it.

The usual day is Tuesday 3 November 2026, 10:00 in Taber; the usual pod has Ana, Ben and Cho, in that order.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from callflows.version import Version
from routing.directory import Client, Line, Municipality, Pod, Technician
from routing.floor import Floor, OpenMatter, OpenPromise, Presence, PresenceState, Shift, Standing
from routing.hours import Week

ZONE = "America/Edmonton"
NOW = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)
LINE = "+15875550100"
CALLER = "+14035550120"
FALLBACK = "+15875550199"
WORKDAYS = "Mon-Fri 08:00-16:30"
TRIO = ("ana", "ben", "cho")

PHONE = "+14035550111"  # every technician's, unless a test says otherwise

TABER = Municipality("4802022", "Taber", "Taber", "T", "AB", ZONE, ("en",), "south")
BARNWELL = Municipality("4802019", "Barnwell", "Barnwell-sur-Oldman", "VL", "AB", ZONE, ("fr", "en"), "south")
MILK_RIVER = Municipality("4802001", "Milk River", "", "T", "AB", ZONE, (), "north")
NORTH = Pod("north", "North", "linear", ZONE)
CLARA = Client("clara", "Clara Whitfield", (CALLER,), ("4802022",), "en")


def local(text: str, zone: str = ZONE) -> datetime:
    """An instant from local wall time: `local("2026-11-03 10:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shift(hours: str = WORKDAYS, zone: str = ZONE) -> Shift:
    return Shift(Week.read(hours), zone)


def said(state: PresenceState, since: datetime = NOW, until: datetime | None = None) -> Presence:
    return Presence(state, since, until)


def technician(key: str = "ana", **facts: Any) -> Technician:
    given = {"name": key.title(), "phone": PHONE, "pod": "south", "position": 1, "languages": ("en",)}
    return Technician(key, **{**given, **facts})


def standing(key: str = "ana", **facts: Any) -> Standing:
    """A technician's keys (`languages`, `name` …) go to the technician, all others to how they stand."""
    theirs = {one: facts.pop(one) for one in ("name", "phone", "languages", "pod") if one in facts}
    return Standing(technician(key, **theirs), **facts)


def floor(*people: Standing | str, **facts: Any) -> Floor:
    """The usual floor with these people; `line`, `pods` and the like replace what is usual.

    `matter` is Clara's one open matter; `holidays` as a set of dates are Taber's.
    """
    known = [standing(one) if isinstance(one, str) else one for one in people or TRIO]
    if "matter" in facts:
        one = facts.pop("matter")
        facts["matters"] = (one,) if one else ()
    if not isinstance(facts.get("holidays", {}), Mapping):
        facts["holidays"] = {"4802022": frozenset(facts["holidays"])}
    usual: dict[str, Any] = {
        "at": NOW,
        "line": Line(LINE),
        "number": CALLER,
        "callers": (CLARA,),
        "municipalities": {"4802022": TABER},
        "pods": {"south": Pod("south", "South", "linear", ZONE)},
        "standings": {one.technician.technician: one for one in known},
        "whole": True,
    }
    return Floor(**{**usual, **facts})


def pod(strategy: str = "linear", wrap_up: int = 0) -> Mapping[str, Pod]:
    return {"south": Pod("south", "South", strategy, ZONE, wrap_up)}


def unknown_floor(*people: Standing | str, **facts: Any) -> Floor:
    """Nobody knows the calling number."""
    return floor(*people, **{"callers": (), "municipalities": {}, "pods": {}, **facts})


def fallback_line() -> Line:
    return Line(LINE, fallback=FALLBACK)


def matter(
    number: int = 12, owner: str = "ben", *due: datetime, client: str = "clara", place: str = "4802022"
) -> OpenMatter:
    """Clara's open matter with a promise for each due time, made in a contact of its number; promises count from 1."""
    promises = (OpenPromise(count, owner, at, f"contact-{count}") for count, at in enumerate(due, 1))
    return OpenMatter(number, owner, tuple(promises), client, place)


def version(*keys: str, hours: str = "24/7", own_hours: Mapping[str, str] | None = None, **times: int) -> Version:
    """A published version with one pod; `own_hours` for those whose hours aren't `hours`, `times` in seconds."""
    people = keys or TRIO
    theirs = {**dict.fromkeys(people, hours), **(own_hours or {})}
    return Version(
        flow="main",
        version=7,
        document={"times": times},
        ring_orders={"south": people},
        hours={key: {"hours": text, "timezone": ZONE} for key, text in theirs.items()},
    )


def changed(before: Floor, key: str, **facts: Any) -> Floor:
    """The same floor on which one technician stands differently."""
    return replace(before, standings={**before.standings, key: replace(before.standings[key], **facts)})
