"""`python -m tests.scenarios.census FILE` writes all stories there, each with the values that it settles."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.dealing import Setting, Stories, settled, story_of

FOLDER = Path(__file__).parent


def stories_of(items: Iterable[pytest.Item]) -> Stories:
    """Each story once, as it is played as usual."""
    usual = Setting("as usual")
    return {
        story_of(item, usual): settled(item.iter_markers("settled"))
        for item in items
        if item.path.parent == FOLDER and item.nodeid.endswith(f"{usual.name}]")
    }


def has_all(session: pytest.Session) -> bool:
    """Whether all stories are played in this run, so that nobody need look for others."""
    is_chosen = session.config.option.keyword or session.config.option.markexpr or session.config.option.deselect
    is_narrow = any("::" in one for one in session.config.args)
    files = {item.path for item in session.items if item.path.parent == FOLDER}
    return not is_chosen and not is_narrow and files == set(FOLDER.glob("test_*.py"))


class Census:
    def __init__(self, file: Path) -> None:
        self.file = file

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.file.write_text(json.dumps(stories_of(session.items)))


if __name__ == "__main__":
    sys.exit(pytest.main(["--collect-only", "-q", "-n0", str(FOLDER)], plugins=[Census(Path(sys.argv[1]))]))
