"""Playing a scene: where it stops and what it says then, what is expected at the end, and what a host does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from simulator.people.scripted import BASE, FIRST, LINE, Stage
from simulator.scenes import OWN, Check, Known, Person, Play, Step, Verb, Vocabulary, cast, play, read_scenes
from simulator.scenes.account import Account
from simulator.scenes.forms import Form
from tests.simulator.scenes.telling import PAGES, played, written

TALK = ("cora dials", "ana rings", "wait 3", "ana accepts", "cora talks with ana", "cora hangs up", "ana is done")


def test_all_happened_as_written(stage: Stage) -> None:
    ending = played(stage, written(*TALK, expect={"rang": ["ana"], "did not ring": ["ben"]}))
    assert ending.as_written
    assert (ending.why, ending.board) == ("", "")
    assert timedelta(seconds=4) < ending.passed < timedelta(seconds=9)


def test_it_stops_at_the_step_that_does_not_happen(stage: Stage) -> None:
    ending = played(stage, written("cora dials", "ben rings within 5", "ana rings"))
    assert ending.why == "step 2, “ben rings within 5”: Ben (+14035550112) does not ring within 5 s"
    assert "Ana (+14035550111): rings (from +14035550199)" in ending.board
    assert "POST /voice" in ending.board
    assert ending.passed == timedelta(seconds=5)


def test_who_rang_is_looked_at_in_the_end(stage: Stage) -> None:
    ending = played(stage, written("cora dials", "ana rings for 20", expect={"rang": ["ana", "ben"]}))
    assert ending.why == (
        "expected at the end, “rang”: these telephones should have rung, in this order: Ana (+14035550111), "
        "Ben (+14035550112); but so it was: Ana (+14035550111)"
    )


def test_nobody_should_have_rung(stage: Stage) -> None:
    assert "should have rung, in this order: nobody's;" in played(stage, written(*TALK, expect={"rang": "nobody"})).why


def test_who_should_not_have_rung(stage: Stage) -> None:
    ending = played(stage, written(*TALK, expect={"did not ring": "ben and ana"}))
    assert ending.why.endswith("“did not ring”: should not have rung, but did: Ana (+14035550111)")


def test_a_document_that_breaks_a_rule_fails_the_scene(stage: Stage) -> None:
    ending = played(stage, written("cora dials"), {"/voice": "<Shout>Hello</Shout>"})
    assert ending.why.startswith("step 1, “cora dials”: ") and "Shout" in ending.why


def test_a_scenes_switches_hold_from_its_beginning(stage: Stage) -> None:
    text = written("nemo dials", "ana rings from the line", switches={"withheld_form": "keypad"})
    assert "rings from +266696687" in played(stage, text).why


def test_who_has_no_part_is_called_by_name(stage: Stage) -> None:
    ending = played(stage, written("cora dials", "wait 5", "cora is done within 1"))
    assert "Ana (+14035550111): rings" in ending.board


class Office:
    """A host with a lamp."""

    def __init__(self) -> None:
        self.lamp = "off"

    async def does(self, play: Play, step: Step) -> None:
        self.lamp = f"lit by {play.hand(step)} for {step.values['time']:g} s"

    async def finds(self, play: Play, check: str, wanted: Any) -> None:
        if self.lamp != wanted:
            play.fails(f"the {check} should be {wanted}, but is {self.lamp}")


LAMPS = Vocabulary(
    (Verb(Form("lights the lamp for TIME"), "service", "Lights it."),),
    (Check("lamp", "What the lamp is.", str),),
)


def test_the_host_does_what_concerns_the_service(stage: Stage) -> None:
    office = Office()
    told = "lit by Ana (+14035550111) for 120 s"
    text = written("ana lights the lamp for 2 minutes", expect={"lamp": told})
    assert played(stage, text, vocabulary=OWN + LAMPS, host=office).as_written
    assert office.lamp == told
    ending = played(stage, written("wait 1", expect={"lamp": "out"}), vocabulary=OWN + LAMPS, host=office)
    assert ending.why == f"expected at the end, “lamp”: the lamp should be out, but is {told}"
    assert "Ana" in ending.board


def test_without_a_host_nobody_does_it(stage: Stage) -> None:
    ending = played(stage, written("ana lights the lamp for 2 minutes"), vocabulary=OWN + LAMPS)
    assert "nobody is there who could do this" in ending.why


class Hanging:
    """Work that never ends."""

    async def busy(self) -> str | None:
        return "a job that hangs"

    async def next_due(self) -> datetime | None:
        return None

    async def moved(self, now: datetime) -> None:
        pass


def test_a_service_that_never_has_done_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.clock, "_patience", 0.05)
    stage.clock.add_source(Hanging())
    ending = played(stage, written("cora dials"))
    assert ending.why == "the beginning: time could not go on, not quiet after 0.05 s; busy: a job that hangs"


def test_the_account_tells_steps_and_calls_in_the_scenes_own_time(stage: Stage) -> None:
    for path, page in PAGES.items():
        stage.page(path, page)
    known = Known(
        {"cora": Person(number="+14035550199"), "ana": Person(number=FIRST, name="Ana")}, (LINE,), "America/Edmonton"
    )
    (scene,) = read_scenes(written(*TALK), "file.yaml")
    parts = cast(scene, known)
    lines: list[str] = []
    account = Account(lines.append, parts)
    account.follows(stage.exchange)
    assert stage.run(play(scene, parts, stage.exchange, told=account.begins_step)).as_written
    account.ends()
    stage.story.phone("+14035550150", "Dan").dials(
        stage.exchange.add_number("+15875550102", voice_url=f"{BASE}/thanks")
    )
    told = [" ".join(line.split()) for line in lines]
    assert told[:3] == [
        "1 cora dials",
        "09:00:00 cora hears “Welcome to the desk.”",
        "2 ana rings",
    ]
    for line in (
        "09:00:01 Ana's telephone rings, showing +14035550199",
        "09:00:04 Ana picks up",
        "09:00:04 Ana presses 1",
        "09:00:04 cora and Ana are connected",
        "09:00:04 Ana's call is over (completed)",
        "7 ana is done",
    ):
        assert line in told, told
    assert not [line for line in told if "Dan" in line]
