"""Matters and promises. They change only under the matter's lock, taken after the contact's (DESIGN 6)."""

from dataclasses import dataclass
from datetime import datetime

from db.pool import Connection, Pool


async def lock_matter(connection: Connection, matter: int) -> str | None:
    """Its owner, held until the transaction ends; None if it is no longer open."""
    owner: str | None = await connection.fetchval(
        "SELECT owner FROM matters WHERE matter = $1 AND state = 'open' FOR UPDATE", matter
    )
    return owner


async def add_matter(
    connection: Connection,
    *,
    owner: str,
    client: str | None,
    municipality: str | None,
    pod: str | None,
    number: str,
    now: datetime,
) -> int:
    """A new open matter; its number is what people call it: #12."""
    return int(
        await connection.fetchval(
            """
            INSERT INTO matters (owner, client, municipality, pod, number, opened_at, touched_at)
            VALUES ($1, $2, $3, $4, $5, $6, $6)
            RETURNING matter
            """,
            owner,
            client,
            municipality,
            pod,
            number,
            now,
        )
    )


async def find_matter_number(connection: Connection, matter: int) -> str:
    """The client's telephone, E.164; empty if it is not known."""
    number: str | None = await connection.fetchval("SELECT number FROM matters WHERE matter = $1", matter)
    return number or ""


async def save_matter_owner(connection: Connection, matter: int, owner: str, now: datetime) -> None:
    """Under its lock."""
    await connection.execute(
        "UPDATE matters SET owner = $2, touched_at = $3 WHERE matter = $1 AND state = 'open'", matter, owner, now
    )


async def add_promise(
    connection: Connection,
    *,
    matter: int,
    contact: str,
    owner: str,
    due_at: datetime,
    number: str,
    kind: str,
    now: datetime,
) -> None:
    """At most one of a kind that a contact waits for: a repeat changes nothing. `number`: where to call the client."""
    await connection.execute(
        """
        INSERT INTO promises (matter, contact, owner, made_at, due_at, number, kind)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (contact, kind) WHERE kept_at IS null DO NOTHING
        """,
        matter,
        contact,
        owner,
        now,
        due_at,
        number,
        kind,
    )


async def save_promises_kept(connection: Connection, promises: list[int], technician: str, now: datetime) -> None:
    await connection.execute(
        "UPDATE promises SET kept_at = $2, kept_by = $3 WHERE promise = ANY($1) AND kept_at IS null",
        promises,
        now,
        technician,
    )


async def save_promise_overdue(connection: Connection, promise: int, now: datetime) -> None:
    await connection.execute(
        "UPDATE promises SET overdue_at = $2 WHERE promise = $1 AND overdue_at IS null", promise, now
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """How many promises of one kind, made on one channel, are not kept yet, and for how many it is late."""

    kind: str
    channel: str
    open: int
    overdue: int


async def list_owed(pool: Pool, now: datetime) -> list[Owed]:
    """Of kinds and channels of which there are any."""
    rows = await pool.fetch(
        """
        SELECT
            promises.kind, contacts.channel, count(*) AS open,
            count(*) FILTER (WHERE promises.due_at < $1) AS overdue
        FROM promises INNER JOIN contacts ON contacts.contact = promises.contact
        WHERE promises.kept_at IS null
        GROUP BY promises.kind, contacts.channel
        """,
        now,
    )
    return [Owed(**row) for row in rows]


async def save_matter_closed(connection: Connection, matter: int, now: datetime) -> None:
    """Under its lock; what was promised in it is kept by the same turn."""
    await connection.execute(
        "UPDATE matters SET state = 'closed', closed_at = $2, touched_at = $2 WHERE matter = $1 AND state = 'open'",
        matter,
        now,
    )


async def save_matter_kept_open(connection: Connection, matter: int, now: datetime) -> None:
    await connection.execute("UPDATE matters SET keep_open = true, touched_at = $2 WHERE matter = $1", matter, now)


async def close_quiet_matters(connection: Connection, before: datetime, now: datetime) -> list[int]:
    """Those in which nothing has happened since `before`, without an open promise or a call under way (DESIGN 5,
    "Matters"). Each has a turn of its own; one that somebody holds is left for the next round."""
    closed = await connection.fetch(
        """
        WITH quiet AS (
            SELECT matters.matter FROM matters
            WHERE matters.state = 'open' AND NOT matters.keep_open AND matters.touched_at < $1
                AND NOT exists(
                    SELECT FROM promises WHERE promises.matter = matters.matter AND promises.kept_at IS null
                )
                AND NOT exists(
                    SELECT FROM contacts WHERE contacts.matter = matters.matter AND contacts.state = 'open'
                )
            FOR UPDATE OF matters SKIP LOCKED
        ), closed AS (
            UPDATE matters SET state = 'closed', closed_at = $2
            FROM quiet WHERE matters.matter = quiet.matter
            RETURNING matters.matter, matters.touched_at
        ), told AS (
            INSERT INTO turns (subject, turn, at, event_key, event)
            SELECT 'matter:' || closed.matter,
                1 + coalesce((SELECT max(turns.turn) FROM turns WHERE turns.subject = 'matter:' || closed.matter), 0),
                $2, 'MatterQuiet:' || closed.touched_at,
                jsonb_build_object('event', 'MatterQuiet', 'since', closed.touched_at)
            FROM closed
        )
        SELECT matter FROM closed ORDER BY matter
        """,
        before,
        now,
    )
    return [row["matter"] for row in closed]


async def save_talk(connection: Connection, *, peer: str, municipality: str, technician: str, now: datetime) -> None:
    """Who talked last with whom; `peer` as `db.floor.peers` names them."""
    await connection.execute(
        """
        INSERT INTO talks (peer, municipality, technician, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (peer, municipality) DO UPDATE SET technician = excluded.technician, at = excluded.at
        """,
        peer,
        municipality,
        technician,
        now,
    )


async def save_sighting(connection: Connection, number: str, municipality: str, now: datetime) -> None:
    """A caller from that number named that municipality."""
    await connection.execute(
        """
        INSERT INTO sightings (number, municipality, first_at, last_at) VALUES ($1, $2, $3, $3)
        ON CONFLICT (number, municipality) DO UPDATE SET times = sightings.times + 1, last_at = excluded.last_at
        """,
        number,
        municipality,
        now,
    )


async def save_note(
    connection: Connection,
    *,
    contact: str,
    matter: int,
    technician: str,
    recording: str,
    url: str,
    seconds: int,
    now: datetime,
) -> None:
    await connection.execute(
        """
        INSERT INTO notes (contact, recording, matter, technician, url, seconds, stored_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (contact, recording) DO NOTHING
        """,
        contact,
        recording,
        matter,
        technician,
        url,
        seconds,
        now,
    )


async def add_written_note(
    connection: Connection, *, contact: str, matter: int, technician: str, words: str, now: datetime
) -> None:
    """A contact may hold several, so each has a name of its own where spoken ones have their recording's."""
    await connection.execute(
        """
        INSERT INTO notes (contact, recording, matter, technician, url, seconds, stored_at, words)
        SELECT $1, 'note ' || (1 + count(*)), $2, $3, '', 0, $4, $5 FROM notes WHERE contact = $1
        """,
        contact,
        matter,
        technician,
        now,
        words,
    )


async def save_voicemail(
    connection: Connection, *, contact: str, recording: str, url: str, seconds: int, now: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO voicemails (contact, recording, url, seconds, stored_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (contact) DO NOTHING
        """,
        contact,
        recording,
        url,
        seconds,
        now,
    )
