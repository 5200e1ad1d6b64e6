"""Texts on their way: a deed with the message that it sends and of whom that is, in one reading; its turn to go, and
what became of it, in one writing each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.deeds import COLUMNS as DEED
from db.deeds import Deed, read_deed
from db.messages import COLUMNS as MESSAGE
from db.messages import STATUS, Message, read_message, save_late_sid, status_values
from db.pool import Connection
from db.writing import WRITE


@dataclass(frozen=True, slots=True)
class About:
    """Of whom a conversation is. `provider_sid`: by what it is known."""

    matter: int
    client: str
    municipality: str
    peer: str
    channel: str
    provider_sid: str


@dataclass(frozen=True, slots=True)
class Text:
    """`message` and `about` are None for a deed that sends none."""

    deed: Deed
    message: Message | None
    about: About | None


@dataclass(frozen=True, slots=True)
class Ending:
    """Whether the deed had not ended before; whether less was known of its message; the deed that waits behind it."""

    is_first: bool
    is_news: bool
    behind: int | None


READ = f"""
SELECT
    {", ".join(f"deeds.{one}" for one in DEED)},
    {", ".join(f"messages.{one}" for one in MESSAGE)},
    coalesce(contacts.matter, 0), coalesce(contacts.client, ''), coalesce(contacts.municipality, ''),
    CASE contacts.direction WHEN 'outbound' THEN contacts.to_number ELSE contacts.from_number END,
    contacts.channel, contacts.provider_sid
FROM deeds
LEFT JOIN messages ON deeds.kind = '{WRITE}' AND messages.message = (deeds.body ->> 'message')::bigint
LEFT JOIN contacts ON contacts.contact = messages.contact
"""


def read_text(row: Any) -> Text:
    """A row of READ."""
    deed, rest = read_deed(row[: len(DEED)]), row[len(DEED) :]
    if rest[0] is None:
        return Text(deed, None, None)
    return Text(deed, read_message(rest[: len(MESSAGE)]), About(*rest[len(MESSAGE) :]))


async def find_text(connection: Connection, deed: int) -> Text | None:
    row = await connection.fetchrow(f"{READ} WHERE deeds.deed = $1", deed)
    return read_text(row) if row else None


async def claim_seen(connection: Connection, deed: Deed, now: datetime) -> bool:
    """As `db.deeds.claim_deed`, but of several who have read the deed as it is given one alone claims it."""
    claimed = await connection.fetchval(
        """
        UPDATE deeds SET state = 'tried', tries = tries + 1, tried_at = $3
        WHERE deed = $1 AND state IN ('due', 'tried') AND tries = $2
        RETURNING deed
        """,
        deed.deed,
        deed.tries,
        now,
    )
    return claimed is not None


async def claim_text(connection: Connection, deed: Deed, line: str, seconds: float, now: datetime) -> datetime | None:
    """When the line has so many seconds for it; kept with the deed, so that it asks for one slot alone. If that is now,
    the deed is claimed as `claim_seen` does. None, and no slot is taken, if it is somebody else's by now."""
    slot: datetime | None = await connection.fetchval(
        """
        WITH asked AS (
            SELECT deed FROM deeds
            WHERE deed = $1 AND state IN ('due', 'tried') AND tries = $5 AND due_at = $6
            FOR UPDATE
        ), slot AS (
            INSERT INTO text_slots AS slots (line, next_at)
            SELECT $2, $3::timestamptz + $4 * interval '1 second' FROM asked
            ON CONFLICT (line) DO UPDATE
            SET next_at = greatest(slots.next_at, $3) + $4 * interval '1 second'
            RETURNING next_at - $4 * interval '1 second' AS at
        )
        UPDATE deeds SET
            due_at = slot.at,
            body = deeds.body || '{"slotted": true}',
            state = CASE WHEN slot.at <= $3 THEN 'tried' ELSE deeds.state END,
            tries = deeds.tries + CASE WHEN slot.at <= $3 THEN 1 ELSE 0 END,
            tried_at = CASE WHEN slot.at <= $3 THEN $3 ELSE deeds.tried_at END
        FROM slot, asked
        WHERE deeds.deed = asked.deed
        RETURNING slot.at
        """,
        deed.deed,
        line,
        now,
        seconds,
        deed.tries,
        deed.due_at,
    )
    return slot


async def save_text_due(connection: Connection, deed: Deed) -> None:
    """Twilio certainly did not take what was claimed after `deed` was read: it may be tried again, in a new slot."""
    await connection.execute(
        """
        UPDATE deeds SET state = 'due', body = body || '{"slotted": false}'
        WHERE deed = $1 AND state = 'tried' AND tries = $2 + 1
        """,
        deed.deed,
        deed.tries,
    )


async def list_known_texts(connection: Connection, sids: list[str]) -> set[str]:
    """Which of Twilio's sids already belong to a text of ours, or to a part of one."""
    rows = await connection.fetch(
        """
        SELECT provider_sid AS sid FROM deeds WHERE provider_sid = ANY($1)
        UNION
        SELECT part.sid FROM deeds CROSS JOIN jsonb_array_elements_text(deeds.body -> 'sids') AS part (sid)
        WHERE deeds.body ? 'sids' AND deeds.body -> 'sids' ?| $1 AND part.sid = ANY($1)
        """,
        sids,
    )
    return {row["sid"] for row in rows}


async def save_text_end(
    connection: Connection,
    text: Text,
    status: str,
    *,
    state: str,
    outcome: str,
    now: datetime,
    sid: str | None = None,
    error: str = "",
) -> Ending:
    """The deed is done or refused, and its message has that status."""
    if text.message is None:
        raise LookupError(f"deed {text.deed.deed} sends no message")
    row = await connection.fetchrow(
        f"""
        WITH ended AS (
            UPDATE deeds SET state = $9, provider_sid = coalesce($3, provider_sid), outcome = $10, done_at = $11
            WHERE deed = $8 AND state IN ('due', 'tried')
            RETURNING deed
        ), told AS ({STATUS})
        SELECT exists(SELECT FROM ended) AS is_first, exists(SELECT FROM told) AS is_news, (
            SELECT min(deed) FROM deeds WHERE lane = $12 AND deed > $8 AND state IN ('due', 'tried')
        ) AS behind
        """,
        *status_values(text.message.message, status, sid, error),
        text.deed.deed,
        state,
        outcome,
        now,
        text.deed.lane,
    )
    assert row is not None  # it has no FROM
    ending = Ending(**row)
    if sid and not ending.is_news and text.message.provider_sid is None:
        await save_late_sid(connection, text.message.message, sid)
    return ending
