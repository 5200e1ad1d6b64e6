"""What the service says of the calls, as far as nobody could see it at a telephone."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callflows.texting.missed import EVENING, MORNING
from podline.demo.phrases import listed_names, reason_of
from podline.demo.town import Person
from routing.numbers import shown

Said = tuple[datetime, str]
Event = Mapping[str, Any]


class Told:
    """Reads stories as they grow."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        self._people = people
        self._read: dict[str, int] = {}  # contact -> events of it already read
        self._whose: dict[str, str] = {}  # contact -> who calls

    def awaited_in(self, room: str) -> str:
        """For whom a swarm's room is: it is named after its contact, and numbered."""
        return self._whose.get(room.rpartition("-")[0], "the caller")

    def news(self, contact: Mapping[str, Any], zone: ZoneInfo) -> Iterator[Said]:
        """What is new in a contact's story. `zone`: the caller's."""
        events = contact["events"]
        fresh, self._read[contact["id"]] = events[self._read.get(contact["id"], 0) :], len(events)
        caller = self._people.get(contact["client"] or "")
        number = contact["from"] if contact["direction"] == "inbound" else contact["to"]
        whose = self._whose[contact["id"]] = caller.name if caller else shown(number)
        for opened in (one for one in fresh if one["kind"] == "swarm_opened" and one["technician"]):
            does = "joins" if opened["detail"].get("joins") else "calls others into"
            yield _at(opened), f"{self._name(opened['technician'])} {does} {whose}'s call, which becomes a conference"
        if skipped := [one for one in fresh if one["kind"] == "skipped"]:
            named = [f"{self._name(one['technician'])} ({reason_of(one['detail']['reason'])})" for one in skipped]
            call = f"the call back to {whose}" if contact["direction"] == "outbound" else f"{whose}'s call"
            yield _at(skipped[0]), f"left out of {call}: {', '.join(named)}"
        if invited := [one for one in fresh if one["kind"] == "swarm_invited" and not one["detail"].get("asked")]:
            named = [self._name(one["technician"]) for one in invited]
            is_or_are = "is" if len(named) == 1 else "are"
            yield _at(invited[0]), f"a swarm for {whose}: asked to help {is_or_are} {listed_names(named)}"
        for one in fresh:
            if said := self._sentence(one, whose, zone):
                yield _at(one), said

    def _sentence(self, event: Event, whose: str, zone: ZoneInfo) -> str:
        detail, technician = event["detail"], self._name(event["technician"] or "")
        match event["kind"]:
            case "received" if "after_call" in detail:
                by_day = MORNING <= _at(event).astimezone(zone).time() < EVENING
                return f"a text follows {whose}'s call{'' if by_day else ', in their morning'}"
            case "swarm_invited" if detail.get("asked"):
                return f"{technician} asked to join {whose}'s call, and is rung for it"
            case "owner_changed" if "instead_of" in detail:
                return f"{whose}'s call is {technician}'s now, because {self._name(detail['instead_of'])} has left"
            case "promise_made":
                due = datetime.fromisoformat(detail["due_at"]).astimezone(zone)
                does = "answers" if detail.get("promise") == "reply" else "calls back"
                return f"promised to {whose}: {technician} {does} by {due:%A, %H:%M} (their time)"
            case "opted_out":
                return f"{whose} wants no more texts, and is sent none"
            case "promise_kept":
                return f"kept by {technician}: what was promised to {whose}"
            case "matter_closed":
                return f"closed by {technician}: matter {detail['matter']}"
        return ""

    def _name(self, technician: str) -> str:
        person = self._people.get(technician)
        return person.name if person else technician


def _at(event: Event) -> datetime:
    return datetime.fromisoformat(event["at"])
