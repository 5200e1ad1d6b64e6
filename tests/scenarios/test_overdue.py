"""What is owed to clients and late can be watched: figures for Prometheus, and one warning in the logs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ivr import telling
from simulator.people.story import StoryClock, StoryHandset
from tests.world import DIRECTORY, World, Worlds

SOON = 150  # seconds
NIGHT = datetime(2026, 11, 4, 5, 0, tzinfo=UTC)  # ten at night in Alberta, a Tuesday
BY_DAY = {**DIRECTORY, "technicians.csv": DIRECTORY["technicians.csv"].replace("24/7", "Mon-Fri 08:00-16:30")}


def figure(world: World, name: str, kind: str, channel: str) -> float:
    told = world.api("GET", "/metrics", token="").text
    (line,) = [one for one in told.splitlines() if one.startswith(f'{name}{{channel="{channel}",kind="{kind}"}}')]
    return float(line.rpartition(" ")[2])


def owed(world: World, kind: str, channel: str) -> tuple[float, float]:
    """Open, and overdue."""
    return figure(world, "podline_promises_open", kind, channel), figure(
        world, "podline_promises_overdue", kind, channel
    )


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    told: list[tuple[str, dict[str, Any]]] = []

    class Log:
        def warning(self, event: str, **fields: Any) -> None:
            told.append((event, fields))

    monkeypatch.setattr(telling, "log", Log())
    return told


def test_an_answer_that_is_owed_is_a_figure_until_somebody_gives_it(
    world: World,
    caller: StoryHandset,
    first: StoryHandset,
    clock: StoryClock,
    line: str,
    warnings: list[tuple[str, dict[str, Any]]],
) -> None:
    assert owed(world, "reply", "text") == (0, 0)
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll is broken", within=SOON)
    assert owed(world, "reply", "text") == (1, 0)
    clock.passes(minutes=61)
    assert (owed(world, "reply", "text"), warnings) == ((1, 1), [])
    clock.passes(hours=3)
    assert owed(world, "reply", "text") == (1, 1)
    contact = world.desk.thread("+14035550120")["contact"]
    late = {"contact": contact, "matter": 1, "owner": "ana", "what": "reply"}
    assert warnings == [("promise_overdue", late)], "once"
    first.sends_text(line, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)
    assert owed(world, "reply", "text") == (0, 0)


def test_a_call_back_is_a_figure_of_its_own(
    worlds: Worlds, line: str, warnings: list[tuple[str, dict[str, Any]]]
) -> None:
    world = worlds(directory=BY_DAY, start=NIGHT)
    clara = world.phone("+14035550120", "Clara")
    clara.dials(line).hears("We will call you back")
    clara.hangs_up()
    world.catches_up()
    assert (owed(world, "call_back", "voice"), owed(world, "reply", "text")) == ((1, 0), (0, 0))
    world.story.clock.passes(hours=16)
    open_now, overdue = owed(world, "call_back", "voice")
    assert open_now == overdue == 1
    assert [fields["what"] for _, fields in warnings] == ["call_back"]
