"""The one row that counts directory and flow versions, and the published versions themselves."""

import json
from datetime import datetime
from typing import Any

from callflows.version import Version
from db.pool import Connection


async def get_flows_edition(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT flows FROM editions"))


async def list_newest_versions(connection: Connection) -> dict[str, Version]:
    """The newest published version of each flow."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT ON (flow) flow, version, document, ring_orders, hours
        FROM flow_versions
        ORDER BY flow, version DESC
        """
    )
    return {row["flow"]: read_version(row) for row in rows}


async def get_version(connection: Connection, flow: str, version: int) -> Version:
    row = await connection.fetchrow(
        "SELECT flow, version, document, ring_orders, hours FROM flow_versions WHERE flow = $1 AND version = $2",
        flow,
        version,
    )
    if row is None:
        raise LookupError(f"flow {flow} has no version {version}")
    return read_version(row)


async def add_version(connection: Connection, version: Version, *, now: datetime, by: str, note: str) -> None:
    """Publish; the caller raises the flows edition in the same transaction."""
    await connection.execute(
        """
        INSERT INTO flow_versions (flow, version, document, ring_orders, hours, published_at, published_by, note)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        version.flow,
        version.version,
        json.dumps(version.document),
        json.dumps(version.ring_orders),
        json.dumps({key: dict(value) for key, value in version.hours.items()}),
        now,
        by,
        note,
    )


def read_version(row: Any) -> Version:
    return Version(
        flow=row["flow"],
        version=row["version"],
        document=json.loads(row["document"]),
        ring_orders={pod: tuple(keys) for pod, keys in json.loads(row["ring_orders"]).items()},
        hours=json.loads(row["hours"]),
    )
