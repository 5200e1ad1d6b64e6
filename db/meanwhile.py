"""What a client has done since a text to them was put off: then it may be out of place."""

from datetime import datetime
from typing import Literal

from db.floor import peers
from db.messages import Message
from db.pool import Connection

Meanwhile = Literal["", "written_meanwhile", "talked_meanwhile", "called_meanwhile"]

MEANWHILE = """
WITH theirs AS (
    SELECT contact, channel, state FROM contacts
    WHERE touched_at > $3 AND (
        contact = $1 OR from_number = $2
        OR client = (SELECT own.client FROM contacts AS own WHERE own.contact = $1)
    )
)
SELECT
    exists(
        SELECT FROM messages INNER JOIN theirs USING (contact)
        WHERE messages.direction = 'in' AND messages.party = 'client' AND messages.at > $3
    ) AS written_meanwhile,
    exists(
        SELECT FROM talks
        WHERE talks.at > $3 AND (
            talks.peer = ANY($4)
            OR talks.peer = (SELECT 'client:' || own.client FROM contacts AS own WHERE own.contact = $1)
        )
    ) AS talked_meanwhile,
    exists(SELECT FROM theirs WHERE theirs.channel = 'voice' AND theirs.state = 'open') AS called_meanwhile
"""


async def find_meanwhile(connection: Connection, message: Message, number: str, since: datetime) -> Meanwhile:
    """The client has written, by whatever way, has talked with one of us, or is on the line now; empty for none.
    `number`: theirs, E.164 or empty."""
    row = await connection.fetchrow(MEANWHILE, message.contact, message.peer, since, peers([], number))
    if row is None:
        return ""
    if row["written_meanwhile"]:
        return "written_meanwhile"
    if row["talked_meanwhile"]:
        return "talked_meanwhile"
    return "called_meanwhile" if row["called_meanwhile"] else ""
