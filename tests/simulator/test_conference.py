"""<Dial><Conference> (twilio.md 4.5, 5.5): who hears whom, and what follows for whoever leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.people.scripted import BASE, CALLER, FIRST, SECOND, Reply, Stage
from simulator.switches import Switches
from simulator.verbs.music import MUSIC
from simulator.webhooks.webhooks import Trouble

TOLD = 'statusCallback="/conf" statusCallbackEvent="start end join leave mute hold modify"'


def room(attributes: str = "", name: str = "desk-1", dial: str = "") -> str:
    return f'<Dial action="/after" {dial}><Conference {attributes}>{name}</Conference></Dial>'


def joins(stage: Stage, **attributes: str) -> None:
    """Cora, Ana and Ben dial the line; each is let into the conference with the attributes of the own name."""
    named = {CALLER: "cora", FIRST: "ana", SECOND: "ben"}
    stage.page("/voice", lambda given: room(attributes.get(named[given["From"]], "")))
    stage.page("/after", "<Say>After the conference.</Say>")


def told(stage: Stage, *names: str) -> list[tuple[str, ...]]:
    """What the conference told so far: its events, with the parameters of these names."""
    return [
        (request.params["StatusCallbackEvent"], *(request.params.get(name, "-") for name in names))
        for request in stage.asked("/conf")
    ]


# 5.5 (1): "First join creates the CF (status init): participant-join seq 1; this person hears waitUrl." (2):
# "Second join: participant-join; when >= 2 are in and at least one has startConferenceOnEnter=true:
# conference-start, status in-progress." "assume join first".
def test_two_who_meet(stage: Stage) -> None:
    joins(stage, cora=TOLD)
    stage.caller.dials(stage.line).is_alone_in_room().hears(MUSIC)
    conference = stage.caller.room
    assert conference is not None
    assert (conference.status, stage.caller.in_room, stage.caller.room_mates) == ("init", "desk-1", [])
    stage.first.dials(stage.line).is_in_room_with(stage.caller).is_connected_to(stage.caller).hears_not(MUSIC)
    assert conference.status == "in-progress"
    assert stage.caller.room_mates == ["Ana"]
    assert told(stage, "SequenceNumber") == [
        ("participant-join", "1"),
        ("participant-join", "2"),
        ("conference-start", "3"),
    ]
    stage.caller.says("The bridge is out.")
    stage.first.hears("bridge is out").speaks(3)
    stage.passes(600)
    stage.caller.heard_no_silence_longer_than(0)
    stage.first.heard_no_silence_longer_than(0)


# 1.6: the parameters of each event; "No From/To and no CallStatus"; "Booleans are true/false text".
def test_the_parameters_of_conference_status_callbacks(stage: Stage) -> None:
    joins(stage, cora=f'{TOLD} participantLabel="client" endConferenceOnExit="true" muted="true"')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    everywhere = {"AccountSid", "ConferenceSid", "FriendlyName", "SequenceNumber", "StatusCallbackEvent", "Timestamp"}
    person = everywhere | {"CallSid", "Coaching", "EndConferenceOnExit", "Hold", "Muted", "StartConferenceOnEnter"}
    joined, other, started = (request.params for request in stage.asked("/conf"))
    assert set(joined) == person | {"ParticipantLabel"}
    assert set(other) == person
    assert set(started) == everywhere
    assert (joined["ParticipantLabel"], joined["CallSid"], joined["FriendlyName"]) == (
        "client",
        stage.caller.leg.sid,
        "desk-1",
    )
    assert (joined["Muted"], joined["EndConferenceOnExit"], joined["Hold"], joined["Coaching"]) == (
        "true",
        "true",
        "false",
        "false",
    )
    assert joined["Timestamp"] == "Mon, 02 Nov 2026 16:00:00 +0000"
    stage.caller.hangs_up()
    stage.settles()
    left, dropped, ended = (request.params for request in stage.asked("/conf")[3:])
    assert set(left) == person | {"ParticipantLabel", "ParticipantCallStatus", "ReasonParticipantLeft"}
    assert set(dropped) == person | {"ParticipantCallStatus", "ReasonParticipantLeft"}
    assert set(ended) == everywhere | {
        "CallSidEndingConference",
        "ParticipantLabelEndingConference",
        "ReasonConferenceEnded",
        "Reason",
    }
    assert (left["ParticipantCallStatus"], left["ReasonParticipantLeft"]) == ("completed", "participant_hung_up")
    assert (dropped["ParticipantCallStatus"], dropped["ReasonParticipantLeft"]) == (
        "in-progress",
        "moderator_ended_conference",
    )
    assert ended["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert ended["CallSidEndingConference"] == stage.caller.leg.sid
    assert ended["ParticipantLabelEndingConference"] == "client"


# 5.5: "Someone with endConferenceOnExit leaves: all dropped. Dropped TwiML callers continue: Dial action with
# DialCallStatus=answered (no DialCallSid, no DialCallDuration) or next verb."
def test_the_end_of_the_conference_leads_to_the_action(stage: Stage) -> None:
    joins(stage, cora='endConferenceOnExit="true"')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    stage.caller.hangs_up()
    stage.first.hears("After the conference.").has_ended()
    params = stage.told("/after")
    assert (params["CallSid"], params["DialCallStatus"]) == (stage.first.leg.sid, "answered")
    assert params["CallStatus"] == "in-progress"
    assert not {"DialCallSid", "DialCallDuration"} & set(params)


# 4.3: "Without action: next verb; if none, the call ends."
def test_without_an_action_the_next_verb_follows(stage: Stage) -> None:
    stage.page("/voice", "<Dial><Conference endConferenceOnExit='true'>desk-1</Conference></Dial><Say>Next.</Say>")
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    stage.caller.hangs_up()
    stage.first.hears("Next.").has_ended()


# 5.5: "One person alone in a started room stays in silence and nothing ends it". "Last one out ->
# conference-end last-participant-left." The beep of the one who left is the last sound.
def test_one_who_stays_behind_hears_silence(stage: Stage) -> None:
    joins(stage, cora=TOLD)
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller).hangs_up()
    stage.passes(1800)
    stage.caller.is_alone_in_room().is_still_on()
    assert stage.caller.leg.sounds[-1].until is not None
    with pytest.raises(AssertionError, match=r"heard silence for 1799\.5 s"):
        stage.caller.heard_no_silence_longer_than(60)
    conference = stage.caller.room
    stage.caller.hangs_up()
    stage.settles()
    assert told(stage, "ReasonConferenceEnded", "ReasonParticipantLeft")[3:] == [
        ("participant-leave", "-", "participant_hung_up"),
        ("participant-leave", "-", "participant_hung_up"),
        ("conference-end", "last-participant-left", "-"),
    ]
    assert conference is not None
    assert conference.status == "completed"


# 4.5: "One live conference per name; reuse of a name after it completed makes a new CF." 5.5: "a completed
# conference is never revived".
def test_a_name_that_is_used_again(stage: Stage) -> None:
    joins(stage, cora=TOLD)
    sids = []
    for _ in range(2):
        stage.caller.dials(stage.line).is_alone_in_room()
        sids.append(stage.told("/conf")["ConferenceSid"])
        stage.caller.hangs_up()
    stage.settles()
    assert sids[0] != sids[1]
    assert [each for _, each in told(stage, "SequenceNumber")] == ["1", "2", "3"] * 2
    assert [conference.status for conference in stage.exchange.rooms.all.values()] == ["completed", "completed"]


# 5.5 (3): "Both startConferenceOnEnter=false: never starts, both hear music." 4.5: "Participant with
# startConferenceOnEnter=false is muted and hears music until someone with true is in".
def test_nobody_who_may_start(stage: Stage) -> None:
    waits = 'startConferenceOnEnter="false" waitUrl="/wait"'
    stage.page("/wait", '<Play loop="0">music.mp3</Play>')
    joins(stage, cora=waits, ana=waits)
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line)
    stage.passes(120)
    assert stage.caller.room is not None
    assert stage.caller.room.status == "init"
    assert stage.caller.leg.company == []
    stage.caller.heard_no_silence_longer_than(0)
    stage.second.dials(stage.line).is_in_room_with(stage.caller, stage.first)
    stage.second.says("Here I am.")
    stage.caller.hears("Here I am.")
    stage.first.hears("Here I am.")


# 4.5: "waitUrl document may use Play, Say, Pause, Redirect. When it ends: silence (not repeated!); end it with
# an empty <Redirect/> or use Play loop=0." 4: "Relative URLs resolve against the URL of the current document".
def test_music_that_ends_and_music_that_goes_on(stage: Stage) -> None:
    joins(stage, cora='waitUrl="/music/wait"')
    stage.page("/music/wait", "<Say>Please wait.</Say><Pause length='2'/><Play>song.mp3</Play>")
    stage.caller.dials(stage.line).hears(f"Please wait. {BASE}/music/song.mp3")
    stage.passes(120)
    assert len(stage.asked("/music/wait")) == 1
    assert stage.told("/music/wait")["CallSid"] == stage.caller.leg.sid
    with pytest.raises(AssertionError, match="heard silence for 120 s"):
        stage.caller.heard_no_silence_longer_than(60)
    stage.caller.hangs_up()
    stage.page("/music/wait", "<Say>Please wait.</Say><Redirect/>")
    stage.caller.dials(stage.line)
    stage.passes(30)
    stage.caller.heard_no_silence_longer_than(0)
    assert len(stage.asked("/music/wait")) > 10


# 4.5: "waitUrl: URL or empty string (silence)"; "waitMethod: GET for static audio". 2.5: "audio/*: played".
def test_silence_and_static_audio_instead_of_a_document(stage: Stage) -> None:
    joins(stage, cora='waitUrl=""')
    stage.caller.dials(stage.line)
    stage.passes(30)
    assert stage.caller.leg.sounds == []
    stage.caller.hangs_up()
    joins(stage, cora='waitUrl="/song.mp3" waitMethod="GET"')
    stage.page("/song.mp3", Reply("", content_type="audio/mpeg"))
    stage.caller.dials(stage.line).hears("song.mp3").is_alone_in_room()
    assert stage.asked("/song.mp3")[0].method == "GET"


# 2.4: "Conference waitUrl failure: the conference is not fully established and the call falls through to the
# Dial action or next verb."
def test_music_that_cannot_be_had(stage: Stage) -> None:
    joins(stage, cora=f'waitUrl="/wait" {TOLD}')
    stage.exchange.disturb(Trouble("/wait", "status", status=500))
    stage.caller.dials(stage.line).hears("After the conference.")
    assert stage.told("/after")["DialCallStatus"] == "failed"
    assert told(stage, "ReasonParticipantLeft")[1] == ("participant-leave", "participant_add_failed")
    assert [alert.code for alert in stage.exchange.alerts] == [11200]


# 5.5: the second join does not wait for the music of the first, however slow its document is.
def test_slow_music_holds_nobody_up(stage: Stage) -> None:
    joins(stage, cora='waitUrl="/wait"')
    stage.page("/wait", "<Say>Too late.</Say>")
    stage.exchange.disturb(Trouble("/wait", "slow", seconds=9))
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    stage.passes(20)
    stage.caller.hears_not("Too late.").is_connected_to(stage.first)


# 4.5: "muted". The others hear a muted one not, and it hears them.
def test_muted_from_the_beginning(stage: Stage) -> None:
    joins(stage, ana='muted="true"')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller).says("Nobody hears this.")
    stage.caller.hears_not("Nobody hears").says("I hear nothing.")
    stage.first.hears("I hear nothing.")


# 4.5: "participantLabel: unique in the conference". 2.6: "16025: duplicate participantLabel: not joined, next
# TwiML runs".
def test_a_label_that_is_taken(stage: Stage) -> None:
    joins(stage, cora='participantLabel="client"', ana='participantLabel="client"')
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).hears("After the conference.").has_ended()
    stage.caller.is_alone_in_room()
    assert [alert.code for alert in stage.exchange.alerts] == [16025]


# 4.5: "maxParticipants: <= 250"; "statusCallback, events and region of the FIRST participant win; later ones
# are ignored."
def test_what_the_first_participant_settles(stage: Stage) -> None:
    joins(
        stage,
        cora=f'maxParticipants="2" {TOLD}',
        ana='statusCallback="/other" statusCallbackEvent="leave" maxParticipants="3"',
        ben='maxParticipants="3"',
    )
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    stage.second.dials(stage.line).hears("After the conference.")
    assert stage.told("/after")["DialCallStatus"] == "failed"
    stage.first.hangs_up()
    stage.settles()
    assert stage.asked("/other") == []
    assert told(stage)[-1] == ("participant-leave",)


# 4.5: "statusCallbackEvent: default none".
def test_without_events_nothing_is_told(stage: Stage) -> None:
    joins(stage, cora='statusCallback="/conf"')
    stage.caller.dials(stage.line).hangs_up()
    stage.settles()
    assert stage.asked("/conf") == []


# 4.5: "No DTMF handling inside a conference; hangupOnStar on the Dial still leaves the conference".
def test_keys(stage: Stage) -> None:
    star = 'hangupOnStar="true"'
    stage.page("/voice", lambda given: room(TOLD, dial=star if given["From"] == FIRST else ""))
    stage.page("/after", "<Say>After the conference.</Say>")
    stage.caller.dials(stage.line).presses("*", at_once=True).is_alone_in_room()
    stage.first.dials(stage.line).presses("5", at_once=True).is_in_room_with(stage.caller)
    stage.first.presses("*").hears("After the conference.")
    stage.caller.is_alone_in_room()
    assert stage.told("/after")["DialCallStatus"] == "answered"


# 4.3: "timeLimit: seconds of the connected call".
def test_the_time_limit(stage: Stage) -> None:
    stage.page("/voice", room(dial='timeLimit="60"'))
    stage.page("/after", "<Say>After the conference.</Say>")
    stage.caller.dials(stage.line).hears("After the conference.", within=65)


# 5.4: "in conference: participant-leave (participant_hung_up), maybe conference-end, Dial action (unverified),
# StatusCallback". 9: "dial_action_on_caller_hangup".
@pytest.mark.parametrize("switch", ["sent", "not sent"])
def test_a_participant_who_hangs_up(staged: Callable[..., Stage], switch: str) -> None:
    stage = staged(Switches(dial_action_on_caller_hangup=switch))  # type: ignore[arg-type]
    stage.line.status_callback = f"{BASE}/ended"
    stage.page("/voice", room(TOLD))
    stage.page("/after", "<NoVerb/>")
    stage.caller.dials(stage.line).is_alone_in_room().hangs_up()
    stage.settles()
    assert stage.told("/ended")["CallStatus"] == "completed"
    assert stage.exchange.faults == []
    asked = [(each.params["DialCallStatus"], each.params["CallStatus"]) for each in stage.asked("/after")]
    assert asked == ([("answered", "completed")] if switch == "sent" else [])


# 1.4: "DialBridged: documented without condition; after a conference (unverified)". 9: the switch for it.
@pytest.mark.parametrize("switch", ["absent", "sent"])
def test_whether_a_conference_was_a_bridge(staged: Callable[..., Stage], switch: str) -> None:
    stage = staged(Switches(dial_bridged_after_conference=switch))  # type: ignore[arg-type]
    joins(stage)
    stage.caller.dials(stage.line).hangs_up()
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    stage.caller.hangs_up()
    stage.first.hangs_up()
    stage.settles()
    said = [request.params.get("DialBridged", "absent") for request in stage.asked("/after")]
    assert said == (["false", "true", "true"] if switch == "sent" else ["absent"] * 3)


# 8 (1): "carrier voicemail answers ...: caller talks to a machine": whoever joins hears what is being said.
def test_one_who_joins_hears_the_sentence_that_is_being_said(stage: Stage) -> None:
    joins(stage)
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    stage.exchange.speaks(stage.first.leg, "This is a long story.", 30)
    stage.passes(10)
    stage.second.dials(stage.line).hears("long story")


# 4.1 to 4.6: the verb that the screening document of a Number must not hold (4.4: "no Dial").
def test_music_may_hold_four_verbs_only(stage: Stage) -> None:
    joins(stage, cora='waitUrl="/wait"')
    stage.page("/wait", "<Gather><Say>Press.</Say></Gather><Say>Wait.</Say>")
    with pytest.raises(AssertionError, match="<Gather> must not stand in a conference's music"):
        stage.caller.dials(stage.line)
    stage.caller.hears("Wait.")
