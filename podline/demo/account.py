"""The live account: what happens at the exchange, and what the service says of it, in lines to be read aloud."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from podline.demo.town import LINE, LINE_FR, Person
from routing.numbers import shown
from simulator.events import Bridged, Event, Heard, KeyPressed, LegAnswered, LegEnded, LegRings, Spoke, TextSent
from simulator.legs import Leg
from simulator.telephones import Telephone

LINES = {LINE: "the support desk", LINE_FR: "le Bureau de soutien"}
CLIENT, TECHNICIAN, WORDS, REASON = "cyan", "yellow", "italic", "magenta"
MOST_NAMED = 3
ENDED = {
    "no-answer": "no answer",
    "canceled": "the caller's side ended it",
    "busy": "busy",
    "failed": "the number fails",
}


class Account:
    """Watches an exchange and shows line by line; `begin` a scene to count its seconds from zero. With a `zone` each
    line has the time of day there instead."""

    def __init__(
        self, show: Callable[[Text], None], people: Mapping[str, Person], zone: ZoneInfo | None = None
    ) -> None:
        self._show = show
        self._zone = zone
        self._by_key = people
        self._by_number = {one.number: one for one in people.values()}
        self._began: datetime | None = None
        self._brief = False
        self._dialled: set[str] = set()
        self._bridged: dict[str, tuple[datetime, str]] = {}
        self._told: dict[str, int] = {}  # contact -> events of it already read
        self._live: list[Leg] = []
        self._keys: tuple[KeyPressed, str] | None = None  # the first of those pressed one after another, and all
        self.printed = time.monotonic()

    def begin(self, at: datetime, *, brief: bool) -> None:
        self._began, self._brief = at, brief
        self.printed = time.monotonic()

    # -- at the exchange

    def watch(self, event: Event) -> None:
        if isinstance(event, KeyPressed):
            self._pressed(event)
            return
        self._tell_keys()
        leg = event.leg
        if leg is not None and leg.direction == "inbound" and leg.sid not in self._dialled:
            self._dialled.add(leg.sid)
            self._live.append(leg)
            desk = f" dials {LINES.get(leg.to, 'another number')}, {shown(leg.to)}"
            self._says(leg.created_at, self._name(leg.phone, place=True), desk)
        match event:
            case LegRings(at, leg):
                self._live.append(leg)
                shows = f", showing {shown(leg.from_)}" if self._is_client(leg) else ""
                self._says(at, self._name(leg.phone), f"'s telephone rings{shows}")
            case LegAnswered(at, leg) if leg.direction != "inbound":
                answers = "'s voicemail picks up" if leg.answered_by == "voicemail" else " picks up"
                self._says(at, self._name(leg.phone), f"{answers} after {_since(leg.ringing_at, at)}")
            case Heard(at, leg, "speech", text) if not self._brief:
                self._says(at, self._name(leg.phone), " hears: ", (f"“{text}”", WORDS))
            case Heard(at, leg, "tone", _) if not self._brief:
                self._says(at, self._name(leg.phone), " hears the tone")
            case Spoke(at, leg, text, seconds) if not self._brief:
                self._spoke(at, leg, text, seconds)
            case Bridged(at, leg, other):
                self._bridged[other.sid] = (at, leg.phone.name if leg.phone else leg.from_)
                names = self._name(leg.phone), " and ", self._name(other.phone)
                self._says(at, *names, (" are connected", "bold green"))
            case LegEnded(at, leg, status):
                self._ended(at, leg, status)
            case TextSent(at, _, _, to, body):
                who = self._by_number.get(to)
                self._says(at, (who.name if who else to, TECHNICIAN), " gets a text: ", (f"“{body}”", WORDS))

    def _pressed(self, event: KeyPressed) -> None:
        """Keys pressed one right after another are one line, as soon as anything else happens."""
        if self._keys and self._keys[0].leg is event.leg:
            first, keys = self._keys
            self._keys = first, f"{keys} {event.key}"
            return
        self._tell_keys()
        self._keys = event, event.key

    def _tell_keys(self) -> None:
        if self._keys:
            (first, keys), self._keys = self._keys, None
            self._says(first.at, self._name(first.leg.phone), " presses ", (keys, "bold"))

    def _is_client(self, leg: Leg) -> bool:
        person = self._by_number.get(leg.to)
        return person is not None and bool(person.place)

    def _spoke(self, at: datetime, leg: Leg, text: str, seconds: float) -> None:
        if leg.answered_by == "voicemail":
            self._says(at, self._name(leg.phone), "'s voicemail says: ", (f"“{text}”", WORDS))
        elif text:
            self._says(at, self._name(leg.phone), " says: ", (f"“{text}”", WORDS))
        else:
            self._says(at, self._name(leg.phone), f" talks for {_lasting(seconds)}")

    def _ended(self, at: datetime, leg: Leg, status: str) -> None:
        if leg in self._live:
            self._live.remove(leg)
        name = self._name(leg.phone)
        if leg.sid in self._bridged:
            since, other = self._bridged.pop(leg.sid)
            self._says(at, name, f" and {other} have talked for {_since(since, at)}")
        elif leg.direction == "inbound":
            self._says(at, name, f"'s call is over after {_since(leg.created_at, at)}")
        elif leg.answered_at is None:
            rang = f"'s telephone is quiet after {_since(leg.ringing_at, at)}" if leg.ringing_at else " is not rung"
            self._says(at, name, f"{rang} ({ENDED.get(status, status)})")
        else:
            self._says(at, name, " is not in the call any more")

    # -- from the service

    def read(self, contact: Mapping[str, Any], zone: ZoneInfo) -> None:
        """Print what is new in a contact's story and cannot be seen at a telephone. `zone`: the caller's."""
        self._tell_keys()
        events = contact["events"]
        fresh, self._told[contact["id"]] = events[self._told.get(contact["id"], 0) :], len(events)
        caller = self._by_key.get(contact["client"] or "")
        whose = caller.name if caller else shown(contact["from"])
        if skipped := [one for one in fresh if one["kind"] == "skipped"]:
            named = [f"{self.called(one['technician'])} ({_words(one['detail']['reason'])})" for one in skipped]
            call = f"the call back to {whose}" if contact["direction"] == "outbound" else f"{whose}'s call"
            self._says(self._when(skipped[0]), (f"left out of {call}: {', '.join(named)}", REASON))
        for one in fresh:
            if said := self._read(one, whose, zone):
                self._says(self._when(one), (said, REASON))

    def _read(self, event: Mapping[str, Any], whose: str, zone: ZoneInfo) -> str:
        detail, technician = event["detail"], self.called(event["technician"] or "")
        match event["kind"]:
            case "promise_made":
                due = datetime.fromisoformat(detail["due_at"]).astimezone(zone)
                return f"promised to {whose}: {technician} calls back by {due:%A, %H:%M} (their time)"
            case "promise_kept":
                return f"kept by {technician}: what was promised to {whose}"
            case "matter_closed":
                return f"closed by {technician}: matter {detail['matter']} of {whose}"
        return ""

    def _when(self, event: Mapping[str, Any]) -> datetime | None:
        """In real time we learn of it a moment later, when other lines may stand there already."""
        return datetime.fromisoformat(event["at"]) if self._zone else None

    def called(self, technician: str) -> str:
        person = self._by_key.get(technician)
        return person.name if person else technician

    # -- what goes on while nothing is printed

    def now(self, at: datetime) -> tuple[str, float]:
        """In words, with the moment of the last line: see `progress.waiting`."""
        doing = [words for leg in self._live if (words := self._doing(leg, at))]
        if len(doing) > MOST_NAMED:
            calls = [leg for leg in self._live if leg.direction == "inbound"]
            talking = sum(leg.bridged_with is not None for leg in calls)
            doing = [f"{len(calls)} calls are on, {talking} of them connected"]
        return f"{self._time(at)}… {'; '.join(doing) or 'all telephones are quiet'}", self.printed

    def _doing(self, leg: Leg, at: datetime) -> str:
        """Empty for a leg that is spoken of with another."""
        name = leg.phone.name if leg.phone else leg.to
        if leg.bridged_with is not None:
            other = leg.bridged_with.phone
            return f"{name} talks with {other.name if other else 'somebody'}" if leg.direction == "inbound" else ""
        if leg.direction != "inbound":
            asked = f"{name}'s voicemail" if leg.answered_by == "voicemail" else name
            if leg.is_live:
                return f"{asked} is asked for a key"
            return f"{name}'s telephone has rung for {_since(leg.ringing_at, at)}"
        if all(child.is_over for child in leg.children):
            return f"{name} {'leaves a message' if leg.ear and leg.ear.name == 'Record' else 'listens'}"
        return ""

    # -- printing

    def _name(self, phone: Telephone | None, *, place: bool = False) -> tuple[str, str]:
        if phone is None:
            return ("somebody", "bold")
        person = self._by_number.get(phone.number or "")
        if person is None:
            return (phone.name, "bold")
        return (str(person) if place else person.name, CLIENT if person.place else TECHNICIAN)

    def _time(self, at: datetime) -> str:
        if self._zone is not None:
            return f"{at.astimezone(self._zone):%a %H:%M:%S %Z}  "
        return f"{(at - self._began).total_seconds():5.1f} s  " if self._began else ""

    def _says(self, at: datetime | None, *parts: str | tuple[str, str]) -> None:
        begun = (f"  {self._time(at)}" if at else " " * 11, "dim")
        first = parts[0]
        first = _begins(first) if isinstance(first, str) else (_begins(first[0]), first[1])
        self._show(Text.assemble(begun, first, *parts[1:]))
        self.printed = time.monotonic()


def _since(began: datetime | None, at: datetime) -> str:
    return _lasting((at - began).total_seconds(), 1) if began else "no time"


def _begins(words: str) -> str:
    """The words as a line begins with them: "the caller" is a name as well."""
    return words[:1].upper() + words[1:]


def _lasting(seconds: float, places: int = 0) -> str:
    """As people say it; tenths count only while the whole is short."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.{places}f} s"


def _words(reason: str) -> str:
    return {"reserved": "rung by another call", "on_call": "on a call"}.get(reason, reason.replace("_", " "))
