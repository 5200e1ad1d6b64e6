"""The people of the stories, and the world in which they meet."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.story import Run, StoryClock, StoryHandset
from tests.world import LINE, Reader, World, Worlds


@pytest.fixture
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def worlds(run: Run, database_url: str, tmp_path: Path) -> Iterator[Worlds]:
    """A world of one's own making: other people, other hours, other switches."""
    opened: list[World] = []

    def make(**options: Any) -> World:
        world = World.open(run, database_url, tmp_path, **options)
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
