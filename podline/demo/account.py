"""The live account: what happens at the exchange, and what the service says of it, in lines to be read aloud."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from podline.demo.phrases import as_line, lasting, listed_names, since
from podline.demo.rooms import Rooms
from podline.demo.told import Told
from podline.demo.town import LINE, LINE_FR, Person
from routing.numbers import shown
from simulator.calls.legs import Leg
from simulator.events import (
    Bridged,
    Event,
    Heard,
    Joined,
    KeyPressed,
    Left,
    LegAnswered,
    LegEnded,
    LegRings,
    Spoke,
    TextSent,
)
from simulator.people.telephones import Telephone

LINES = {LINE: "the support desk", LINE_FR: "le Bureau de soutien"}
CLIENT, TECHNICIAN, WORDS, REASON, COMMAND = "cyan", "yellow", "italic", "magenta", "bold"
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
        self._by_number = {one.number: one for one in people.values()}
        self._began: datetime | None = None
        self._brief = False
        self._dialled: set[str] = set()
        self._bridged: dict[str, tuple[datetime, str]] = {}
        self._live: list[Leg] = []
        self._keys: tuple[KeyPressed, str] | None = None  # the first of those pressed one after another, and all
        self._told = Told(people)
        self._rooms = Rooms(lambda leg: Text(*self._name(leg.phone)), self._told.awaited_in)
        self._heard_by: dict[str, set[str]] = {}  # leg -> what was said to it since it last did something
        self._waiting: set[str] = set()  # legs that hear music
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
                self._says(at, self._name(leg.phone), f"{answers} after {since(leg.ringing_at, at)}")
            case Heard(at, leg, kind, text) if not self._brief:
                self._heard(at, leg, kind, text)
            case Spoke(at, leg, text, seconds) if not self._brief:
                self._spoke(at, leg, text, seconds)
            case Bridged(at, leg, other):
                self._bridged[other.sid] = (at, leg.phone.name if leg.phone else leg.from_)
                names = self._name(leg.phone), " and ", self._name(other.phone)
                self._says(at, *names, (" are connected", "bold green"))
            case Joined() | Left():
                self._joined_or_left(event)
            case LegEnded(at, leg, status):
                self._ended(at, leg, status)
            case TextSent():
                self._texted(event)

    def _heard(self, at: datetime, leg: Leg, kind: str, text: str) -> None:
        """Whoever waits with music hears the same again and again: that is told once."""
        name, waits = self._name(leg.phone), leg.sid in self._waiting
        heard = self._heard_by.setdefault(leg.sid, set())
        match kind:
            case "speech" if not waits or text not in heard:
                self._says(at, name, " hears: ", (f"“{text}”", WORDS))
                heard.add(text)
            case "file" if not waits and leg not in self._rooms:
                self._waiting.add(leg.sid)
                self._says(at, name, " waits, with music")
            case "tone":
                self._says(at, name, " hears the tone")

    def _texted(self, event: TextSent) -> None:
        """Whoever writes, writes to one of the desk's numbers, or gets what the desk writes."""
        files = f", with {listed_names([one.content_type for one in event.files])}" if event.files else ""
        words = f"{files}: ", (f"“{event.body}”", WORDS)
        if event.to in LINES:
            writer = self._by_number.get(event.from_)
            self._says(event.at, self._person(writer, event.from_, place=True), f" writes to {LINES[event.to]}", *words)
        else:
            self._says(event.at, self._person(self._by_number.get(event.to), event.to), " gets a text", *words)

    def _joined_or_left(self, event: Joined | Left) -> None:
        self._goes_on(event.leg)
        self._bridged.pop(event.leg.sid, None)
        said = self._rooms.joined(event) if isinstance(event, Joined) else self._rooms.left(event)
        if said:
            self._says(event.at, said)

    def _goes_on(self, leg: Leg) -> None:
        """Not waiting any more."""
        self._waiting.discard(leg.sid)
        self._heard_by.pop(leg.sid, None)

    def _pressed(self, event: KeyPressed) -> None:
        """Keys pressed one right after another are one line, as soon as anything else happens."""
        self._goes_on(event.leg)
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
            self._says(at, self._name(leg.phone), f" talks for {lasting(seconds)}")

    def _ended(self, at: datetime, leg: Leg, status: str) -> None:
        if leg in self._live:
            self._live.remove(leg)
        if leg in self._rooms:
            return  # that it leaves the room is told
        name = self._name(leg.phone)
        if leg.sid in self._bridged:
            began, other = self._bridged.pop(leg.sid)
            self._says(at, name, f" and {other} have talked for {since(began, at)}")
        elif leg.direction == "inbound":
            self._says(at, name, f"'s call is over after {since(leg.created_at, at)}")
        elif leg.answered_at is None:
            rang = f"'s telephone is quiet after {since(leg.ringing_at, at)}" if leg.ringing_at else " is not rung"
            ours = leg.direction == "outbound-api" and status == "canceled"
            self._says(at, name, f"{rang} ({'not needed any more' if ours else ENDED.get(status, status)})")
        else:
            self._says(at, name, " is not in the call any more")

    # -- from others than telephones

    def tell(self, at: datetime | None, *parts: str | tuple[str, str]) -> None:
        """What can be seen at no telephone."""
        self._tell_keys()
        self._says(at, *parts)

    def read(self, contact: Mapping[str, Any], zone: ZoneInfo) -> None:
        """What is new in a contact's story. In real time we learn of it a moment later, when other lines may stand
        there already: so it has no time of its own."""
        self._tell_keys()
        for at, said in self._told.news(contact, zone):
            self._says(at if self._zone else None, (said, REASON))

    # -- what goes on while nothing is printed

    def now(self, at: datetime) -> tuple[str, float]:
        """In words, with the moment of the last line: see `progress.waiting`."""
        doing = [words for leg in self._live if (words := self._doing(leg, at))]
        if len(doing) > MOST_NAMED:
            calls = [leg for leg in self._live if leg.direction == "inbound"]
            talking = sum(bool(leg.company) for leg in calls)
            doing = [f"{len(calls)} calls are on, {talking} of them connected"]
        return f"{self._time(at)}… {'; '.join(doing) or 'all telephones are quiet'}", self.printed

    def _doing(self, leg: Leg, at: datetime) -> str:
        """Empty for a leg that is spoken of with another."""
        name = leg.phone.name if leg.phone else leg.to
        if leg.company:
            others = [other.phone.name if other.phone else "somebody" for other in leg.company]
            return f"{name} talks with {listed_names(others)}" if leg.direction == "inbound" else ""
        if leg in self._rooms:
            return f"{name} is alone in the room"
        if leg.direction != "inbound":
            asked = f"{name}'s voicemail" if leg.answered_by == "voicemail" else name
            if leg.is_live:
                return f"{asked} {'is asked for a key' if leg.ear else 'listens'}"
            return f"{name}'s telephone has rung for {since(leg.ringing_at, at)}"
        if leg.sid in self._waiting:
            return f"{name} waits, with music"
        if all(child.is_over for child in leg.children):
            return f"{name} {'leaves a message' if leg.ear and leg.ear.name == 'Record' else 'listens'}"
        return ""

    # -- printing

    def _name(self, phone: Telephone | None, *, place: bool = False) -> tuple[str, str]:
        if phone is None:
            return ("somebody", "bold")
        return self._person(self._by_number.get(phone.number or ""), phone.name, place=place)

    def _person(self, person: Person | None, otherwise: str, *, place: bool = False) -> tuple[str, str]:
        if person is None:
            return (otherwise, "bold")
        return (str(person) if place else person.name, CLIENT if person.place else TECHNICIAN)

    def _time(self, at: datetime) -> str:
        if self._zone is not None:
            return f"{at.astimezone(self._zone):%a %H:%M:%S %Z}  "
        return f"{(at - self._began).total_seconds():5.1f} s  " if self._began else ""

    def _says(self, at: datetime | None, *parts: str | tuple[str, str] | Text) -> None:
        begun = (f"  {self._time(at)}" if at else " " * 11, "dim")
        lines = as_line(Text.assemble(*parts)).split("\n")
        self._show(Text("\n" + " " * len(begun[0])).join((Text.assemble(begun, lines[0]), *lines[1:])))
        self.printed = time.monotonic()
