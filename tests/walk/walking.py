"""The walk itself: which journey takes which step with which fault, so that each pair is taken once, and what came of
it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, Self

from callflows.reading import shipped
from callflows.step import Flow
from simulator.clock import NotQuietError
from simulator.exchange import TwimlFaultError
from tests.walk.faults import Fault
from tests.walk.steps import Step
from tests.walk.town import tidies
from tests.walk.ways import Passed, Ways
from tests.world import World

TIDIED_AFTER = 8  # runs
WORN_AFTER = 120  # runs, so that no holiday of the town's comes
Story = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Trail:
    """What is walked: calls or texts. `broken`: what is wrong after a run that this fault befell, by the story that is
    told without it. Its players have `plays(journey, *upsets)`, whose run has its `steps` and the `legs` of its
    calls."""

    town: Callable[[str], AbstractContextManager[World]]
    player: Callable[[World], Any]
    ways: Ways[Any]
    journeys: Callable[[Flow], Sequence[Any]]
    faults: Sequence[Fault]
    told: Callable[[Any], Story]
    passed: Callable[[Any, Flow], set[Passed]]
    broken: Callable[[Any, Fault | None, Story | None], list[str]]


@dataclass(frozen=True)
class Usual:
    """A journey without a fault: what it is made of."""

    journey: Any
    steps: Sequence[Step]
    story: Story
    passed: frozenset[Passed]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Leg:
    """One run of the walk: these steps of a journey, each with that fault."""

    usual: Usual
    fault: Fault
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Finding:
    flow: str
    journey: str
    step: str
    fault: str
    problems: tuple[str, ...]

    def __str__(self) -> str:
        named = f"--flow {self.flow} --journey {self.journey!r} --step {self.step!r} --fault {self.fault!r}"
        long = "PODLINE_TEST_LONG=1 " if os.environ.get("PODLINE_TEST_LONG") else ""
        again = f"{long}python -m tests.walk {named}"
        return "\n  ".join((f"{self.journey} | {self.step} | {self.fault}", *self.problems, again))


def legs(trail: Trail, found: Sequence[Usual], *, rare: bool) -> list[Leg]:
    """Each step with each fault once. A fault of which nobody notices anything befalls many steps of one run; every
    other one has a run of its own, in the shortest journey that has the step."""
    chosen = [fault for fault in trail.faults if rare or not fault.is_rare]
    return [leg for fault in chosen for leg in (together(found, fault) if fault.is_shared else singly(found, fault))]


def singly(found: Sequence[Usual], fault: Fault) -> Iterator[Leg]:
    taken: set[str] = set()
    for usual in sorted(found, key=lambda one: len(one.steps)):
        for step in usual.steps:
            if step.name not in taken and fault.fits(step):
                taken.add(step.name)
                yield Leg(usual, fault, (step,))


def together(found: Sequence[Usual], fault: Fault) -> Iterator[Leg]:
    """For the rarest step that is left, by the journey that has the most new steps for its length; again and again."""
    passing: dict[str, list[Usual]] = {}
    for usual in found:
        for name in {step.name for step in usual.steps if fault.fits(step)}:
            passing.setdefault(name, []).append(usual)
    left = dict(sorted(passing.items(), key=lambda one: (len(one[1]), one[0])))
    while left:
        usual = max(next(iter(left.values())), key=lambda one: fresh_in(one, left) / len(one.steps))
        fresh = {step.name: step for step in reversed(usual.steps) if step.name in left and fault.fits(step)}
        for name in fresh:
            del left[name]
        yield Leg(usual, fault, tuple(fresh.values()))


def fresh_in(usual: Usual, left: Container[str]) -> int:
    return len({step.name for step in usual.steps if step.name in left})


class Walker:
    """Takes legs, in a world that is opened when it is first needed, and anew where a fault has spoilt it."""

    def __init__(self, trail: Trail, flow: str) -> None:
        self._trail, self._flow = trail, flow
        self._stack = ExitStack()
        self._player: Any = None
        self.runs = self._opened_at = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._player = None
        self._stack.close()

    @property
    def player(self) -> Any:
        if self._player is None:
            self._opened_at = self.runs
            self._player = self._trail.player(self._stack.enter_context(self._trail.town(self._flow)))
        return self._player

    def plays(self, journeys: Sequence[Any]) -> list[Usual]:
        """Without a fault."""
        return [self._usual(journey) for journey in journeys]

    def _usual(self, journey: Any) -> Usual:
        trail, run = self._trail, self.player.plays(journey)
        passed = frozenset(trail.passed(run, shipped(self._flow)))
        return Usual(journey, run.steps, trail.told(run), passed, tuple(trail.broken(run, None, None)))

    def takes(self, legs: Sequence[Leg]) -> list[Finding]:
        found: list[Finding] = []
        for leg in legs:
            findings, is_spoilt = self._takes(self.player, leg)
            found += findings
            if is_spoilt or self.runs - self._opened_at > WORN_AFTER:
                self.__exit__()
        return found

    def _takes(self, player: Any, leg: Leg) -> tuple[list[Finding], bool]:
        problems, is_spoilt = self._plays(player, leg, leg.steps)
        if not problems:
            return [], False
        if len(leg.steps) == 1 or is_spoilt:
            names = " + ".join(step.name for step in leg.steps)
            return [Finding(self._flow, leg.usual.journey.name, names, leg.fault.name, tuple(problems))], is_spoilt
        found: list[Finding] = []
        for step in leg.steps:
            findings, is_spoilt = self._takes(player, Leg(leg.usual, leg.fault, (step,)))
            found += findings
            if is_spoilt:
                return found, True
        if not found:
            names = " + ".join(step.name for step in leg.steps)
            found.append(Finding(self._flow, leg.usual.journey.name, names, leg.fault.name, tuple(problems)))
        return found, False

    def _plays(self, player: Any, leg: Leg, steps: Sequence[Step]) -> tuple[list[str], bool]:
        """What is wrong, and whether the world is spoilt."""
        self.runs += 1
        if self.runs % TIDIED_AFTER == 0:
            tidies(player.world)
        upsets = [leg.fault.at(player, step) for step in steps]
        try:
            run = player.plays(leg.usual.journey, *upsets)
        except (TwimlFaultError, NotQuietError, AssertionError) as error:
            return [f"{type(error).__name__}: {str(error)[:600]}"], True
        problems = self._trail.broken(run, leg.fault, leg.usual.story)
        problems += [
            f"{leg.fault} met no {step}" for step, upset in zip(steps, upsets, strict=True) if upset.hit is None
        ]
        return problems, bool(problems) and any(not one.is_over for one in run.legs)
