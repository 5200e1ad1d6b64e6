"""The people of the stories, the world in which they meet, and the ways in which each story is played."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.people.story import Run, StoryClock, StoryHandset
from simulator.switches import Switches
from tests.dealing import Setting, met, report, settings
from tests.ground import Grounds, StoryGround
from tests.world import LINE, Reader, World, Worlds


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "settled(because, **switches): with which values alone the story is true, and why (dealing.py)"
    )


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Last, so that the way in which a story is played ends the test's id."""
    if "twilio" in metafunc.fixturenames:
        ways = settings(os.environ)
        metafunc.parametrize("twilio", ways, indirect=True, ids=[one.name for one in ways])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    made = yield
    setting = item.callspec.params.get("twilio") if hasattr(item, "callspec") else None
    if made.failed and isinstance(setting, Setting):
        made.sections.append(("the local Twilio of this story", report(item, setting)))
    return made


@pytest.fixture(scope="session")
def grounds() -> Iterator[Grounds]:
    with Grounds() as grounds:
        yield grounds


@pytest.fixture
def run(grounds: Grounds) -> Run:
    return grounds.run


@pytest.fixture
def ground(grounds: Grounds) -> Iterator[StoryGround]:
    """As nobody has played on it before, in the loop of `run`."""
    with grounds.lent() as ground:
        yield ground


@pytest.fixture
def twilio(request: pytest.FixtureRequest) -> Switches:
    """What the local Twilio does while this story is played."""
    return met(request.node, request.param)


@pytest.fixture
def worlds(run: Run, ground: StoryGround, tmp_path: Path, twilio: Switches) -> Iterator[Worlds]:
    """A world of one's own making: other people, other hours."""
    opened: list[World] = []

    def make(**options: Any) -> World:
        world = World.open(run, ground, tmp_path, switches=twilio, **options)
        opened.append(world)
        return world

    yield make
    for world in opened:
        world.close()


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds()


@pytest.fixture
def line() -> str:
    return LINE


@pytest.fixture
def clock(world: World) -> StoryClock:
    return world.story.clock


@pytest.fixture
def desk(world: World) -> Reader:
    return world.desk


@pytest.fixture
def caller(world: World) -> StoryHandset:
    """Clara of Taber, whose number we know."""
    return world.phone("+14035550120", "Clara")


@pytest.fixture
def first(world: World) -> StoryHandset:
    return world.phone("+14035550111", "Ana")


@pytest.fixture
def second(world: World) -> StoryHandset:
    return world.phone("+14035550112", "Ben")


@pytest.fixture
def third(world: World) -> StoryHandset:
    return world.phone("+14035550113", "Cho")
