"""Threads over calls and texts, of a client or about a matter, and the messages of one conversation."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from db.pool import Connection

# Calls have no words of their own: who took them, for how long, and what came of them.
THREAD = """
WITH own AS (
    SELECT
        contact, channel, direction, matter, client, coalesce(outcome, '') AS outcome, started_at,
        CASE direction WHEN 'outbound' THEN to_number ELSE from_number END AS peer
    FROM contacts WHERE {own}
), entries AS (
    SELECT
        messages.at, messages.message, own.channel, own.contact, own.matter, own.client, messages.peer,
        CASE messages.direction WHEN 'in' THEN 'inbound' ELSE 'outbound' END AS direction,
        CASE messages.technician WHEN '' THEN '{{}}' ELSE ARRAY[messages.technician] END AS technicians,
        messages.body AS words, messages.files, messages.automatic, messages.status, messages.error,
        '' AS outcome, null::numeric AS seconds
    FROM messages INNER JOIN own ON own.contact = messages.contact
    WHERE messages.party = 'client'
    UNION ALL
    SELECT
        own.started_at, 0, own.channel, own.contact, own.matter, own.client, own.peer, own.direction,
        coalesce(talks.technicians, '{{}}'),
        '', '[]', false, '', '', own.outcome, talks.seconds
    FROM own LEFT JOIN LATERAL (
        SELECT
            array_agg(DISTINCT events.technician) AS technicians,
            max((events.detail ->> 'talked')::numeric) AS seconds
        FROM events
        WHERE events.contact = own.contact
            AND (events.kind = 'swarm_joined'
                OR (events.kind = 'ring_ended' AND events.detail ->> 'result' = 'accepted'))
    ) AS talks ON true
    WHERE own.channel = 'voice'
)
SELECT * FROM entries
WHERE $2::timestamptz IS null OR (at, contact, message) < ($2, $3::text, $4::bigint)
ORDER BY at DESC, contact DESC, message DESC
LIMIT $5
"""
CLIENT_THREAD = THREAD.format(own="client = $1::text")
# What a technician texts or says to us about a matter is a contact of their own, and none of the client's.
MATTER_THREAD = THREAD.format(own="matter = $1::bigint AND memory ->> 'technician' IS null")

MESSAGES = """
SELECT
    message, at, direction, party, technician, line, peer, body AS words, files, automatic, provider_sid, status, error
FROM messages WHERE contact = $1 ORDER BY message
"""

Before = tuple[datetime, str, int]


async def list_client_thread(
    connection: Connection, client: str, *, before: Before | None = None, limit: int = 100
) -> list[Mapping[str, Any]]:
    """The newest entries, oldest first; one more than `limit` if there are more. `before`: the first of the page that
    followed, as (at, contact, message)."""
    return await _list(connection, CLIENT_THREAD, client, before, limit)


async def list_matter_thread(
    connection: Connection, matter: int, *, before: Before | None = None, limit: int = 100
) -> list[Mapping[str, Any]]:
    """The same of what belongs to a matter, whoever wrote or called about it."""
    return await _list(connection, MATTER_THREAD, matter, before, limit)


async def _list(
    connection: Connection, statement: str, whose: str | int, before: Before | None, limit: int
) -> list[Mapping[str, Any]]:
    at, contact, message = before or (None, None, None)
    found = await connection.fetch(statement, whose, at, contact, message, limit + 1)
    return [with_files(row) for row in reversed(found)]


async def list_messages(connection: Connection, contact: str) -> list[Mapping[str, Any]]:
    """All that was written in a conversation, in its order: with the client, and with technicians about it."""
    return [with_files(row) for row in await connection.fetch(MESSAGES, contact)]


def with_files(row: Any) -> Mapping[str, Any]:
    return {**row, "files": json.loads(row["files"])}
