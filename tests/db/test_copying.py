"""A directory and its live flows are copied whole, and the database they come from is only read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from callflows.reading import shipped_document
from db.copying import TABLES, copy_directory
from db.editions import list_newest_versions
from db.importing import import_directory
from db.publishing import publish_new
from podline.world import write_world
from tests.database import fresh_database

NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
AWAY = "INSERT INTO presences (technician, state, since) VALUES ('ana', 'away', now())"
ABSENT = "INSERT INTO absences (technician, begins_at, ends_at, note) VALUES ('ana', now(), now() + '1 day', 'skiing')"
WANTED = "UPDATE clients SET wanted = '{ben}', unwanted = '{cho}' WHERE client = 'clara'"
COUNTERS = "SELECT directory, flows, (SELECT count(*) FROM flow_versions) AS versions FROM editions"


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def rows(connection: Any, table: str) -> list[str]:
    return sorted(str(dict(row)) for row in await connection.fetch(f"SELECT * FROM {table}"))


async def test_directory_and_live_flows_are_copied(database_url: str, tmp_path: Path) -> None:
    write_world(tmp_path)
    with fresh_database() as other:
        async with connected(database_url) as source, connected(other) as target:
            await import_directory(source, tmp_path, now=NOW)
            for note in ("first", "second"):
                document = {**shipped_document(), "description": note}
                await publish_new(source, "main", document, by="sam", note=note, now=NOW)
                await publish_new(source, "winter", document, by="sam", note=note, now=NOW)
            for statement in (AWAY, ABSENT, WANTED):
                await source.execute(statement)
            before = await source.fetchrow(COUNTERS)

            for _ in range(2):  # whatever the target had before
                await copy_directory(source, target)

            assert await source.fetchrow(COUNTERS) == before
            for table in set(TABLES) - {"flow_versions"}:
                assert await rows(target, table) == await rows(source, table) != [], table
            assert await list_newest_versions(target) == await list_newest_versions(source)
            assert await target.fetchval("SELECT count(*) FROM flow_versions") == 3
            assert await target.fetchval("SELECT count(*) FROM presences") == 0
            made = await publish_new(target, "main", shipped_document(), by="sam", note="", now=NOW)
            assert (await list_newest_versions(target))["main"].version == made.kept.version
