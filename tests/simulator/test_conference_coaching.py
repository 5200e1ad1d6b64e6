"""Coaching (twilio.md 4.5, 5.5, 7.2): a coach hears all, and only the coached one hears the coach."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.people.scripted import BASE, LINE, SECOND, Stage
from tests.simulator.asking import Rest

TOLD = 'statusCallback="/conf" statusCallbackEvent="join leave modify"'


@pytest.fixture
def meeting(stage: Stage) -> str:
    """Cora talks with Ana; Ben joins as the coach of whomever the page /voice names. The conference's sid."""
    stage.page("/voice", f'<Dial action="/after"><Conference beep="false" {TOLD}>desk-1</Conference></Dial>')
    stage.page("/after", "<Say>After the conference.</Say>")
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    assert stage.caller.room is not None
    return stage.caller.room.sid


def coaches(stage: Stage, whom: str) -> None:
    noun = f'<Conference beep="false" coach="{whom}">desk-1</Conference>'
    stage.page("/voice", f'<Dial action="/after">{noun}</Dial>')
    stage.second.dials(stage.line)


def told(stage: Stage, *names: str) -> list[tuple[str, ...]]:
    return [
        (request.params["StatusCallbackEvent"], *(request.params.get(name, "-") for name in names))
        for request in stage.asked("/conf")
    ]


# 4.5: "coach: CallSid of a participant in this conference". 5.5: "coach hears all, only the coached hears him". 1.6:
# "Coaching".
def test_a_coach_is_heard_by_one_and_hears_all(stage: Stage, meeting: str) -> None:
    coaches(stage, stage.first.leg.sid)
    stage.second.is_connected_to(stage.first).is_heard_only_by(stage.first)
    stage.first.is_heard_only_by(stage.caller, stage.second)
    stage.caller.is_heard_only_by(stage.first, stage.second)
    stage.second.says("Ask for the number.")
    stage.first.hears("Ask for the number.").says("May I have your number?")
    stage.caller.hears("your number?").hears_not("Ask for").says("It is four.")
    stage.second.hears("May I have your number?").hears("It is four.")
    assert stage.caller.leg.company == [stage.first.leg]
    assert stage.caller.room_mates == ["Ana", "Ben"]
    assert told(stage, "Coaching")[-1] == ("participant-join", "true")
    stage.caller.heard_no_silence_longer_than(0)


# 2.6: "13240: conference coach call not in conference": the call fails to the action.
@pytest.mark.parametrize("whom", ["nobody", "another conference", "a conference that has not begun"])
def test_the_coached_call_is_not_in_the_conference(stage: Stage, meeting: str, whom: str) -> None:
    sid = "CA" + "0" * 32 if whom == "nobody" else stage.first.leg.sid
    room = {"nobody": "desk-1", "another conference": "desk-2"}.get(whom, "desk-1")
    if whom.endswith("begun"):
        stage.caller.hangs_up()
        stage.first.hangs_up().dials(stage.line).is_alone_in_room()
        sid = stage.first.leg.sid
    stage.page("/voice", f'<Dial action="/after"><Conference coach="{sid}">{room}</Conference></Dial>')
    stage.second.dials(stage.line).hears("After the conference.").has_ended()
    assert stage.told("/after")["DialCallStatus"] == "failed"
    assert [alert.code for alert in stage.exchange.alerts] == [13240]
    assert stage.exchange.rooms.named("desk-2") is None


# 7.2: "Coaching, CallSidToCoach" of POST Participants; the fields coaching and call_sid_to_coach; "GET Participants:
# Muted, Hold, Coaching".
def test_a_coach_whom_rest_rings(stage: Stage, rest: Rest, meeting: str) -> None:
    path, sid = f"/Conferences/{meeting}/Participants.json", stage.first.leg.sid
    added = rest("POST", path, From=LINE, To=SECOND, Coaching="true", CallSidToCoach=sid).json()
    assert (added["coaching"], added["call_sid_to_coach"]) == (True, sid)
    stage.second.rings().answers().is_heard_only_by(stage.first)
    (listed,) = rest("GET", path, Coaching="true").json()["participants"]
    assert listed["call_sid"] == added["call_sid"]
    others = rest("GET", path, Coaching="false").json()["participants"]
    assert [(one["coaching"], one["call_sid_to_coach"]) for one in others] == [(False, None), (False, None)]


# 5.5: "or update Coaching=true, CallSidToCoach: participant-modify".
def test_coaching_begins_and_ends_by_rest(stage: Stage, rest: Rest, meeting: str) -> None:
    stage.second.dials(stage.line).is_heard_only_by(stage.caller, stage.first)
    path = f"/Conferences/{meeting}/Participants/{stage.second.leg.sid}.json"
    changed = rest("POST", path, Coaching="true", CallSidToCoach=stage.first.leg.sid).json()
    assert (changed["coaching"], changed["call_sid_to_coach"]) == (True, stage.first.leg.sid)
    stage.second.is_heard_only_by(stage.first)
    # The other way round, without the word Coaching.
    assert rest("POST", path, CallSidToCoach=stage.caller.leg.sid).json()["coaching"] is True
    stage.second.is_heard_only_by(stage.caller)
    rest("POST", path, Muted="true")
    stage.second.is_heard_only_by()
    back = rest("POST", path, Muted="false", Coaching="false").json()
    assert (back["coaching"], back["call_sid_to_coach"]) == (False, None)
    stage.second.is_heard_only_by(stage.caller, stage.first)
    assert told(stage, "Coaching")[-3:] == [
        ("participant-modify", "true"),
        ("participant-modify", "true"),
        ("participant-modify", "false"),
    ]


# 7.2: Coaching needs CallSidToCoach; only one who is there can be coached, and nobody coaches itself.
def test_coaching_that_is_refused(stage: Stage, rest: Rest, meeting: str) -> None:
    path = f"/Conferences/{meeting}/Participants/{stage.first.leg.sid}.json"
    refused: list[tuple[dict[str, Any], int]] = [
        ({"Coaching": "true"}, 20001),
        ({"CallSidToCoach": "CA" + "0" * 32}, 16028),
        ({"CallSidToCoach": stage.first.leg.sid}, 16028),
    ]
    for form, code in refused:
        answer = rest("POST", path, **form)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert rest("GET", path).json()["coaching"] is False


# 5.5: when the coached one has left, nobody hears the coach any more, who still hears the others.
def test_the_coached_one_leaves(stage: Stage, rest: Rest, meeting: str) -> None:
    coaches(stage, stage.first.leg.sid)
    stage.second.is_heard_only_by(stage.first)
    stage.first.hangs_up()
    stage.second.is_heard_only_by()
    assert stage.caller.leg.company == []
    stage.exchange.speaks(stage.caller.leg, "Is anybody there?", 2)
    stage.second.hears("anybody there?")
    path = f"/Conferences/{meeting}/Participants/{stage.second.leg.sid}.json"
    rest("POST", path, Coaching="false")
    stage.second.is_in_room_with(stage.caller)


# 5.5, 7.2: two coaches of two people hear one another not.
def test_two_coaches(stage: Stage, rest: Rest, meeting: str) -> None:
    third = stage.story.phone("+14035550113", "Dan")
    coaches(stage, stage.first.leg.sid)
    rest(
        "POST", f"/Conferences/{meeting}/Participants.json", From=LINE, To="+14035550113",
        CallSidToCoach=stage.caller.leg.sid, StatusCallback=f"{BASE}/leg",
    )  # fmt: skip
    third.rings().answers().is_heard_only_by(stage.caller)
    stage.second.is_heard_only_by(stage.first)
    stage.caller.is_heard_only_by(stage.first, stage.second, third)
    stage.second.says("Nobody else hears this.")
    third.hears_not("Nobody else")


# A story that is wrong about it fails with the whole board.
def test_a_handset_that_is_heard_by_others(stage: Stage, meeting: str) -> None:
    with pytest.raises(AssertionError, match=r"is not heard by Ben \(.*\) alone, but by \['Ana'\]"):
        stage.caller.is_heard_only_by(stage.second)
