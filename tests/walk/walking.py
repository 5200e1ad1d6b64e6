"""The walk itself: which journey takes which step with which fault, so that each pair is taken once, and what came of
it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callflows.reading import shipped
from simulator.clock import NotQuietError
from simulator.exchange import TwimlFaultError
from tests.walk.faults import FAULTS, Fault
from tests.walk.invariants import After, broken
from tests.walk.journeys import Passed, journeys
from tests.walk.people import Journey
from tests.walk.play import Run, Walk, passed, told
from tests.walk.steps import Step
from tests.walk.town import town


@dataclass(frozen=True)
class Usual:
    """A journey without a fault: what it is made of."""

    journey: Journey
    steps: Sequence[Step]
    story: Counter[tuple[str, ...]]
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
    journey: str
    step: str
    fault: str
    problems: tuple[str, ...]

    def __str__(self) -> str:
        again = f"python -m tests.walk --journey {self.journey!r} --step {self.step!r} --fault {self.fault!r}"
        return "\n  ".join((f"{self.journey} | {self.step} | {self.fault}", *self.problems, again))


def usuals(walk: Walk, flow: str) -> list[Usual]:
    """Every journey, played without a fault."""
    document, found = shipped(flow), []
    for journey in journeys(document):
        run = walk.plays(journey)
        found.append(Usual(journey, run.steps, told(run), frozenset(passed(run, document)), tuple(broken(After(run)))))
    return found


def legs(found: Sequence[Usual], *, rare: bool) -> list[Leg]:
    """Each step with each fault once. A fault of which nobody notices anything befalls many steps of one run; every
    other one has a run of its own, in the shortest journey that has the step."""
    chosen = [fault for fault in FAULTS if rare or not fault.is_rare]
    return [leg for fault in chosen for leg in (together(found, fault) if fault.is_shared else singly(found, fault))]


def singly(found: Sequence[Usual], fault: Fault) -> Iterator[Leg]:
    taken: set[str] = set()
    for usual in sorted(found, key=lambda one: len(one.steps)):
        for step in usual.steps:
            if step.name not in taken and fault.fits(step):
                taken.add(step.name)
                yield Leg(usual, fault, (step,))


def together(found: Sequence[Usual], fault: Fault) -> Iterator[Leg]:
    """By the journey that has the most new steps for its length, again and again."""
    left = {step.name for usual in found for step in usual.steps if fault.fits(step)}
    while left:
        usual = max(found, key=lambda one: len({step.name for step in one.steps} & left) / len(one.steps))
        fresh = {step.name: step for step in reversed(usual.steps) if step.name in left and fault.fits(step)}
        left -= fresh.keys()
        yield Leg(usual, fault, tuple(fresh.values()))


class Walker:
    """Takes legs, in a world that is opened anew where a fault has spoilt it."""

    def __init__(self, flow: str) -> None:
        self._flow = flow
        self.runs = 0

    def takes(self, legs: Sequence[Leg]) -> list[Finding]:
        found: list[Finding] = []
        left = list(legs)
        while left:
            with town(self._flow) as world:
                walk = Walk(world)
                while left:
                    findings, is_spoilt = self._takes(walk, left.pop(0))
                    found += findings
                    if is_spoilt:
                        break
        return found

    def _takes(self, walk: Walk, leg: Leg) -> tuple[list[Finding], bool]:
        problems, is_spoilt = self._plays(walk, leg, leg.steps)
        if not problems:
            return [], False
        if len(leg.steps) == 1 or is_spoilt:
            names = " + ".join(step.name for step in leg.steps)
            return [Finding(leg.usual.journey.name, names, leg.fault.name, tuple(problems))], is_spoilt
        found: list[Finding] = []
        for step in leg.steps:
            findings, is_spoilt = self._takes(walk, Leg(leg.usual, leg.fault, (step,)))
            found += findings
            if is_spoilt:
                return found, True
        if not found:
            names = " + ".join(step.name for step in leg.steps)
            found.append(Finding(leg.usual.journey.name, names, leg.fault.name, tuple(problems)))
        return found, False

    def _plays(self, walk: Walk, leg: Leg, steps: Sequence[Step]) -> tuple[list[str], bool]:
        """What is wrong, and whether the world is spoilt."""
        self.runs += 1
        upsets = [leg.fault.at(walk, step) for step in steps]
        try:
            run: Run = walk.plays(leg.usual.journey, *upsets)
        except (TwimlFaultError, NotQuietError, AssertionError) as error:
            return [f"{type(error).__name__}: {str(error)[:600]}"], True
        problems = broken(After(run, leg.fault, leg.usual.story))
        problems += [
            f"{leg.fault} met no {step}" for step, upset in zip(steps, upsets, strict=True) if upset.hit is None
        ]
        return problems, bool(problems) and any(not one.is_over for one in run.legs)
