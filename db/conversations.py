"""Which contact a text belongs to, and what a technician who writes may mean."""

from dataclasses import replace
from datetime import datetime, timedelta

from callflows.contact import contact_id
from callflows.text_events import BEGINS, TextArrived
from db.incoming import Incoming
from db.letters import place_letter
from db.pool import Connection
from routing.addresses import read_address
from routing.floor import Conversation

PLAINLY_MEANT = timedelta(hours=24)  # DESIGN 5, "Texts"

# One text of a conversation after another, repeats too: held to the end of the turn's transaction.
IN_LINE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
PLACE = """
SELECT coalesce(
    (SELECT contact FROM messages WHERE provider_sid = $1 AND direction = 'in'),
    (
        SELECT contact FROM contacts
        WHERE channel = 'text' AND state = 'open' AND line = $2
            AND (CASE direction WHEN 'outbound' THEN to_number ELSE from_number END) = $3
    )
)
"""


async def place(connection: Connection, incoming: Incoming) -> Incoming:
    """The same event with its contact: the one that has it already, the conversation that goes on, or a new one."""
    event = incoming.event
    if not isinstance(event, (TextArrived, *BEGINS)):
        return incoming
    address = read_address(incoming.caller)
    if address.kind == "mailto":
        return await place_letter(connection, incoming, str(address))
    peer = str(address)
    sid = event.leg if isinstance(event, TextArrived) else ""
    await connection.execute(IN_LINE, f"{incoming.line} {peer}")
    found = await connection.fetchval(PLACE, sid, incoming.line, peer)
    begun = incoming.provider_sid or incoming.key
    return replace(incoming, contact=found or contact_id(begun), provider_sid=begun, caller=peer)


async def save_first_sid(connection: Connection, contact: str, sid: str) -> None:
    """A conversation that we have begun is known by Twilio's sid of its first text, as soon as there is one."""
    await connection.execute(
        "UPDATE contacts SET provider_sid = $2 WHERE contact = $1 AND provider_sid LIKE 'SendOn:%'", contact, sid
    )


async def list_unwritable(connection: Connection) -> tuple[str, ...]:
    """Technicians who ended our texts by a word of Twilio's."""
    rows = await connection.fetch(
        "SELECT technician FROM technicians JOIN opt_outs ON opt_outs.number = technicians.phone ORDER BY technician"
    )
    return tuple(row["technician"] for row in rows)


CONVERSATIONS = """
WITH given AS (
    SELECT contact, max(at) AS at FROM messages
    WHERE technician = $1 AND party = 'technician' AND direction = 'out' AND NOT automatic AND at > $2
    GROUP BY contact
), written AS (
    SELECT DISTINCT ON (contacts.matter)
        contacts.contact, contacts.matter, contacts.line, contacts.direction, contacts.from_number,
        contacts.to_number, contacts.language, contacts.memory, contacts.touched_at, given.at
    FROM contacts LEFT JOIN given USING (contact)
    WHERE contacts.channel <> 'voice' AND contacts.state = 'open' AND contacts.matter IS NOT null
        AND contacts.memory ->> 'technician' IS null
    ORDER BY contacts.matter, given.at DESC NULLS LAST, contacts.touched_at DESC
)
SELECT
    matters.matter, matters.owner, coalesce(written.contact, '') AS contact,
    coalesce(written.line, latest.line, '') AS line,
    coalesce(
        CASE written.direction WHEN 'outbound' THEN written.to_number ELSE written.from_number END,
        posted.peer, nullif(matters.number, ''), phones.phone, ''
    ) AS peer,
    coalesce(matters.client, '') AS client, coalesce(matters.municipality, '') AS municipality,
    coalesce(matters.pod, '') AS pod, coalesce(written.language, latest.language, '') AS language,
    written.at IS NOT null AS relayed,
    coalesce(written.memory -> 'thread' -> 'members' ? $1, false) AS member,
    coalesce(written.at, written.touched_at) AS since,
    exists(
        SELECT FROM promises WHERE promises.matter = matters.matter AND promises.kept_at IS null
    ) AS waiting
FROM matters
LEFT JOIN written ON written.matter = matters.matter
LEFT JOIN LATERAL (
    SELECT contacts.line, contacts.language FROM contacts
    WHERE contacts.matter = matters.matter ORDER BY contacts.started_at DESC LIMIT 1
) AS latest ON true
LEFT JOIN LATERAL (
    SELECT CASE
        WHEN contacts.channel <> 'email' THEN null
        WHEN contacts.direction = 'outbound' THEN contacts.to_number
        ELSE contacts.from_number
    END AS peer
    FROM contacts
    WHERE contacts.matter = matters.matter AND contacts.memory ->> 'technician' IS null
    ORDER BY contacts.started_at DESC LIMIT 1
) AS posted ON true
LEFT JOIN LATERAL (
    SELECT client_phones.phone FROM client_phones
    WHERE client_phones.client = matters.client ORDER BY client_phones.place LIMIT 1
) AS phones ON true
WHERE matters.state = 'open'
    AND (matters.matter = ANY($3) OR matters.owner = $1 OR written.at IS NOT null OR matters.pod = $4)
ORDER BY (matters.matter = ANY($3)) DESC, written.at DESC NULLS LAST, matters.touched_at DESC
LIMIT 40
"""


async def list_conversations(
    connection: Connection, technician: str, pod: str, matters: list[int], now: datetime
) -> tuple[Conversation, ...]:
    """Those given to the technician within a day, those of theirs and their pod's, and those named by number."""
    rows = await connection.fetch(CONVERSATIONS, technician, now - PLAINLY_MEANT, matters, pod)
    return tuple(Conversation(**row) for row in rows)
