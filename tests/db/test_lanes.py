"""One deed of a lane at a time, the oldest first; whoever was killed in it is not waited for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from db.deeds import claim_deed, save_deed_end, save_deed_part
from db.lanes import HELD, find_head, go_on, hold_lane, leave_lane
from db.pool import Pool, open_pool
from db.readiness import WORKERS, hold_working
from db.rows import Rows

NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
LANE = "write:contact:client"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    made = await open_pool(database_url)
    yield made
    made.terminate()


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Pool]:
    """Another process's."""
    made = await open_pool(database_url)
    yield made
    made.terminate()


async def held(pool: Pool, now: datetime = NOW, lane: str = LANE, holder: int | None = None) -> bool:
    async with pool.acquire() as connection:
        return await hold_lane(connection, lane, now, holder)


async def left(pool: Pool, since: datetime) -> None:
    async with pool.acquire() as connection:
        await leave_lane(connection, LANE, since)


async def test_of_all_who_come_at_once_one_holds_it(pool: Pool) -> None:
    assert sorted(await asyncio.gather(*(held(pool) for _ in range(8)))) == [False] * 7 + [True]
    assert await held(pool, lane="write:contact:ana"), "each lane is held for itself"


async def test_whoever_leaves_it_leaves_it_to_the_next(pool: Pool) -> None:
    assert await held(pool)
    await left(pool, NOW)
    assert await held(pool, NOW + timedelta(seconds=1))


async def test_whoever_lives_is_not_disturbed_and_whoever_was_killed_is_not_waited_for(pool: Pool, other: Pool) -> None:
    theirs, ours = await hold_working(other), await hold_working(pool)
    assert await held(other, holder=theirs.pid)
    assert not await held(pool, holder=ours.pid)
    pid = theirs.pid
    other.terminate()  # as a process that is killed leaves its connections
    await is_gone(pool, pid)
    assert sorted(await asyncio.gather(*(held(pool, holder=ours.pid) for _ in range(4)))) == [False] * 3 + [True]
    await ours.let_go()


async def is_gone(pool: Pool, pid: int) -> None:
    """PostgreSQL ends what a lost connection held, in its own time."""
    async with asyncio.timeout(10):
        while pid in [row["pid"] for row in await pool.fetch(WORKERS)]:
            pass


async def test_who_stops_in_good_order_is_not_waited_for_either(pool: Pool, other: Pool) -> None:
    theirs = await hold_working(other)
    pid = theirs.pid
    assert await held(other, holder=pid)
    await theirs.let_go()
    assert await held(pool)


@pytest.mark.parametrize("lives", [True, False], ids=["it seems to live", "nothing is known of it"])
async def test_whoever_holds_it_is_waited_for_no_longer_than_any_deed_takes(pool: Pool, lives: bool) -> None:
    working = await hold_working(pool)
    assert await held(pool, holder=working.pid if lives else None)
    assert not await held(pool, NOW + HELD - timedelta(milliseconds=1))
    later = NOW + HELD
    assert sorted(await asyncio.gather(*(held(pool, later) for _ in range(4)))) == [False] * 3 + [True]
    await working.let_go()


async def test_whoever_was_too_slow_does_not_leave_it_for_another(pool: Pool) -> None:
    assert await held(pool)
    later = NOW + HELD
    assert await held(pool, later)
    await left(pool, NOW)
    assert not await held(pool, later), "the other one still works in it"


async def deed(pool: Pool, lane: str | None = LANE) -> int:
    rows = Rows(NOW)
    rows.deed(subject="contact:contact", kind="write", body={}, lane=lane)
    async with pool.acquire() as connection, connection.transaction():
        await rows.add(connection)
        return int(await connection.fetchval("SELECT max(deed) FROM deeds"))


async def test_the_oldest_that_is_not_done_comes_first(pool: Pool) -> None:
    first, second = await deed(pool), await deed(pool)
    await deed(pool, "write:contact:ana")
    await deed(pool, None)
    async with pool.acquire() as connection:
        assert await find_head(connection, LANE) == first
        assert await claim_deed(connection, first, NOW)
        assert await find_head(connection, LANE) == first, "what is tried, of unknown fate, holds the others back"
        await save_deed_part(connection, first, 1, ["SM0"])
        assert await find_head(connection, LANE) == first, "a part of it has gone"
        await save_deed_end(connection, first, state="done", provider_sid="SM1", outcome="queued", now=NOW)
        assert await find_head(connection, LANE) == second
        await save_deed_end(connection, second, state="refused", provider_sid=None, outcome="21610", now=NOW)
        assert await find_head(connection, LANE) is None
        assert await find_head(connection, "nobody's") is None


async def test_whoever_works_in_it_goes_on_with_the_oldest_and_leaves_when_nothing_is_left(pool: Pool) -> None:
    first, second = await deed(pool), await deed(pool)
    await deed(pool, "write:contact:ana")
    async with pool.acquire() as connection:
        for one in (first, second):
            assert await hold_lane(connection, LANE, NOW) == (one == first)
            head = await go_on(connection, LANE, NOW)
            assert head is not None
            assert (head.deed.deed, head.deed.lane, head.message) == (one, LANE, None)
            await save_deed_end(connection, one, state="done", provider_sid=None, outcome="told", now=NOW)
        assert await go_on(connection, LANE, NOW) is None
        assert await hold_lane(connection, LANE, NOW), "it was left"


async def test_whoever_was_too_slow_does_not_leave_it_for_another_who_finds_nothing(pool: Pool) -> None:
    later = NOW + HELD
    async with pool.acquire() as connection:
        assert await hold_lane(connection, LANE, NOW)
        assert await hold_lane(connection, LANE, later)
        assert await go_on(connection, LANE, NOW) is None
        assert not await hold_lane(connection, LANE, later), "the other one still works in it"
