"""The walk: every step of every shipped flow of calls, with every fault that can happen to it, once.

With PODLINE_TEST_LONG those faults too that are much like another one.
"""

import os
from functools import cache
from importlib.resources import files

import pytest

from callflows.reading import shipped
from tests.once import once
from tests.walk.journeys import wanted
from tests.walk.play import Walk
from tests.walk.town import town
from tests.walk.walking import Usual, Walker, legs, usuals

NAMES = (one.name.removesuffix(".yaml") for one in files("callflows.flows").iterdir() if one.name.endswith(".yaml"))
FLOWS = sorted(name for name in NAMES if shipped(name).channel == "voice")
SHARES = 16
RARE = bool(os.environ.get("PODLINE_TEST_LONG"))


@cache
def known(flow: str) -> tuple[Usual, ...]:
    """Played by one process of a run, for all of them."""

    def played() -> tuple[Usual, ...]:
        with town(flow) as world:
            return tuple(usuals(Walk(world), flow))

    return once(f"walk-{flow}", played)


@pytest.mark.parametrize("flow", FLOWS)
def test_without_a_fault_every_journey_is_as_it_should_be(flow: str) -> None:
    assert [f"{one.journey}: {'; '.join(one.problems)}" for one in known(flow) if one.problems] == []


@pytest.mark.parametrize("flow", FLOWS)
def test_the_journeys_take_every_exit_and_every_end_of_every_step(flow: str) -> None:
    taken = {passed for one in known(flow) for passed in one.passed}
    assert wanted(shipped(flow)) - taken == set()


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("flow", FLOWS)
def test_each_step_with_each_fault(flow: str, share: int) -> None:
    """Dealt round, so that each share has its part of every fault."""
    findings = Walker(flow).takes(legs(known(flow), rare=RARE)[share::SHARES])
    assert not findings, "\n" + "\n".join(str(one) for one in findings)
