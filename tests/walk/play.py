"""One journey, played in a world with at most one fault; and what it left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callflows.step import Flow
from db.stories import NotReplayed, Played, Wanted, list_contacts, list_events, list_turns, list_versions, replay
from simulator.calls.legs import Leg
from simulator.faults import Exchanged, Upset
from simulator.people.story import StoryHandset
from tests.walk import town
from tests.walk.people import Journey, People, Who
from tests.walk.steps import Namer, Naming, Step
from tests.world import LINE, World

CALL_SECONDS = 900
AFTERWARDS = 16  # seconds: texts (an owner may be told 10 s later), recordings and late reports
UNSETTLED = """
SELECT true FROM contacts WHERE state = 'open' AND channel = 'voice'
UNION ALL SELECT true FROM reservations WHERE expires_at > $1 AND kind <> 'wrap_up'
UNION ALL SELECT true FROM jobs.pgqueuer WHERE status <> 'queued'
"""
SWEPT = 420  # seconds within which the sweeper has asked about everything


@dataclass(frozen=True)
class Kept:
    """A contact as the service kept it. `played`: its turns, played again from what was kept of them."""

    row: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    played: Sequence[Played]


@dataclass(frozen=True)
class Run:
    """What a journey left behind. `legs`: all of its telephones' parts; `hung_up`: those that their people ended."""

    world: World
    journey: Journey
    steps: Sequence[Step]
    legs: Sequence[Leg]
    hung_up: frozenset[str]
    kept: Sequence[Kept]
    not_replayed: str = ""

    @property
    def caller(self) -> Leg:
        return next(leg for leg in self.legs if leg.direction == "inbound")

    @property
    def first(self) -> Kept | None:
        """The contact of the call that came in."""
        return next((one for one in self.kept if one.row["provider_sid"] == self.caller.sid), None)


class Player:
    """Plays in one world, one journey after the other; what kind of journey is a subclass's to know."""

    def __init__(self, world: World, namer: Namer) -> None:
        self.world, self.exchange = world, world.exchange
        self.people = People(world.exchange)
        self._namer = namer

    def names(self, one: Exchanged) -> Step:
        return self._namer.step(one)

    def listens(self, upsets: Sequence[Upset]) -> list[Step]:
        """Where the steps will stand that are taken from now on; and these faults befall what they are meant for."""
        steps: list[Step] = []

        def notes(one: Exchanged) -> bool:
            steps.append(self.names(one))
            return False

        self.exchange.disturb(Upset(notes))
        for upset in upsets:
            self.exchange.disturb(upset)
        return steps

    def kept(self, since: datetime, channels: Collection[str]) -> tuple[list[Kept], str]:
        """The contacts that began since then, the first before all; and why one of them can't be played again."""
        found, trouble = [], ""
        for row, events, turns, versions in self.world.run(self._read(since, channels)):
            played: Sequence[Played] = ()
            try:
                played = replay(row, turns, versions)
            except NotReplayed as why:
                trouble = str(why)
            found.append(Kept(row, events, played))
        return found, trouble

    async def _read(self, since: datetime, channels: Collection[str]) -> list[Any]:
        async with self.world.house.pool.acquire() as connection:
            found = []
            listed = reversed(await list_contacts(connection, Wanted(limit=50, since=since)))
            for row in (one for one in listed if one["channel"] in channels):
                events = (await list_events(connection, [row["contact"]]))[row["contact"]]
                turns = await list_turns(connection, row["contact"])
                found.append((row, events, turns, await list_versions(connection, turns)))
            return found


class Walk(Player):
    """Plays calls."""

    def __init__(self, world: World) -> None:
        super().__init__(world, Naming(world.exchange))
        self._callers: dict[Who, StoryHandset] = {}  # whoever withholds a number gets a new telephone at each call

    def plays(self, journey: Journey, *upsets: Upset) -> Run:
        town.clears(self.world, journey.at_work)
        if journey.is_after_a_talk:
            self._plays(TALK)
            for kept in (self.exchange.legs, self.exchange.requests):
                kept.clear()
            for phone in self.exchange.phones:
                phone.legs.clear()
        return self._plays(journey, *upsets)

    def _plays(self, journey: Journey, *upsets: Upset) -> Run:
        steps = self.listens(upsets)
        began = self.world.clock.now()
        self.people.begin(journey)
        self._caller(journey.who).dials(LINE)
        self.world.run(self.world.clock.until(self._is_quiet, CALL_SECONDS))
        self.world.story.clock.passes(seconds=AFTERWARDS)
        if journey.later:
            self._waits_for_the_promise()
        if self._is_unsettled():
            self.world.story.clock.passes(seconds=SWEPT)
        self.exchange.upsets.waiting.clear()
        return self._run(journey, steps, began)

    def _caller(self, who: Who) -> StoryHandset:
        if who not in self._callers:
            self._callers[who] = self.world.phone(NUMBERS[who], who)
        return self._callers[who]

    def _is_quiet(self) -> bool:
        legs = self.exchange.legs
        return bool(legs) and all(leg.is_over for leg in legs.values())

    def _waits_for_the_promise(self) -> None:
        before = len(self.exchange.legs)
        clock = self.world.clock
        self.world.run(clock.until(lambda: len(self.exchange.legs) > before, (town.PROMISE_MINUTES + 3) * 60))
        self.world.run(clock.until(self._is_quiet, CALL_SECONDS))
        self.world.story.clock.passes(seconds=AFTERWARDS)

    def _is_unsettled(self) -> bool:
        """Something is left for the timers and the sweeper to find."""
        return bool(self.world.desk.query(UNSETTLED, self.world.clock.now()))

    def _run(self, journey: Journey, steps: Sequence[Step], began: datetime) -> Run:
        kept, trouble = self.kept(began, ("voice",))  # a text about it is open for a day
        legs = tuple(self.exchange.legs.values())
        return Run(self.world, journey, steps, legs, frozenset(self.people.hung_up), kept, trouble)


NUMBERS: dict[Who, str | None] = {
    "known": town.CLARA,
    "stranger": town.STRANGER,
    "withheld": None,
    "technician": town.ANA,
}
TALK = Journey("a talk")
TOLD_BY = ("result", "reason", "prompt", "key")
ON_THE_WAY = ("queued", "sending", "sent")  # of a text: only what became of it in the end is compared
OF_THE_WAIT = ("swarm_still", "swarm_listening", "swarm_keys")  # how many rounds somebody waits, a fault may change
INVITED = "swarm_invite"  # goes only while the telephone that it announces may ring, and either may be the first


def passed(run: Run, flow: Flow) -> set[tuple[str, str]]:
    """Every step that the call has left, with the exit; and where it ended."""
    found, at = set(), ""
    for one in run.first.played if run.first else ():
        chosen = getattr(one.event, "digits", "") != "" or any(why.code == "sent_to_swarm" for why in one.turn.reasons)
        for name in one.turn.path:
            if at:
                ways = [way for way in flow.steps[at].exits() if way.to == name]
                if len(ways) > 1:
                    ways = [way for way in ways if way.chosen == chosen]
                found |= {(at, way.field) for way in ways}
            at = name
    return found | {(at, "")}


def told(run: Run) -> Counter[tuple[str, ...]]:
    """The stories of all its contacts, for comparing: what happened, to whom, with which result; not when."""
    found: Counter[tuple[str, ...]] = Counter()
    for kept in run.kept:
        found["outcome", kept.row["outcome"] or "", kept.row["owner"] or ""] += 1
        for event in kept.events:
            if event["detail"].get("status") in ON_THE_WAY:
                continue
            what = next((str(event["detail"][name]) for name in TOLD_BY if name in event["detail"]), "")
            if what not in (*OF_THE_WAIT, INVITED):
                found[event["kind"], event["technician"] or "", what] += 1
    return found
