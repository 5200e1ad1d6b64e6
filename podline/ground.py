"""What rehearsals are played on: a database whose `now()` follows a clock of theirs, and connections to it.

A ground bears several rehearsals, one after another and in one event loop, if somebody clears the database between
them: the tests do, because connections that know nothing yet cost more than most of their stories.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import asyncpg

from db.pool import Connection, Pool, open_pool

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
SET_CLOCK = "UPDATE clock.instant SET story = $1, wall = pg_catalog.clock_timestamp() WHERE $1::timestamptz IS NOT null"


@dataclass
class Ground:
    """Made by `on`. `connection`: the clock's own; `pool`: for whoever plays; `uses`: how often somebody who plays has
    taken a connection or given one back, so where it is the same, nothing has been kept in between."""

    url: str
    connection: Any
    uses: int = 0
    _unset: datetime | None = None
    _setting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _pool: Pool | None = None
    _spare: list[Any] = field(default_factory=list)
    _opened: list[Any] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str) -> AsyncIterator[Self]:
        """`url`: a migrated, empty database that is nobody else's, nor of any use to them afterwards."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(CLOCK_SCHEMA)
            await connection.execute(f"SET search_path = {SEARCH_PATH}")
            ground = cls(url, connection)
            ground._pool = await ground.open_pool()
            try:
                yield ground
            finally:
                await ground._pool.close()
                for one in ground._opened:  # what somebody still holds would keep the loop from being closed
                    if not one.is_closed():
                        one.terminate()
        finally:
            await connection.close()

    @property
    def pool(self) -> Pool:
        assert self._pool is not None  # `on` opens it
        return self._pool

    async def open_pool(self) -> Pool:
        """Further connections, under the same clock."""
        return await open_pool(
            self.url,
            size=CONNECTIONS,
            search_path=SEARCH_PATH,
            lent=self._lent,
            given_back=self._given_back,
            connect=self._connects,
        )

    def ends(self, pool: Pool) -> None:
        """As if its process were killed. What nobody used at that moment PostgreSQL can't tell from a new connection;
        the next pool takes it, as it knows all statements already."""
        whole: Any = pool
        for holder in whole._holders:
            if holder._con is not None and holder._con._proxy is None:
                self._spare.append(holder._con)
                holder._con = None
        pool.terminate()

    async def _connects(self, *where: Any, **how: Any) -> Any:
        while self._spare:
            connection = self._spare.pop()
            if not connection.is_closed():
                return connection
        connection = await asyncpg.connect(*where, **how)
        self._opened = [*(one for one in self._opened if not one.is_closed()), connection]
        return connection

    def moves_to(self, now: datetime) -> None:
        """Told to PostgreSQL when somebody next asks it anything: most moments come and go without."""
        self._unset = now

    async def sets_clock(self, connection: Connection) -> None:
        """Now, if it has moved, on a connection that nobody uses."""
        async with self._setting:
            if self._unset is not None:
                now = self._unset
                await connection.execute(SET_CLOCK, now)
                if self._unset == now:
                    self._unset = None

    async def asks(self, query: str, *values: Any) -> Any:
        """One row. The query begins with a CTE that sets the clock to $1; that is null if it has not moved."""
        async with self._setting:
            now = self._unset
            row = await self.connection.fetchrow(query, now, *values)
            if self._unset == now:
                self._unset = None
            return row

    async def _lent(self, connection: Connection) -> None:
        self.uses += 1
        if self._unset is not None or self._setting.locked():
            await self.sets_clock(connection)

    async def _given_back(self, _: Connection) -> None:
        self.uses += 1
