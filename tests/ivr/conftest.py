"""A house with a real database and a Twilio of a few lines."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.desk import Desk
from db.importing import import_directory
from db.pool import open_pool
from db.snapshot import Snapshots
from tests.db.correspondents import Correspondents
from tests.ivr.far_files import Far, Pages
from tests.ivr.office import Office
from tests.ivr.swarms import NOW, WAITING, House, Twilio
from tests.world import DIRECTORY, write_directory


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    pool = await open_pool(database_url)
    async with pool.acquire() as connection:
        await import_directory(connection, write_directory(tmp_path / "directory", DIRECTORY), now=NOW)
    desk = Desk(pool, Snapshots(tmp_path))
    await desk.refresh()
    made = House(pool, desk, Twilio())
    await made.keep(WAITING)
    yield made
    await pool.close()


@pytest.fixture
async def office(house: House) -> Office:
    """Clara has written, and it has gone to Ana."""
    made = Office(Correspondents(house.desk))
    turn = await made.people.writes("Our tax roll is broken")
    assert turn is not None
    made.contact = turn.contact.contact
    await made.everything_goes()
    made.people.passes(minutes=1)
    made.carrier.taken.clear()
    return made


@pytest.fixture
def far() -> Far:
    return Far()


@pytest.fixture
async def pages(house: House, far: Far) -> AsyncIterator[Pages]:
    """Those of files, with Twilio at the far end."""
    made = Pages(house, far)
    yield made
    await made.twilio.close()
