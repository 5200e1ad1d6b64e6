"""`python -m tests.scenarios.census FILE` writes all stories there, each with the values that it settles."""

import json
import sys
from pathlib import Path

import pytest

from tests.dealing import Setting, settled, story_of


class Census:
    """Counts each story once, as it is played as usual."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        usual = Setting("as usual")
        stories = {
            story_of(item, usual): settled(item.iter_markers("settled"))
            for item in session.items
            if item.nodeid.endswith(f"{usual.name}]")
        }
        self.file.write_text(json.dumps(stories))


if __name__ == "__main__":
    folder = str(Path(__file__).parent)
    sys.exit(pytest.main(["--collect-only", "-q", "-n0", folder], plugins=[Census(Path(sys.argv[1]))]))
