"""The ground of the stories: they are played one after another, in one loop, on a database that is cleared between.

Connections to a new database know nothing yet: with some of its own each story would cost PostgreSQL two or three times
as much (measured: 101 ms instead of 33 for a short one).
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Self

import uvloop

from podline.ground import Ground
from simulator.people.story import Run
from tests.clearing import ROWS, WORN, how_to_clear
from tests.database import fresh_database


@contextmanager
def fresh_ground(run: Run) -> Iterator[Ground]:
    """Nobody else's, with a database of its own."""
    with fresh_database() as url:
        opening = Ground.on(url)
        ground: Ground = run(opening.__aenter__())
        try:
            yield ground
        finally:
            run(opening.__aexit__(None, None, None))


class Grounds:
    """Lends the same ground again and again, in a loop of its own."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)  # as the service itself has
        self._stack = ExitStack()
        self._ground: Ground | None = None
        self._clearing = ""
        self._rows = 0

    def __enter__(self) -> Self:
        self._runner.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    @contextmanager
    def lent(self) -> Iterator[Ground]:
        """In the state in which a fresh one is; whoever borrows it closes what they have opened there."""
        ground, self._ground = self._ground or self._new(), None
        at_work = asyncio.all_tasks(self._runner.get_loop())
        try:
            yield ground
        finally:
            if self.run(self._is_as_new(ground, at_work)):
                self._ground = ground
            else:
                ground.pool.terminate()
                self._stack.close()

    def _new(self) -> Ground:
        ground = self._stack.enter_context(fresh_ground(self.run))
        self._clearing, self._rows = self.run(how_to_clear(ground.connection)), 0
        return ground

    async def _is_as_new(self, ground: Ground, at_work: set["asyncio.Task[Any]"]) -> bool:
        """False if it is worn, or if somebody has kept a connection of it."""
        await _end_all_but(at_work)
        if ground.pool.get_idle_size() < ground.pool.get_size():
            return False
        self._rows += await ground.connection.fetchval(ROWS)
        if self._rows > WORN:
            return False
        await ground.connection.execute(self._clearing)
        return True


async def _end_all_but(at_work: set["asyncio.Task[Any]"]) -> None:
    """What a story has begun and not ended, as if its loop were closed."""
    left = asyncio.all_tasks() - at_work - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
