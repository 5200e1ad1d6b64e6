"""Recordings that REST asks for, and the REST API of recordings (twilio.md 7.1, 7.2, 7.3, 1.3, 1.5)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.people.scripted import BASE, FIRST, LINE, Stage
from tests.simulator.asking import Rest

CALLBACK = {"RecordingStatusCallback": f"{BASE}/recorded"}
ALL = {**CALLBACK, "RecordingStatusCallbackEvent": "in-progress completed absent"}


@pytest.fixture
def talking(stage: Stage) -> str:
    """Cora and Ana talk; the path of the recordings of Cora's call."""
    stage.plays(f'<Dial action="/after">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.caller.is_connected_to(stage.first)
    return f"/Calls/{stage.caller.leg.sid}/Recordings"


def told(stage: Stage, *names: str) -> list[tuple[str, ...]]:
    return [tuple(request.params.get(name, "-") for name in names) for request in stage.asked("/recorded")]


# 7.3: "POST /Calls/{CA}/Recordings: start"; "fields status, duration, channels, source, media_url, error_code". 1.3:
# "StartCallRecordingAPI".
def test_a_recording_is_started(stage: Stage, rest: Rest, talking: str) -> None:
    stage.passes(10)
    answer = rest("POST", f"{talking}.json", RecordingChannels="dual", **ALL)
    made = answer.json()
    assert (answer.status_code, made["status"], made["channels"]) == (201, "in-progress", 2)
    assert (made["source"], made["call_sid"]) == ("StartCallRecordingAPI", stage.caller.leg.sid)
    assert set(made) == {
        "sid", "account_sid", "call_sid", "conference_sid", "status", "duration", "channels", "source", "track",
        "media_url", "error_code", "price", "price_unit", "api_version", "start_time", "date_created", "date_updated",
        "encryption_details", "uri", "subresource_uris",
    }  # fmt: skip
    assert (made["duration"], made["conference_sid"], made["error_code"]) == (None, None, None)
    stage.passes(30)
    stage.first.hangs_up()
    stage.caller.has_ended()
    path = f"{talking}/{made['sid']}.json"
    assert rest("GET", path).json()["status"] == "processing"
    assert rest("GET", f"/Recordings/{made['sid']}.wav").status_code == 404
    stage.passes(5)
    done = rest("GET", path).json()
    assert (done["status"], done["duration"]) == ("completed", "30")
    assert rest("GET", f"/Recordings/{made['sid']}.json").json() == done
    sound = rest("GET", f"/Recordings/{made['sid']}.wav").content
    assert (sound[22], len(sound) - 44) == (2, 2 * 8000 * 30)
    assert told(stage, "RecordingStatus", "RecordingDuration", "CallSid") == [
        ("in-progress", "0", stage.caller.leg.sid),
        ("completed", "30", stage.caller.leg.sid),
    ]
    assert [each["sid"] for each in rest("GET", f"{talking}.json").json()["recordings"]] == [made["sid"]]


# 7.3: "Status=paused, in-progress, stopped; PauseBehavior skip, silence".
@pytest.mark.parametrize(
    ("how", "seconds"), [({}, "45"), ({"PauseBehavior": "silence"}, "45"), ({"PauseBehavior": "skip"}, "35")]
)
def test_a_recording_is_paused_and_stopped(
    stage: Stage, rest: Rest, talking: str, how: dict[str, str], seconds: str
) -> None:
    sid = rest("POST", f"{talking}.json", **CALLBACK).json()["sid"]
    path, current = f"{talking}/{sid}.json", f"{talking}/Twilio.CURRENT.json"
    stage.passes(20)
    assert rest("POST", path, Status="paused", **how).json()["status"] == "paused"
    assert rest("GET", current).json()["status"] == "paused"
    stage.passes(10)
    assert rest("POST", current, Status="in-progress").json()["status"] == "in-progress"
    stage.passes(15)
    stopped = rest("POST", current, Status="stopped").json()
    assert (stopped["sid"], stopped["status"]) == (sid, "stopped")
    stage.caller.is_connected_to(stage.first)
    stage.passes(5)
    assert told(stage, "RecordingStatus", "RecordingDuration") == [("completed", seconds)]


# 2.6: "21220: call is not in progress". 7.3: what is not there is 404, and a recording that has ended does not change.
def test_recordings_that_are_refused(stage: Stage, rest: Rest, talking: str) -> None:
    made = rest("POST", f"{talking}.json").json()["sid"]
    for form in ({"Status": "resumed"}, {}, {"Status": "paused", "PauseBehavior": "stop"}):
        assert rest("POST", f"{talking}/{made}.json", **form).json()["code"] == 20001
    for form in ({"RecordingChannels": "stereo"}, {"Trim": "yes"}, {"RecordingTrack": "left"}):
        assert rest("POST", f"{talking}.json", **form).json()["code"] == 20001
    assert rest("POST", f"{talking}.json", RecordingStatusCallbackEvent="begun", **CALLBACK).json()["code"] == 21626
    other = f"/Calls/{stage.first.leg.sid}/Recordings"
    assert rest("GET", f"{other}/{made}.json").json()["code"] == 20404
    assert rest("POST", f"{other}/Twilio.CURRENT.json", Status="paused").json()["code"] == 20404
    assert rest("POST", f"/Calls/{'CA' + '0' * 32}/Recordings.json").json()["code"] == 20404
    rest("POST", f"{talking}/{made}.json", Status="stopped")
    late = rest("POST", f"{talking}/{made}.json", Status="in-progress")
    assert (late.status_code, late.json()["code"]) == (400, 21220)
    rest.calls()
    stage.caller.hangs_up()
    for sid in (stage.caller.leg.sid, stage.first.leg.sid):
        refused = rest("POST", f"/Calls/{sid}/Recordings.json")
        assert (refused.status_code, refused.json()["code"]) == (400, 21220)
    assert len(stage.exchange.recordings.all) == 1


# 1.3: "CallSid is the parent leg": also when the recording was asked for with the child's.
def test_a_child_leg_is_recorded(stage: Stage, rest: Rest, talking: str) -> None:
    path = f"/Calls/{stage.first.leg.sid}/Recordings"
    made = rest("POST", f"{path}.json", **CALLBACK).json()
    assert made["call_sid"] == stage.caller.leg.sid
    for of in (path, talking):
        assert rest("GET", f"{of}/{made['sid']}.json").json() == made
        assert rest("GET", f"{of}.json").json()["recordings"] == [made]
    stage.passes(10)
    stage.first.hangs_up()
    stage.passes(5)
    assert told(stage, "CallSid", "RecordingDuration") == [(stage.caller.leg.sid, "10")]


# 7.3: a call has one recording that REST began, however often it is asked for; another after that has been stopped.
def test_a_second_recording_of_the_same_call(stage: Stage, rest: Rest, talking: str) -> None:
    first = rest("POST", f"{talking}.json").json()["sid"]
    assert rest("POST", f"{talking}.json").json()["sid"] == first
    rest("POST", f"{talking}/{first}.json", Status="stopped")
    assert rest("POST", f"{talking}.json").json()["sid"] != first


# 1.3: "RecordingStatus in-progress, completed, absent": nothing was said, or it was stopped at once.
def test_a_recording_that_holds_nothing(stage: Stage, rest: Rest) -> None:
    stage.plays('<Pause length="60"/>')
    stage.line.voice_url = f"{BASE}/answers"
    stage.page("/answers", '<Say>Hello.</Say><Pause length="60"/>')
    stage.caller.dials(stage.line)
    stage.passes(5)
    path = f"/Calls/{stage.caller.leg.sid}/Recordings"
    silent = rest("POST", f"{path}.json", **ALL).json()["sid"]
    stage.passes(10)
    rest("POST", f"{path}/{silent}.json", Status="stopped")
    short = rest("POST", f"{path}.json", **ALL).json()["sid"]
    rest("POST", f"{path}/{short}.json", Status="stopped")
    stage.passes(5)
    assert [rest("GET", f"{path}/{sid}.json").json()["error_code"] for sid in (silent, short)] == [16102, 16101]
    assert told(stage, "RecordingStatus", "RecordingDuration", "ErrorCode") == [
        ("in-progress", "0", "-"),
        ("in-progress", "0", "-"),
        ("absent", "0", "16102"),
        ("absent", "0", "16101"),
    ]
    assert rest("GET", f"/Recordings/{silent}.mp3").status_code == 404


# 7.3: "RecordingTrack": what Twilio receives (inbound) and what it sends (outbound). "Trim".
@pytest.mark.parametrize(("track", "seconds"), [("both", "11"), ("inbound", "8"), ("outbound", "1")])
def test_the_track_that_is_recorded(stage: Stage, rest: Rest, track: str, seconds: str) -> None:
    stage.plays(
        '<Record timeout="0" playBeep="false" action="/after"/>', '<Say>1234567890 1234</Say><Pause length="9"/>'
    )
    stage.caller.dials(stage.line)
    path = f"/Calls/{stage.caller.leg.sid}/Recordings"
    made = rest("POST", f"{path}.json", RecordingTrack=track, Trim="trim-silence", **CALLBACK).json()
    assert made["track"] == track
    stage.passes(6)
    stage.caller.speaks(8)
    stage.passes(2)
    stage.caller.presses("#")
    stage.passes(30)
    assert told(stage, "RecordingTrack", "RecordingDuration") == [(track, seconds)]


# 7.1: "Record, RecordingChannels, RecordingTrack, RecordingStatusCallback(+Method, +Event*), Trim" of POST Calls. 1.3:
# "OutboundAPI". 1.5: "RecordingUrl RecordingSid RecordingDuration: completed event, only with Record on that leg".
@pytest.mark.parametrize("events", ["in-progress completed", ["in-progress", "completed"]])
def test_a_call_that_is_recorded_from_the_answer(stage: Stage, rest: Rest, events: str | list[str]) -> None:
    stage.page("/out", '<Pause length="10"/><Say>Hello there.</Say><Pause length="20"/>')
    form: dict[str, Any] = {**CALLBACK, "RecordingStatusCallbackEvent": events}
    form |= {"Record": "true", "RecordingChannels": "dual", "RecordingStatusCallbackMethod": "GET"}
    sid = rest.calls(StatusCallback=f"{BASE}/leg", Trim="do-not-trim", **form)["sid"]
    stage.first.rings()
    stage.passes(10)
    assert stage.asked("/recorded") == []
    stage.first.answers()
    assert told(stage, "RecordingStatus", "RecordingSource", "RecordingChannels", "CallSid") == [
        ("in-progress", "OutboundAPI", "2", sid)
    ]
    stage.passes(25)
    stage.first.hangs_up()
    stage.passes(5)
    assert told(stage, "RecordingStatus", "RecordingDuration")[1:] == [("completed", "25")]
    assert stage.asked("/recorded")[0].method == "GET"
    ended, recording = stage.told("/leg"), stage.exchange.recordings.all[0]
    assert (ended["RecordingSid"], ended["RecordingUrl"], ended["RecordingDuration"]) == (
        recording.sid,
        recording.url,
        "25",
    )


# 7.1: "Trim": trim-silence unless told otherwise. A call that nobody answers has no recording.
def test_a_recorded_call_is_trimmed(stage: Stage, rest: Rest) -> None:
    stage.page("/out", '<Pause length="10"/><Play>song.mp3</Play><Pause length="20"/>')
    rest.calls(Record="true", **CALLBACK)
    stage.first.rings().rejects()
    rest.calls(Record="true", **CALLBACK)
    stage.first.rings().answers()
    stage.passes(60)
    assert told(stage, "RecordingStatus", "RecordingDuration") == [("completed", "10")]


# 7.2: "Record, RecordingChannels, RecordingTrack, RecordingStatusCallback(+Method, +Event*)" of POST Participants: the
# participant's own call, with more events than elsewhere.
def test_a_participant_that_is_recorded(stage: Stage, rest: Rest) -> None:
    stage.page("/voice", "<Dial><Conference>desk-1</Conference></Dial>")
    stage.caller.dials(stage.line)
    events = "started paused resumed stopped completed"
    form: dict[str, Any] = {**CALLBACK, "RecordingStatusCallbackEvent": events, "Record": "true"}
    added = rest("POST", "/Conferences/desk-1/Participants.json", From=LINE, To=FIRST, **form).json()
    stage.first.rings().answers().is_in_room_with(stage.caller)
    current = f"/Calls/{added['call_sid']}/Recordings/Twilio.CURRENT.json"
    for status in ("paused", "paused", "in-progress", "in-progress", "stopped"):
        stage.passes(10)
        rest("POST", current, Status=status)
    stage.passes(5)
    assert told(stage, "RecordingStatus", "RecordingSource") == [
        (status, "OutboundAPI") for status in ("in-progress", "paused", "in-progress", "stopped", "completed")
    ]
    assert set(told(stage, "CallSid", "ConferenceSid")) == {(added["call_sid"], "-")}


# 7.3: "GET /Recordings: CallSid, ConferenceSid, DateCreated; DELETE 204 (metadata kept 40 days)".
def test_recordings_are_listed_and_deleted(stage: Stage, rest: Rest, talking: str) -> None:
    made = rest("POST", f"{talking}.json").json()["sid"]
    stage.passes(10)
    stage.first.hangs_up()
    stage.passes(10)
    for asked, count in (
        ({"CallSid": stage.caller.leg.sid}, 1),
        ({"CallSid": stage.first.leg.sid}, 0),
        ({"DateCreated": "2026-11-02"}, 1),
        ({"DateCreated<": "2026-11-01"}, 0),
    ):
        assert len(rest("GET", "/Recordings.json", **asked).json()["recordings"]) == count
    path = f"/Recordings/{made}.json"
    assert rest("DELETE", path).status_code == 204
    assert rest("GET", path).status_code == 404
    assert rest("GET", f"/Recordings/{made}.wav").status_code == 404
    assert rest("DELETE", path).status_code == 404
    assert rest("GET", "/Recordings.json").json()["recordings"] == []
    (kept,) = rest("GET", "/Recordings.json", IncludeSoftDeleted="true").json()["recordings"]
    assert (kept["sid"], kept["status"]) == (made, "deleted")
    stage.passes(41 * 24 * 3600)
    assert rest("GET", "/Recordings.json", IncludeSoftDeleted="true").json()["recordings"] == []
