"""What an import raises and publishes in the transaction that changes the directory; the imports' lock."""

from datetime import datetime

from db.editions import HOURS, RING_ORDERS, list_channels, next_version
from db.importing.checks import Known
from db.importing.loading import Connection

# Any number will do that nobody else locks by.
_IMPORT_LOCK = 7_403_202_601


async def lock_imports(connection: Connection) -> None:
    """Waits for another import to end; held by the session until `unlock_imports`."""
    await connection.execute("SELECT pg_advisory_lock($1)", _IMPORT_LOCK)


async def unlock_imports(connection: Connection) -> None:
    await connection.execute("SELECT pg_advisory_unlock($1)", _IMPORT_LOCK)


async def get_known(connection: Connection) -> Known:
    """All of the directory that rows are checked against."""
    record = await connection.fetchrow(
        """
        SELECT
            ARRAY(SELECT pod FROM pods ORDER BY pod) AS pods,
            ARRAY(SELECT municipality FROM municipalities) AS municipalities,
            ARRAY(SELECT technician FROM technicians ORDER BY technician) AS technicians,
            ARRAY(SELECT phone FROM technicians ORDER BY technician) AS phones,
            ARRAY(SELECT line FROM lines ORDER BY line) AS lines,
            ARRAY(SELECT fallback FROM lines ORDER BY line) AS fallbacks,
            ARRAY(SELECT pod FROM technicians ORDER BY technician) AS served,
            ARRAY(SELECT timezone FROM technicians ORDER BY technician) AS zones,
            ARRAY(SELECT timezone FROM pods ORDER BY pod) AS pod_zones
        """
    )
    assert record is not None
    return Known(
        frozenset(record["pods"]),
        frozenset(record["municipalities"]),
        await list_channels(connection),
        dict(zip(record["technicians"], record["phones"], strict=True)),
        dict(zip(record["lines"], record["fallbacks"], strict=True)),
        dict(zip(record["technicians"], zip(record["served"], record["zones"], strict=True), strict=True)),
        dict(zip(record["pods"], record["pod_zones"], strict=True)),
    )


async def get_rings_and_hours(connection: Connection) -> tuple[str, str]:
    """As they would be published now, in one comparable spelling."""
    record = await connection.fetchrow(f"SELECT {RING_ORDERS}::text AS rings, {HOURS}::text AS hours")
    assert record is not None
    return record["rings"], record["hours"]


async def raise_editions(connection: Connection, *, flows: bool) -> None:
    """Before anything is published: its row lock puts publishers in line."""
    await connection.execute("UPDATE editions SET directory = directory + 1, flows = flows + $1::integer", int(flows))


async def publish_rings_and_hours(connection: Connection, now: datetime, note: str) -> list[tuple[str, int]]:
    """A new version of every flow: the live document with today's ring orders and hours."""
    records = await connection.fetch(
        f"""
        INSERT INTO flow_versions (flow, version, document, written, ring_orders, hours,
            published_at, published_by, note, created_at, created_by)
        SELECT DISTINCT ON (flow) flow, {next_version("live.flow")}, document, written, {RING_ORDERS}, {HOURS},
            $1, 'import', $2, $1, 'import'
        FROM flow_versions AS live ORDER BY flow, publication DESC
        RETURNING flow, version
        """,
        now,
        note,
    )
    return sorted((record["flow"], record["version"]) for record in records)
