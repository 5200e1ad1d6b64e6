"""Whether the service can take calls: the database answers and somebody works the jobs.

A job process holds a shared advisory lock as long as its connection lives, so its death shows at once and no
clock is needed.
"""

from dataclasses import dataclass
from typing import Any

import asyncpg

from db.pool import AWAY, Connection, Pool

WORKING = 0x706F64  # the lock's number
# The connections of the job processes that live.
WORKERS = f"""
SELECT pid FROM pg_locks
WHERE locktype = 'advisory' AND objid = {WORKING}::bigint::oid AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass
class Working:
    pool: Pool
    connection: Any

    @property
    def pid(self) -> int:
        """PostgreSQL's number of the connection: whoever knows it can see whether this process lives."""
        return int(self.connection.get_server_pid())

    async def let_go(self) -> None:
        try:
            await self.connection.execute("SELECT pg_advisory_unlock_shared($1)", WORKING)
        finally:
            await self.pool.release(self.connection)


async def hold_working(pool: Pool) -> Working:
    """Say that this process works; keeps one connection of the pool."""
    connection = await pool.acquire()
    try:
        await connection.execute("SELECT pg_advisory_lock_shared($1)", WORKING)
    except BaseException:
        await pool.release(connection)  # also when we are told to stop just now
        raise
    return Working(pool, connection)


async def somebody_works(connection: Connection) -> bool:
    return bool(await connection.fetchval(f"SELECT exists({WORKERS})"))


async def is_ready(pool: Pool) -> dict[str, Any]:
    """{"ready", "mode", "why"}: mode is `normal`, or `away` while the database is."""
    try:
        async with pool.acquire(timeout=2) as connection:
            if await somebody_works(connection):
                return {"ready": True, "mode": "normal"}
            return {"ready": False, "mode": "normal", "why": "no job process runs: start `podline work`"}
    except (*AWAY, asyncpg.PostgresError) as error:
        return {
            "ready": False,
            "mode": "away",
            "why": f"the database does not answer: {type(error).__name__}",
        }
