"""Which contact a text belongs to, and what a technician who writes may mean."""

from dataclasses import replace
from datetime import datetime, timedelta

from callflows.contact import contact_id
from callflows.text_events import BEGINS, TextArrived
from db.contacts import HELD, Held, lock_contact
from db.incoming import Incoming
from db.letters import place_letter
from db.pool import Connection
from routing.addresses import read_address
from routing.floor import Conversation

PLAINLY_MEANT = timedelta(hours=24)  # DESIGN 5, "Texts"

# One text of a conversation after another, repeats too: held to the end of the turn's transaction.
IN_LINE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
PLACE = f"""
SELECT contact, {HELD} FROM contacts
WHERE contact = coalesce(
    (SELECT messages.contact FROM messages WHERE messages.provider_sid = $1 AND messages.direction = 'in'),
    (
        SELECT going_on.contact FROM contacts AS going_on
        WHERE going_on.channel = 'text' AND going_on.state = 'open' AND going_on.line = $2
            AND (CASE going_on.direction WHEN 'outbound' THEN going_on.to_number ELSE going_on.from_number END) = $3
    )
)
FOR UPDATE
"""


async def place(connection: Connection, incoming: Incoming) -> tuple[Incoming, Held | None]:
    """The same event with its contact, which is locked if there is one already: the one that has it, the conversation
    that goes on; or a new one."""
    event = incoming.event
    if incoming.contact or not isinstance(event, (TextArrived, *BEGINS)):
        return incoming, await lock_contact(connection, incoming.contact)
    address = read_address(incoming.caller)
    if address.kind == "mailto":
        incoming = await place_letter(connection, incoming, str(address))
        return incoming, await lock_contact(connection, incoming.contact)
    peer = str(address)
    sid = event.leg if isinstance(event, TextArrived) else ""
    await connection.execute(IN_LINE, f"{incoming.line} {peer}")
    found = await connection.fetchrow(PLACE, sid, incoming.line, peer)
    begun = incoming.provider_sid or incoming.key
    placed = replace(incoming, provider_sid=begun, caller=peer)
    if found is None:
        return replace(placed, contact=contact_id(begun)), None
    contact, *held = found
    return replace(placed, contact=contact), Held(*held)


async def save_first_sid(connection: Connection, contact: str, sid: str) -> None:
    """A conversation that we have begun is known by Twilio's sid of its first message that has one. That of ours may be
    known later than the client's answer to it."""
    await connection.execute(
        """
        UPDATE contacts SET provider_sid = coalesce(
            (
                SELECT messages.provider_sid FROM messages
                WHERE messages.contact = $1 AND messages.party = 'client' AND messages.provider_sid IS NOT null
                ORDER BY messages.message LIMIT 1
            ),
            $2
        )
        WHERE contact = $1 AND direction = 'outbound'
        """,
        contact,
        sid,
    )


# Why a text failed at one telephone, by Twilio's codes (twilio.md 6.6, 6.7): what fails there fails again. A carrier's
# filter, or a line that may not send, says nothing of the telephone.
OF_THE_TELEPHONE = ["21211", "21612", "21614", "30003", "30004", "30005", "30006"]


def out_of_reach(since: str, codes: str, sender: str) -> str:
    """SQL for technicians who ended our texts by a word of Twilio's, or to `sender` at least (`has_ended`), and those
    whose telephone has lost one since then, if nothing has arrived there, or come from it, after that."""
    return f"""
    SELECT out_of_reach.technician, bool_or(out_of_reach.has_ended) AS has_ended FROM (
        SELECT technicians.technician, true AS has_ended
        FROM opt_outs JOIN technicians ON technicians.phone = opt_outs.number
        UNION ALL
        SELECT technicians.technician, true
        FROM blocks JOIN technicians ON technicians.phone = blocks.number
        WHERE blocks.sender = {sender} AND blocks.blocked
        UNION ALL
        SELECT lost.technician, false
        FROM messages AS lost JOIN technicians USING (technician)
        WHERE lost.peer = technicians.phone AND lost.at > {since} AND lost.party = 'technician'
            AND lost.status IN ('failed', 'undelivered', 'refused') AND lost.error = ANY({codes})
            AND NOT exists(
                SELECT FROM messages AS later
                WHERE later.technician = lost.technician AND later.party = 'technician'
                    AND later.message > lost.message AND later.at >= lost.at
                    AND (later.direction = 'in' OR later.status = 'delivered')
            )
    ) AS out_of_reach
    GROUP BY out_of_reach.technician
    ORDER BY out_of_reach.technician
    """


def opted_in(numbers: str, sender: str, line: str, since: str) -> str:
    """SQL for who has said START since then, and when (epoch milliseconds): one of those numbers, "", to that sender
    of ours, and technicians to that line."""
    return f"""
    SELECT coalesce(technicians.technician, '') AS who, floor(extract(epoch FROM blocks.at) * 1000)::bigint AS at
    FROM blocks LEFT JOIN technicians ON technicians.phone = blocks.number
    WHERE NOT blocks.blocked AND blocks.at > {since} AND CASE
        WHEN technicians.technician IS null THEN blocks.sender = {sender} AND blocks.number IN ({numbers})
        ELSE blocks.sender = {line}
    END
    ORDER BY who
    """


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
