"""Absences as they are kept: whole weeks and hours in which a technician is away, known beforehand.

Turns read them fresh, as they do presence: adding one raises no edition.
"""

from datetime import datetime

from db.pool import Connection
from routing.absences import Absence


async def list_absences(
    connection: Connection, since: datetime, until: datetime | None = None, technician: str | None = None
) -> list[Absence]:
    """Those that touch the time between, by technician and beginning; `until` None has no end."""
    rows = await connection.fetch(
        """
        SELECT technician, begins_at, ends_at, note FROM absences
        WHERE ends_at > $1
            AND ($2::timestamptz IS NULL OR begins_at < $2)
            AND ($3::text IS NULL OR technician = $3)
        ORDER BY technician, begins_at
        """,
        since,
        until,
        technician,
    )
    return [Absence(row["technician"], row["begins_at"], row["ends_at"], row["note"]) for row in rows]


async def add_absence(connection: Connection, absence: Absence) -> bool:
    """Whether it is new: one with the same beginning is changed."""
    added = await connection.fetchval(
        """
        INSERT INTO absences AS kept (technician, begins_at, ends_at, note) VALUES ($1, $2, $3, $4)
        ON CONFLICT (technician, begins_at) DO UPDATE SET ends_at = excluded.ends_at, note = excluded.note
        RETURNING kept.xmax = 0
        """,
        absence.technician,
        absence.begins_at,
        absence.ends_at,
        absence.note,
    )
    return bool(added)


async def remove_absence(connection: Connection, technician: str, begins_at: datetime) -> Absence | None:
    """The one removed; None if there was none."""
    row = await connection.fetchrow(
        """
        DELETE FROM absences WHERE technician = $1 AND begins_at = $2
        RETURNING technician, begins_at, ends_at, note
        """,
        technician,
        begins_at,
    )
    return Absence(row["technician"], row["begins_at"], row["ends_at"], row["note"]) if row else None
