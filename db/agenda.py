"""What a technician who calls a line may act on: the matter they last had to do with, and the promises they own."""

from datetime import datetime

from db.pool import Connection
from routing.floor import Agenda, AgendaItem
from routing.plan import REMEMBERED

MOST_PROMISES = 4  # as many as a menu can say

AGENDA = """
WITH last AS (
    SELECT contacts.matter, contacts.started_at AS at
    FROM contacts JOIN matters USING (matter)
    WHERE contacts.owner = $1 AND contacts.started_at > $3 AND matters.state = 'open'
    ORDER BY contacts.started_at DESC
    LIMIT 1
), promised AS (
    SELECT promises.matter, promises.made_at AS at, promises.promise, promises.due_at, promises.number
    FROM promises JOIN matters USING (matter)
    WHERE promises.owner = $1 AND promises.kept_at IS null AND matters.state = 'open'
    ORDER BY promises.due_at
    LIMIT $2
), listed AS (
    SELECT matter, at, null::bigint AS promise, null::timestamptz AS due_at, '' AS number FROM last
    UNION ALL
    SELECT matter, at, promise, due_at, number FROM promised
)
SELECT
    listed.matter, listed.at, coalesce(matters.client, '') AS client,
    coalesce(matters.municipality, '') AS municipality,
    coalesce(nullif(listed.number, ''), matters.number) AS number, coalesce(listed.promise, 0) AS promise, listed.due_at
FROM listed JOIN matters USING (matter)
ORDER BY listed.promise IS NOT null, listed.due_at
"""


async def read_agenda(connection: Connection, technician: str, now: datetime) -> Agenda:
    """At most one last matter, and the promises that are due soonest. Open matters alone."""
    since = now - REMEMBERED
    items = [AgendaItem(**row) for row in await connection.fetch(AGENDA, technician, MOST_PROMISES, since)]
    last = next((one for one in items if not one.promise), None)
    return Agenda(last, tuple(one for one in items if one.promise))
