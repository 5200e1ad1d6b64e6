"""Deeds (to be done through Twilio's API) and timers: rows of ours, each with its wake-up."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from db.editions import EMPTY
from db.jobs import SWEEP, enqueue
from db.pool import Connection


@dataclass(frozen=True, slots=True)
class Deed:
    """`state`: due, tried (its fate may be unknown), done, refused. `tried_at`: when it was last begun."""

    deed: int
    subject: str
    kind: str
    body: dict[str, Any]
    made_at: datetime
    due_at: datetime
    state: str
    tries: int
    tried_at: datetime | None
    provider_sid: str | None
    lane: str | None

    @property
    def has_ended(self) -> bool:
        return self.state in ("done", "refused")


COLUMNS = tuple(one.name for one in fields(Deed))


@dataclass(frozen=True, slots=True)
class Timer:
    timer: int
    subject: str
    kind: str
    due_at: datetime
    fired_at: datetime | None


def read_deed(values: Iterable[Any]) -> Deed:
    """`values`: of COLUMNS."""
    kept = dict(zip(COLUMNS, values, strict=True))
    return Deed(**{**kept, "body": json.loads(kept["body"])})


async def find_deed(connection: Connection, deed: int) -> Deed | None:
    row = await connection.fetchrow(f"SELECT {', '.join(COLUMNS)} FROM deeds WHERE deed = $1", deed)
    return read_deed(row) if row else None


async def take_deed(connection: Connection, deed: int) -> tuple[Deed | None, tuple[int, int]]:
    """And the present editions (directory, flows): whoever does it reads numbers that may have been imported just
    now."""
    row = await connection.fetchrow(
        f"""
        SELECT editions.directory, editions.flows, {", ".join(f"deeds.{one}" for one in COLUMNS)}
        FROM editions LEFT JOIN deeds ON deeds.deed = $1
        """,
        deed,
    )
    if row is None:
        raise LookupError(EMPTY)
    directory, flows, *values = row
    return read_deed(values) if values[0] is not None else None, (directory, flows)


async def find_call(connection: Connection, subject: str, ring: int) -> Deed | None:
    """The deed that was to call somebody for that ring of the contact."""
    deed = await connection.fetchval(
        """
        SELECT deed FROM deeds
        WHERE subject = $1 AND kind = 'call' AND (body ->> 'ring')::integer = $2
        ORDER BY deed DESC
        LIMIT 1
        """,
        subject,
        ring,
    )
    return await find_deed(connection, deed) if deed is not None else None


async def withdraw_deed(connection: Connection, deed: int, outcome: str, now: datetime) -> bool:
    """Nothing shall be done; False if it has been begun. Whoever claims it meanwhile waits for this word."""
    withdrawn = await connection.fetchval(
        """
        UPDATE deeds SET state = 'refused', outcome = $2, done_at = $3
        WHERE deed = $1 AND state = 'due'
        RETURNING deed
        """,
        deed,
        outcome,
        now,
    )
    return withdrawn is not None


async def claim_deed(connection: Connection, deed: int, now: datetime) -> bool:
    """Write down that it is about to be tried, before Twilio hears of it: what is unknown can be looked up."""
    claimed = await connection.fetchval(
        """
        UPDATE deeds SET state = 'tried', tries = tries + 1, tried_at = $2
        WHERE deed = $1 AND state IN ('due', 'tried')
        RETURNING deed
        """,
        deed,
        now,
    )
    return claimed is not None


async def claim_call_slot(connection: Connection, deed: int, per_second: float, now: datetime) -> datetime:
    """When this deed may begin a call by Twilio's API. Whoever comes first claims for all of its contact that wait, in
    their order: a swarm's best helper rings first, whichever job is taken up first. Kept with each, so that it asks
    once."""
    slot: datetime | None = await connection.fetchval(
        """
        WITH waiting AS (
            SELECT deed FROM deeds
            WHERE subject = (SELECT subject FROM deeds WHERE deed = $1) AND kind = 'call' AND state = 'due'
                AND NOT body ? 'slotted' AND due_at <= $2
            ORDER BY deed
            FOR UPDATE
        ), placed AS (
            SELECT deed, row_number() OVER (ORDER BY deed) - 1 AS place FROM waiting
        ), claimed AS (
            UPDATE call_slots SET next_at = greatest(next_at, $2::timestamptz) + (SELECT count(*) FROM placed) * $3
            RETURNING next_at - (SELECT count(*) FROM placed) * $3::interval AS slot
        ), slotted AS (
            UPDATE deeds SET due_at = slot + place * $3, body = deeds.body || '{"slotted": true}'
            FROM claimed, placed WHERE deeds.deed = placed.deed
            RETURNING deeds.deed, deeds.due_at
        )
        SELECT due_at FROM slotted WHERE deed = $1
        """,
        deed,
        now,
        timedelta(seconds=1 / per_second),
    )
    if slot is None:  # claimed for it meanwhile
        slot = await connection.fetchval("SELECT due_at FROM deeds WHERE deed = $1", deed)
    return slot


async def save_deed_due(connection: Connection, deed: int) -> None:
    """Twilio certainly did not do it: it may simply be tried again."""
    await connection.execute("UPDATE deeds SET state = 'due' WHERE deed = $1 AND state = 'tried'", deed)


async def save_deed_end(
    connection: Connection, deed: int, *, state: str, provider_sid: str | None, outcome: str, now: datetime
) -> bool:
    """Done or refused; False if it had already ended (its callback was faster than its answer)."""
    ended = await connection.fetchval(
        """
        UPDATE deeds SET state = $2, provider_sid = coalesce($3, provider_sid), outcome = $4, done_at = $5
        WHERE deed = $1 AND state IN ('due', 'tried')
        RETURNING deed
        """,
        deed,
        state,
        provider_sid,
        outcome,
        now,
    )
    return ended is not None


async def save_deed_part(connection: Connection, deed: int, part: int, sids: list[str]) -> Deed:
    """So many messages of a long text have gone, as Twilio's `sids`; the next one is still to go."""
    row = await connection.fetchrow(
        f"""
        UPDATE deeds SET
            state = 'due',
            body = body || jsonb_build_object('part', $2::integer, 'slotted', false, 'sids', $3::text [])
        WHERE deed = $1
        RETURNING {", ".join(COLUMNS)}
        """,
        deed,
        part,
        sids,
    )
    if row is None:
        raise LookupError(f"deed {deed} was never kept")
    return read_deed(row)


async def list_known_sids(connection: Connection, sids: list[str]) -> set[str]:
    """Which of Twilio's sids already belong to a deed of ours."""
    rows = await connection.fetch("SELECT provider_sid FROM deeds WHERE provider_sid = ANY($1)", sids)
    return {row["provider_sid"] for row in rows}


async def find_timer(connection: Connection, timer: int) -> Timer | None:
    row = await connection.fetchrow("SELECT timer, subject, kind, due_at, fired_at FROM timers WHERE timer = $1", timer)
    return Timer(**row) if row else None


async def save_timer_fired(connection: Connection, timer: int, now: datetime) -> None:
    await connection.execute("UPDATE timers SET fired_at = $2 WHERE timer = $1 AND fired_at IS null", timer, now)


async def add_sweep(connection: Connection, due_at: datetime, now: datetime) -> None:
    """The next round over contacts whose last callback may never come; one waits at a time."""
    await enqueue(connection, SWEEP, 0, due_at, now)
