"""Wake-ups. Deeds and timers are rows of ours; a pgqueuer job only carries the row's id and the time to look.

Enqueued in the turn's own transaction, so a job exists exactly if its row does. Entry points are registered by
`entry_point` alone: pgqueuer's defaults delete a failed job and wait 30 s for a dead worker's (DESIGN 6).
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel

from db.pool import Connection, Pool

SETTINGS = DBSettings(db_schema="jobs")
HEARTBEAT = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)
# Due by PostgreSQL's clock and not yet by ours, which may be a hair behind: such a job must not go round without end.
SHORTEST_DELAY = timedelta(milliseconds=10)

DEED = "deed"
TIMER = "timer"
SWEEP = "sweep"

# A job: from its row's id and the number of tries so far to nothing, or to a reason to try again.
Work = Callable[[int, int], Awaitable[None]]


class TryAgain(Exception):
    """Raised by a job that must run again; `seconds` None for the usual back-off."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.seconds = seconds


class Woken(Queries):
    """Of a queue whose owner wakes it whenever a job is due: nobody asks how long it may sleep."""

    async def eligible_queued_work(self, entrypoints: Any) -> int:
        return 0

    async def next_deferred_eta(self, entrypoints: Any) -> timedelta | None:
        return LONGEST_DELAY


def _queries(driver: Any, kind: type[Queries] = Queries) -> Queries:
    return kind(
        driver,
        qbe=QueryBuilderEnvironment(SETTINGS),
        qbq=QueryQueueBuilder(SETTINGS),
        qbs=QuerySchedulerBuilder(SETTINGS),
    )


async def enqueue_all(connection: Connection, asked: Sequence[tuple[str, int, datetime]], now: datetime) -> None:
    """Wake somebody for each (entry point, row) at its due time; a second wake-up for the same row is skipped."""
    if not asked:
        return
    await _queries(AsyncpgDriver(connection)).enqueue(  # type: ignore[arg-type]  # a pool's connection is one too
        [entry for entry, _, _ in asked],
        [str(row).encode() for _, row, _ in asked],
        [0] * len(asked),
        execute_after=[max(due_at - now, timedelta(0)) for _, _, due_at in asked],
        dedupe_key=[f"{entry}:{row}" for entry, row, _ in asked],
        on_conflict="skip",
    )


async def enqueue(connection: Connection, entry: str, row: int, due_at: datetime, now: datetime) -> None:
    await enqueue_all(connection, [(entry, row, due_at)], now)


class MigratedQueue(QueueManager):
    """A queue in tables that our own migrations made; that they are the newest is looked at before anything starts."""

    async def verify_structure(self) -> None:
        return


def manager(pool: Pool, *, is_woken: bool = False) -> QueueManager:
    """One job process's queue; run it with `run`. `is_woken`: somebody tells WAKE whenever a job becomes due."""
    return MigratedQueue(_queries(AsyncpgPoolDriver(pool), Woken if is_woken else Queries), Channel(SETTINGS.channel))


def entry_point(queue: QueueManager, name: str, work: Work, busy: set[str]) -> None:
    """Register a kind of job: a failure is tried again with back-off, and is never thrown away.

    `busy` holds the name of every job that runs at this moment.
    """

    async def run(job: Job) -> None:
        doing = f"job {name} {(job.payload or b'').decode()}"
        busy.add(doing)
        try:
            await work(int(job.payload or b"0"), job.attempts)
        except TryAgain as wish:
            delay = wish.seconds if wish.seconds is not None else 2.0 ** min(job.attempts, 9)
            later = min(max(timedelta(seconds=delay), SHORTEST_DELAY), LONGEST_DELAY)
            raise RetryRequested(delay=later, reason=wish.why) from None
        except (OSError, TimeoutError) as error:
            raise RetryRequested(
                delay=timedelta(seconds=2.0 ** min(job.attempts, 9)), reason=type(error).__name__
            ) from error
        finally:
            busy.discard(doing)

    queue.entrypoint(name, on_failure="hold")(run)


async def run(queue: QueueManager) -> None:
    """Work until `queue.shutdown` is set."""
    await queue.run(
        # A killed process's job waits for its heartbeat and for this; a job that is not due sooner tells nobody that it
        # is there (migration 0013).
        dequeue_timeout=timedelta(seconds=3),
        heartbeat_timeout=HEARTBEAT,
        batch_size=1,  # what became of a job is written at once, not 0.1 s later: a kill would have it done again
        log_aggregation_interval=timedelta(0),
    )


# What `pg_notify` is told to have every job process look again at once; for tests that have moved the database's clock.
WAKE = (
    SETTINGS.channel,
    json.dumps(
        {
            "channel": SETTINGS.channel,
            "operation": "update",
            "sent_at": "2000-01-01T00:00:00+00:00",
            "table": SETTINGS.queue_table,
            "type": "table_changed_event",
        }
    ),
)
