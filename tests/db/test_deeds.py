"""Deeds: when each may begin."""

import asyncio
from datetime import datetime, timedelta

from asyncpg import Pool

from db.deeds import claim_call_slot
from db.pool import open_pool
from db.rows import Rows
from tests.db.correspondents import NOW


async def waiting(pool: Pool, subject: str, rings: int) -> list[int]:
    rows = Rows(NOW)
    for ring in range(1, rings + 1):
        rows.deed(subject=subject, kind="call", body={"technician": "ana", "ring": ring, "seconds": 20})
    async with pool.acquire() as connection:
        await rows.add(connection)
        made = await connection.fetch("SELECT deed FROM deeds WHERE subject = $1 ORDER BY deed", subject)
    return [one["deed"] for one in made]


async def slot(pool: Pool, deed: int) -> datetime:
    async with pool.acquire() as connection:
        return await claim_call_slot(connection, deed, 2, NOW)


async def test_the_first_of_a_swarms_rings_begins_first_whichever_job_comes_first(database_url: str) -> None:
    async with await open_pool(database_url) as pool:
        first, second, third = await waiting(pool, "contact:swarm", 3)
        assert await slot(pool, third) == NOW + timedelta(seconds=1)
        assert await slot(pool, first) == NOW
        assert await slot(pool, second) == NOW + timedelta(seconds=0.5)


async def test_all_that_come_at_once_have_a_slot_each(database_url: str) -> None:
    async with await open_pool(database_url) as pool:
        swarm, other = await waiting(pool, "contact:swarm", 6), await waiting(pool, "contact:errand", 1)
        slots = await asyncio.gather(*(slot(pool, deed) for deed in (*reversed(swarm), *other)))
        assert sorted(slots) == [NOW + timedelta(seconds=place / 2) for place in range(7)]
        assert slots[-2::-1] == sorted(slots[:-1])
