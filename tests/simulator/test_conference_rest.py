"""The REST API of conferences and participants (twilio.md 7.2, 5.5, 5.6)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.people.scripted import BASE, FIRST, LINE, SECOND, Stage
from simulator.verbs.music import MUSIC
from simulator.webhooks.webhooks import Trouble
from tests.simulator.asking import Rest

TOLD = 'statusCallback="/conf" statusCallbackEvent="start end join leave mute hold modify"'
MEETING = f'<Dial action="/after"><Conference participantLabel="client" {TOLD}>desk-1</Conference></Dial>'


@pytest.fixture
def waiting(stage: Stage) -> str:
    """Cora waits in the conference desk-1; its sid."""
    stage.page("/voice", MEETING)
    stage.page("/after", '<Say>After the conference.</Say><Pause length="60"/>')
    stage.caller.dials(stage.line).is_alone_in_room()
    assert stage.caller.room is not None
    return stage.caller.room.sid


def adds(rest: Rest, room: str, to: str = FIRST, **form: Any) -> dict[str, Any]:
    answer = rest("POST", f"/Conferences/{room}/Participants.json", From=LINE, To=to, **form)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def told(stage: Stage, *names: str) -> list[tuple[str, ...]]:
    return [
        (request.params["StatusCallbackEvent"], *(request.params.get(name, "-") for name in names))
        for request in stage.asked("/conf")
    ]


# 5.5: "Returns 201 at once with call_sid, conference_sid, status queued." 7.2: the fields of a participant. 5.8:
# "Events initiated, ringing, answered, completed to StatusCallback".
def test_a_participant_is_rung_and_talks(stage: Stage, rest: Rest, waiting: str) -> None:
    events = ["initiated", "ringing", "answered", "completed"]
    added = adds(
        rest, "desk-1", Label="ana", Timeout=20, StatusCallback=f"{BASE}/leg", StatusCallbackEvent=events
    )  # fmt: skip
    assert set(added) == {
        "call_sid", "label", "conference_sid", "account_sid", "muted", "hold", "coaching", "call_sid_to_coach",
        "status", "start_conference_on_enter", "end_conference_on_exit", "queue_time", "date_created", "date_updated",
        "uri",
    }  # fmt: skip
    assert (added["conference_sid"], added["status"], added["label"]) == (waiting, "queued", "ana")
    stage.first.rings(from_=LINE).answers().is_in_room_with(stage.caller)
    assert stage.first.leg.sid == added["call_sid"]
    stage.passes(30)
    stage.first.hangs_up()
    stage.caller.is_alone_in_room()
    assert [request.params["CallStatus"] for request in stage.asked("/leg")] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert told(stage, "ParticipantLabel")[1:] == [
        ("participant-join", "ana"),
        ("conference-start", "-"),
        ("participant-leave", "ana"),
    ]


# 7.2: "Timeout 60 (5-600)". 5.5: "Unanswered: leg status callback busy/no-answer/failed, and participant-leave with
# ParticipantCallStatus and ReasonParticipantLeft=participant_add_failed".
def test_participants_who_do_not_come(stage: Stage, rest: Rest, waiting: str) -> None:
    adds(rest, waiting, Timeout=20)
    stage.first.rings(for_seconds=25)
    adds(rest, waiting)
    stage.first.rings().rejects()
    stage.first.phone.fails()
    adds(rest, waiting)
    stage.passes(2)
    assert told(stage, "ParticipantCallStatus", "ReasonParticipantLeft")[1:] == [
        ("participant-leave", "no-answer", "participant_add_failed"),
        ("participant-leave", "busy", "participant_add_failed"),
        ("participant-leave", "failed", "participant_add_failed"),
    ]
    stage.caller.is_alone_in_room()


# 5.5: "A friendly name creates the conference if needed; a CF sid must be alive." 7.2: "ConferenceStatusCallback,
# ConferenceStatusCallbackEvent* (default start end)".
def test_a_conference_that_a_participant_makes(stage: Stage, rest: Rest) -> None:
    added = adds(rest, "fresh", ConferenceStatusCallback=f"{BASE}/conf")
    (listed,) = rest("GET", "/Conferences.json", FriendlyName="fresh").json()["conferences"]
    assert (listed["sid"], listed["status"]) == (added["conference_sid"], "init")
    adds(rest, "fresh", to=SECOND)
    stage.first.rings().answers().hears(MUSIC)
    stage.second.rings().answers().is_in_room_with(stage.first).hangs_up()
    stage.first.hangs_up()
    stage.settles()
    assert told(stage, "SequenceNumber") == [("conference-start", "1"), ("conference-end", "2")]
    late = rest("POST", f"/Conferences/{added['conference_sid']}/Participants.json", From=LINE, To=FIRST)
    assert (late.status_code, late.json()["code"]) == (404, 20404)


# 7.5: "POST Calls, POST Participants count"; "excess is queued".
def test_participants_wait_for_the_calls_per_second(stage: Stage, rest: Rest, waiting: str) -> None:
    sids = [adds(rest, waiting, to=f"+1403555020{index}")["call_sid"] for index in range(3)]
    assert [stage.exchange.legs[sid].status for sid in sids] == ["ringing", "queued", "queued"]
    stage.passes(2.1)
    assert [stage.exchange.legs[sid].status for sid in sids] == ["ringing", "ringing", "ringing"]


# 5.5: "EarlyMedia=true lets people in the room hear the ringing."
@pytest.mark.parametrize("early", ["true", "false"])
def test_early_media(stage: Stage, rest: Rest, waiting: str, early: str) -> None:
    adds(rest, waiting)
    stage.first.rings().answers().is_in_room_with(stage.caller)
    adds(rest, waiting, to=SECOND, EarlyMedia=early)
    stage.second.rings(within=5)
    stage.passes(4)
    stage.second.answers()
    heard = [sound for sound in stage.caller.leg.sounds if sound.kind == "ringback"]
    assert [sound.until is not None for sound in heard] == ([True] if early == "true" else [])


# 5.5: "REST participants have no document: their call ends"; 1.6: "conference-ended-via-api",
# "conference_ended_via_api". 5.5: "After the end the Participants list is empty".
def test_ending_a_conference(stage: Stage, rest: Rest, waiting: str) -> None:
    adds(rest, waiting)
    stage.first.rings().answers().is_in_room_with(stage.caller)
    adds(rest, waiting, to=SECOND)
    stage.second.rings()
    ended = rest("POST", f"/Conferences/{waiting}.json", Status="completed").json()
    assert (ended["status"], ended["reason_conference_ended"]) == ("completed", "conference-ended-via-api")
    stage.caller.hears("After the conference.")
    stage.first.has_ended()
    assert stage.second.phone.ringing is None
    assert stage.told("/after")["DialCallStatus"] == "answered"
    assert told(stage, "ReasonParticipantLeft", "ReasonConferenceEnded")[3:] == [
        ("participant-leave", "conference_ended_via_api", "-"),
        ("participant-leave", "conference_ended_via_api", "-"),
        ("participant-leave", "conference_ended_via_api", "-"),
        ("conference-end", "-", "conference-ended-via-api"),
    ]
    assert rest("GET", f"/Conferences/{waiting}/Participants.json").json()["participants"] == []
    assert rest("GET", f"/Conferences/{waiting}.json").json()["status"] == "completed"


# 7.2: "DELETE -> 204 kicks"; "Participants/{CA or label}". 1.6: "participant-with-end-conference-on-exit-kicked",
# "last-participant-kicked".
def test_kicking(stage: Stage, rest: Rest, waiting: str) -> None:
    adds(rest, waiting, EndConferenceOnExit="true")
    stage.first.rings().answers().is_in_room_with(stage.caller)
    path = f"/Conferences/{waiting}/Participants/{stage.first.leg.sid}.json"
    assert rest("DELETE", path).status_code == 204
    stage.first.has_ended()
    stage.caller.hears("After the conference.")
    assert told(stage, "ReasonConferenceEnded")[-1] == (
        "conference-end",
        "participant-with-end-conference-on-exit-kicked",
    )
    assert rest("DELETE", path).json()["code"] == 20404
    stage.caller.hangs_up().dials(stage.line).is_alone_in_room()
    assert stage.caller.room is not None
    assert rest("DELETE", f"/Conferences/{stage.caller.room.sid}/Participants/client.json").status_code == 204
    stage.caller.hears("After the conference.")
    assert told(stage, "ReasonConferenceEnded")[-1] == ("conference-end", "last-participant-kicked")


# 5.5: "kick: DELETE participant" also stops one who still rings.
def test_kicking_one_who_rings(stage: Stage, rest: Rest, waiting: str) -> None:
    added = adds(rest, waiting, StatusCallback=f"{BASE}/leg")
    stage.first.rings()
    rest("DELETE", f"/Conferences/{waiting}/Participants/{added['call_sid']}.json")
    assert stage.first.phone.ringing is None
    stage.settles()
    assert stage.told("/leg")["CallStatus"] == "canceled"


# 5.5: "hold / unhold: Participant Hold=true, HoldUrl, HoldMethod (GET default): participant-hold / -unhold".
def test_hold(stage: Stage, rest: Rest, waiting: str) -> None:
    stage.page("/hold", '<Say>One moment please.</Say><Play loop="0">hold.mp3</Play>')
    adds(rest, waiting)
    stage.first.rings().answers().is_in_room_with(stage.caller)
    path = f"/Conferences/{waiting}/Participants/client.json"
    held = rest("POST", path, Hold="true", HoldUrl=f"{BASE}/hold").json()
    assert held["hold"] is True
    stage.caller.is_on_hold().hears("One moment please.")
    assert stage.asked("/hold")[0].method == "GET"
    assert stage.first.leg.company == []
    assert stage.first.room_mates == ["Cora"]
    stage.exchange.speaks(stage.first.leg, "A secret.", 2)
    stage.caller.hears_not("A secret.")
    assert rest("POST", path, Hold="false").json()["hold"] is False
    stage.caller.is_in_room_with(stage.first).heard_no_silence_longer_than(0)
    assert told(stage, "Hold")[-2:] == [("participant-hold", "true"), ("participant-unhold", "false")]


# 5.5: "hold ... HoldUrl": without it Twilio's music; music that cannot be had is silence.
def test_hold_without_music_of_ones_own(stage: Stage, rest: Rest, waiting: str) -> None:
    adds(rest, waiting)
    stage.first.rings().answers().is_in_room_with(stage.caller)
    path = f"/Conferences/{waiting}/Participants/{stage.first.leg.sid}.json"
    rest("POST", path, Hold="true")
    stage.first.hears(MUSIC).is_on_hold()
    stage.exchange.disturb(Trouble("/hold", "status", status=500))
    rest("POST", path, Hold="true", HoldUrl=f"{BASE}/hold")
    stage.passes(5)
    stage.first.is_on_hold().is_still_on()


# 5.5: "mute: Muted: participant-mute / -unmute". 7.2: "POST: Muted, Hold, ... EndConferenceOnExit"; 5.5
# "participant-modify".
def test_mute_and_modify(stage: Stage, rest: Rest, waiting: str) -> None:
    adds(rest, waiting)
    stage.first.rings().answers().is_in_room_with(stage.caller)
    path = f"/Conferences/{waiting}/Participants/{stage.first.leg.sid}.json"
    assert rest("POST", path, Muted="true").json()["muted"] is True
    stage.first.says("Nobody hears this.")
    stage.caller.hears_not("Nobody hears")
    rest("POST", path, Muted="false")
    assert rest("POST", path, EndConferenceOnExit="true").json()["end_conference_on_exit"] is True
    assert told(stage, "Muted", "EndConferenceOnExit")[-3:] == [
        ("participant-mute", "true", "false"),
        ("participant-unmute", "false", "false"),
        ("participant-modify", "false", "true"),
    ]
    stage.first.says("Now you do.").hangs_up()
    stage.caller.hears("Now you do.").hears("After the conference.")


# 5.6: "conference participant: Url: leaves (participant_updated_via_api)"; one that REST rang has a document then.
def test_moving_a_participant_that_rest_rang(stage: Stage, rest: Rest, waiting: str) -> None:
    stage.page("/elsewhere", "<Say>Elsewhere.</Say>")
    adds(rest, waiting)
    stage.first.rings().answers().is_in_room_with(stage.caller)
    rest("POST", f"/Calls/{stage.first.leg.sid}.json", Url=f"{BASE}/elsewhere")
    stage.first.hears("Elsewhere.").has_ended()
    assert told(stage, "ReasonParticipantLeft", "ParticipantCallStatus")[-1] == (
        "participant-leave",
        "participant_updated_via_api",
        "in-progress",
    )


# 7.2: "Only participant create takes a name; list, fetch, update, delete need CF." "A list shows only people
# connecting or connected". "GET /Conferences: FriendlyName, Status". 7: lists.
def test_lists_and_shapes(stage: Stage, rest: Rest, waiting: str) -> None:
    adds(rest, waiting, Label="ana")
    adds(rest, waiting, to=SECOND)
    stage.first.rings().answers()
    page = rest("GET", f"/Conferences/{waiting}/Participants.json").json()
    assert [(one["label"], one["status"]) for one in page["participants"]] == [
        ("client", "connected"),
        ("ana", "connected"),
        (None, "queued"),
    ]
    stage.second.rings().rejects()
    assert len(rest("GET", f"/Conferences/{waiting}/Participants.json").json()["participants"]) == 2
    assert rest("GET", f"/Conferences/{waiting}/Participants.json", Muted="true").json()["participants"] == []
    one = rest("GET", f"/Conferences/{waiting}/Participants/ana.json").json()
    assert one["uri"].endswith(f"/Participants/{stage.first.leg.sid}.json")
    for path in ("desk-1.json", "desk-1/Participants.json", f"{waiting}/Participants/ben.json"):
        assert rest("GET", f"/Conferences/{path}").json()["code"] == 20404
    conference = rest("GET", f"/Conferences/{waiting}.json").json()
    assert set(conference) == {
        "sid", "account_sid", "friendly_name", "status", "region", "reason_conference_ended",
        "call_sid_ending_conference", "api_version", "date_created", "date_updated", "uri", "subresource_uris",
    }  # fmt: skip
    assert (conference["friendly_name"], conference["status"]) == ("desk-1", "in-progress")
    assert len(rest("GET", "/Conferences.json", Status="in-progress").json()["conferences"]) == 1
    assert rest("GET", "/Conferences.json", Status="completed").json()["conferences"] == []
    assert rest("GET", "/Conferences.json", FriendlyName="desk-2").json()["conferences"] == []


# 7.2: "Timeout 60 (5-600)", "MaxParticipants (2-250)"; 2.6: 21211, 21213, 16025. 4.5: a label has <= 128
# characters.
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "4035550111"}, 21211),
        ({"From": ""}, 21213),
        ({"From": "+14165550000"}, 21210),
        ({"Timeout": "4"}, 20001),
        ({"MaxParticipants": "251"}, 20001),
        ({"Muted": "yes"}, 20001),
        ({"Label": "client"}, 16025),
        ({"Label": "x" * 129}, 20001),
        ({"ConferenceStatusCallbackEvent": "begin"}, 21626),
        ({"ConferenceStatusCallbackMethod": "PUT"}, 21209),
        ({"Beep": "loud"}, 20001),
        ({"Region": "ca1"}, 20001),
        ({"JitterBufferSize": "huge"}, 20001),
        ({"ConferenceRecord": "yes"}, 20001),
        ({"Record": "record-from-start"}, 20001),
        ({"Record": "true", "RecordingChannels": "three"}, 20001),
        ({"Record": "true", "RecordingStatusCallbackEvent": "begun"}, 21626),
        ({"Coaching": "true"}, 20001),
        ({"CallSidToCoach": "CA" + "0" * 32}, 16028),
    ],
)
def test_participants_that_are_refused(rest: Rest, waiting: str, form: dict[str, str], code: int) -> None:
    answer = rest("POST", f"/Conferences/{waiting}/Participants.json", **({"To": FIRST, "From": LINE} | form))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert len(rest("GET", f"/Conferences/{waiting}/Participants.json").json()["participants"]) == 1


# 7.2: the parameters of POST Participants. Twilio ignores another one; whoever wrote it is told.
@pytest.mark.parametrize("name", ["EndConferenceOnLeave", "Url", "RecordingConfigurationId"])
def test_an_unknown_parameter_of_a_participant_is_told(rest: Rest, waiting: str, name: str) -> None:
    adds(rest, waiting, **{name: "true"})
    with pytest.raises(AssertionError, match=f"{name}.*POST Participants|POST Participants.*{name}"):
        rest.stage.settles()
    assert len(rest.stage.exchange.legs) == 2


# 5.5: "Someone with endConferenceOnExit leaves: all dropped": also one who only rings for this conference.
def test_the_end_of_the_conference_stops_a_ring(stage: Stage, rest: Rest, waiting: str) -> None:
    adds(rest, waiting)
    stage.first.rings()
    rest("POST", f"/Conferences/{waiting}/Participants/client.json", EndConferenceOnExit="true")
    stage.caller.hangs_up()
    stage.settles()
    assert stage.first.phone.ringing is None
    assert stage.first.leg.status == "canceled"


# 5.5: the conference goes on for one who is still expected.
def test_one_who_answers_after_the_other_has_left(stage: Stage, rest: Rest, waiting: str) -> None:
    adds(rest, waiting)
    stage.first.rings()
    stage.caller.hangs_up()
    stage.first.answers().is_alone_in_room().hears(MUSIC).hangs_up()
    stage.settles()
    assert told(stage, "ReasonConferenceEnded")[-1] == ("conference-end", "last-participant-left")


# 7.2: "MaxParticipants (2-250)". 4.5: "maxParticipants": whoever answers when the conference is full stays outside.
def test_one_who_answers_when_the_conference_is_full(stage: Stage, rest: Rest) -> None:
    stage.page("/voice", f'<Dial><Conference maxParticipants="2" {TOLD}>desk-1</Conference></Dial>')
    stage.caller.dials(stage.line)
    adds(rest, "desk-1")
    adds(rest, "desk-1", to=SECOND)
    stage.first.rings().answers().is_in_room_with(stage.caller)
    stage.second.rings().answers().has_ended()
    stage.caller.is_in_room_with(stage.first)
    assert told(stage, "ReasonParticipantLeft")[-1] == ("participant-leave", "participant_add_failed")
    assert [alert.code for alert in stage.exchange.alerts] == [16020]


# 7.2: "POST: ... WaitUrl, WaitMethod". 4.5: "modify". New music for one who waits, at once; it does not matter to one
# who talks.
def test_other_music_for_one_who_waits(stage: Stage, rest: Rest, waiting: str) -> None:
    stage.page("/wait", '<Say>A little longer.</Say><Play loop="0">song.mp3</Play>')
    path = f"/Conferences/{waiting}/Participants/client.json"
    stage.caller.hears(MUSIC)
    assert rest("POST", path, WaitUrl=f"{BASE}/wait", WaitMethod="GET").status_code == 200
    stage.caller.hears("A little longer.").heard_no_silence_longer_than(0)
    assert stage.asked("/wait")[0].method == "GET"
    assert told(stage)[-1] == ("participant-modify",)
    rest("POST", path, WaitUrl="")
    stage.passes(30)
    with pytest.raises(AssertionError, match="heard silence for 30 s"):
        stage.caller.heard_no_silence_longer_than(1)
    stage.exchange.disturb(Trouble("/gone", "status", status=500))
    rest("POST", path, WaitUrl=f"{BASE}/gone")
    stage.passes(30)
    stage.caller.is_alone_in_room()


# 4.5, 5.5: one request that changes several things is told once; one that changes nothing is not told.
def test_one_event_for_all_that_is_modified(stage: Stage, rest: Rest, waiting: str) -> None:
    path = f"/Conferences/{waiting}/Participants/client.json"
    rest("POST", path, EndConferenceOnExit="true", BeepOnExit="false", WaitUrl="")
    rest("POST", path, EndConferenceOnExit="true", BeepOnExit="false")
    assert told(stage, "EndConferenceOnExit")[1:] == [("participant-modify", "true")]
    for form in ({"BeepOnExit": "onExit"}, {"HoldMethod": "PUT", "HoldUrl": f"{BASE}/x"}, {"AnnounceUrl": "there"}):
        assert rest("POST", path, **form).status_code == 400
