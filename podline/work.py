"""`podline work`: one job process. It outlives an absent database and ends between two jobs."""

import asyncio
import contextlib
import signal

import asyncpg
import structlog

from db.pool import AWAY
from podline.app import Worker, open_api, open_house
from podline.clock import Clock, wall_clock
from podline.database import why_not
from podline.settings import Settings

log = structlog.get_logger()

POOL = 10  # one connection holds the sign that we work, one listens
CLOSE_SECONDS = 2.0
LONGEST_PAUSE = 5.0


def work(settings: Settings, database_url: str) -> None:
    """Until SIGTERM or SIGINT; a second signal doesn't wait for the job in hand."""
    asyncio.run(_work(settings, database_url))


async def _work(settings: Settings, database_url: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    working = loop.create_task(work_until(stop, settings, database_url, wall_clock))

    def told() -> None:
        if stop.is_set():
            working.cancel()
        stop.set()

    for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(sent, told)
    with contextlib.suppress(asyncio.CancelledError):
        await working


async def work_until(stop: asyncio.Event, settings: Settings, database_url: str, clock: Clock) -> None:
    """Open, work, and after the database went away begin anew, with back-off."""
    pause = 0.2
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        try:
            await _work_once(stop, settings, database_url, clock)
        except (*AWAY, asyncpg.PostgresError) as error:
            pause = 0.2 if asyncio.get_running_loop().time() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            log.warning("database_away", why=why_not(error), again_in=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)


async def _work_once(stop: asyncio.Event, settings: Settings, database_url: str, clock: Clock) -> None:
    house = await open_house(settings, database_url, clock, size=POOL)
    api = open_api(house)
    worker = Worker(house, api)
    loop = asyncio.get_running_loop()
    running, stopped = loop.create_task(worker.run()), loop.create_task(stop.wait())
    try:
        log.info("work_started")
        await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
        worker.stop()
        await running
        log.info("work_ended")
    finally:
        for task in (running, stopped):
            task.cancel()
        await asyncio.gather(running, stopped, return_exceptions=True)
        await api.close()
        with contextlib.suppress(*AWAY, asyncpg.PostgresError):
            await asyncio.wait_for(house.stack.aclose(), CLOSE_SECONDS)
        house.pool.terminate()
