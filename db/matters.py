"""Matters and promises. They change only under the matter's lock, taken after the contact's (DESIGN 6)."""

from datetime import datetime

from db.pool import Connection


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


async def save_matter_touched(connection: Connection, matter: int, now: datetime) -> None:
    """Something happened in it: the quiet days that would close it start again."""
    await connection.execute("UPDATE matters SET touched_at = $2 WHERE matter = $1", matter, now)


async def add_promise(
    connection: Connection, *, matter: int, contact: str, owner: str, due_at: datetime, now: datetime
) -> None:
    """At most one a contact: a repeat changes nothing."""
    await connection.execute(
        """
        INSERT INTO promises (matter, contact, owner, made_at, due_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (contact) DO NOTHING
        """,
        matter,
        contact,
        owner,
        now,
        due_at,
    )


async def save_promises_kept(connection: Connection, promises: list[int], now: datetime) -> None:
    await connection.execute(
        "UPDATE promises SET kept_at = $2 WHERE promise = ANY($1) AND kept_at IS null", promises, now
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
