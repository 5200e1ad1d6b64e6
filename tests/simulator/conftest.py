"""A stage for every test: one line, its scripted service, a caller and two people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from simulator.people.scripted import Stage
from simulator.people.story import Run
from simulator.rest.app import RestApi
from simulator.switches import Switches
from tests.simulator.asking import Rest


@pytest.fixture
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def staged(run: Run) -> Callable[..., Stage]:
    """A stage with switches of one's own."""

    def make(switches: Switches | None = None, *, strict: bool = True) -> Stage:
        return Stage(run, switches, strict=strict)

    return make


@pytest.fixture
def stage(staged: Callable[..., Stage]) -> Stage:
    return staged()


@pytest.fixture
def rest(stage: Stage) -> Rest:
    return Rest(stage, RestApi(stage.exchange), (stage.exchange.account_sid, stage.exchange.auth_token))
