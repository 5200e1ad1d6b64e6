"""The stories meet every Twilio that there may be: each value of a switch, and with it each value of any other."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dealing import (
    USUAL,
    Stories,
    all_pairs,
    but,
    choices,
    dealt,
    narrowed,
    pairs_of,
    rows,
    settings,
    settled,
    told_switches,
    unusual,
    written,
)
from tests.scenarios.census import has_all, stories_of

REPOSITORY = Path(__file__).resolve().parents[2]


def census(session: pytest.Session, file: Path) -> Stories:
    """All stories with what they settle, whichever of them are played now."""
    if has_all(session) and len(settings(os.environ)) > 1:
        return stories_of(session.items)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PODLINE_", "PYTEST_"))}
    command = [sys.executable, "-m", "tests.scenarios.census", str(file)]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found: Stories = json.loads(file.read_text())
    return found


def test_every_pair_of_values_is_dealt_to_some_story(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """And few stories settle anything: a mark for each that fails would leave little of the dealing."""
    stories = census(request.session, tmp_path / "stories.json")
    seed = next(one.seed for one in settings({}) if one.seed is not None)
    met = [replace(USUAL, **narrowed(dealt(seed, story), to)) for story, to in stories.items()]
    missing = all_pairs().difference(*(pairs_of(vars(one)) for one in met))
    pairs = sorted(" with ".join(f"{name}={value}" for name, value in sorted(pair)) for pair in missing)
    assert not pairs, "choose another SEED in tests/dealing.py: no story meets these"
    assert len([story for story, to in stories.items() if not to]) > len(stories) * 2 / 3
    assert len(stories) > 150


def test_rows_hold_every_pair_but_for_the_one_that_must_not_meet() -> None:
    apart = frozenset({("status_callback_order", "lost"), ("dial_action_on_caller_hangup", "not sent")})
    for seed in (1, 2, 3):
        assert all_pairs().difference(*(pairs_of(one) for one in rows(seed))) == {apart}
        assert len(rows(seed)) < 40


def test_the_long_run_has_each_other_value_by_itself() -> None:
    ways = settings({"PODLINE_TEST_LONG": "1", "PODLINE_TEST_SEED": "70"})
    singly = [one.values for one in ways if len(one.values) == 1]
    assert singly == [{name: value} for name, values in choices().items() for value in values if value != values[0]]
    assert [one.seed for one in ways if one.seed is not None] == [70, 71, 72, 73]
    assert [values[0] for values in choices().values()] == [getattr(USUAL, name) for name in choices()]


def test_a_failure_tells_what_plays_it_again() -> None:
    for values in rows(1):
        switches = replace(USUAL, **values, lost_share=0.5, rest_error_times=2)
        assert told_switches({"PODLINE_TEST_SWITCHES": written(unusual(switches))}) == switches


def test_what_a_story_settles() -> None:
    lost = pytest.mark.settled(because="why", **but(status_callback_order="lost")).mark
    assert narrowed({"status_callback_order": "lost"}, settled([lost])) == {"status_callback_order": "in order"}
    assert narrowed({"status_callback_order": "delayed"}, settled([lost])) == {"status_callback_order": "delayed"}
    assert narrowed({}, settled([pytest.mark.settled(because="why", ringing_event="missing").mark])) == {
        "ringing_event": "missing"
    }


@pytest.mark.parametrize(
    "mark",
    [
        pytest.mark.settled(ringing_event="missing"),
        pytest.mark.settled(because="why"),
        pytest.mark.settled(because="why", ringing_event="sometimes"),
        pytest.mark.settled(because="why", no_such_switch="on"),
    ],
)
def test_a_settled_mark_that_says_too_little_is_refused(mark: pytest.MarkDecorator) -> None:
    with pytest.raises(pytest.UsageError, match="because="):
        settled([mark.mark])
