"""Stories in real time: one `podline serve` with two web processes for all of them, and the local Twilio.

They run in one loop, because the local Twilio lives in it from the first story to the last.
"""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.database import fresh_database
from tests.live.service import Service, free_port, podline
from tests.live.town import DIRECTORY, Town
from tests.world import write_directory


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "live: in real time, against processes of its own")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.live)
            item.add_marker(pytest.mark.xdist_group("live"))
            if not sys.platform.startswith("linux"):
                item.add_marker(pytest.mark.skip(reason="looks for processes in /proc"))


@pytest.fixture(scope="session")
def live_database() -> Iterator[str]:
    with fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def twilio_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def service(live_database: str, twilio_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("live")
    started = Service(home, database_url=live_database, twilio_api_url=f"http://127.0.0.1:{twilio_port}")
    try:
        loaded = podline("import", write_directory(home / "directory", DIRECTORY), env=started.env, cwd=home)
        assert loaded.returncode == 0, loaded.stdout + loaded.stderr
        yield started
    finally:
        started.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def whole_town(service: Service, live_database: str, twilio_port: int) -> AsyncIterator[Town]:
    town = await Town.open(service, live_database, twilio_port)
    yield town
    await town.close()


@pytest_asyncio.fixture(loop_scope="session")
async def town(whole_town: Town) -> AsyncIterator[Town]:
    """The same people and lines for every story; at its end everybody hangs up and all is quiet again."""
    yield whole_town
    await whole_town.goes_quiet()
