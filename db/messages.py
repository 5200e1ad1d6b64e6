"""What people wrote: the messages of a conversation, in order, and what became of ours."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from db.pool import Connection
from routing.addresses import read_address
from routing.optout import sender_of

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


COLUMNS = tuple(one.name for one in fields(Message))
ALL = ", ".join(COLUMNS)
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


def read_message(values: Iterable[Any]) -> Message:
    """`values`: of COLUMNS."""
    kept = dict(zip(COLUMNS, values, strict=True))
    files = tuple((one["url"], one["type"]) for one in json.loads(kept["files"]))
    return Message(**{**kept, "files": files})


async def find_message(connection: Connection, message: int) -> Message | None:
    row = await connection.fetchrow(f"SELECT {ALL} FROM messages WHERE message = $1", message)
    return read_message(row) if row else None


async def list_messages_by_sid(connection: Connection, sids: Sequence[str]) -> list[Message]:
    """In the order in which they came."""
    rows = await connection.fetch(
        f"SELECT {ALL} FROM messages WHERE provider_sid = ANY($1) ORDER BY message", list(sids)
    )
    return [read_message(row) for row in rows]


async def list_thread(connection: Connection, contact: str) -> list[Message]:
    """All that was written in a conversation, between anybody."""
    rows = await connection.fetch(f"SELECT {ALL} FROM messages WHERE contact = $1 ORDER BY message", contact)
    return [read_message(row) for row in rows]


async def list_latest(connection: Connection, contact: str, most: int) -> list[Message]:
    """The last words between the client and us, oldest first; copies to technicians are no words of their own."""
    rows = await connection.fetch(
        f"""
        SELECT * FROM (
            SELECT {ALL} FROM messages
            WHERE contact = $1 AND party = 'client'
            ORDER BY message DESC LIMIT $2
        ) AS latest ORDER BY message
        """,
        contact,
        most,
    )
    return [read_message(row) for row in rows]


def sent_by_ourselves(peer: str, contact: str, since: str) -> str:
    """SQL for how many texts we have sent to somebody by ourselves, in other conversations than this one."""
    return f"""
    SELECT count(*) FROM messages
    WHERE peer = {peer} AND automatic AND party = 'client' AND at > {since} AND contact <> {contact}
    """


def opted_out(numbers: str) -> str:
    """SQL for whether one of them has said that they want no texts from us, on whatever line."""
    return f"exists(SELECT FROM opt_outs WHERE opt_outs.number IN ({numbers}))"


def blocked(numbers: str, sender: str) -> str:
    """SQL for whether Twilio lets that sender of ours send one of them nothing."""
    return f"""
    exists(SELECT FROM blocks WHERE blocks.number IN ({numbers}) AND blocks.sender = {sender} AND blocks.blocked)
    """


async def save_outgoing(connection: Connection, message: int, body: str, peer: str, sender: str) -> bool:
    """As it is written when it goes out, and to whom; True if `sender` may send nothing there."""
    return bool(
        await connection.fetchval(
            f"""
            UPDATE messages SET body = $2, peer = $3 WHERE message = $1
            RETURNING {opted_out("$3")} OR {blocked("$3", "$4")}
            """,
            message,
            body,
            peer,
            sender_of(sender, peer),
        )
    )


# Nothing comes back if more is known by now.
STATUS = """
UPDATE messages SET status = $2, provider_sid = coalesce(provider_sid, $3), error = $4
WHERE message = $1 AND coalesce(($6::jsonb ->> status)::integer, $7) < $5
RETURNING message
"""


def status_values(message: int, status: str, sid: str | None, error: str) -> tuple[Any, ...]:
    return (message, status, sid, error, RANKS.get(status, UNKNOWN), json.dumps(RANKS), UNKNOWN)


async def save_message_status(
    connection: Connection, message: int, status: str, *, sid: str | None = None, error: str = ""
) -> bool:
    """False if more is known by now."""
    changed = await connection.fetchval(STATUS, *status_values(message, status, sid, error))
    if changed is None and sid:
        await save_late_sid(connection, message, sid)
    return changed is not None


async def save_late_sid(connection: Connection, message: int, sid: str) -> None:
    """A report that says nothing new may be the first to name it."""
    await connection.execute(
        "UPDATE messages SET provider_sid = $2 WHERE message = $1 AND provider_sid IS null", message, sid
    )


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


async def save_block(
    connection: Connection, number: str, sender: str, now: datetime, *, out: bool, everywhere: bool = False
) -> None:
    """`out`: Twilio lets `sender` send them nothing from now on; else they have said START to it. `everywhere`: so they
    have to each that they had been kept from."""
    await connection.execute(
        """
        INSERT INTO blocks (number, sender, blocked, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (number, sender) DO UPDATE SET blocked = $3, at = $4
        """,
        number,
        sender,
        out,
        now,
    )
    if everywhere:
        await connection.execute("UPDATE blocks SET blocked = $2, at = $3 WHERE number = $1", number, out, now)


async def find_phone(connection: Connection, technician: str) -> str:
    """A technician's own telephone; empty for who is no longer in the directory."""
    phone: str | None = await connection.fetchval("SELECT phone FROM technicians WHERE technician = $1", technician)
    return phone or ""


async def is_opted_out(connection: Connection, peer: str, sender: str) -> bool:
    """Whether `sender`, one of ours, may send nothing to that address."""
    number = number_of(peer)
    statement = f"SELECT {opted_out('$1')} OR {blocked('$1', '$2')}"
    return bool(await connection.fetchval(statement, number, sender_of(sender, peer)))


def number_of(peer: str) -> str:
    """By which an opt-out is known: of the person, whatever channel it came by."""
    return read_address(peer).number or peer


async def save_deaf(connection: Connection, number: str, code: str, now: datetime) -> None:
    await connection.execute(
        "INSERT INTO deaf_numbers (number, since, code) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING",
        number,
        now,
        code,
    )
