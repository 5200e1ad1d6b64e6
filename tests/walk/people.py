"""The people of a journey. They act by themselves: on a ring, on a question, on somebody's voice; so that a journey
goes on, whatever a fault makes of it."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from callflows.contact import Contact
from ivr.links import Handed, read_handed
from simulator.calls.legs import Leg
from simulator.events import Bridged, Event, Heard, Joined, LegEnded, LegRings
from simulator.exchange import Exchange
from tests.walk.town import HELPERS, POD

Who = Literal["known", "stranger", "withheld", "technician"]
# What somebody does who is rung. listens: picks up and presses nothing. wrong: presses a key that does nothing.
Manner = Literal["takes", "passes", "asks help", "rings out", "busy", "fails", "machine", "listens", "wrong"]
KEYS: Mapping[str, str] = {"takes": "1", "passes": "2", "asks help": "3", "wrong": "9", "machine": "", "listens": ""}
PICKS_UP = 2.0  # seconds of ringing
SLOWER = 3.0  # and more for the second helper, so that it is always the same who comes first
THINKS = 0.5  # seconds before a key is pressed
ACTION = re.compile(r'<(?:Gather|Record)[^>]* action="([^"]+)"')


@dataclass(frozen=True)
class Conduct:
    """How one person behaves. `manners`: by ring, the last one again and again; `stays`: by conversation, the seconds
    until they hang up, None for as long as the other does."""

    manners: tuple[Manner, ...] = ("takes",)
    stays: tuple[float | None, ...] = (None,)


@dataclass(frozen=True)
class Journey:
    """What everybody does in one call. `answers`: to each kind of question, in turn; a number of seconds is spoken
    after the tone, "hangs up" needs no words, and whoever has no answer is silent. `talks`: seconds after which the
    caller says goodbye. `later`: the walk goes on until a promise was due.
    `is_after_a_talk`: of the client with the technician who calls."""

    name: str
    who: Who = "known"
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conducts: Mapping[str, Conduct] = field(default_factory=dict)
    talks: float = 12.0
    is_after_a_talk: bool = False
    later: bool = False

    def __str__(self) -> str:
        return self.name

    def conduct(self, number: str) -> Conduct:
        """Of a telephone's owner; "client" is whoever is called back."""
        return self.conducts.get(number if number in (*POD, *HELPERS) else "client", Conduct())

    @property
    def at_work(self) -> tuple[str, ...]:
        """The telephones of those who are needed; all others are off duty."""
        return (POD[0], HELPERS[0], *(one for one in self.conducts if one in (*POD[1:], *HELPERS[1:])))


def handed_by(url: str) -> Handed | None:
    """What a URL of ours carries."""
    try:
        return read_handed(dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)))
    except ValueError:
        return None


class People:
    """All of one world; `begin` gives them a journey."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange, self.clock = exchange, exchange.clock
        self.journey = Journey("nobody calls")
        self.hung_up: set[str] = set()  # the sids of legs that their people ended
        self._asked: dict[str, int] = {}
        self._rings: dict[str, int] = {}
        self._talks: dict[str, int] = {}
        self._leaving: set[str] = set()
        exchange.watch(self._meets)

    def begin(self, journey: Journey) -> None:
        self.journey = journey
        for one in (self.hung_up, self._asked, self._rings, self._talks, self._leaving):
            one.clear()
        for number in (*POD, *HELPERS):
            self._prepares(number)

    def _prepares(self, number: str) -> None:
        """What the telephone does by itself at its next ring."""
        phone = self.exchange.phone(number)
        phone.is_well()
        match self._manner(number):
            case "busy":
                phone.is_busy()
            case "fails":
                phone.fails()
            case "machine":
                phone.has_voicemail(after_seconds=5)

    def _manner(self, number: str) -> Manner:
        """Once the caller has gone, whoever is rung keeps a promise."""
        legs = self.exchange.legs.values()
        if any(leg.direction == "inbound" for leg in legs) and not any(
            leg.direction == "inbound" and not leg.is_over for leg in legs
        ):
            return "takes" if number in (*POD, *HELPERS) else self.journey.conduct(number).manners[0]
        manners = self.journey.conduct(number).manners
        return manners[min(self._rings.get(number, 0), len(manners) - 1)]

    def hangs_up(self, leg: Leg) -> None:
        if not leg.is_over:
            self.hung_up.add(leg.sid)
            self.exchange.hang_up(leg)

    # -- what happens to them

    def _meets(self, event: Event) -> None:
        match event:
            case LegRings(leg=leg) if leg.direction != "inbound" and leg.phone:
                self._does(self._is_rung(leg))
            case Heard(leg=leg, kind="turn") if leg.phone:
                self._does(self._is_asked(leg))
            case Bridged(leg=leg, other=other):
                self._talk(leg)
                self._talk(other)
            case Joined(leg=leg):
                self._does(self._is_joined(leg))
            case LegEnded(leg=leg) if leg.direction != "inbound" and leg.phone:
                number = leg.phone.number or ""
                self._rings[number] = self._rings.get(number, 0) + 1
                if number in (*POD, *HELPERS):
                    self._prepares(number)

    def _does(self, deed: Coroutine[object, object, None]) -> None:
        self.clock.spawn(deed, "somebody acts")

    async def _is_joined(self, leg: Leg) -> None:
        """Who talks with whom is settled a moment after somebody came in."""
        await self.clock.sleep(THINKS)
        for one in (leg, *leg.company):
            if one.company:
                self._talk(one)

    async def _is_rung(self, leg: Leg) -> None:
        number = leg.phone.number or "" if leg.phone else ""
        if self._manner(number) in ("rings out", "busy", "fails", "machine"):
            return
        await self.clock.sleep(PICKS_UP + (SLOWER if number in HELPERS[1:] else 0))
        if leg.status == "ringing":
            leg.answers()

    async def _is_asked(self, leg: Leg) -> None:
        """Somebody listens for keys, for words or for a message."""
        ear = leg.ear
        topic = self.topic(leg)
        answer = self._answer(leg, topic)
        await self.clock.sleep(THINKS)
        if answer == "hangs up":
            self.hangs_up(leg)
        elif leg.is_over or leg.ear is not ear or not answer:
            return
        elif topic == "tone":
            self.exchange.speaks(leg, "", float(answer.removesuffix(" and hangs up")))
            if answer.endswith("hangs up"):
                await self.clock.sleep(float(answer.split()[0]))
                self.hangs_up(leg)
        elif answer[0].isdigit():
            for key in answer:
                self.exchange.press(leg, key)
        else:
            self.exchange.speaks(leg, answer, self.exchange.speech_seconds(answer))

    def topic(self, leg: Leg) -> str:
        """What is asked, by the document that the leg was given last."""
        if leg.ear is not None and leg.ear.name == "Record":
            return "tone"
        given = (one for one in reversed(self.exchange.requests) if one.leg is leg and one.kind == "twiml")
        for request in given:
            if found := ACTION.search(request.body):
                url = unescape(found[1])
                handed = handed_by(url)
                asked = handed.contact.asked if handed else None
                return "screening" if urlsplit(url).path == "/voice/key" else asked.kind if asked else "nothing"
        return "nothing"

    def _answer(self, leg: Leg, topic: str) -> str:
        number = leg.phone.number or "" if leg.phone else ""
        if topic == "screening":
            return KEYS.get(self._manner(number), "")
        prepared = self.journey.answers.get(topic, ())
        place = self._asked.get(topic, 0)
        self._asked[topic] = place + 1
        return prepared[min(place, len(prepared) - 1)] if prepared else ""

    def _talk(self, leg: Leg) -> None:
        """They talk: the caller says goodbye after a while, the others when they are done."""
        if leg.sid in self._leaving:
            return
        number = leg.phone.number or "" if leg.phone else ""
        if leg.direction == "inbound" or number not in (*POD, *HELPERS):
            self._leaving.add(leg.sid)
            self._does(self._leaves(leg, self.journey.talks))
            return
        place = self._talks.get(number, 0)
        stays = self.journey.conduct(number).stays
        seconds = stays[min(place, len(stays) - 1)]
        self._leaving.add(leg.sid)
        self._talks[number] = place + 1
        if seconds is not None:
            self._does(self._leaves(leg, seconds))

    async def _leaves(self, leg: Leg, seconds: float) -> None:
        """Whoever finds nobody on the line any more is asked what they want, and does not hang up in between."""
        await self.clock.sleep(seconds)
        self._leaving.discard(leg.sid)
        if leg.company:
            self.hangs_up(leg)


def state_in(url: str) -> Contact | None:
    handed = handed_by(url)
    return handed.contact if handed else None
