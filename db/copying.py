"""A directory and its live flows from one database to another, for trying something out. The source is only read.

What people say of themselves (presence) and everything that calls have left stays behind.
"""

import io
from typing import TypeAlias

import asyncpg

Single: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

# Those first to which others refer.
TABLES: dict[str, str] = {
    "pods": "SELECT {columns} FROM pods",
    "lines": "SELECT {columns} FROM lines",
    "technicians": "SELECT {columns} FROM technicians",
    "absences": "SELECT {columns} FROM absences",
    "municipalities": "SELECT {columns} FROM municipalities",
    "clients": "SELECT {columns} FROM clients",
    "client_phones": "SELECT {columns} FROM client_phones",
    "client_municipalities": "SELECT {columns} FROM client_municipalities",
    "holidays": "SELECT {columns} FROM holidays",
    "flow_versions": "SELECT DISTINCT ON (flow) {columns} FROM flow_versions ORDER BY flow, publication DESC",
}


async def copy_directory(source: Single, target: Single) -> None:
    """Replaces what the target has of these. Both have this release's schema; one look at the source, in which
    nobody waits for us."""
    async with (
        source.transaction(isolation="repeatable_read", readonly=True),
        target.transaction(),
    ):
        await target.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        for table, wanted in TABLES.items():
            await _copy(source, target, table, wanted)
        await target.execute(
            """
            SELECT setval('flow_publications', greatest((SELECT max(publication) FROM flow_versions), 1))
            """
        )
        await target.execute("UPDATE editions SET directory = directory + 1, flows = flows + 1")


async def _copy(source: Single, target: Single, table: str, wanted: str) -> None:
    names = await target.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attnum",
        table,
    )
    columns = [row["attname"] for row in names]
    rows = io.BytesIO()
    listed = ", ".join(f'"{one}"' for one in columns)
    await source.copy_from_query(wanted.format(columns=listed), output=rows, format="binary")
    rows.seek(0)
    await target.copy_to_table(table, source=rows, columns=columns, format="binary")
