"""The rules of the walk can be broken: each is shown a run in which something is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.walk.faults import FAULTS
from tests.walk.invariants import broken
from tests.walk.people import Conduct, Journey
from tests.walk.play import Kept, Run, Walk, told
from tests.walk.town import ANA, DAN, town


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    with town("main") as world:
        yield Walk(world)


@pytest.fixture(scope="module")
def run(walk: Walk) -> Run:
    """Ana takes the call."""
    found = walk.plays(Journey("talk"))
    assert broken(found) == []
    return found


def with_kept(run: Run, *, row: dict[str, Any] | None = None, events: Sequence[Any] | None = None) -> Run:
    kept = run.kept[0]
    return replace(
        run, kept=[Kept({**kept.row, **(row or {})}, kept.events if events is None else events, kept.played)]
    )


def test_an_open_contact(run: Run) -> None:
    assert any("stays open" in one for one in broken(with_kept(run, row={"state": "open"})))


def test_a_call_of_which_nothing_was_kept(run: Run) -> None:
    assert "no contact was kept of the call" in broken(replace(run, kept=()))


def test_two_calls_at_once(run: Run) -> None:
    assert f"{ANA} was offered two calls at once" in broken(replace(run, legs=(*run.legs, run.legs[-1])))


def test_a_ring_without_an_end(run: Run) -> None:
    left = [one for one in run.kept[0].events if one["kind"] != "ring_ended"]
    assert any("of these rings have ended" in one for one in broken(with_kept(run, events=left)))


def test_a_story_that_differs(run: Run) -> None:
    usual = told(run) + told(run)
    unnoticed, delayed, tale = (
        next(one for one in FAULTS if one.changes == what) for what in ("nothing", "delay", "tale")
    )
    assert any("the story differs" in one for one in broken(run, unnoticed, usual))
    assert any("the story differs" in one for one in broken(run, delayed, usual))
    assert broken(run, tale, usual) == []


def test_somebody_is_still_reserved(walk: Walk, run: Run) -> None:
    walk.world.desk.query("UPDATE reservations SET kind = 'on_call', expires_at = 'infinity'")
    assert "still reserved: ana (on_call)" in broken(run)


def test_a_caller_who_is_left_with_nothing(walk: Walk) -> None:
    run = walk.plays(Journey("nobody", conducts={ANA: Conduct(("passes",)), DAN: Conduct(("passes",))}))
    assert broken(run) == []
    walk.world.desk.query("DELETE FROM promises")
    assert any("left with nothing" in one for one in broken(run))


def test_a_silence(walk: Walk, run: Run) -> None:
    sounds = run.caller.sounds
    kept = list(sounds)
    sounds.clear()
    try:
        assert any("hears nothing" in one for one in broken(run))
    finally:
        sounds += kept
