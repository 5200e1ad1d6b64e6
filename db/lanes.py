"""Deeds of one lane are done one after another: a conversation's texts in their order, a contact's events in theirs.

Whoever works in a lane holds it: as long as the job process lives, and no longer than any deed takes.
"""

from datetime import datetime, timedelta

from db.jobs import DEED, enqueue
from db.pool import Connection
from db.readiness import WORKERS
from db.texts import READ, Text, read_text

HELD = timedelta(seconds=30)  # longer than any deed takes: the last resort, if PostgreSQL doesn't know of a death


async def hold_lane(connection: Connection, lane: str, now: datetime, holder: int | None = None) -> bool:
    """False while somebody else works in it. `holder`: our job process (`db.readiness.Working.pid`), without which the
    lane is free."""
    held = await connection.fetchval(
        f"""
        INSERT INTO lanes (lane, held_until, holder) VALUES ($1, $3, $4)
        ON CONFLICT (lane) DO UPDATE SET held_until = excluded.held_until, holder = excluded.holder
        WHERE lanes.held_until <= $2 OR lanes.holder IS NOT null AND lanes.holder NOT IN ({WORKERS})
        RETURNING true
        """,
        lane,
        now,
        now + HELD,
        holder,
    )
    return bool(held)


async def leave_lane(connection: Connection, lane: str, since: datetime) -> None:
    """`since`: when it was held. Who was too slow leaves nothing: it is another's by now."""
    await connection.execute("DELETE FROM lanes WHERE lane = $1 AND held_until = $2", lane, since + HELD)


async def go_on(connection: Connection, lane: str, since: datetime) -> Text | None:
    """The oldest deed of it that is not done, whoever holds it since then; when there is none, the lane is left."""
    row = await connection.fetchrow(
        f"""
        WITH gone AS (
            DELETE FROM lanes WHERE lane = $1 AND held_until = $2
                AND NOT exists(SELECT FROM deeds WHERE deeds.lane = $1 AND deeds.state IN ('due', 'tried'))
        )
        {READ} WHERE deeds.lane = $1 AND deeds.state IN ('due', 'tried') ORDER BY deeds.deed LIMIT 1
        """,
        lane,
        since + HELD,
    )
    return read_text(row) if row else None


async def find_head(connection: Connection, lane: str) -> int | None:
    """The oldest deed of it that is not done."""
    head: int | None = await connection.fetchval(
        "SELECT deed FROM deeds WHERE lane = $1 AND state IN ('due', 'tried') ORDER BY deed LIMIT 1", lane
    )
    return head


async def wake_head(connection: Connection, lane: str, now: datetime, at: datetime | None = None) -> None:
    """See that the oldest deed has a wake-up, at that time or at once; one that it has already is left alone."""
    head = await find_head(connection, lane)
    if head is not None:
        await enqueue(connection, DEED, head, at or now, now)


async def wake_forgotten(connection: Connection, before: datetime, now: datetime) -> None:
    """The last resort for lanes whose worker died at the wrong moment: whatever was due before then is woken."""
    rows = await connection.fetch(
        """
        SELECT lane FROM deeds
        WHERE lane IS NOT null AND state IN ('due', 'tried')
        GROUP BY lane HAVING min(due_at) < $1
        """,
        before,
    )
    for row in rows:
        await wake_head(connection, row["lane"], now)
