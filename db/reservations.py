"""Who is held for whom. One row a technician: the primary key keeps two calls from ringing one telephone."""

from datetime import datetime, timedelta

from db.pool import Connection

RING_HOLDS = timedelta(seconds=60)  # DESIGN 5, "Busy and free"


def claiming(technician: str, contact: str, now: str, until: str) -> str:
    """The common table expressions that claim a technician; the arguments are parameters of the statement, `$1` …

    `claimed` has the technician's row, or none if another call was first.
    """
    return f"""
    claimed AS (
        INSERT INTO reservations (technician, contact, kind, since, expires_at)
        VALUES ({technician}::text, {contact}, 'ringing', {now}::timestamptz, {until}::timestamptz)
        ON CONFLICT (technician) DO UPDATE
        SET contact = excluded.contact, kind = 'ringing', since = excluded.since, expires_at = excluded.expires_at
        WHERE reservations.expires_at <= excluded.since
            OR (reservations.contact = excluded.contact AND reservations.kind = 'wrap_up')
        RETURNING technician
    ), noted AS (
        INSERT INTO ring_records (technician, last_rung_at)
        SELECT technician, {now}::timestamptz FROM claimed
        ON CONFLICT (technician) DO UPDATE SET last_rung_at = excluded.last_rung_at
    )
    """


CLAIM = f"WITH {claiming('$1', '$2', '$3', '$4')} SELECT technician FROM claimed"


async def claim_technician(connection: Connection, technician: str, contact: str, now: datetime) -> bool:
    """Hold the technician for one ring, or find that another call was first."""
    return await connection.fetchval(CLAIM, technician, contact, now, now + RING_HOLDS) is not None


async def save_on_call(connection: Connection, technician: str, contact: str, now: datetime) -> bool:
    """Key 1: held until somebody frees it. False if another call holds them by now."""
    held = await connection.fetchval(
        """
        INSERT INTO reservations (technician, contact, kind, since, expires_at)
        VALUES ($1, $2, 'on_call', $3, 'infinity')
        ON CONFLICT (technician) DO UPDATE
        SET contact = excluded.contact, kind = 'on_call', since = excluded.since, expires_at = 'infinity'
        WHERE reservations.contact = excluded.contact OR reservations.expires_at <= excluded.since
            OR reservations.kind = 'wrap_up'
        RETURNING technician
        """,
        technician,
        contact,
        now,
    )
    return held is not None


async def save_free(
    connection: Connection, technician: str, contact: str, now: datetime, *, wrap_up: int, talked: bool
) -> None:
    """Give back what this contact holds; another contact's hold is not ours to end."""
    await connection.execute(
        """
        WITH freed AS (
            UPDATE reservations
            SET kind = 'wrap_up', since = $3, expires_at = $4
            WHERE technician = $1 AND contact = $2
        )
        INSERT INTO ring_records (technician, last_talked_at)
        SELECT $1, $3 WHERE $5
        ON CONFLICT (technician) DO UPDATE SET last_talked_at = excluded.last_talked_at
        """,
        technician,
        contact,
        now,
        now + timedelta(seconds=wrap_up),
        talked,
    )


async def save_ring_result(connection: Connection, technician: str, result: str, now: datetime) -> None:
    """Three failed rings in a row leave the number out for 15 minutes (DESIGN 5, "Presence")."""
    failed = result == "failed"
    missed = result in ("no_answer", "busy")
    answered = result in ("accepted", "declined", "not_screened")
    await connection.execute(
        """
        INSERT INTO ring_records (technician, failed_in_a_row, missed_in_a_row)
        VALUES ($1, ($2::boolean)::integer, ($3::boolean)::integer)
        ON CONFLICT (technician) DO UPDATE SET
            failed_in_a_row = CASE
                WHEN $2 THEN ring_records.failed_in_a_row + 1
                WHEN $3 OR $4::boolean THEN 0
                ELSE ring_records.failed_in_a_row END,
            missed_in_a_row = CASE
                WHEN $3 THEN ring_records.missed_in_a_row + 1
                WHEN $4 THEN 0
                ELSE ring_records.missed_in_a_row END,
            out_until = CASE
                WHEN $2 AND ring_records.failed_in_a_row % 3 = 2 THEN $5::timestamptz + interval '15 minutes'
                WHEN $4 THEN null
                ELSE ring_records.out_until END
        """,
        technician,
        failed,
        missed,
        answered,
        now,
    )
