"""The recording of a conference (twilio.md 4.5, 1.3, 7.2, 7.3)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.people.scripted import BASE, CALLER, FIRST, LINE, SECOND, Stage
from tests.simulator.asking import Rest

EVERYTHING = 'recordingStatusCallback="/recorded" recordingStatusCallbackEvent="in-progress completed absent"'
RECORDED = f'record="record-from-start" beep="false" {EVERYTHING}'


def joins(stage: Stage, **attributes: str) -> None:
    named = {CALLER: "cora", FIRST: "ana", SECOND: "ben"}

    def document(given: dict[str, str]) -> str:
        own = attributes.get(named[given["From"]], 'beep="false"')
        return f'<Dial action="/after"><Conference {own}>desk-1</Conference></Dial>'

    stage.page("/voice", document)
    stage.page("/after", "<Say>After the conference.</Say>")


def told(stage: Stage, *names: str) -> list[tuple[str, ...]]:
    return [tuple(request.params.get(name, "-") for name in names) for request in stage.asked("/recorded")]


# 4.5: "record-from-start begins when the first two are bridged; hold music is not recorded". "trim-silence": the time
# in which one stays behind alone is silence.
def test_from_the_start_to_the_end(stage: Stage) -> None:
    joins(stage, cora=RECORDED)
    stage.caller.dials(stage.line)
    stage.passes(30)
    assert stage.exchange.recordings.all == []
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    assert told(stage, "RecordingStatus", "RecordingDuration") == [("in-progress", "0")]
    stage.passes(40)
    stage.first.hangs_up()
    stage.passes(20)
    stage.caller.hangs_up()
    stage.passes(1)
    assert len(stage.asked("/recorded")) == 1
    stage.passes(5)
    assert told(stage, "RecordingStatus", "RecordingDuration")[1:] == [("completed", "40")]


# 4.5: "trim: trim-silence / do-not-trim".
def test_a_conference_that_is_not_trimmed(stage: Stage) -> None:
    joins(stage, cora=f'{RECORDED} trim="do-not-trim"')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    stage.passes(40)
    stage.first.hangs_up()
    stage.passes(20)
    stage.caller.hangs_up()
    stage.passes(5)
    assert told(stage, "RecordingDuration")[-1] == ("60",)


# 1.3: "AccountSid ... RecordingSid RecordingUrl RecordingStatus RecordingDuration RecordingChannels RecordingSource (+
# RecordingStartTime, RecordingTrack); Conference form has ConferenceSid"; "Not a TwiML request: no From/To".
def test_what_the_callback_says(stage: Stage) -> None:
    joins(stage, cora=f'{RECORDED} recordingStatusCallbackMethod="GET"')
    stage.caller.dials(stage.line)
    stage.passes(7)
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    assert stage.caller.room is not None
    (request,) = stage.asked("/recorded")
    assert (request.method, request.params["ConferenceSid"]) == ("GET", stage.caller.room.sid)
    assert set(request.params) == {
        "AccountSid", "ConferenceSid", "RecordingSid", "RecordingUrl", "RecordingStatus", "RecordingDuration",
        "RecordingChannels", "RecordingSource", "RecordingStartTime", "RecordingTrack",
    }  # fmt: skip
    assert (request.params["RecordingSource"], request.params["RecordingChannels"]) == ("Conference", "1")
    assert request.params["RecordingStartTime"] == "Mon, 02 Nov 2026 16:00:07 +0000"


# 4.5: "recordingStatusCallbackEvent: completed" is the default. 5.5 (3): nobody starts it: nothing is recorded.
def test_a_conference_that_never_begins(stage: Stage) -> None:
    waits = f'startConferenceOnEnter="false" {RECORDED}'
    joins(stage, cora=waits, ana=waits)
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line)
    stage.passes(60)
    stage.caller.hangs_up()
    stage.first.hangs_up()
    stage.passes(10)
    assert (stage.exchange.recordings.all, stage.asked("/recorded")) == ([], [])
    joins(stage, cora='record="record-from-start" recordingStatusCallback="/recorded"')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_in_room_with(stage.caller).hangs_up()
    stage.passes(10)
    assert stage.asked("/recorded") == []


# 4.5: the first who asks decides how; one who comes later may ask as well.
def test_the_first_who_asks(stage: Stage) -> None:
    other = 'record="record-from-start" recordingStatusCallback="/other"'
    joins(stage, ana=RECORDED, ben=other)
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    stage.second.dials(stage.line).is_connected_to(stage.caller)
    stage.passes(30)
    for one in (stage.caller, stage.first, stage.second):
        one.hangs_up()
    stage.passes(10)
    assert len(stage.exchange.recordings.all) == 1
    assert (told(stage, "RecordingDuration")[-1], stage.asked("/other")) == (("30",), [])


# 4.5: "eventCallbackUrl: deprecated: conference-record-end".
@pytest.mark.parametrize("callback", ["", EVERYTHING])
def test_the_old_event_callback(stage: Stage, callback: str) -> None:
    joins(stage, cora=f'record="record-from-start" eventCallbackUrl="/old" {callback}')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    stage.passes(12)
    stage.caller.hangs_up()
    stage.first.hangs_up()
    stage.passes(10)
    if callback:
        assert stage.asked("/old") == []
        return
    params = stage.told("/old")
    assert (params["EventName"], params["Duration"]) == ("conference-record-end", "12")
    assert params["RecordingUrl"] == stage.exchange.recordings.all[0].url


# 7.2: "ConferenceRecord, ConferenceTrim, ConferenceRecordingStatusCallback(+Method, +Event)". 1.3: "Source:
# Conference, StartConferenceRecordingAPI".
@pytest.mark.parametrize(
    ("is_late", "source"),
    [(False, "Conference"), (True, "StartConferenceRecordingAPI")],
    ids=["from the start", "late"],
)
def test_a_recording_that_rest_asks_for(stage: Stage, rest: Rest, is_late: bool, source: str) -> None:
    joins(stage)
    stage.caller.dials(stage.line)
    if is_late:
        stage.first.dials(stage.line).is_in_room_with(stage.caller)
        stage.passes(60)
    form: dict[str, Any] = {
        "ConferenceRecord": "true",
        "ConferenceTrim": "do-not-trim",
        "ConferenceRecordingStatusCallback": f"{BASE}/recorded",
        "ConferenceRecordingStatusCallbackEvent": ["in-progress", "completed"],
    }
    rest("POST", "/Conferences/desk-1/Participants.json", From=LINE, To=SECOND, Beep="false", **form)
    stage.second.rings().answers().is_connected_to(stage.caller)
    stage.passes(20)
    stage.second.hangs_up()
    stage.passes(10)
    stage.caller.hangs_up()
    if is_late:
        stage.first.hangs_up()
    stage.passes(5)
    assert told(stage, "RecordingStatus", "RecordingSource", "RecordingDuration") == [
        ("in-progress", source, "0"),
        ("completed", source, "30"),
    ]


# 7.3: "GET /Recordings: CallSid, ConferenceSid"; "POST Recordings/{RE}: Status=paused, in-progress, stopped;
# PauseBehavior skip, silence", which conferences have as well; "fields status, duration, channels, source".
def test_a_conference_recording_by_rest(stage: Stage, rest: Rest) -> None:
    joins(stage, cora=RECORDED)
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    assert stage.caller.room is not None
    sid = stage.caller.room.sid
    (listed,) = rest("GET", "/Recordings.json", ConferenceSid=sid).json()["recordings"]
    assert (listed["conference_sid"], listed["call_sid"]) == (sid, stage.caller.leg.sid)
    assert (listed["status"], listed["source"], listed["channels"]) == ("in-progress", "Conference", 1)
    assert rest("GET", f"/Conferences/{sid}/Recordings.json").json()["recordings"] == [listed]
    assert rest("GET", "/Recordings.json", ConferenceSid="CF" + "0" * 32).json()["recordings"] == []
    stage.passes(20)
    current = f"/Conferences/{sid}/Recordings/Twilio.CURRENT.json"
    assert rest("POST", current, Status="paused", PauseBehavior="skip").json()["status"] == "paused"
    stage.passes(30)
    assert rest("POST", current, Status="in-progress").json()["status"] == "in-progress"
    stage.passes(10)
    one = f"/Conferences/{sid}/Recordings/{listed['sid']}.json"
    assert rest("POST", one, Status="stopped").json()["status"] == "stopped"
    assert rest("GET", current).json()["code"] == 20404
    stage.passes(5)
    assert rest("GET", one).json()["duration"] == "30"
    assert len(stage.exchange.recordings.all) == 1
    assert rest("DELETE", one).status_code == 204
    assert rest("GET", one).status_code == 404
    assert rest("GET", f"/Conferences/{'CF' + '0' * 32}/Recordings.json").status_code == 404


# 4.3, 4.5: "record" of the Dial records the call while it is in the conference. 1.4: "RecordingUrl: only with record=
# on this Dial".
def test_a_dial_that_records_its_part_of_a_conference(stage: Stage) -> None:
    stage.page(
        "/voice",
        f'<Dial record="record-from-answer-dual" {EVERYTHING} action="/after"><Conference>desk-1</Conference></Dial>',
    )
    stage.page("/after", "<Say>After the conference.</Say>")
    stage.caller.dials(stage.line)
    stage.passes(25)
    stage.caller.hangs_up()
    stage.passes(10)
    assert told(stage, "RecordingStatus", "RecordingSource", "RecordingChannels", "RecordingDuration") == [
        ("in-progress", "DialVerb", "2", "0"),
        ("completed", "DialVerb", "2", "25"),
    ]
    assert stage.told("/after")["RecordingUrl"] == stage.told("/recorded")["RecordingUrl"]
