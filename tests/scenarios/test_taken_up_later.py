"""What waited while PostgreSQL was away is taken up: once, in order, whoever dies meanwhile and whatever breaks."""

import asyncio
from typing import Any

import pytest

from db.desk import Desk
from db.spool import Counts, Spool
from ivr import replaying
from ivr.messages import take_text
from ivr.replaying import MOST_TRIES
from simulator.people.story import StoryClock, StoryHandset
from tests.scenarios.outages import CLARA, SOON, Outage, dale, outage, spool_of, words, world
from tests.world import World

__all__ = ["dale", "outage", "world"]


def test_who_is_killed_between_the_commit_and_the_row_takes_it_up_once(
    world: World, outage: Outage, caller: StoryHandset, first: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = Spool.remove
    kept: list[int] = []

    def dies_first(spool: Spool, row: int) -> None:
        kept.append(row)
        if len(kept) == 1:
            raise OSError("killed")
        remove(spool, row)

    monkeypatch.setattr(Spool, "remove", dies_first)
    outage.begins()
    caller.sends_text(line, "Our tax roll is broken")
    outage.is_over()
    first.got_text("Our tax roll", within=SOON)
    world.story.clock.passes(minutes=5)
    assert kept[0] == kept[1]
    assert words(world, CLARA) == ["Our tax roll is broken"]
    assert len([one for one in first.texts if "Our tax roll" in one.body]) == 1


def test_who_is_killed_in_the_middle_loses_nothing(
    world: World, outage: Outage, caller: StoryHandset, first: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = asyncio.Event()

    async def is_caught(*args: Any) -> None:
        entered.set()
        await asyncio.Event().wait()

    outage.begins()
    caller.sends_text(line, "Our tax roll is broken")
    monkeypatch.setattr(replaying, "take_text", is_caught)
    outage.is_over()
    world.run(entered.wait())
    world.run(world.rehearsal.kills_work())
    monkeypatch.setattr(replaying, "take_text", take_text)
    world.run(world.rehearsal.begins_work())
    first.got_text("Our tax roll", within=SOON)
    assert words(world, CLARA) == ["Our tax roll is broken"]


def test_what_fails_once_is_tried_again_before_what_came_behind_it(
    world: World, outage: Outage, caller: StoryHandset, first: StoryHandset, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[str] = []

    async def fails_once(*args: Any) -> None:
        if not failed:
            failed.append(args[2].key)
            raise RuntimeError("the turn met others")
        await take_text(*args)

    monkeypatch.setattr(replaying, "take_text", fails_once)
    outage.begins()
    caller.sends_text(line, "The first")
    caller.sends_text(line, "The second")
    outage.is_over()
    first.got_text("The second", within=SOON)
    assert words(world, CLARA) == ["The first", "The second"]


def test_what_can_never_be_taken_up_is_kept_aside_and_holds_up_nobody(
    world: World,
    outage: Outage,
    caller: StoryHandset,
    dale: StoryHandset,
    first: StoryHandset,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    async def meets_a_fault(*args: Any) -> None:
        if args[2].event.body == "The first":
            tried.append(args[2].key)
            raise KeyError("a fault of ours")
        await take_text(*args)

    monkeypatch.setattr(replaying, "take_text", meets_a_fault)
    outage.begins()
    caller.sends_text(line, "The first")
    caller.sends_text(line, "The second")
    dale.sends_text(line, "Something else")
    outage.is_over()
    first.got_text("Something else", within=SOON)
    first.got_text("The second", within=SOON)
    assert len(tried) == MOST_TRIES
    assert (spool_of(world).count().waiting, spool_of(world).count().aside) == (0, 1)

    monkeypatch.setattr(replaying, "take_text", take_text)  # the next version has no such fault
    world.run(world.rehearsal.ends_work())
    world.run(world.rehearsal.begins_work())
    first.got_text("The first", within=SOON)
    assert spool_of(world).count() == Counts()
    assert words(world, CLARA) == ["The second", "The first"]


def test_who_wants_no_texts_any_more_is_sent_none_that_was_due(
    world: World,
    outage: Outage,
    caller: StoryHandset,
    first: StoryHandset,
    clock: StoryClock,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    async def takes_its_time(desk: Desk, *others: Any) -> None:
        for _ in range(50):
            await desk.pool.fetchval("SELECT true")
        await take_text(desk, *others)

    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll", within=SOON)
    world.run(world.rehearsal.ends_work())
    first.sends_text(line, "#1 I am on it")  # nobody sends it yet
    outage.begins()
    caller.sends_text(line, "ARRÊT")
    monkeypatch.setattr(replaying, "take_text", takes_its_time)
    outage.is_over()
    clock.passes(minutes=5)
    caller.got_no_text("I am on it")
    assert world.desk.query("SELECT number FROM opt_outs")[0]["number"] == CLARA
