"""One conversation, played in a world with at most one fault; and what it left behind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from callflows.step import Flow
from simulator.calls.legs import Leg
from simulator.faults import Upset
from simulator.texts.messages import Message
from tests.walk import people as calls
from tests.walk.play import ON_THE_WAY, Kept, Player
from tests.walk.steps import Step
from tests.walk.texts import town
from tests.walk.texts.people import Journey, Kind, Line
from tests.walk.texts.steps import TextNaming
from tests.walk.texts.town import PEOPLE
from tests.world import LINE, World

RINGS = 3  # seconds after which whoever only calls hangs up
OPEN = "SELECT true FROM contacts WHERE state = 'open'"
NUMBERED = re.compile(r"#(\d+)")
WANTED = re.compile(r"\{n(?::(\w+))?\}")
# What differs from day to day: numbers, and a time, which ends its sentence.
WHEN = re.compile(r"\b(?:by|until|d'ici) .*|\d+")


@dataclass(frozen=True)
class Written:
    """A line as it was written: Twilio's message of it; None for a call."""

    line: Line
    message: Message | None


@dataclass(frozen=True)
class Run:
    """What a journey left behind. `messages`: all that Twilio knows, in and out; `answers`: the sids of texts to us
    that were answered with 200."""

    world: World
    journey: Journey
    steps: Sequence[Step]
    written: Sequence[Written]
    messages: Sequence[Message]
    answers: frozenset[str]
    legs: Sequence[Leg]
    kept: Sequence[Kept]
    not_replayed: str = ""

    def sent(self, to: str) -> list[Message]:
        return [one for one in self.messages if one.direction != "inbound" and one.to == to]


class Correspondence(Player):
    """Plays conversations."""

    def __init__(self, world: World) -> None:
        self._kinds: dict[str, Kind] = {}
        super().__init__(world, TextNaming(world.exchange, self._kinds))
        self._phones = {number: world.phone(number, who) for who, number in PEOPLE.items()}

    def plays(self, journey: Journey, *upsets: Upset) -> Run:
        back_after = timedelta(minutes=journey.back_after) if journey.back_after else None
        town.clears(self.world, journey.at_work, back_after)
        self._kinds.clear()
        if journey.deaf:
            self.exchange.phone(journey.deaf).is_a_landline()
        steps = self.listens(upsets)
        self.people.begin(calls.Journey(journey.name, conducts=journey.conducts))
        began = self.world.clock.now()
        written = [self._writes(line) for line in journey.lines]
        self.world.story.clock.passes(minutes=journey.goes_on)
        if self.world.desk.query(OPEN):
            self.world.story.clock.passes(minutes=journey.goes_on)
        self.exchange.upsets.waiting.clear()
        return self._run(journey, steps, written, began)

    def _writes(self, line: Line) -> Written:
        if line.after:
            self.world.story.clock.passes(seconds=line.after)
        message = None
        if line.kind == "calls":
            self._calls(line)
        else:
            words = WANTED.sub(lambda found: self._number(found[1] or ""), line.words)
            self._kinds[words] = line.kind
            self._phones[line.number].sends_text(LINE, words)
            message = next(one for one in reversed(self.exchange.messages.all) if one.from_ == line.number)
        if line.gets:
            self.world.run(self.world.clock.until(lambda: all(self._got(*one) for one in line.gets), line.within))
        return Written(line, message)

    def _calls(self, line: Line) -> None:
        phone = self._phones[line.number]
        phone.dials(LINE)
        self.world.story.clock.passes(seconds=RINGS)
        phone.hangs_up()

    def _number(self, about: str) -> str:
        """The newest of a matter that any technician was told; what nobody was told nobody has."""
        texts = [text for number in town.TECHNICIANS for text in self._phones[number].phone.texts]
        numbers = [found[1] for text in texts if about in text.body and (found := NUMBERED.search(text.body))]
        return max(numbers, key=int, default="0")

    def _got(self, who: str, words: str) -> bool:
        return any(words in text.body for text in self._phones[PEOPLE[who]].phone.texts)

    def _run(self, journey: Journey, steps: Sequence[Step], written: Sequence[Written], began: datetime) -> Run:
        kept, trouble = self.kept(began, ("text", "voice"))
        exchange = self.exchange
        taken = frozenset(
            one.params["MessageSid"]
            for one in exchange.requests
            if one.path.startswith("/messages/") and one.path != "/messages/status" and one.status == 200
        )
        legs = tuple(exchange.legs.values())
        return Run(self.world, journey, steps, written, tuple(exchange.messages.all), taken, legs, kept, trouble)


def passed(run: Run, flow: Flow) -> set[tuple[str, str]]:
    """Every step that a conversation has left, with the exit; and where it came to rest."""
    found, at = set(), ""
    for kept in run.kept:
        for one in kept.played if kept.row["channel"] == "text" else ():
            for name in one.turn.path:
                if at:
                    ways = [way.field for way in flow.steps[at].exits() if way.to == name]
                    known = "next" if one.turn.contact.pod else "unknown"
                    found |= {(at, way) for way in ways if len(ways) == 1 or way == known}
                at = name
        if at:
            found.add((at, ""))
        at = ""
    return found


def told(run: Run) -> Counter[tuple[str, ...]]:
    """The stories of all contacts, and what everybody was sent, for comparing: not when, nor which numbers."""
    found: Counter[tuple[str, ...]] = Counter()
    for kept in run.kept:
        found["outcome", kept.row["channel"], kept.row["outcome"] or "", kept.row["owner"] or ""] += 1
        for event in kept.events:
            detail = event["detail"]
            if detail.get("status") in ON_THE_WAY or event["kind"] == "degraded":
                continue
            what = next((str(detail[name]) for name in TOLD_BY if name in detail), "")
            found[event["kind"], event["technician"] or "", WHEN.sub("", what)] += 1
    for message in run.messages:
        if message.direction != "inbound":
            found["text to", message.to, message.status, WHEN.sub("", message.body)] += 1
    return found


TOLD_BY = ("words", "result", "status", "prompt", "reason", "state", "how", "why")
