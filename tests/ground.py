"""The ground of the stories: they are played one after another, in one loop, on a database that is cleared between.

Connections to a new database know nothing yet: with some of its own each story would cost PostgreSQL two or three times
as much (measured: 101 ms instead of 33 for a short one).
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from graphlib import TopologicalSorter
from typing import Any, Self

import asyncpg
import uvloop

from podline.ground import Ground
from simulator.people.story import Run
from tests.database import fresh_database

# What was deleted is still in the way of whoever reads: after so many rows another database is taken.
WORN = 2_000
ROWS = "SELECT (SELECT count(*) FROM turns) + (SELECT count(*) FROM jobs.pgqueuer_log)"
TABLES = """
SELECT pg_class.oid::regclass::text AS name, array_remove(array_agg(conrelid::regclass::text), null) AS users
FROM pg_class LEFT JOIN pg_constraint ON confrelid = pg_class.oid AND conrelid <> confrelid
WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'jobs'::regnamespace)
GROUP BY 1 ORDER BY 1
"""
SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences"
AS_IT_IS = "SELECT format('setval(%L, %s, %L)', '{0}', last_value, is_called) FROM {0}"


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
        self._clearing, self._rows = self.run(_how_to_clear(ground.connection)), 0
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


async def _how_to_clear(connection: "asyncpg.Connection[asyncpg.Record]") -> str:
    """The statements that give every table and sequence the content that it has now."""
    users = {row["name"]: row["users"] for row in await connection.fetch(TABLES)}
    order = list(TopologicalSorter(users).static_order())
    kept = await _copied(connection, reversed(order))
    sequences = [await connection.fetchval(AS_IT_IS.format(name)) for (name,) in await connection.fetch(SEQUENCES)]
    return "; ".join([f"DELETE FROM {table}" for table in order] + kept + [f"SELECT {', '.join(sequences)}"])


async def _copied(connection: "asyncpg.Connection[asyncpg.Record]", tables: Iterable[str]) -> list[str]:
    """What brings back the few rows that the migrations have made; they are kept beside."""
    await connection.execute("CREATE SCHEMA kept")
    brought_back = []
    for table in tables:
        if await connection.fetchval(f"SELECT true FROM {table} LIMIT 1"):
            beside = f"kept.{table.replace('.', '_')}"
            await connection.execute(f"CREATE TABLE {beside} AS TABLE {table}")
            brought_back.append(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE {beside}")
    return brought_back
