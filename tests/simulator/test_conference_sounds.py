"""What is heard in a conference beside the people: beeps and announcements; and who is known to speak (twilio.md 4.5,
5.5, 1.6, 7.2)."""

from __future__ import annotations

import pytest

from simulator.people.scripted import BASE, CALLER, FIRST, LINE, SECOND, Reply, Stage
from simulator.people.story import StoryHandset
from simulator.webhooks.webhooks import Trouble
from tests.simulator.asking import Rest

TOLD = 'statusCallback="/conf" statusCallbackEvent="end leave speaker announcement"'


def joins(stage: Stage, **attributes: str) -> None:
    """Cora, Ana and Ben dial the line into one conference, each with the attributes of the own name."""
    named = {CALLER: "cora", FIRST: "ana", SECOND: "ben"}

    def document(given: dict[str, str]) -> str:
        own = attributes.get(named[given["From"]], "")
        return f'<Dial action="/after"><Conference {own}>desk-1</Conference></Dial>'

    stage.page("/voice", document)
    stage.page("/after", '<Say>After the conference.</Say><Pause length="60"/>')


def room_of(stage: Stage) -> str:
    assert stage.caller.room is not None
    return stage.caller.room.sid


def told(stage: Stage, *names: str) -> list[tuple[str, ...]]:
    return [
        (request.params["StatusCallbackEvent"], *(request.params.get(name, "-") for name in names))
        for request in stage.asked("/conf")
    ]


def begins_to_speak(stage: Stage, who: StoryHandset, seconds: float) -> None:
    """Without waiting for the end."""

    async def speaks() -> None:
        stage.exchange.speaks(who.leg, "", seconds)

    stage.run(speaks())


@pytest.fixture
def meeting(stage: Stage) -> str:
    """Cora and Ana talk in a conference without beeps; its sid."""
    joins(stage, cora=f'beep="false" participantLabel="client" {TOLD}', ana='beep="false"', ben='beep="false"')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    return room_of(stage)


# 4.5: "beep: true, false, onEnter, onExit; true".
@pytest.mark.parametrize(
    ("beep", "heard"), [("", 2), ('beep="true"', 2), ('beep="false"', 0), ('beep="onEnter"', 1), ('beep="onExit"', 1)]
)
def test_a_beep_for_whoever_comes_and_goes(stage: Stage, beep: str, heard: int) -> None:
    joins(stage, cora='beep="false"', ana='beep="false"', ben=beep)
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_in_room_with(stage.caller)
    stage.second.dials(stage.line).is_in_room_with(stage.caller, stage.first).heard_no_beep()
    entered = 0 if beep in ('beep="false"', 'beep="onExit"') else 1
    stage.caller.heard_beep(entered)
    stage.second.hangs_up()
    stage.caller.heard_beep(heard)
    stage.first.heard_beep(heard)


# 4.5: the first of two hears the second come; the music is over by then.
def test_the_beep_at_the_start(stage: Stage) -> None:
    joins(stage)
    stage.caller.dials(stage.line).heard_no_beep()
    stage.first.dials(stage.line).is_in_room_with(stage.caller).heard_no_beep()
    stage.caller.heard_beep(1)


# 4.5: "Participant with startConferenceOnEnter=false ... hears music": no beep over it, nor for one on hold; and a
# conference that ends for all makes none.
def test_those_who_hear_no_beep(stage: Stage, rest: Rest) -> None:
    joins(stage, cora='startConferenceOnEnter="false"', ana='startConferenceOnEnter="false" endConferenceOnExit="true"')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line)
    stage.passes(5)
    stage.caller.heard_no_beep()
    rest("POST", f"/Conferences/{room_of(stage)}/Participants/{stage.caller.leg.sid}.json", Hold="true")
    stage.second.dials(stage.line).is_connected_to(stage.first)
    stage.caller.heard_no_beep()
    stage.first.heard_beep(1).hangs_up()
    stage.second.hears("After the conference.").heard_no_beep()


# 7.2: "Beep true" of POST Participants; "POST Participants/{CA}: ... BeepOnExit".
def test_beeps_of_participants_by_rest(stage: Stage, rest: Rest, meeting: str) -> None:
    path = f"/Conferences/{meeting}/Participants"
    rest("POST", f"{path}.json", From=LINE, To=SECOND, Beep="onEnter")
    stage.second.rings().answers().is_in_room_with(stage.caller, stage.first)
    stage.caller.heard_beep(1)
    rest("POST", f"{path}/{stage.second.leg.sid}.json", BeepOnExit="true")
    stage.second.hangs_up()
    stage.caller.heard_beep(2)
    rest("POST", f"{path}.json", From=LINE, To=SECOND)
    stage.second.rings().answers().is_in_room_with(stage.caller, stage.first)
    stage.caller.heard_beep(3)


# 5.5: "announce: AnnounceUrl on participant or conference: announcement-end". 1.6: "AnnounceUrl: announcement events";
# the participant's parameters are for a participant's announcement alone.
def test_an_announcement_to_all(stage: Stage, rest: Rest, meeting: str) -> None:
    stage.page("/announce", "<Say>We close</Say><Pause length='2'/><Redirect>/more</Redirect>")
    stage.page("/more", "<Say>in ten minutes.</Say><Play>gong.mp3</Play>")
    assert rest("POST", f"/Conferences/{meeting}.json", AnnounceUrl=f"{BASE}/announce").json()["sid"] == meeting
    stage.passes(1)
    assert stage.first.leg.heard().endswith("We close")
    stage.passes(5)
    assert "We close in ten minutes. https" in stage.caller.leg.heard()
    asked = stage.told("/announce")
    assert (stage.asked("/announce")[0].method, asked["FriendlyName"], "CallSid" in asked) == ("POST", "desk-1", False)
    assert told(stage) == []
    stage.caller.is_in_room_with(stage.first)
    stage.passes(15)
    stage.first.hears("gong.mp3")
    assert told(stage, "AnnounceUrl", "CallSid") == [("announcement-end", f"{BASE}/announce", "-")]


# 5.5: "announce: AnnounceUrl on participant": the others do not hear it, and the talk goes on.
def test_an_announcement_to_one(stage: Stage, rest: Rest, meeting: str) -> None:
    stage.page("/announce", "<Say>Your supervisor is listening.</Say>")
    path = f"/Conferences/{meeting}/Participants"
    rest("POST", f"{path}/{stage.first.leg.sid}.json", AnnounceUrl=f"{BASE}/announce", AnnounceMethod="GET")
    stage.caller.says("Hello?")
    stage.first.hears("supervisor is listening").hears("Hello?")
    stage.caller.hears_not("supervisor")
    assert (stage.asked("/announce")[0].method, stage.told("/announce")["CallSid"]) == ("GET", stage.first.leg.sid)
    assert told(stage, "AnnounceUrl", "CallSid", "Muted")[-1] == (
        "announcement-end",
        f"{BASE}/announce",
        stage.first.leg.sid,
        "false",
    )


# 7.2: a file instead of a document. 2.5: "audio/*: played".
def test_a_file_is_announced(stage: Stage, rest: Rest, meeting: str) -> None:
    stage.page("/gong.mp3", Reply("", content_type="audio/mpeg"))
    rest("POST", f"/Conferences/{meeting}.json", AnnounceUrl=f"{BASE}/gong.mp3", AnnounceMethod="GET")
    stage.caller.hears("gong.mp3")
    stage.passes(15)
    assert told(stage) == [("announcement-end",)]


# 1.6: "ReasonAnnouncementFailed: announcement events": announcement-fail.
def test_an_announcement_that_cannot_be_had(stage: Stage, rest: Rest, meeting: str) -> None:
    stage.exchange.disturb(Trouble("/announce", "status", status=500))
    rest("POST", f"/Conferences/{meeting}/Participants/client.json", AnnounceUrl=f"{BASE}/announce")
    stage.settles()
    assert told(stage, "AnnounceUrl", "ReasonAnnouncementFailed", "ParticipantLabel") == [
        ("announcement-fail", f"{BASE}/announce", "HTTP status 500", "client")
    ]
    stage.caller.is_in_room_with(stage.first)


# 5.5: whoever leaves hears no more of it; the participant's parameters are told of one who is there (1.6).
def test_leaving_in_the_middle_of_an_announcement(stage: Stage, rest: Rest, meeting: str) -> None:
    stage.page("/announce", '<Say loop="3">This is a long announcement, and it goes on.</Say>')
    rest("POST", f"/Conferences/{meeting}/Participants/client.json", AnnounceUrl=f"{BASE}/announce")
    stage.passes(1)
    rest("DELETE", f"/Conferences/{meeting}/Participants/client.json")
    stage.caller.hears("After the conference.").hears_not("it goes on")
    assert told(stage, "CallSid", "AnnounceUrl")[1:] == [("announcement-end", "-", f"{BASE}/announce")]
    rest("POST", f"/Conferences/{meeting}.json", AnnounceUrl=f"{BASE}/announce")
    stage.passes(1)
    stage.first.hears("This is").hangs_up()
    stage.passes(30)
    assert told(stage)[-1] == ("conference-end",)
    late = rest("POST", f"/Conferences/{meeting}.json", AnnounceUrl=f"{BASE}/announce")
    assert late.status_code == 400


# 4.1: Play, Say and Pause have a loop; what else stands in an announcement is a fault (2.5).
def test_what_an_announcement_may_hold(stage: Stage, rest: Rest, meeting: str) -> None:
    stage.page("/announce", '<Hangup/><Say></Say><Say loop="2">Twice.</Say><Play digits="1w"/>')
    rest("POST", f"/Conferences/{meeting}.json", AnnounceUrl=f"{BASE}/announce")
    with pytest.raises(AssertionError, match="<Hangup> must not stand in an announcement"):
        stage.settles()
    stage.first.hears("Twice. Twice.")
    stage.page("/plain", Reply("Just words.", content_type="text/plain"))
    rest("POST", f"/Conferences/{meeting}.json", AnnounceUrl=f"{BASE}/plain")
    stage.first.hears("Just words.")
    stage.passes(5)
    assert told(stage) == [("announcement-end",), ("announcement-end",)]


# 1.6: "participant-speech-start, participant-speech-stop"; "CallSid Muted Hold Coaching ...: speaker".
def test_who_speaks(stage: Stage, meeting: str) -> None:
    stage.caller.speaks(4)
    assert told(stage, "CallSid", "ParticipantLabel") == [
        ("participant-speech-start", stage.caller.leg.sid, "client"),
        ("participant-speech-stop", stage.caller.leg.sid, "client"),
    ]
    start, stop = stage.asked("/conf")
    assert (stop.at - start.at).total_seconds() == 4
    assert (start.params["Muted"], start.params["Coaching"]) == ("false", "false")


# 1.6: one start and one stop of a speech that goes on, however many sentences it has.
def test_a_speech_of_several_sentences(stage: Stage, meeting: str) -> None:
    begins_to_speak(stage, stage.caller, 4)
    stage.passes(2)
    begins_to_speak(stage, stage.first, 1)
    begins_to_speak(stage, stage.caller, 4)
    stage.passes(10)
    sids = {stage.caller.leg.sid: "Cora", stage.first.leg.sid: "Ana"}
    assert [(event.rpartition("-")[2], sids[sid]) for event, sid in told(stage, "CallSid")] == [
        ("start", "Cora"),
        ("start", "Ana"),
        ("stop", "Ana"),
        ("stop", "Cora"),
    ]


# 4.5: "muted"; 1.6: no event of one who cannot be heard, nor of one who has left, nor without a subscription.
def test_speech_that_is_not_told(stage: Stage, rest: Rest, meeting: str) -> None:
    path = f"/Conferences/{meeting}/Participants/client.json"
    rest("POST", path, Muted="true")
    stage.caller.speaks(2)
    rest("POST", path, Muted="false", Hold="true")
    begins_to_speak(stage, stage.caller, 2)
    rest("POST", path, Hold="false")
    assert told(stage) == []
    begins_to_speak(stage, stage.caller, 5)
    stage.passes(1)
    stage.caller.hangs_up()
    stage.passes(10)
    assert told(stage) == [("participant-speech-start",), ("participant-leave",)]


def test_without_a_subscription_nobody_is_told_of_speech(stage: Stage) -> None:
    joins(stage, cora='statusCallback="/conf" statusCallbackEvent="start"')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller).speaks(3)
    assert told(stage) == [("conference-start",)]


# A story that is wrong about it fails with the whole board.
def test_a_handset_that_heard_another_number_of_beeps(stage: Stage, meeting: str) -> None:
    with pytest.raises(AssertionError, match="should have heard a beep, but heard 0"):
        stage.caller.heard_beep()
    with pytest.raises(AssertionError, match=r"should have heard 2 beep\(s\), but heard 0"):
        stage.caller.heard_beep(2)
