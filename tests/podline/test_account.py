"""The demo's account: who is with whom in a room, and a wait that is one line however long it lasts."""

import asyncio
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from rich.text import Text

from podline.demo.account import Account
from simulator.people.scripted import CALLER, Stage

ROOM = "<Dial><Conference beep='false' {}>desk-1</Conference></Dial>"
WAIT = "<Gather input='dtmf' timeout='1'><Say>Still trying.</Say><Play>/music.wav</Play></Gather>"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with asyncio.Runner() as runner:
        yield Stage(runner.run)


@pytest.fixture
def lines(stage: Stage) -> list[str]:
    """The account's, without the time of day."""
    said: list[str] = []

    def show(line: Text) -> None:
        said.append(line.plain.split("UTC")[-1].strip())

    stage.exchange.watch(Account(show, {}, ZoneInfo("UTC")).watch)
    return said


def test_who_joins_whom_who_leaves_and_for_whom_it_is_over(stage: Stage, lines: list[str]) -> None:
    ends = "endConferenceOnExit='true'"
    stage.page("/voice", lambda given: ROOM.format(ends if given["From"] == CALLER else ""))
    stage.first.dials(stage.line)
    stage.caller.dials(stage.line).is_in_room_with(stage.first)
    stage.second.dials(stage.line).is_in_room_with(stage.caller, stage.first)
    stage.passes(70)
    stage.first.hangs_up()
    stage.passes(5)
    stage.caller.hangs_up()
    stage.second.has_ended()
    in_rooms = [one for one in lines if "joins" in one or "room" in one]
    assert in_rooms == [
        "Ana is in the room for the caller, alone so far",
        "Cora joins Ana",
        "Ben joins Ana and Cora",
        "Ana hangs up after 1 min 10 s in the room; Cora and Ben talk on",
        "Cora hangs up after 1 min 15 s in the room; it is over for Ben",
    ]


def test_who_stays_behind_is_alone(stage: Stage, lines: list[str]) -> None:
    stage.page("/voice", ROOM.format(""))
    stage.first.dials(stage.line)
    stage.caller.dials(stage.line).is_in_room_with(stage.first)
    stage.first.hangs_up()
    stage.caller.hangs_up()
    assert lines[-2:] == [
        "Ana hangs up after 0 s in the room; Cora stays, alone",
        "Cora hangs up after 0 s in the room; nobody is in it any more",
    ]


def test_a_wait_is_told_once(stage: Stage, lines: list[str]) -> None:
    stage.page("/voice", f"{WAIT}<Redirect>/voice</Redirect>")
    stage.caller.dials(stage.line)
    stage.passes(120)
    assert len([one for one in stage.exchange.requests if one.kind == "twiml"]) > 5
    assert lines == [
        "Cora dials another number, (587) 555-0100",
        "Cora hears: “Still trying.”",
        "Cora waits, with music",
    ]
    stage.caller.presses("1")
    stage.passes(60)
    assert lines[3:] == ["Cora presses 1", "Cora hears: “Still trying.”", "Cora waits, with music"]
