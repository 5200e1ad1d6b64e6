"""The demo's account: who is with whom in a room, and a wait that is one line however long it lasts."""

import asyncio
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.text import Text

from podline.demo.account import Account
from podline.demo.told import Told
from podline.demo.town import LINE, LINE_FR, Person
from routing.numbers import shown
from simulator.people.scripted import CALLER, Stage
from simulator.texts.media import Media

CLARA, ANA = "+14035550120", "+14035550101"
INDENT = " " * 20
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


def test_who_writes_to_whom_with_what(stage: Stage) -> None:
    said: list[str] = []
    people = {
        "clara": Person("clara", "Clara Whitfield", CLARA, "Taber", "America/Edmonton"),
        "ana": Person("ana", "Ana Ferreira", ANA),
    }
    stage.exchange.watch(Account(lambda line: said.append(line.plain), people, ZoneInfo("UTC")).watch)

    async def write() -> None:
        picture = Media("ME1", stage.exchange.clock.now(), "image/png")
        stage.exchange.texted(CLARA, LINE, "Our tax roll", [picture])
        stage.exchange.texted(LINE, ANA, "#1 Taber, Clara Whitfield:\nOur tax roll\nhttps://desk.example/files/x")
        stage.exchange.texted(ANA, LINE_FR, "#1 Merci")
        stage.exchange.texted(LINE, CLARA, "Thank you")
        stage.exchange.texted(LINE, "+14035550188", "Which municipality?")

    stage.run(write())
    assert [line.partition("UTC  ")[2] for line in said] == [
        "Clara Whitfield (Taber) writes to the support desk, with image/png: “Our tax roll”",
        "Ana Ferreira gets a text: “#1 Taber, Clara Whitfield:\n"
        f"{INDENT}Our tax roll\n{INDENT}https://desk.example/files/x”",
        "Ana Ferreira writes to le Bureau de soutien: “#1 Merci”",
        "Clara Whitfield gets a text: “Thank you”",
        "+14035550188 gets a text: “Which municipality?”",
    ]


def test_what_is_promised_in_writing_and_what_follows_a_call() -> None:
    told, at = Told({}), "2026-11-03T23:30:00+00:00"
    contact = {"id": "c", "client": None, "direction": "outbound", "from": LINE, "to": CLARA, "matter": 1}
    due = "2026-11-04T16:30:00+00:00"
    events: list[dict[str, Any]] = [
        {"kind": "received", "at": at, "technician": None, "detail": {"after_call": "b"}},
        {"kind": "promise_made", "at": at, "technician": "ana", "detail": {"promise": "reply", "due_at": due}},
        {"kind": "opted_out", "at": at, "technician": None, "detail": {"word": "ARRET"}},
        {"kind": "matter_closed", "at": at, "technician": "ana", "detail": {"matter": 1}},
    ]
    west, east = ZoneInfo("America/Edmonton"), ZoneInfo("America/St_Johns")
    who = shown(CLARA)
    assert [said for _, said in told.news({**contact, "events": events[:2]}, west)] == [
        f"a text follows {who}'s call",
        f"promised to {who}: ana answers by Wednesday, 09:30 (their time)",
    ]
    assert [said for _, said in told.news({**contact, "events": events}, west)] == [
        f"{who} wants no more texts, and is sent none",
        "closed by ana: matter 1",
    ], "what was told is not told again"
    late = {**events[0], "at": "2026-11-04T00:40:00+00:00"}
    assert [said for _, said in Told({}).news({**contact, "events": [late]}, east)] == [
        f"a text follows {who}'s call, in their morning"
    ]


def test_who_calls_others_into_a_call_and_who_asked_to_join_it() -> None:
    told, at = Told({}), "2026-11-03T23:30:00+00:00"
    contact = {"id": "c", "client": None, "direction": "inbound", "from": CLARA, "to": LINE, "matter": 1}
    called_in: list[dict[str, Any]] = [
        {"kind": "swarm_opened", "at": at, "technician": "ana", "detail": {"skill": "payroll"}},
        {"kind": "skipped", "at": at, "technician": "cho", "detail": {"reason": "off_shift"}},
        {"kind": "swarm_invited", "at": at, "technician": "uma", "detail": {}},
    ]
    joined: list[dict[str, Any]] = [
        {"kind": "swarm_opened", "at": at, "technician": "ben", "detail": {"joins": True}},
        {"kind": "swarm_invited", "at": at, "technician": "ben", "detail": {"asked": True}},
    ]
    zone, who = ZoneInfo("America/Edmonton"), shown(CLARA)
    assert [said for _, said in told.news({**contact, "events": called_in}, zone)] == [
        f"ana calls others into {who}'s call, which becomes a conference",
        f"left out of {who}'s call: cho (off shift)",
        f"a swarm for {who}: asked to help is uma",
    ]
    assert [said for _, said in Told({}).news({**contact, "events": joined}, zone)] == [
        f"ben joins {who}'s call, which becomes a conference",
        f"ben asked to join {who}'s call, and is rung for it",
    ]
