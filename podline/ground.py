"""What rehearsals are played on: a database whose `now()` follows a clock of theirs, and connections to it.

A ground bears several rehearsals, one after another and in one event loop, if somebody clears the database between
them: the tests do, because connections that know nothing yet cost more than most of their stories.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import asyncpg

from db.pool import Pool, open_pool

CONNECTIONS = 20
SEARCH_PATH = "clock,public,pg_catalog"
# Between two jumps it flows a hundred times slower than the wall's: pgqueuer takes a job only once its moment is
# past, and nothing may become due just because the machine is slow.
CLOCK_SCHEMA = """
CREATE SCHEMA clock;
CREATE TABLE clock.instant (story timestamptz NOT NULL, wall timestamptz NOT NULL);
INSERT INTO clock.instant VALUES ('epoch', 'epoch');
CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE
AS 'SELECT story + (pg_catalog.now() - wall) / 100 FROM clock.instant';
"""
SET_CLOCK = "UPDATE clock.instant SET story = $1, wall = pg_catalog.clock_timestamp()"


@dataclass
class Ground:
    """Made by `on`. `connection`: the clock's own; `pool`: for whoever plays."""

    url: str
    connection: Any
    pool: Pool

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str) -> AsyncIterator[Self]:
        """`url`: a migrated, empty database that is nobody else's, nor of any use to them afterwards."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(CLOCK_SCHEMA)
            await connection.execute(f"SET search_path = {SEARCH_PATH}")
            pool = await _open_pool(url)
            try:
                yield cls(url, connection, pool)
            finally:
                await pool.close()
        finally:
            await connection.close()

    async def open_pool(self) -> Pool:
        """Further connections, under the same clock."""
        return await _open_pool(self.url)

    async def set_clock(self, now: datetime) -> None:
        await self.connection.execute(SET_CLOCK, now)


async def _open_pool(url: str) -> Pool:
    return await open_pool(url, size=CONNECTIONS, search_path=SEARCH_PATH)
