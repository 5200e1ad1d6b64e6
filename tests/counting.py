"""Counts the statements that go to PostgreSQL: each is a round trip."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from db.desk import Desk


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


@contextmanager
def counted(desk: Desk) -> Iterator[list[str]]:
    """The statements of all that the desk is used for meanwhile."""
    pool = desk.pool
    counting = CountingPool(pool)
    desk.pool = counting  # type: ignore[assignment]  # it counts, and is otherwise the same
    try:
        yield counting.statements
    finally:
        desk.pool = pool
