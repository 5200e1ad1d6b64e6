"""What every test may ask for: a database of its own, and what lies beside the repository."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

from tests.clearing import Cleared
from tests.database import begin_run, end_run, leave_run
from tests.dealing import told
from tests.routes import make_rules_once

REPOSITORY = Path(__file__).resolve().parent.parent


# Real time, a browser, processes: what takes longest is begun first, each by one worker.
LONGEST = ("tests/podline/test_demo.py", "tests/live/", "tests/simulator/softphone/", "tests/walk/")


def pytest_configure(config: pytest.Config) -> None:
    if not _is_worker(config):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process of the run would compile all of it anew
        sys.dont_write_bytecode = False
        begin_run()
    make_rules_once()
    settings.register_profile("no stopwatch", deadline=None)  # how long an example takes is the machine's affair
    settings.load_profile("no stopwatch")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """xdist deals the tests out in as many runs of neighbours as there are workers, and who is done takes from the end
    of another's."""
    workers = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    longest = [[item for item in items if item.nodeid.startswith(one)] for one in LONGEST]
    others = iter([item for item in items if not item.nodeid.startswith(LONGEST)])
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        share = (len(items) - len(dealt)) // (workers - worker)
        first = list(chain.from_iterable(longest[worker::workers]))
        dealt += [*first, *islice(others, max(share - len(first), 0))]
    items[:] = [*dealt, *others]


def pytest_report_header() -> str:
    return told(os.environ)


def pytest_unconfigure(config: pytest.Config) -> None:
    gc.unfreeze()
    if _is_worker(config):
        leave_run()
    else:
        end_run()


def pytest_collection_finish() -> None:
    """What is imported by now stays, and need not be looked at again and again: a tenth of a story's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session")
def cleared() -> Iterator[Cleared]:
    lends = Cleared()
    yield lends
    lends.close()


@pytest.fixture
def database_url(cleared: Cleared) -> Iterator[str]:
    """A migrated, empty database, nobody else's."""
    with cleared.lent() as url:
        yield url


@pytest.fixture(scope="session")
def lacking() -> Callable[[str], NoReturn]:
    """Ends a test that lacks something: skips it, but fails it where CI=true says that all is there."""

    def end(what: str) -> NoReturn:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{what} is lacking")
        pytest.skip(f"{what} is lacking")

    return end


@pytest.fixture(scope="session")
def shared_data(lacking: Callable[[str], NoReturn]) -> Path:
    """The folder of real data beside the repository, `../shared/data`."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        lacking("../shared/data")
    return folder


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
