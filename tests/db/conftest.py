"""A desk with the usual directory, on a database of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.desk import Desk
from db.importing import import_directory
from db.pool import open_pool
from db.snapshot import Snapshots
from tests.db.correspondents import NOW, Correspondents
from tests.world import DIRECTORY, write_directory

TWO_CLIENTS = {
    **DIRECTORY,
    "clients.csv": DIRECTORY["clients.csv"] + "dale,Dale Petrie,+1 403 555 0121,4802022,en,voice,,\n",
    "lines.csv": DIRECTORY["lines.csv"] + "+15875550101,Second,,,en,\n",
}


@pytest.fixture
async def people(database_url: str, tmp_path: Path) -> AsyncIterator[Correspondents]:
    pool = await open_pool(database_url)
    async with pool.acquire() as connection:
        await import_directory(connection, write_directory(tmp_path / "directory", TWO_CLIENTS), now=NOW)
    desk = Desk(pool, Snapshots(tmp_path))
    await desk.refresh()
    yield Correspondents(desk)
    await pool.close()
