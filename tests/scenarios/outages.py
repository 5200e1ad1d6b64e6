"""PostgreSQL away in a story: when it goes, when it is back, and what waits meanwhile."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from db.spool import Spool
from simulator.people.story import StoryHandset
from tests.walk.house import END_CONNECTIONS, refused
from tests.world import DIRECTORY, World, Worlds

CLARA, DALE = "+14035550120", "+14035550121"
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute
TWO_CLIENTS = {
    **DIRECTORY,
    "clients.csv": DIRECTORY["clients.csv"] + "dale,Dale Petrie,+1 403 555 0121,4802022,en,voice,,\n",
}


class Outage:
    """Of PostgreSQL: all connections break, and new ones are refused. No job process can work meanwhile."""

    def __init__(self, world: World) -> None:
        self.world = world
        pool: Any = world.house.pool
        self.pool, self.connect = pool, pool._connect

    def begins(self) -> None:
        self.world.run(self._begins())

    async def _begins(self) -> None:
        await self.world.rehearsal.ends_work()
        self.pool._connect = refused
        await self.world.rehearsal.ground.connection.execute(END_CONNECTIONS)
        while self.pool.get_size():  # noqa: ASYNC110  # each must notice, and tells nobody
            await asyncio.sleep(0.001)

    def is_over(self, *, for_jobs: bool = True) -> None:
        self.pool._connect = self.connect
        if for_jobs:
            self.world.run(self.world.rehearsal.begins_work())


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds(directory=TWO_CLIENTS)


@pytest.fixture
def outage(world: World) -> Iterator[Outage]:
    outage = Outage(world)
    yield outage
    outage.is_over(for_jobs=False)


@pytest.fixture
def dale(world: World) -> StoryHandset:
    return world.phone(DALE, "Dale")


def spool_of(world: World) -> Spool:
    return Spool(world.rehearsal.settings.home)


def words(world: World, number: str) -> list[str]:
    """What a client wrote, as the story tells it."""
    events = world.desk.thread(number)["events"]
    return [one["detail"]["words"] for one in events if one["kind"] == "text_in" and not one["technician"]]
