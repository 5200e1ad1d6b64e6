"""The finer rules of <Record> (twilio.md 4.6, 5.7, 1.3)."""

from __future__ import annotations

import pytest

from simulator.people.scripted import BASE, Reply, Stage
from tests.simulator.asking import Rest


def records(stage: Stage, attributes: str = "") -> None:
    stage.plays(f'<Record action="/after" {attributes}/><Say>Fell through.</Say>')
    stage.caller.dials(stage.line)
    stage.passes(1)  # the beep


# 4.6: "finishOnKey `1234567890*#`" by default: every key ends it.
@pytest.mark.parametrize("key", list("1234567890*#"))
def test_every_key_ends_it(stage: Stage, key: str) -> None:
    records(stage)
    stage.caller.speaks(3).presses(key).has_ended()
    assert stage.told("/after")["Digits"] == key


# 4.6: an empty finishOnKey: no key ends it.
def test_no_key_ends_it(stage: Stage) -> None:
    records(stage, 'finishOnKey="" timeout="4"')
    stage.caller.speaks(3).presses("#")
    assert stage.asked("/after") == []
    stage.caller.has_ended()
    assert "Digits" not in stage.told("/after")


# 4.6: "timeout 5 s of silence": it begins anew with every word, and before the first one.
def test_the_silence_that_ends_it(stage: Stage) -> None:
    records(stage, 'timeout="3"')
    stage.passes(1.9)
    stage.caller.speaks(4)
    stage.passes(2.9)
    stage.caller.speaks(4)
    stage.passes(2.9)
    assert stage.asked("/after") == []
    stage.passes(0.2)
    assert len(stage.asked("/after")) == 1


# 4.6: "action, method (POST)".
@pytest.mark.parametrize(("attribute", "method"), [("", "POST"), ('method="GET"', "GET")])
def test_the_method_of_the_action(stage: Stage, attribute: str, method: str) -> None:
    records(stage, attribute)
    stage.caller.speaks(3).presses("#").has_ended()
    assert stage.asked("/after")[0].method == method
    assert stage.told("/after")["RecordingDuration"] == "4"  # half a second of it before the first word


# 4.6: "recordingStatusCallback/Method/Event".
def test_the_method_of_the_callback(stage: Stage) -> None:
    records(stage, 'recordingStatusCallback="/recorded" recordingStatusCallbackMethod="GET"')
    stage.caller.speaks(3).presses("#").has_ended()
    stage.passes(10)
    (request,) = stage.asked("/recorded")
    assert (request.method, request.params["RecordingStatus"]) == ("GET", "completed")


# 4.6: "Action is always requested": an action that fails goes to the fallback, as every document does (2.4).
def test_an_action_that_fails(stage: Stage) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.page("/fallback", "<Say>Your message is safe.</Say>")
    records(stage)
    stage.page("/after", Reply(status=500))
    stage.caller.speaks(3).presses("#").hears("Your message is safe.").hears_not("Fell through.")
    assert stage.told("/fallback")["ErrorUrl"] == f"{BASE}/after"


# 5.6: "parent, in Record: Url: new document runs at once": the action is not requested, what was said is kept.
def test_a_call_that_is_moved_out_of_its_recording(stage: Stage, rest: Rest) -> None:
    stage.page("/elsewhere", '<Say>Moved.</Say><Pause length="60"/>')
    records(stage, 'recordingStatusCallback="/recorded"')
    stage.caller.speaks(3)
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Url=f"{BASE}/elsewhere")
    stage.caller.hears("Moved.")
    stage.passes(10)
    assert stage.asked("/after") == []
    assert stage.told("/recorded")["RecordingStatus"] == "completed"


# 5.7: "RecordingUrl in the action may 404 for seconds".
def test_the_file_comes_later_than_the_action(stage: Stage, rest: Rest) -> None:
    records(stage)
    stage.caller.speaks(3).presses("#").has_ended()
    path = stage.told("/after")["RecordingUrl"].partition(stage.exchange.account_sid)[2]
    assert rest("GET", f"{path}.mp3").status_code == 404
    stage.passes(5)
    assert rest("GET", f"{path}.mp3").status_code == 200


# 4.6: "No nesting either way".
@pytest.mark.parametrize(
    "verbs", ["<Gather><Record/></Gather>", "<Record><Say>x</Say></Record>", "<Record><Record/></Record>"]
)
def test_nothing_nests(stage: Stage, verbs: str) -> None:
    stage.plays(verbs)
    with pytest.raises(AssertionError, match="must not stand in"):
        stage.caller.dials(stage.line)
