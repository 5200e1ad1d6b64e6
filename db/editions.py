"""The one row that counts directory and flow versions, and the published versions as turns read them.

Drafts, publishing and history are `db.flows`'.
"""

import json
from typing import Any

from callflows.reading import SHIPPED_TEXTS
from callflows.step import Channel
from callflows.version import Version
from db.pool import Connection

# What `read_version` needs; the document with its steps in their author's order where that is known.
READ = "flow, version, coalesce(written, document::json) AS document, ring_orders, hours"

EMPTY = "the table editions is empty: run `podline migrate`"

# What a version holds beside its document, as the directory has it now. A pod without technicians has no ring.
RING_ORDERS = """
    (SELECT coalesce(jsonb_object_agg(pod, ring), '{}') FROM (
        SELECT pod, jsonb_agg(technician ORDER BY position, technician COLLATE "C") AS ring
        FROM technicians GROUP BY pod
    ) AS rings)
"""
HOURS = """
    (SELECT coalesce(jsonb_object_agg(technician, jsonb_build_object(
        'hours', hours, 'timezone', coalesce(nullif(technicians.timezone, ''), pods.timezone)
    )), '{}') FROM technicians JOIN pods USING (pod))
"""


async def get_editions(connection: Connection) -> tuple[int, int]:
    """(directory, flows)"""
    row = await connection.fetchrow("SELECT directory, flows FROM editions")
    if row is None:
        raise LookupError(EMPTY)
    return row["directory"], row["flows"]


async def list_newest_versions(connection: Connection) -> dict[str, Version]:
    """The live version of each flow: of the published ones the last, whatever its number."""
    rows = await connection.fetch(
        f"""
        SELECT DISTINCT ON (flow) {READ}
        FROM flow_versions
        ORDER BY flow, publication DESC
        """
    )
    return {row["flow"]: read_version(row) for row in rows}


async def list_channels(connection: Connection) -> dict[str, Channel]:
    """The channel of each flow's live version (`callflows.reading.channel_of`), which those to come must have too."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT ON (flow) flow, coalesce(
            document ->> 'channel', CASE WHEN flow = $1 AND NOT document ? 'steps' THEN 'text' ELSE 'voice' END
        ) AS channel
        FROM flow_versions
        ORDER BY flow, publication DESC
        """,
        SHIPPED_TEXTS,
    )
    return {row["flow"]: row["channel"] for row in rows}


async def get_version(connection: Connection, flow: str, version: int) -> Version:
    row = await connection.fetchrow(
        f"SELECT {READ} FROM flow_versions WHERE flow = $1 AND version = $2",
        flow,
        version,
    )
    if row is None:
        raise LookupError(f"flow {flow} has no version {version}")
    return read_version(row)


async def lock_flows(connection: Connection) -> None:
    """Puts those who number or publish versions in line, imports too; held to the end of the transaction."""
    await connection.execute("SELECT FROM editions FOR UPDATE")


async def raise_flows(connection: Connection) -> None:
    """In the transaction that publishes: every worker reads the live versions anew before its next turn."""
    await connection.execute("UPDATE editions SET flows = flows + 1")


def next_version(flow: str) -> str:
    """The number of a flow's next version; drafts count as well. `flow`: SQL for its name."""
    return f"""
    (SELECT 1 + coalesce(max(version), 0) FROM (
        SELECT version FROM flow_versions WHERE flow = {flow}
        UNION ALL
        SELECT version FROM flow_drafts WHERE flow = {flow}
    ) AS numbered)
    """


def read_version(row: Any) -> Version:
    return Version(
        flow=row["flow"],
        version=row["version"],
        document=json.loads(row["document"]),
        ring_orders={pod: tuple(keys) for pod, keys in json.loads(row["ring_orders"]).items()},
        hours=json.loads(row["hours"]),
    )
