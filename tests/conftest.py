"""What every test may ask for: a database of its own, and what lies beside the repository."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.database import begin_run, end_run, fresh_database, leave_run
from tests.dealing import told

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    if not _is_worker(config):
        begin_run()


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


@pytest.fixture
def database_url() -> Iterator[str]:
    """A fresh, migrated, empty database; made in advance, dropped behind the test's back."""
    with fresh_database() as url:
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
