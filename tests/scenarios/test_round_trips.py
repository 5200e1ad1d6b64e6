"""What a known caller's first webhook costs: at most six round trips, and no job (DESIGN 6)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.world import Worlds


class CountingPool:
    """The pool, with every statement that goes to PostgreSQL written down."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.statements: list[str] = []

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        async with self._pool.acquire() as connection:
            with connection.query_logger(lambda record: self.statements.append(record.query)):
                yield connection


@pytest.mark.settled(because="a request that comes twice is read twice", webhook_duplicate="none")
def test_the_first_webhook_of_a_known_caller(worlds: Worlds, line: str) -> None:
    world = worlds()
    caller, first = world.phones([("+14035550120", "Clara"), ("+14035550111", "Ana")])
    caller.dials(line)
    first.rings().accepts()
    caller.hangs_up()
    jobs = world.desk.query("SELECT count(*) FROM jobs.pgqueuer")
    counting = CountingPool(world.house.desk.pool)
    world.house.desk.pool = counting  # type: ignore[assignment]  # it counts, and is otherwise the same
    caller.dials(line)
    world.house.desk.pool = counting._pool
    first.rings()
    assert len(counting.statements) <= 6, counting.statements
    assert len(counting.statements) >= 2  # it did count
    assert world.desk.query("SELECT count(*) FROM jobs.pgqueuer") == jobs
