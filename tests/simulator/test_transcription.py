"""Transcriptions of a Record (twilio.md 4.6, 1.3)."""

from __future__ import annotations

import pytest

from simulator.people.scripted import Stage


def records(stage: Stage, attributes: str = 'transcribe="true" transcribeCallback="/text"') -> None:
    stage.plays(f'<Record action="/after" {attributes}/>')
    stage.caller.dials(stage.line)
    stage.passes(1)  # the beep


# 1.3: "transcribeCallback: TranscriptionSid TranscriptionText TranscriptionStatus (completed, failed) TranscriptionUrl
# RecordingSid RecordingUrl CallSid AccountSid From To CallStatus ApiVersion Direction ForwardedFrom; always POST,
# answer ignored".
def test_what_was_said_is_told(stage: Stage) -> None:
    stage.plays('<Record action="/after" transcribe="true" transcribeCallback="/text"/>')
    stage.page("/text", "<Say>Never heard.</Say>")
    stage.caller.dials(stage.line, forwarded_from="+14035550133")
    stage.caller.says("The road near Taber is under water.").says("Please call back.").presses("#").has_ended()
    assert stage.asked("/text") == []
    stage.passes(20)
    (request,) = stage.asked("/text")
    told = request.params
    assert set(told) == {
        "TranscriptionSid", "TranscriptionText", "TranscriptionStatus", "TranscriptionUrl", "RecordingSid",
        "RecordingUrl", "CallSid", "AccountSid", "From", "To", "CallStatus", "ApiVersion", "Direction", "ForwardedFrom",
    }  # fmt: skip
    assert request.method == "POST"
    assert told["TranscriptionText"] == "The road near Taber is under water. Please call back."
    assert told["TranscriptionStatus"] == "completed"
    assert told["TranscriptionSid"].startswith("TR")
    assert told["TranscriptionUrl"].endswith(told["TranscriptionSid"])
    assert told["RecordingSid"] == stage.told("/after")["RecordingSid"]
    assert told["CallStatus"] == "completed"
    stage.caller.hears_not("Never heard.")


# 4.6: "Transcription: US English only, 2-120 s".
@pytest.mark.parametrize(
    ("words", "seconds", "status"),
    [("Too short", 0.8, "failed"), ("Just long enough", 2, "completed"), ("Hé, la route est inondée", 5, "failed")],
)
def test_what_cannot_be_transcribed(stage: Stage, words: str, seconds: float, status: str) -> None:
    records(stage)
    stage.exchange.speaks(stage.caller.leg, words, seconds)
    stage.passes(seconds)
    stage.caller.presses("#").has_ended()
    stage.passes(20)
    assert stage.told("/text")["TranscriptionStatus"] == status
    assert stage.told("/text")["TranscriptionText"] == (words if status == "completed" else "")


# 4.6: "maxLength 3600 (120 if transcribe)": a longer one is made if it is asked for, and is not transcribed.
@pytest.mark.parametrize(
    ("attribute", "length", "status"), [("", "120", "completed"), ('maxLength="150"', "150", "failed")]
)
def test_the_longest_transcription(stage: Stage, attribute: str, length: str, status: str) -> None:
    records(stage, f'transcribe="true" transcribeCallback="/text" {attribute}')
    stage.exchange.speaks(stage.caller.leg, "On and on", 200)
    stage.passes(220)
    assert stage.told("/after")["RecordingDuration"] == length
    assert stage.told("/text")["TranscriptionStatus"] == status


# 1.3: "not sent when the recording is absent".
def test_nothing_said_is_not_transcribed(stage: Stage) -> None:
    records(stage)
    stage.caller.stays_silent().has_ended()
    stage.passes(30)
    assert stage.asked("/text") == []
    assert stage.exchange.transcriptions == []


# 4.6: "transcribeCallback (transcribe=true also needed)".
def test_a_callback_alone_asks_for_nothing(stage: Stage) -> None:
    records(stage, 'transcribeCallback="/text"')
    stage.caller.says("The road is under water.").presses("#")
    stage.passes(30)
    assert stage.asked("/text") == []


# 5.7: "On hang-up the action still comes": what was said by then is transcribed.
def test_a_hang_up_is_transcribed(stage: Stage) -> None:
    records(stage)
    stage.caller.says("The road near Taber is under water.").hangs_up()
    stage.passes(30)
    assert stage.told("/text")["TranscriptionText"] == "The road near Taber is under water."
