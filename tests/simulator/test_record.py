"""<Record> and recordings (twilio.md 4.6, 5.7, 1.3)."""

from __future__ import annotations

import io
import wave

from simulator.scripted import BASE, Stage

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
