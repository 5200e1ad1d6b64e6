"""The walk: every step of every shipped flow, of calls and of texts, with every fault that can happen to it, once.

With PODLINE_TEST_LONG those faults too that are much like another one, and those steps of texts.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from importlib.resources import files

import pytest

from callflows.reading import shipped
from tests.once import once
from tests.walk.trails import TRAILS
from tests.walk.walking import Trail, Usual, Walker, legs
from tests.walk.ways import wanted

FLOWS = sorted(
    one.name.removesuffix(".yaml") for one in files("callflows.flows").iterdir() if one.name.endswith(".yaml")
)
SHARES = {"voice": 16, "text": 4}
PORTIONS = 6  # of the journeys, each played by one process of a run, for all of them
RARE = bool(os.environ.get("PODLINE_TEST_LONG"))
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

Walkers = Callable[[str], Walker]


@pytest.fixture(scope="module")
def walkers() -> Iterator[Walkers]:
    """One for each flow, whose world all tests of a process share."""
    with ExitStack() as stack:

        @cache
        def walker(flow: str) -> Walker:
            return stack.enter_context(Walker(trail_of(flow), flow))

        yield walker


def trail_of(flow: str) -> Trail:
    return TRAILS[shipped(flow).channel]


@cache
def known(flow: str, walkers: Walkers) -> tuple[Usual, ...]:
    """Every process begins with other journeys, so that they are played side by side."""
    journeys = trail_of(flow).journeys(shipped(flow))
    found: dict[str, Usual] = {}
    for number in range(PORTIONS):
        portion = (number + 2 * WORKER) % PORTIONS
        played = once(f"walk-{flow}-{portion}", lambda: walkers(flow).plays(journeys[portion::PORTIONS]))  # noqa: B023
        found |= {one.journey.name: one for one in played}
    return tuple(found[one.name] for one in journeys)


@pytest.mark.parametrize("flow", FLOWS)
def test_without_a_fault_every_journey_is_as_it_should_be(flow: str, walkers: Walkers) -> None:
    assert [f"{one.journey}: {'; '.join(one.problems)}" for one in known(flow, walkers) if one.problems] == []


@pytest.mark.parametrize("flow", FLOWS)
def test_the_journeys_take_every_exit_and_every_end_of_every_step(flow: str, walkers: Walkers) -> None:
    taken = {passed for one in known(flow, walkers) for passed in one.passed}
    assert wanted(shipped(flow), trail_of(flow).ways) - taken == set()


@pytest.mark.parametrize(
    ("flow", "share"), [(flow, share) for flow in FLOWS for share in range(SHARES[shipped(flow).channel])]
)
def test_each_step_with_each_fault(flow: str, share: int, walkers: Walkers) -> None:
    """Dealt round, so that each share has its part of every fault."""
    trail = trail_of(flow)
    dealt = legs(trail, known(flow, walkers), rare=RARE)[share :: SHARES[shipped(flow).channel]]
    findings = walkers(flow).takes(dealt)
    assert not findings, "\n" + "\n".join(str(one) for one in findings)
