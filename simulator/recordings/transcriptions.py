"""Transcriptions of what a Record took (twilio.md 4.6, 1.3): made when the recording is ready, and told to
transcribeCallback. Only 2 to 120 seconds are transcribed, and only English is: other letters fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simulator.webhooks.params import standard

if TYPE_CHECKING:
    from simulator.exchange import Exchange
    from simulator.recordings.recordings import Recording

SHORTEST, LONGEST = 2, 120  # seconds
DELAY = 5.0  # seconds from the recording to its text
_TOLD = ("AccountSid", "ApiVersion", "CallSid", "CallStatus", "Direction", "From", "To", "ForwardedFrom")


@dataclass(frozen=True)
class Transcription:
    sid: str
    recording: Recording
    url: str
    status: Literal["completed", "failed"]
    text: str


def transcribes(exchange: Exchange, recording: Recording, callback: str) -> None:
    """Once the recording is ready; nothing comes of an absent one. `callback` may be empty."""

    def ready(made: Recording) -> None:
        if made.status == "completed":
            exchange.clock.spawn(_made(exchange, made, callback), f"transcription of {made.sid}")

    recording.when_ready = ready


async def _made(exchange: Exchange, recording: Recording, callback: str) -> None:
    await exchange.clock.sleep(DELAY)
    ended_at = recording.ended_at or exchange.clock.now()
    said = (sound.text for sound in recording.sounds() if recording.started_at <= sound.at < ended_at)
    text = " ".join(filter(None, said))
    is_fit = SHORTEST <= recording.length <= LONGEST and text.isascii()
    sid = exchange.sid("TR")
    url = f"{exchange.rest_base}/2010-04-01/Accounts/{exchange.account_sid}/Transcriptions/{sid}"
    made = Transcription(sid, recording, url, "completed" if is_fit else "failed", text if is_fit else "")
    exchange.transcriptions.append(made)
    if callback:
        known = standard(exchange.account_sid, recording.leg)
        told = {name: known[name] for name in _TOLD if name in known} | {
            "RecordingSid": recording.sid,
            "RecordingUrl": recording.url,
            "TranscriptionSid": made.sid,
            "TranscriptionStatus": made.status,
            "TranscriptionText": made.text,
            "TranscriptionUrl": made.url,
        }
        exchange.callbacks.send("transcription", "POST", callback, told, recording.leg)
