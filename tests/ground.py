"""The ground of the stories: they are played one after another, in one loop, on a database that is cleared between.

Connections to a new database know nothing yet: with some of its own each story would cost PostgreSQL two or three times
as much (measured: 101 ms instead of 33 for a short one). And most stories begin in the same town: once it has been
imported, its rows and its snapshot are brought back.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import uvloop

from podline.ground import Ground
from simulator.people.story import Run
from tests.clearing import ROWS, WORN, how_to_bring_back
from tests.database import OUTSIDE, fresh_database


@dataclass
class Kept:
    """How a town came to be on a ground: the statement that brings its rows back, and its snapshots by their names."""

    statement: str
    snapshots: dict[str, bytes] = field(default_factory=dict)


@dataclass
class StoryGround(Ground):
    """One that remembers the towns that were played on it. `is_used`: nobody has cleared what somebody left on it."""

    is_used: bool = False
    _empty: str = ""
    _met: set[Hashable] = field(default_factory=set)
    _kept: dict[Hashable, Kept] = field(default_factory=dict)

    async def begins(self) -> None:
        """It is empty, as after the migrations."""
        _comes_along(self.connection)
        self._empty = await how_to_bring_back(self.connection, "empty")

    async def becomes(self, town: Hashable, home: Path, imports: Callable[[], Awaitable[object]]) -> None:
        """That town, in which nobody has left anything. `imports` makes it, on a ground that was cleared."""
        if kept := self._kept.get(town):
            await self.connection.execute(kept.statement)
            for name, snapshot in kept.snapshots.items():
                (home / name).write_bytes(snapshot)
        else:
            if self.is_used:
                await self.connection.execute(self._empty)
            await imports()
            if town in self._met:  # and will be met again
                self._kept[town] = Kept(await how_to_bring_back(self.connection, f"town_{len(self._kept)}"))
            self._met.add(town)
        self.is_used = True

    async def _connects(self, *where: Any, **how: Any) -> Any:
        connection = await super()._connects(*where, **how)
        _comes_along(connection)
        return connection

    def remembers_snapshots(self, town: Hashable, home: Path) -> None:
        """That the service has made of it."""
        kept = self._kept.get(town)
        if kept and not kept.snapshots:
            kept.snapshots = {one.name: one.read_bytes() for one in home.glob("snapshot-*.sqlite")}


@contextmanager
def one_processor() -> Iterator[None]:
    """Where a run has a worker for every processor, one of them and its connections stay on one: they take turns, and
    to wake another processor costs more than most statements (measured: 6 to 10 percent of a story's time)."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    mine = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if not 1 < len(mine) <= workers:
        yield
        return
    os.sched_setaffinity(0, {mine[worker % len(mine)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


def _comes_along(connection: Any) -> None:
    """The process at the other end, to this one's processor."""
    if OUTSIDE not in os.environ and hasattr(os, "sched_getaffinity"):
        with suppress(OSError):
            os.sched_setaffinity(connection.get_server_pid(), os.sched_getaffinity(0))


@contextmanager
def fresh_ground(run: Run) -> Iterator[StoryGround]:
    """Nobody else's, with a database of its own."""
    with fresh_database() as url:
        opening = StoryGround.on(url)
        ground: StoryGround = run(opening.__aenter__())
        try:
            run(ground.begins())
            yield ground
        finally:
            run(opening.__aexit__(None, None, None))


class Grounds:
    """Lends the same ground again and again, in a loop of its own."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)  # as the service itself has
        self._stack = ExitStack()
        self._ground: StoryGround | None = None
        self._rows = 0

    def __enter__(self) -> Self:
        self._runner.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.get_loop().run_until_complete(work)  # the runner's own way costs twice as much

    @contextmanager
    def lent(self) -> Iterator[StoryGround]:
        """As somebody has left it: `becomes` clears it. Whoever borrows it closes what they have opened there."""
        with one_processor():
            yield from self._lent()

    def _lent(self) -> Iterator[StoryGround]:
        ground, self._ground = self._ground or self._new(), None
        at_work = asyncio.all_tasks(self._runner.get_loop())
        try:
            yield ground
        finally:
            if self.run(self._is_good(ground, at_work)):
                self._ground = ground
            else:
                ground.pool.terminate()
                self._stack.close()

    def _new(self) -> StoryGround:
        self._rows = 0
        return self._stack.enter_context(fresh_ground(self.run))

    async def _is_good(self, ground: Ground, at_work: set["asyncio.Task[Any]"]) -> bool:
        """False if it is worn, or if somebody has kept a connection of it."""
        await _end_all_but(at_work)
        if ground.pool.get_idle_size() < ground.pool.get_size():
            return False
        self._rows += await ground.connection.fetchval(ROWS)
        return self._rows <= WORN


async def _end_all_but(at_work: set["asyncio.Task[Any]"]) -> None:
    """What a story has begun and not ended, as if its loop were closed."""
    left = asyncio.all_tasks() - at_work - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
