"""Of which jobs the job processes are told at once (migration 0013); all others they find by looking every 3 s."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from db.jobs import DEED, SETTINGS, enqueue

NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
CHANGE = "UPDATE jobs.pgqueuer SET {}"


class Notices:
    """How often whoever listens was told of something."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self._told: list[str] = []
        self._came = asyncio.Event()

    async def listen(self) -> None:
        await self._connection.add_listener(SETTINGS.channel, self._is_told)

    def _is_told(self, *said: object) -> None:
        self._told.append(str(said[-1]))
        if said[-1] == "that is all":
            self._came.set()

    async def count(self) -> int:
        """Since the last time."""
        await self._connection.execute("SELECT pg_notify($1, 'that is all')", SETTINGS.channel)
        await self._came.wait()
        self._came.clear()
        told, self._told = self._told[:-1], []
        return len(told)


@pytest.mark.parametrize(("seconds", "told"), [(0, 1), (2, 1), (4, 0), (600, 0)])
async def test_a_new_job_is_told_of_if_it_is_due_soon(database_url: str, seconds: float, told: int) -> None:
    connection = await asyncpg.connect(database_url)
    notices = Notices(connection)
    await notices.listen()
    await enqueue(connection, DEED, 7, NOW + timedelta(seconds=seconds), NOW)
    assert await notices.count() == told
    await connection.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (CHANGE.format("execute_after = now() + interval '1 second'"), 1),
        (CHANGE.format("execute_after = now() + interval '1 minute'"), 0),
        (CHANGE.format("status = 'picked', heartbeat = now()"), 0),
        ("DELETE FROM jobs.pgqueuer", 0),
    ],
    ids=["put off for a second", "put off for a minute", "begun", "done"],
)
async def test_one_that_was_put_off_too_and_of_nothing_else(database_url: str, change: str, told: int) -> None:
    connection = await asyncpg.connect(database_url)
    notices = Notices(connection)
    await notices.listen()
    await enqueue(connection, DEED, 7, NOW, NOW)
    assert await notices.count() == 1
    await connection.execute(change)
    assert await notices.count() == told
    await connection.close()
