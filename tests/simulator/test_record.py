"""<Record> and recordings (twilio.md 4.6, 5.7, 1.3)."""

from __future__ import annotations

import io
import wave

import pytest

from simulator.people.scripted import BASE, FIRST, Stage

TOLD = 'recordingStatusCallback="/recorded" recordingStatusCallbackEvent="in-progress completed absent"'


def records(stage: Stage, attributes: str = "") -> None:
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays(f'<Say>Speak.</Say><Record action="/after" {TOLD} {attributes}/><Say>Fell through.</Say>')
    stage.caller.dials(stage.line)


# 4.6: "timeout 5 s of silence". 1.3: "Record action: RecordingUrl, RecordingDuration (s, before trimming)".
def test_silence_ends_it(stage: Stage) -> None:
    records(stage)
    stage.caller.speaks(8).has_ended().hears_not("Fell through")
    told = stage.told("/after")
    assert told["RecordingDuration"] == "13"
    assert told["CallStatus"] == "in-progress"
    assert "Digits" not in told
    assert told["RecordingUrl"].startswith("https://api.twilio.com/2010-04-01/Accounts/AC")
    assert told["RecordingUrl"].endswith(told["RecordingSid"])


# 4.6: "finishOnKey 1234567890*#". 1.3: "Digits (key that ended it, or hangup)".
def test_a_key_ends_it(stage: Stage) -> None:
    records(stage)
    stage.caller.speaks(4).presses("#")
    assert (stage.told("/after")["Digits"], stage.told("/after")["RecordingDuration"]) == ("#", "4")


# 4.6: "finishOnKey": another key does not end it.
def test_only_a_finish_key_ends_it(stage: Stage) -> None:
    records(stage, 'finishOnKey="#"')
    stage.caller.speaks(4).presses("1")
    assert stage.asked("/after") == []
    stage.caller.presses("#")
    assert stage.told("/after")["Digits"] == "#"


# 4.6: "maxLength 3600".
def test_the_longest_length_ends_it(stage: Stage) -> None:
    records(stage, 'maxLength="6"')
    stage.caller.speaks(20)
    assert stage.told("/after")["RecordingDuration"] == "6"


# 4.6: "timeout ... (0 off)".
def test_no_silence_limit(stage: Stage) -> None:
    records(stage, 'timeout="0" maxLength="60"')
    stage.caller.speaks(2)
    stage.passes(40)
    assert stage.asked("/after") == []
    stage.passes(20)
    assert stage.told("/after")["RecordingDuration"] == "60"


# 5.4: "in Record: Record action with Digits=hangup, recordingStatusCallback, StatusCallback". 5.7: "its
# answer is ignored".
def test_a_hang_up_ends_it(stage: Stage) -> None:
    records(stage)
    stage.page("/after", "<NoVerb/>")
    stage.caller.speaks(7).hangs_up()
    assert (stage.told("/after")["Digits"], stage.told("/after")["CallStatus"]) == ("hangup", "completed")
    assert stage.told("/ended")["CallStatus"] == "completed"
    stage.passes(10)
    assert stage.told("/recorded")["RecordingStatus"] == "completed"
    assert stage.exchange.faults == []


# 1.3: "recordingStatusCallback: AccountSid CallSid RecordingSid RecordingUrl RecordingStatus
# RecordingDuration RecordingChannels RecordingSource (+ RecordingStartTime, RecordingTrack) ... no From/To".
# "RecordVerb".
def test_the_recording_callback_comes_later_and_by_itself(stage: Stage) -> None:
    records(stage)
    stage.caller.speaks(4)
    assert [r.params["RecordingStatus"] for r in stage.asked("/recorded")] == ["in-progress"]
    stage.caller.presses("#").has_ended()
    assert len(stage.asked("/recorded")) == 1
    stage.passes(5)
    told = stage.told("/recorded")
    assert set(told) == {
        "AccountSid",
        "CallSid",
        "RecordingSid",
        "RecordingUrl",
        "RecordingStatus",
        "RecordingDuration",
        "RecordingChannels",
        "RecordingSource",
        "RecordingStartTime",
        "RecordingTrack",
    }
    assert (told["RecordingStatus"], told["RecordingSource"], told["RecordingDuration"]) == (
        "completed",
        "RecordVerb",
        "4",
    )


# 5.7: "RecordingStatus=absent -> no voicemail". 1.3: "RecordingStatus in-progress, completed, absent".
def test_nothing_said_is_absent(stage: Stage) -> None:
    records(stage)
    stage.caller.stays_silent().has_ended()
    assert stage.told("/after")["RecordingDuration"] == "0"
    stage.passes(10)
    assert stage.told("/recorded")["RecordingStatus"] == "absent"


# 4.3, 4.6: "recordingStatusCallbackEvent: event completed" is the default, so an absent one is not told.
def test_only_completed_is_told_by_default(stage: Stage) -> None:
    stage.plays('<Record action="/after" recordingStatusCallback="/recorded"/>')
    stage.caller.dials(stage.line).stays_silent()
    stage.passes(10)
    assert stage.asked("/recorded") == []


# 4.6: "action (current URL!)"; "give it, or the document loops".
def test_without_an_action_the_document_loops(stage: Stage) -> None:
    stage.plays("<Record/>")
    stage.caller.dials(stage.line).speaks(2).presses("#")
    assert stage.told("/voice")["Digits"] == "#"
    assert len(stage.asked("/voice")) == 2
    stage.caller.hangs_up()


# 4.6: "playBeep true".
def test_the_beep(stage: Stage) -> None:
    records(stage)
    stage.caller.speaks(1).presses("#")
    assert "beep" in [sound.text for sound in stage.caller.leg.sounds]
    records(stage, 'playBeep="false"')
    stage.caller.speaks(1).presses("#")
    assert "beep" not in [sound.text for sound in stage.caller.leg.sounds]


# 5.7: "Media: RecordingUrl (+.wav, .mp3)": a file of the recording's length.
def test_the_sound_is_a_valid_file(stage: Stage) -> None:
    records(stage)
    stage.caller.speaks(4).presses("#").has_ended()
    stage.passes(5)
    (recording,) = stage.exchange.recordings.all
    with wave.open(io.BytesIO(recording.wav())) as sound:
        assert sound.getnframes() / sound.getframerate() == 4
    assert recording.mp3().startswith(b"\xff\xfb")


# 4.6: "trim trim-silence". 1.3: "RecordingDuration (s, before trimming)" of the action; what is told later, and the
# file, are trimmed.
@pytest.mark.parametrize(("trim", "seconds"), [("", "8"), ('trim="do-not-trim"', "13")])
def test_silence_is_trimmed(stage: Stage, trim: str, seconds: str) -> None:
    records(stage, trim)
    stage.caller.speaks(8).has_ended()
    stage.passes(5)
    assert stage.told("/after")["RecordingDuration"] == "13"
    assert stage.told("/recorded")["RecordingDuration"] == seconds


# 1.5: "RecordingUrl RecordingSid RecordingDuration: completed event".
def test_the_end_of_the_call_tells_of_the_recording(stage: Stage) -> None:
    records(stage)
    stage.caller.speaks(7).hangs_up()
    stage.settles()
    told = stage.told("/ended")
    assert (told["RecordingDuration"], told["RecordingSid"]) == ("7", stage.exchange.recordings.all[0].sid)
    records(stage)
    stage.caller.stays_silent().has_ended()
    stage.settles()
    assert "RecordingUrl" not in stage.told("/ended")


# 5.7: "RecordingUrl in the action may 404 for seconds": until then it is processing.
def test_the_file_is_there_later(stage: Stage) -> None:
    records(stage)
    stage.caller.speaks(4).presses("#").has_ended()
    (recording,) = stage.exchange.recordings.all
    assert (recording.status, recording.is_ready) == ("processing", False)
    stage.passes(5)
    assert (recording.status, recording.is_ready) == ("completed", True)


# 4.3: "record: record-from-ringing, ...": when nobody answers there is nothing on it. 1.3: "absent".
def test_a_dial_that_nobody_answers_has_no_recording(stage: Stage) -> None:
    stage.plays(f'<Dial record="record-from-ringing" {TOLD} timeout="10" action="/after">{FIRST}</Dial>')
    stage.caller.dials(stage.line).has_ended()
    stage.passes(5)
    told = [(each.params["RecordingStatus"], each.params["RecordingSource"]) for each in stage.asked("/recorded")]
    assert told == [("in-progress", "DialVerb"), ("absent", "DialVerb")]


# 4.3: "recordingTrack (both), trim (do-not-trim)"; 1.3: "RecordingChannels, RecordingTrack".
def test_what_a_dial_says_of_its_recording(stage: Stage) -> None:
    how = 'record="record-from-ringing-dual" recordingTrack="inbound" trim="trim-silence"'
    stage.plays(f'<Dial {how} {TOLD} action="/after">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings()
    stage.passes(12)
    stage.first.answers()
    stage.passes(20)
    stage.first.hangs_up()
    stage.passes(5)
    told = stage.told("/recorded")
    assert (told["RecordingTrack"], told["RecordingChannels"], told["RecordingDuration"]) == ("inbound", "2", "20")
