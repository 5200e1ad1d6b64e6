"""Contacts: locking, keeping, and reading them as the contract shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.pool import Connection
from db.reservations import claiming


@dataclass(frozen=True, slots=True)
class Held:
    """A contact under its lock: the last turn's number and what is remembered."""

    turn: int
    memory: str
    direction: str
    from_number: str
    to_number: str
    provider_sid: str
    started_at: datetime
    closed: bool = False

    @property
    def client_number(self) -> str:
        return self.to_number if self.direction == "outbound" else self.from_number

    @property
    def our_number(self) -> str:
        return self.from_number if self.direction == "outbound" else self.to_number


HELD = "turn, memory, direction, from_number, to_number, provider_sid, started_at, state = 'closed' AS closed"


async def lock_contact(connection: Connection, contact: str) -> Held | None:
    """The first of a turn's locks; None for a contact that isn't kept yet."""
    row = await connection.fetchrow(f"SELECT {HELD} FROM contacts WHERE contact = $1 FOR UPDATE", contact)
    return Held(**row) if row else None


# A contact that we have begun is known by one of these and a number of ours, until there is a sid of Twilio's.
BEGUN_BY_US = ("SendOn:", "errand:")


def without_sid(contacts: str) -> str:
    """SQL for whether it has none yet."""
    return " OR ".join(f"starts_with({contacts}.provider_sid, '{one}')" for one in BEGUN_BY_US)


COLUMNS = """
    contact, provider_sid, channel, direction, from_number, to_number, line, municipality, pod, client,
    matter, owner, flow, flow_version, language, state, outcome, started_at, ended_at, turn, memory, touched_at,
    degraded, mailbox
"""
VALUES = """
    $1, $2, $33, $32, $3, $4, $5, nullif($6, ''), nullif($7, ''), nullif($8, ''),
    nullif($9, 0::bigint), nullif($10, ''), $11, $12::integer, $13, $14, $15, $16::timestamptz,
    CASE WHEN $14 = 'closed' THEN $16::timestamptz END, $17::integer, $18::jsonb, $16::timestamptz,
    'degraded' = ANY($28::text []), $34
"""
# What follows from the contact's row being kept: its slice if that is new, the turn, and the story's new lines.
TURN_AND_STORY = """
sliced AS (
    INSERT INTO slices (slice, body)
    SELECT $19, $20::jsonb WHERE $20 IS NOT null
    ON CONFLICT (slice) DO NOTHING
), turned AS (
    INSERT INTO turns (
        subject, turn, at, event_key, event, flow, flow_version, directory, slice, live, actions, reasons, reply
    )
    SELECT 'contact:' || kept.contact, $17, $16, $21, $22, $11, $12, $23, $19, $24, $25, $26, $27 FROM kept
), told AS (
    INSERT INTO events (contact, turn, place, at, kind, technician, leg_sid, detail)
    SELECT kept.contact, $17, story.ordinality, $16, story.kind, story.technician, story.leg, story.detail::jsonb
    FROM kept, unnest($28::text [], $29::text [], $30::text [], $31::text [])
        WITH ORDINALITY AS story (kind, technician, leg, detail)
)
SELECT count(*) FROM kept
"""

SAVE_TURN = f"""
WITH kept AS (
    INSERT INTO contacts ({COLUMNS}) VALUES ({VALUES})
    ON CONFLICT (contact) DO UPDATE SET
        line = excluded.line, municipality = excluded.municipality, pod = excluded.pod, client = excluded.client,
        matter = excluded.matter, owner = excluded.owner, flow = excluded.flow,
        flow_version = excluded.flow_version, language = excluded.language, state = excluded.state,
        outcome = excluded.outcome, ended_at = coalesce(contacts.ended_at, excluded.ended_at),
        turn = excluded.turn, memory = excluded.memory, touched_at = excluded.touched_at,
        degraded = contacts.degraded OR excluded.degraded,
        mailbox = coalesce(nullif(contacts.mailbox, ''), excluded.mailbox),
        provider_sid = CASE WHEN {without_sid("contacts")} THEN excluded.provider_sid ELSE contacts.provider_sid END
    WHERE contacts.turn = excluded.turn - 1
    RETURNING contact
), {TURN_AND_STORY}
"""

SAVE_FIRST_TURN = f"""
WITH {claiming("$35", "$1", "$16", "$36")}, kept AS (
    INSERT INTO contacts ({COLUMNS}) SELECT {VALUES} FROM claimed
    RETURNING contact
), {TURN_AND_STORY}
"""


async def save_turn(connection: Connection, values: Sequence[Any]) -> bool:
    """Keep the contact, its turn and its story in one statement; False if another turn was first.

    `values` in the order of `db.turns.columns`.
    """
    return bool(await connection.fetchval(SAVE_TURN, *values))


async def save_first_turn(connection: Connection, values: Sequence[Any], technician: str, until: datetime) -> bool:
    """Claim the technician and keep a new contact with its first turn, all in one statement; False if another call
    holds the technician. Raises UniqueViolationError for a contact that is kept already."""
    return bool(await connection.fetchval(SAVE_FIRST_TURN, *values, technician, until))


async def list_quiet(connection: Connection, before: datetime, limit: int) -> list[tuple[str, str]]:
    """Open contacts with no turn and no question to Twilio since `before`: (contact, provider sid)."""
    rows = await connection.fetch(
        """
        SELECT contact, provider_sid FROM contacts
        WHERE state = 'open' AND channel = 'voice' AND touched_at <= $1 AND coalesce(asked_at, touched_at) <= $1
        ORDER BY touched_at
        LIMIT $2
        """,
        before,
        limit,
    )
    return [(row["contact"], row["provider_sid"]) for row in rows]


async def has_open_contacts(connection: Connection) -> bool:
    return bool(
        await connection.fetchval("SELECT exists(SELECT FROM contacts WHERE state = 'open' AND channel = 'voice')")
    )


async def save_asked(connection: Connection, contact: str, now: datetime) -> None:
    """Twilio was asked about the call; ask again only after the usual while."""
    await connection.execute("UPDATE contacts SET asked_at = $2 WHERE contact = $1", contact, now)


async def save_provider_sid(connection: Connection, contact: str, sid: str) -> None:
    """The leg that a contact of ours hangs on now: Twilio is asked about it when nothing more is heard."""
    await connection.execute(
        "UPDATE contacts SET provider_sid = $2 WHERE contact = $1 AND direction = 'outbound'", contact, sid
    )
