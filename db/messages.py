"""What people wrote: the messages of a conversation, in order, and what became of ours."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.pool import Connection

File = tuple[str, str]  # its address at Twilio or with us, and its media type


@dataclass(frozen=True, slots=True)
class Message:
    """One of a thread. `party`: with whom of the two sides; `technician`: who wrote it, or was given it."""

    message: int
    contact: str
    direction: str
    party: str
    technician: str
    line: str
    peer: str
    body: str
    files: tuple[File, ...]
    relays: int | None
    automatic: bool
    provider_sid: str | None
    status: str
    error: str
    at: datetime


COLUMNS = """
    message, contact, direction, party, technician, line, peer, body, files, relays, automatic, provider_sid, status,
    error, at
"""
# Twilio's statuses arrive in any order; none goes down (twilio.md 6.4).
RANKS = {
    "": 0,
    "accepted": 1,
    "scheduled": 2,
    "queued": 3,
    "sending": 4,
    "sent": 5,
    "delivered": 6,
    "undelivered": 6,
    "failed": 6,
    "canceled": 6,
    "refused": 6,
    "read": 7,
}
UNKNOWN = 5  # a status of tomorrow


async def add_message(
    connection: Connection,
    *,
    contact: str,
    direction: str,
    party: str,
    line: str,
    peer: str,
    now: datetime,
    technician: str = "",
    body: str = "",
    files: Sequence[File] = (),
    relays: int | None = None,
    automatic: bool = False,
    provider_sid: str | None = None,
) -> int:
    """Raises UniqueViolationError for one of Twilio's that is kept already."""
    return int(
        await connection.fetchval(
            """
            INSERT INTO messages (
                contact, direction, party, technician, line, peer, body, files, relays, automatic, provider_sid, at
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12)
            RETURNING message
            """,
            contact,
            direction,
            party,
            technician,
            line,
            peer,
            body,
            json.dumps([{"url": url, "type": kind} for url, kind in files]),
            relays,
            automatic,
            provider_sid,
            now,
        )
    )


def _message(row: Any) -> Message:
    files = tuple((one["url"], one["type"]) for one in json.loads(row["files"]))
    return Message(**{**row, "files": files})


async def find_message(connection: Connection, message: int) -> Message | None:
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM messages WHERE message = $1", message)
    return _message(row) if row else None


async def list_messages_by_sid(connection: Connection, sids: Sequence[str]) -> list[Message]:
    """In the order in which they came."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM messages WHERE provider_sid = ANY($1) ORDER BY message", list(sids)
    )
    return [_message(row) for row in rows]


async def list_thread(connection: Connection, contact: str) -> list[Message]:
    """All that was written in a conversation, between anybody."""
    rows = await connection.fetch(f"SELECT {COLUMNS} FROM messages WHERE contact = $1 ORDER BY message", contact)
    return [_message(row) for row in rows]


async def list_latest(connection: Connection, contact: str, most: int) -> list[Message]:
    """The last words between the client and us, oldest first; copies to technicians are no words of their own."""
    rows = await connection.fetch(
        f"""
        SELECT * FROM (
            SELECT {COLUMNS} FROM messages
            WHERE contact = $1 AND party = 'client'
            ORDER BY message DESC LIMIT $2
        ) AS latest ORDER BY message
        """,
        contact,
        most,
    )
    return [_message(row) for row in rows]


async def count_automatic(connection: Connection, peer: str, contact: str, since: datetime) -> int:
    """How many texts we have sent to somebody by ourselves, in other conversations than this one."""
    return int(
        await connection.fetchval(
            """
            SELECT count(*) FROM messages
            WHERE peer = $1 AND automatic AND party = 'client' AND at > $3 AND contact <> $2
            """,
            peer,
            contact,
            since,
        )
    )


async def save_body(connection: Connection, message: int, body: str) -> None:
    """As it was written when it went out."""
    await connection.execute("UPDATE messages SET body = $2 WHERE message = $1", message, body)


async def save_message_peer(connection: Connection, message: int, peer: str) -> None:
    await connection.execute("UPDATE messages SET peer = $2 WHERE message = $1", message, peer)


async def save_message_status(
    connection: Connection, message: int, status: str, *, sid: str | None = None, error: str = ""
) -> bool:
    """False if more is known by now."""
    changed = await connection.fetchval(
        """
        UPDATE messages SET status = $2, provider_sid = coalesce(provider_sid, $3), error = $4
        WHERE message = $1 AND coalesce(($6::jsonb ->> status)::integer, $7) < $5
        RETURNING message
        """,
        message,
        status,
        sid,
        error,
        RANKS.get(status, UNKNOWN),
        json.dumps(RANKS),
        UNKNOWN,
    )
    if changed is None and sid:
        await connection.execute(
            "UPDATE messages SET provider_sid = $2 WHERE message = $1 AND provider_sid IS null", message, sid
        )
    return changed is not None


# Who wants no texts, and whom none reaches.


async def save_opt_out(connection: Connection, number: str, word: str, now: datetime, *, out: bool) -> None:
    if out:
        await connection.execute(
            "INSERT INTO opt_outs (number, since, word) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING",
            number,
            now,
            word,
        )
    else:
        await connection.execute("DELETE FROM opt_outs WHERE number = $1", number)


async def is_opted_out(connection: Connection, number: str) -> bool:
    return bool(await connection.fetchval("SELECT exists(SELECT FROM opt_outs WHERE number = $1)", number))


async def save_deaf(connection: Connection, number: str, code: str, now: datetime) -> None:
    await connection.execute(
        "INSERT INTO deaf_numbers (number, since, code) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING",
        number,
        now,
        code,
    )


async def claim_text_slot(
    connection: Connection, deed: int, line: str, segments: int, per_second: float, now: datetime
) -> datetime:
    """When the line may send so many segments; kept with the deed, so that it asks for one slot alone."""
    slot: datetime = await connection.fetchval(
        """
        WITH claimed AS (
            INSERT INTO text_slots AS slots (line, next_at)
            VALUES ($2, $3::timestamptz + $4 * interval '1 second')
            ON CONFLICT (line) DO UPDATE
            SET next_at = greatest(slots.next_at, $3) + $4 * interval '1 second'
            RETURNING next_at - $4 * interval '1 second' AS slot
        )
        UPDATE deeds SET due_at = claimed.slot, body = deeds.body || '{"slotted": true}'
        FROM claimed WHERE deed = $1
        RETURNING claimed.slot
        """,
        deed,
        line,
        now,
        segments / per_second,
    )
    return slot
