"""What comes in writing when its turn can't be taken: it is put in the spool, and may be acknowledged.

Nobody listens while a text is taken up, so it can wait for the database, where a caller could not (DESIGN 6, "When
PostgreSQL is away"). `ivr.replaying` takes it up later.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog

from db.pool import AWAY
from db.spool import Entry, Spool
from ivr.routes import TURN_SECONDS
from ivr.within import within

log = structlog.get_logger()

LOOKS_EVERY = timedelta(seconds=1)
LOOK_SECONDS = 1.0


class Absence:
    """Whether the database is thought to be away. Then nobody waits for it, but for one turn a second, which looks."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None

    def seconds(self, now: datetime) -> float:
        """How long a turn that begins now may take; 0: it need not begin."""
        if self._looked_at is None:
            return TURN_SECONDS
        if timedelta(0) <= now - self._looked_at < LOOKS_EVERY:  # a clock that was set back is no reason to wait
            return 0
        self._looked_at = now
        return LOOK_SECONDS

    def begins(self, now: datetime) -> None:
        self._looked_at = now

    def ends(self) -> None:
        self._looked_at = None


class Spooling:
    """One web process's. `clock` gives the instant at which something came."""

    def __init__(self, spool: Spool, clock: Callable[[], datetime]) -> None:
        self._spool = spool
        self._clock = clock
        self._absence = Absence()

    async def takes(self, entry: Entry, turn: Callable[[], Coroutine[Any, Any, object]]) -> bool:
        """Whether it is safe with us: its turn is taken, or it waits in the spool. `turn` must change nothing if it is
        taken again: one that was given up may have been kept all the same."""
        seconds = 0.0 if self._is_behind(entry) else self._absence.seconds(self._clock())
        if seconds:
            try:
                await within(seconds, turn())
                self._absence.ends()
                return True
            except AWAY as error:
                self._absence.begins(self._clock())
                log.warning("turn_without_database", key=entry.key, why=type(error).__name__)
            except Exception:  # a fault of ours: once it is mended, the text is still here
                log.exception("turn_failed", key=entry.key)
        return await self._is_kept(entry)

    def _is_behind(self, entry: Entry) -> bool:
        """Something of the same conversation waits still."""
        try:
            return self._spool.holds(entry.lane)
        except (sqlite3.Error, OSError) as error:
            log.error("spool_unreadable", why=str(error))
            return False

    async def _is_kept(self, entry: Entry) -> bool:
        try:
            await asyncio.to_thread(self._spool.put, entry)
        except (sqlite3.Error, OSError) as error:
            log.error("spool_failed", key=entry.key, why=str(error))
            return False
        log.info("spooled", key=entry.key)
        return True
