"""Takes up what waits in the spool, once each, by the road by which it would have come; part of the job process.

One process of the machine at a time, the oldest first, and what belongs to one conversation never before what came
ahead of it. A row goes only after the commit of its turn; if that can't be seen any more, the turn's key makes the next
try a repeat.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

import asyncpg
import structlog

from callflows.text_events import TextArrived
from db.desk import Desk
from db.embedded_lock import FileLock
from db.pool import AWAY
from db.spool import Row, Spool
from ivr.messages import read_report, read_text, take_report, take_text

log = structlog.get_logger()

LOOKS_EVERY = 1.0  # seconds
FIRST_SECONDS = 5.0  # that other work waits for what people wrote before it
REPLAY_SECONDS = 20.0
MOST_TRIES = 5
BATCH = 100


class DatabaseAway(Exception):
    """Nothing can be taken up now."""


@dataclass(eq=False)
class Replaying:
    """`runs`: somebody looks at the spool; `wake`: at once, please."""

    desk: Desk
    clock: Callable[[], datetime]
    spool: Spool
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    runs: bool = False

    async def begin(self) -> None:
        """Before anything else is done: who has written that they want no texts is sent none. What was kept aside is
        tried again as well: with the process, the program may be another."""
        with self._patience(), suppress(TimeoutError):
            await asyncio.to_thread(self.spool.try_all_again)
            async with asyncio.timeout(FIRST_SECONDS):
                await self.round()

    async def run(self) -> None:
        """Until cancelled: looks every second, or when woken; whatever breaks, it looks again."""
        self.runs = True
        try:
            while True:
                self.wake.clear()
                with self._patience():
                    await self.round()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.wake.wait(), LOOKS_EVERY)
        finally:
            self.runs = False

    @contextlib.contextmanager
    def _patience(self) -> Iterator[None]:
        try:
            yield
        except DatabaseAway:
            log.warning("spool_waits_for_database")
        except (sqlite3.Error, OSError) as error:
            log.error("spool_unusable", why=str(error))
        except Exception:
            log.exception("spool_unread")

    async def round(self) -> None:
        """All that waits. Raises DatabaseAway."""
        if not self.spool.has_waiting():
            return
        with closing(FileLock(self.spool.path.with_suffix(".lock"))) as lock:
            if not lock.try_alone():
                return  # another process of this machine does it
            stopped: set[str] = set()
            after = 0
            while rows := self.spool.list_waiting(after, BATCH):
                for one in rows:
                    after = one.row
                    if one.entry.lane not in stopped and not await self.takes(one):
                        stopped.add(one.entry.lane)

    async def takes(self, one: Row) -> bool:
        """Whether those of its lane may go on. Raises DatabaseAway."""
        try:
            async with asyncio.timeout(REPLAY_SECONDS):
                await self.take(one)
        except Exception as error:
            if isinstance(error, (*AWAY, asyncpg.PostgresError)) and not await self._database_answers():
                raise DatabaseAway from error
            aside = type(error).__name__ if one.tries + 1 >= MOST_TRIES else None
            log.exception("replay_failed", key=one.entry.key, tries=one.tries + 1, aside=aside is not None)
            await asyncio.to_thread(self.spool.save_failure, one.row, aside=aside)
            return aside is not None
        await asyncio.to_thread(self.spool.remove, one.row)
        log.info("replayed", key=one.entry.key)
        return True

    async def take(self, one: Row) -> None:
        """At this instant; of a text it is known when it came."""
        match one.entry.kind:
            case "text":
                arrived = read_text(one.entry.form)
                assert isinstance(arrived.event, TextArrived)
                event = replace(arrived.event, came_at=int(one.entry.came_at.timestamp()))
                await take_text(self.desk, self.clock, replace(arrived, event=event))
            case "report":
                await take_report(self.desk, self.clock, read_report(one.entry.form))

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(1):
                return bool(await self.desk.pool.fetchval("SELECT true"))
        except (*AWAY, asyncpg.PostgresError):
            return False
