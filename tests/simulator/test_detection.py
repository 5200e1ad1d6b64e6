"""Answering machine detection (twilio.md 1.7): who answered, when it is known, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.calls.detection import Detection, verdict
from simulator.calls.legs import Leg
from simulator.people.scripted import BASE, FIRST, LINE, START, Stage
from simulator.people.telephones import Telephone, Voicemail
from tests.simulator.asking import Rest

ASYNC = {"AsyncAmd": "true", "AsyncAmdStatusCallback": f"{BASE}/amd"}


def answered(
    stage: Stage, by: str = "person", greeting: float = 8.0, *, beeps: bool = True, greets: bool = True
) -> Leg:
    async def leg() -> Leg:
        found = Leg("CA1", "outbound-api", LINE, FIRST, stage.clock, START, "ringing", answered_by=by)
        machine = Voicemail(1, greeting, beeps=beeps) if by == "voicemail" else None
        found.phone = Telephone(FIRST, "Ana", voicemail=machine, greets=greets)
        return found

    made: Leg = stage.run(leg())
    return made


# 1.7: the table "AnsweredBy", and the limits: "speech threshold default 2400; speech end default 1200; silence default
# 5000; timeout default 30".
@pytest.mark.parametrize(
    ("leg", "wanted", "expected"),
    [
        ({}, {}, ("human", 2.2)),
        ({}, {"to_end": True}, ("human", 2.2)),
        ({}, {"speech_end": 0.5}, ("human", 1.5)),
        ({"greets": False}, {}, ("unknown", 5)),
        ({"greets": False}, {"silence": 2}, ("unknown", 2)),
        ({"by": "fax"}, {"to_end": True}, ("fax", 1)),
        ({"by": "voicemail"}, {}, ("machine_start", 2.4)),
        ({"by": "voicemail"}, {"speech": 6}, ("machine_start", 6)),
        ({"by": "voicemail"}, {"to_end": True}, ("machine_end_beep", 8)),
        ({"by": "voicemail", "beeps": False}, {"to_end": True}, ("machine_end_silence", 9.2)),
        ({"by": "voicemail", "greeting": 40}, {"to_end": True}, ("machine_end_other", 30)),
        ({"by": "voicemail", "greeting": 2}, {}, ("human", 3.2)),
        ({"by": "voicemail", "greeting": 0}, {}, ("unknown", 5)),
        ({"by": "voicemail"}, {"timeout": 3, "speech": 6}, ("unknown", 3)),
        ({"by": "voicemail", "greeting": 4}, {"timeout": 3, "speech": 4.5}, ("unknown", 3)),
    ],
)
def test_the_verdict(stage: Stage, leg: dict[str, Any], wanted: dict[str, Any], expected: tuple[str, float]) -> None:
    found = verdict(answered(stage, **leg), Detection(**wanted))
    assert (found.answered_by, round(found.seconds, 3)) == expected


# 1.7: "Synchronous: the Url request is delayed until the verdict and carries AnsweredBy and MachineDetectionDuration
# (ms). The callee hears silence meanwhile." 1.5: "AnsweredBy, MachineDetectionDuration: if AMD ran".
def test_a_synchronous_detection_delays_the_document(stage: Stage, rest: Rest) -> None:
    stage.page("/out", "<Say>Hello.</Say><Redirect>/next</Redirect>")
    stage.page("/next", "<Hangup/>")
    rest.calls(
        MachineDetection="Enable", StatusCallback=f"{BASE}/status", StatusCallbackEvent=["answered", "completed"]
    )
    stage.first.rings().answers()
    stage.passes(2.1)
    assert stage.asked("/out") == []
    stage.first.hears("Hello.").has_ended()
    told = stage.told("/out")
    assert (told["AnsweredBy"], told["MachineDetectionDuration"]) == ("human", "2200")
    assert "AnsweredBy" not in stage.told("/next")
    assert "AnsweredBy" not in stage.asked("/status")[0].params
    assert stage.told("/status")["AnsweredBy"] == "human"
    assert stage.first.leg.sounds[0].text == "Hello."


# 1.7: "DetectMessageEnd: machine_end_beep": a message can be left after the beep.
def test_a_message_after_the_beep(stage: Stage, rest: Rest) -> None:
    stage.page("/out", "<Say>Please call us.</Say>")
    stage.first.has_voicemail(after_seconds=10, greeting_seconds=6)
    rest.calls(MachineDetection="DetectMessageEnd")
    stage.first.rings()
    stage.passes(15.9)
    assert stage.asked("/out") == []
    stage.passes(0.2)
    assert (stage.told("/out")["AnsweredBy"], stage.told("/out")["MachineDetectionDuration"]) == (
        "machine_end_beep",
        "6000",
    )


# 1.7: "Asynchronous (AsyncAmd=true + AsyncAmdStatusCallback): request with only CallSid AccountSid AnsweredBy
# MachineDetectionDuration".
def test_an_asynchronous_detection_delays_nothing(stage: Stage, rest: Rest) -> None:
    stage.page("/out", '<Pause length="60"/>')
    sid = rest.calls(MachineDetection="Enable", **ASYNC)["sid"]
    stage.first.rings().answers()
    assert "AnsweredBy" not in stage.told("/out")
    assert stage.asked("/amd") == []
    stage.passes(3)
    assert stage.told("/amd") == {
        "AccountSid": stage.exchange.account_sid,
        "CallSid": sid,
        "AnsweredBy": "human",
        "MachineDetectionDuration": "2200",
    }
    assert rest("GET", f"/Calls/{sid}.json").json()["answered_by"] == "human"


# 1.7: a call that is over before the verdict has none.
def test_no_verdict_after_the_end(stage: Stage, rest: Rest) -> None:
    stage.page("/out", '<Pause length="60"/>')
    sid = rest.calls(MachineDetection="Enable", **ASYNC)["sid"]
    stage.first.rings().answers().hangs_up()
    stage.passes(10)
    assert stage.asked("/amd") == []
    assert rest("GET", f"/Calls/{sid}.json").json()["answered_by"] is None
    rest.calls(MachineDetection="Enable")
    stage.first.rings().answers().hangs_up()
    stage.passes(10)
    assert len(stage.asked("/out")) == 1


# 1.7: "SendDigits disables AMD."
def test_digits_disable_the_detection(stage: Stage, rest: Rest) -> None:
    stage.page("/out", "<Hangup/>")
    rest.calls(MachineDetection="Enable", SendDigits="1")
    stage.first.rings().answers().has_ended()
    assert "AnsweredBy" not in stage.told("/out")


# 4.4: "machineDetection (Enable, DetectMessageEnd) ..., amdStatusCallback, amdStatusCallbackMethod"; 1.7: "That
# Number/Participants AMD never delays the bridge is (unverified)": it never does here.
@pytest.mark.parametrize("noun", ["Number", "Sip"])
def test_the_detection_of_a_noun_never_delays_the_bridge(stage: Stage, noun: str) -> None:
    address = FIRST if noun == "Number" else "sip:ana@desk.example"
    phone = stage.story.phone(address, "Ana")
    amd = 'machineDetection="Enable" amdStatusCallback="/amd" amdStatusCallbackMethod="GET"'
    stage.plays(f"<Dial><{noun} {amd}>{address}</{noun}></Dial>")
    stage.caller.dials(stage.line)
    phone.rings().answers().is_connected_to(stage.caller)
    stage.passes(3)
    (request,) = stage.asked("/amd")
    assert (request.method, request.params["AnsweredBy"]) == ("GET", "human")
    assert request.params["CallSid"] == stage.child().sid


# 4.4: "sendDigits" disables it here too.
def test_digits_of_a_number_disable_its_detection(stage: Stage) -> None:
    amd = 'machineDetection="Enable" amdStatusCallback="/amd" sendDigits="1"'
    stage.plays(f"<Dial><Number {amd}>{FIRST}</Number></Dial>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers().is_connected_to(stage.caller)
    stage.passes(10)
    assert stage.asked("/amd") == []


# 1.7: "Participants: AmdStatusCallback": a machine in a conference can be told and kicked.
def test_the_detection_of_a_participant(stage: Stage, rest: Rest) -> None:
    stage.first.has_voicemail(after_seconds=5, greeting_seconds=10)
    form = {"To": FIRST, "From": LINE, "MachineDetection": "Enable", "AmdStatusCallback": f"{BASE}/amd"}
    assert rest("POST", "/Conferences/desk/Participants.json", **form).status_code == 201
    stage.passes(8)
    assert stage.told("/amd")["AnsweredBy"] == "machine_start"
    assert stage.first.in_room == "desk"


# 1.7: a fax.
def test_a_fax(stage: Stage, rest: Rest) -> None:
    stage.page("/out", "<Hangup/>")
    stage.first.is_fax(after_seconds=4)
    rest.calls(MachineDetection="Enable")
    stage.passes(6)
    assert stage.told("/out")["AnsweredBy"] == "fax"
    stage.first.is_well()
    rest.calls()
    stage.first.rings(for_seconds=65)


# 4.4: the limits of a noun's thresholds.
@pytest.mark.parametrize(
    "attribute",
    ["Timeout='2'", "Timeout='61'", "SpeechThreshold='999'", "SpeechEndThreshold='5001'", "SilenceTimeout='1'"],
)
def test_thresholds_out_of_range(stage: Stage, attribute: str) -> None:
    stage.plays(f"<Dial><Number machineDetection{attribute}>{FIRST}</Number></Dial>")
    with pytest.raises(AssertionError, match="is no whole number from"):
        stage.caller.dials(stage.line)
