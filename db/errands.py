"""What must be known to keep a promise by a call."""

from dataclasses import dataclass

from db.pool import Connection


@dataclass(frozen=True, slots=True)
class Errand:
    """`number`: the client's, E.164; `line`: what they will see."""

    matter: int
    number: str
    line: str
    client: str
    municipality: str
    pod: str
    language: str


async def find_matter_to_call(connection: Connection, matter: int) -> Errand | None:
    """Of an open matter whose client can be called, promise or not."""
    row = await connection.fetchrow(
        """
        SELECT matters.matter, coalesce(nullif(matters.number, ''), phones.phone) AS number, latest.line,
            coalesce(matters.client, '') AS client, coalesce(matters.municipality, '') AS municipality,
            coalesce(matters.pod, '') AS pod, latest.language
        FROM matters
        JOIN LATERAL (
            SELECT contacts.line, contacts.language FROM contacts
            WHERE contacts.matter = matters.matter ORDER BY contacts.started_at DESC LIMIT 1
        ) AS latest ON true
        LEFT JOIN LATERAL (
            SELECT client_phones.phone FROM client_phones
            WHERE client_phones.client = matters.client ORDER BY client_phones.place LIMIT 1
        ) AS phones ON true
        WHERE matters.matter = $1 AND matters.state = 'open'
            AND coalesce(nullif(matters.number, ''), phones.phone) IS NOT null
        """,
        matter,
    )
    return Errand(**row) if row else None


async def find_errand(connection: Connection, contact: str) -> Errand | None:
    """Of the promise made in that contact; None once it is kept, or if there is no number to call."""
    row = await connection.fetchrow(
        """
        SELECT matters.matter, promises.number, contacts.line, coalesce(matters.client, '') AS client,
            coalesce(matters.municipality, '') AS municipality, coalesce(matters.pod, '') AS pod, contacts.language
        FROM promises
        JOIN contacts USING (contact)
        JOIN matters ON matters.matter = promises.matter
        WHERE promises.contact = $1 AND promises.kept_at IS null AND promises.number <> ''
            AND matters.state = 'open'
        """,
        contact,
    )
    return Errand(**row) if row else None
