"""`python -m tests.walk`: the walk by itself, with a line for each fault; or the one run that a finding names."""

import argparse
import sys
import time
from collections.abc import Sequence

from callflows.reading import SHIPPED, shipped
from podline.logging import configure_logging
from tests.database import begin_run, end_run
from tests.walk.trails import TRAILS
from tests.walk.walking import Finding, Leg, Walker, legs


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def walk(flow: str, journey: str, step: str, fault: str) -> Sequence[Finding]:
    began = time.perf_counter()
    trail = TRAILS[shipped(flow).channel]
    with Walker(trail, flow) as walker:
        found = walker.plays(trail.journeys(shipped(flow)))
    for usual in found:
        for problem in usual.problems:
            say(f"{usual.journey}: {problem}")
    steps = {one.name for usual in found for one in usual.steps}
    chosen = chosen_legs(legs(trail, found, rare=True), journey, step, fault)
    say(f"{len(found)} journeys, {len(steps)} steps, {len(trail.faults)} faults, {len(chosen)} runs")
    findings: list[Finding] = []
    for one in trail.faults:
        share = [leg for leg in chosen if leg.fault is one]
        if share:
            with Walker(trail, flow) as walker:
                fresh = walker.takes(share)
            findings += fresh
            for finding in fresh:
                say(finding)
            pairs = sum(len(leg.steps) for leg in share)
            seconds = time.perf_counter() - began
            told = f"{pairs:4} steps in {walker.runs:4} runs, findings so far: {len(findings)}"
            say(f"{seconds:7.1f} s  {one.name:38} {told}")
    return findings


def chosen_legs(all_of_them: Sequence[Leg], journey: str, step: str, fault: str) -> list[Leg]:
    found = []
    for leg in all_of_them:
        steps = tuple(one for one in leg.steps if step in ("", one.name))
        if steps and journey in ("", leg.usual.journey.name) and fault in ("", leg.fault.name):
            found.append(Leg(leg.usual, leg.fault, steps))
    return found


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.walk", description=__doc__)
    asked.add_argument("--flow", default=SHIPPED)
    for name in ("journey", "step", "fault"):
        asked.add_argument(f"--{name}", default="", help=f"only this {name}")
    given = asked.parse_args()
    configure_logging("json")
    begin_run()
    try:
        findings = walk(given.flow, given.journey, given.step, given.fault)
    finally:
        end_run()
    raise SystemExit(1 if findings else 0)


if __name__ == "__main__":
    main()
