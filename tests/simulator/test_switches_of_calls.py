"""The switches of calls, both ways: what twilio.md 1 to 5 calls (unverified) and a service could depend on. See also
test_switches.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator.people.scripted import BASE, FIRST, SECOND, Reply, Stage
from simulator.switches import Switches

Staged = Callable[..., Stage]


def switched(**values: Any) -> Switches:
    return Switches(**values)


# 4.2: "Keys pressed before the Gather started are lost or buffered (unverified)".
@pytest.mark.parametrize(("setting", "digits"), [("lost", None), ("buffered", "1")])
def test_early_keys(staged: Staged, setting: str, digits: str | None) -> None:
    stage = staged(switched(early_keys=setting))
    question = '<Gather action="/after" numDigits="1" timeout="2" actionOnEmptyResult="true"/>'
    stage.plays(f"<Say>Wait for it.</Say>{question}")
    stage.caller.dials(stage.line).presses("1", at_once=True).has_ended()
    assert stage.told("/after").get("Digits") == digits


# 1.1: "`ringing` again while an answerOnBridge Dial has not been answered (unverified)".
@pytest.mark.parametrize("status", ["ringing", "in-progress"])
def test_call_status_before_bridge(staged: Staged, status: str) -> None:
    stage = staged(switched(call_status_before_bridge=status))
    stage.plays(f'<Dial answerOnBridge="true" action="/after">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    assert stage.told("/voice")["CallStatus"] == "ringing"
    stage.first.rings().rejects()
    assert stage.told("/after")["CallStatus"] == status


# 5.1: "Second Dial returned by the action while still unanswered: the caller is assumed to keep ringing (unverified)".
@pytest.mark.parametrize(("setting", "status"), [("keeps ringing", "ringing"), ("answers", "in-progress")])
def test_second_answer_on_bridge(staged: Staged, setting: str, status: str) -> None:
    stage = staged(switched(second_answer_on_bridge=setting))
    again = f'<Dial answerOnBridge="true">{SECOND}</Dial>'
    stage.plays(f'<Dial answerOnBridge="true" action="/after">{FIRST}</Dial>', again)
    stage.caller.dials(stage.line)
    stage.first.rings().rejects()
    stage.second.rings()
    assert stage.caller.leg.status == status


# 4.1: "Pause: as first verb delays answering (unverified)".
@pytest.mark.parametrize(("setting", "status"), [("delays the answer", "ringing"), ("answers", "in-progress")])
def test_pause_before_answer(staged: Staged, setting: str, status: str) -> None:
    stage = staged(switched(pause_before_answer=setting))
    stage.plays('<Pause length="5"/><Say>Hello.</Say>')
    stage.caller.dials(stage.line)
    assert stage.caller.leg.status == status
    stage.caller.hears("Hello.")


def mixed(stage: Stage) -> dict[str, str]:
    """The first of two is busy at once, the second rings out."""
    stage.plays(f'<Dial timeout="5" action="/after"><Number>{FIRST}</Number><Number>{SECOND}</Number></Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings().rejects()
    stage.caller.has_ended()
    return stage.told("/after")


# 5.3: "All fail: one action request; which status is reported for a mix (busy + no-answer) is (unverified)".
@pytest.mark.parametrize(("setting", "status"), [("of the last", "no-answer"), ("of the first", "busy")])
def test_mixed_failure_status(staged: Staged, setting: str, status: str) -> None:
    stage = staged(switched(mixed_failure_status=setting))
    assert mixed(stage)["DialCallStatus"] == status


# 1.4: "DialCallSid: ... which one when none answered is (unverified)".
@pytest.mark.parametrize(("setting", "index"), [("of the last", 1), ("of the first", 0), ("absent", None)])
def test_unanswered_dial_call_sid(staged: Staged, setting: str, index: int | None) -> None:
    stage = staged(switched(unanswered_dial_call_sid=setting))
    told = mixed(stage)
    assert told.get("DialCallSid") == (None if index is None else stage.child(index).sid)
    assert told["DialBridged"] == "false"


# 5.1: "a number refused before dialing may give no child and no DialCallSid (unverified)".
@pytest.mark.parametrize(("setting", "children"), [("yes", 1), ("no", 0)])
def test_refused_number_has_child(staged: Staged, setting: str, children: int) -> None:
    stage = staged(switched(refused_number_has_child=setting))
    stage.plays('<Dial action="/after"><Number statusCallback="/leg">+140355501</Number></Dial>')
    stage.caller.dials(stage.line).has_ended()
    assert len(stage.caller.leg.children) == children
    assert len(stage.asked("/leg")) == children
    assert stage.told("/after")["DialCallStatus"] == "failed"
    assert ("DialCallSid" in stage.told("/after")) == bool(children)


# 5.3: "sequential=true: ...; behaviour after a failed screening is (unverified)".
@pytest.mark.parametrize(("setting", "is_rung"), [("ends the Dial", False), ("rings the next", True)])
def test_failed_screening_in_sequence(staged: Staged, setting: str, is_rung: bool) -> None:
    stage = staged(switched(failed_screening_in_sequence=setting))
    nouns = "".join(f'<Number url="/screen">{number}</Number>' for number in (FIRST, SECOND))
    stage.plays(f'<Dial sequential="true" action="/after">{nouns}</Dial>')
    stage.page("/screen", "<Hangup/>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers().has_ended()
    if is_rung:
        stage.second.rings().answers()
    stage.caller.has_ended()
    assert len(stage.second.phone.legs) == is_rung
    assert stage.told("/after")["DialCallSid"] == stage.child().sid


# 2.4: "for a screening url failing on the child leg the result is (unverified)".
@pytest.mark.parametrize(("setting", "is_asked"), [("hangs up", False), ("asks the fallback", True)])
def test_screening_failure(staged: Staged, setting: str, is_asked: bool) -> None:
    stage = staged(switched(screening_failure=setting))
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.plays(f'<Dial action="/after"><Number url="/screen">{FIRST}</Number></Dial>')
    stage.page("/screen", Reply(status=500))
    stage.page("/fallback", "<Say>Sorry.</Say>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    if is_asked:
        stage.first.hears("Sorry.").is_connected_to(stage.caller).hangs_up()
        assert stage.told("/fallback")["CallSid"] == stage.child().sid
        assert stage.told("/fallback")["ErrorUrl"] == f"{BASE}/screen"
    stage.caller.has_ended()
    assert len(stage.asked("/fallback")) == is_asked
    assert stage.told("/after")["DialBridged"] == ("true" if is_asked else "false")


# 5.4: "in Gather / Say / Pause: ... Gather action not requested (unverified)".
@pytest.mark.parametrize(("setting", "times"), [("not sent", 0), ("sent", 1)])
def test_gather_action_on_hangup(staged: Staged, setting: str, times: int) -> None:
    stage = staged(switched(gather_action_on_hangup=setting))
    stage.plays('<Gather action="/after"><Say>Press a key.</Say></Gather>', "<NoVerb/>")
    stage.caller.dials(stage.line)
    stage.caller.presses("1").hangs_up()
    stage.settles()
    assert len(stage.asked("/after")) == times
    if times:
        assert stage.told("/after")["CallStatus"] == "completed"
        assert "Digits" not in stage.told("/after")
    assert stage.exchange.faults == []


# 1.4: "DialBridged: documented without condition; after a conference (unverified)".
@pytest.mark.parametrize(("setting", "bridged"), [("absent", None), ("sent", "true")])
def test_dial_bridged_after_conference(staged: Staged, setting: str, bridged: str | None) -> None:
    stage = staged(switched(dial_bridged_after_conference=setting))
    stage.plays('<Dial hangupOnStar="true" action="/after"><Conference>desk</Conference></Dial>')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    stage.caller.presses("*", at_once=True).has_ended()
    assert stage.told("/after").get("DialBridged") == bridged


# 5.4: "in conference: ... Dial action (unverified)" on a hang-up: the switch of every other Dial holds here too.
@pytest.mark.parametrize(("setting", "times"), [("sent", 1), ("not sent", 0)])
def test_the_action_of_a_conference_on_hangup(staged: Staged, setting: str, times: int) -> None:
    stage = staged(switched(dial_action_on_caller_hangup=setting))
    stage.plays('<Dial action="/after"><Conference>desk</Conference></Dial>')
    stage.caller.dials(stage.line).hangs_up()
    stage.settles()
    assert len(stage.asked("/after")) == times


# 5.7: "A Record may also fall through to the next verb when nothing was recorded (documentation shows both readings)".
@pytest.mark.parametrize(("setting", "times"), [("asks its action", 1), ("falls through", 0)])
def test_silent_record(staged: Staged, setting: str, times: int) -> None:
    stage = staged(switched(silent_record=setting))
    stage.plays('<Record action="/after"/><Say>Fell through.</Say>')
    stage.caller.dials(stage.line).stays_silent().has_ended()
    assert len(stage.asked("/after")) == times
    assert ("Fell through." in stage.caller.leg.heard()) == (times == 0)
    stage.caller.dials(stage.line).speaks(3).presses("#").has_ended()
    assert len(stage.asked("/after")) == times + 1
    stage.caller.hears_not("Fell through.")


# 2.3: "Whether [I-Twilio-Idempotency-Token] is sent when no retry is configured is (unverified)".
@pytest.mark.parametrize(("setting", "is_sent"), [("always", True), ("with retries", False)])
def test_idempotency_token(staged: Staged, setting: str, is_sent: bool) -> None:
    stage = staged(switched(idempotency_token=setting))
    stage.plays("<Redirect>/next#rc=1</Redirect>")
    stage.page("/next", "<Hangup/>")
    stage.caller.dials(stage.line).has_ended()
    first, second = stage.asked("/voice")[0], stage.asked("/next")[0]
    assert ("i-twilio-idempotency-token" in first.headers) == is_sent
    assert "i-twilio-idempotency-token" in second.headers


# 1.3 and 1.5: parameters marked [F] or (unverified); 9: every such point is a switch.
@pytest.mark.parametrize(("setting", "is_sent"), [("sent", True), ("not sent", False)])
def test_doubtful_parameters(staged: Staged, setting: str, is_sent: bool) -> None:
    stage = staged(switched(doubtful_parameters=setting))
    stage.plays('<Gather numDigits="1" action="/pressed"/>')
    stage.page("/pressed", '<Record action="/recorded" recordingStatusCallback="/sound"/>')
    stage.caller.dials(stage.line).presses("1").speaks(3).presses("#").has_ended()
    stage.settles()
    assert stage.told("/pressed")["Digits"] == "1"
    assert {"FinishedOnKey", "msg"} & stage.told("/pressed").keys() == ({"FinishedOnKey", "msg"} if is_sent else set())
    assert stage.told("/recorded")["RecordingUrl"]
    assert ("RecordingSid" in stage.told("/recorded")) == is_sent
    assert stage.told("/sound")["RecordingSid"], "of the callback nobody doubts it"


# 1.5: "Duration: completed only [F]", "SipResponseCode: final event; 487 for no-answer [F]".
@pytest.mark.parametrize(("setting", "is_sent"), [("sent", True), ("not sent", False)])
def test_doubtful_parameters_of_status_callbacks(staged: Staged, setting: str, is_sent: bool) -> None:
    stage = staged(switched(doubtful_parameters=setting))
    stage.plays(f'<Dial timeout="5"><Number statusCallback="/status">{FIRST}</Number></Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings().rejects()
    stage.caller.has_ended()
    stage.settles()
    last = stage.told("/status")
    assert last["CallStatus"] == "busy"
    assert ("SipResponseCode" in last) == is_sent


# 4.6: "Action is always requested, also when the caller hangs up"; whether in the beep too, nobody says.
@pytest.mark.parametrize(("setting", "times"), [("asks nothing", 0), ("asks the action", 1)])
def test_hang_up_in_beep(staged: Staged, setting: str, times: int) -> None:
    stage = staged(switched(hang_up_in_beep=setting))
    told = 'recordingStatusCallback="/sound" recordingStatusCallbackEvent="completed absent"'
    stage.plays(f'<Record action="/after" {told}/>')
    stage.caller.dials(stage.line).hangs_up()
    stage.passes(10)
    assert [one.params["Digits"] for one in stage.asked("/after")] == ["hangup"] * times
    assert [one.params["RecordingStatus"] for one in stage.asked("/sound")] == ["absent"] * times
