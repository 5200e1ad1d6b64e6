"""A used database made as good as new: a new one costs more, with all that PostgreSQL must find out again."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from graphlib import TopologicalSorter
from typing import Any

import asyncpg

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
ITS_ROWS = """
SELECT format(
    'INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(null::{0}, %L)', json_agg(its_row)
)
FROM {0} AS its_row HAVING count(*) > 0
"""
SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences"
# A function, whose statements PostgreSQL plans once for a connection instead of each time.
BRINGING_BACK = "CREATE FUNCTION pg_temp.{0}() RETURNS void LANGUAGE plpgsql AS $rows$BEGIN {1}; END$rows$"
AS_IT_IS = "SELECT format('setval(%L, %s, %L)', '{0}', last_value, is_called) FROM {0}"
LOOKS = 20
# What is in it besides rows; what others have made and not taken away, or taken away, is found so.
SHAPE = """
SELECT (SELECT (count(*), max(oid)) FROM pg_class WHERE relnamespace IN (SELECT oid FROM shown)),
       (SELECT (count(*), max(oid)) FROM pg_proc WHERE pronamespace IN (SELECT oid FROM shown)),
       (SELECT (count(*), max(oid)) FROM pg_trigger),
       (SELECT (count(*), max(oid)) FROM pg_constraint),
       (SELECT count(*) FROM shown),
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())
FROM (SELECT) AS one
"""
SHOWN = "WITH shown AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_t')"


class Cleared:
    """Lends one database again and again, cleared between; whoever borrows it closes what they have opened there. One
    that was changed otherwise than in its rows, or that somebody still uses, is not lent again."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._stack = ExitStack()
        self._url = ""
        self._connection: Any = None

    @contextmanager
    def lent(self) -> Iterator[str]:
        if not self._url:
            self._runner.run(self._begin(self._stack.enter_context(fresh_database())))
        url, self._url = self._url, ""
        yield url
        if self._runner.run(self._is_as_new()):
            self._url = url
        else:
            self._end()

    def close(self) -> None:
        self._end()
        self._runner.close()

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
        self._stack.close()

    async def _begin(self, url: str) -> None:
        self._connection = await asyncpg.connect(url)
        self._clearing, self._rows = await how_to_bring_back(self._connection, "empty"), 0
        self._shape = await self._connection.fetchrow(SHOWN + SHAPE)
        self._url = url

    async def _is_as_new(self) -> bool:
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            self._rows += await self._connection.fetchval(ROWS)
            if self._rows < WORN and await self._has_its_shape():
                await self._connection.execute(self._clearing)
                return True
        return False

    async def _has_its_shape(self) -> bool:
        """Soon: PostgreSQL takes a moment to see that a connection was closed."""
        for _ in range(LOOKS):
            if await self._connection.fetchrow(SHOWN + SHAPE) == self._shape:
                return True
            await asyncio.sleep(0.002)
        return False


async def how_to_bring_back(connection: "asyncpg.Connection[asyncpg.Record]", name: str) -> str:
    """The statement that gives every table and sequence the content that it has now; for this connection alone."""
    users = {row["name"]: row["users"] for row in await connection.fetch(TABLES)}
    order = list(TopologicalSorter(users).static_order())
    kept = await _copied(connection, reversed(order))
    sequences = [await connection.fetchval(AS_IT_IS.format(name)) for (name,) in await connection.fetch(SEQUENCES)]
    steps = [*(f"DELETE FROM {table}" for table in order), *kept, f"PERFORM {', '.join(sequences)}"]
    await connection.execute(BRINGING_BACK.format(name, "; ".join(steps)))
    return f"SELECT pg_temp.{name}()"


async def _copied(connection: "asyncpg.Connection[asyncpg.Record]", tables: Iterable[str]) -> list[str]:
    """What brings back the rows that are in them."""
    written = [await connection.fetchval(ITS_ROWS.format(table)) for table in tables]
    return [one for one in written if one]
