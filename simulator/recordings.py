"""Recordings: of a Record verb or of a Dial (twilio.md 1.3, 4.6, 5.7). The file is there some seconds after
the recording ended; until then it is not found. When nobody spoke there is none: absent."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.params import rfc2822

if TYPE_CHECKING:
    from simulator.documents import Reading
    from simulator.exchange import Exchange
    from simulator.legs import Leg
    from simulator.twiml import Element

WAV_RATE = 8000
_MP3_FRAME = b"\xff\xfb\x10\xc4" + bytes(100)  # 32 kbit/s, 44.1 kHz, mono: one silent frame of 26.12 ms


@dataclass(frozen=True)
class Told:
    """Who is to be told of a recording: recordingStatusCallback, its method and its events."""

    url: str
    method: str
    events: frozenset[str]


def told(reading: Reading, verb: Element) -> Told | None:
    url = verb.attribute("recordingStatusCallback")
    if not url:
        return None
    events = frozenset(verb.value("recordingStatusCallbackEvent").split())
    return Told(reading.document.resolve(url), verb.value("recordingStatusCallbackMethod"), events)


@dataclass(eq=False)
class Recording:
    sid: str
    leg: Leg
    url: str
    source: str
    channels: int
    started_at: datetime
    told: Told | None = None
    status: str = "in-progress"
    seconds: int = 0
    ended_at: datetime | None = None
    is_deleted: bool = False

    @property
    def call_sid(self) -> str:
        return self.leg.sid

    @property
    def is_ready(self) -> bool:
        return self.status == "completed" and not self.is_deleted

    def wav(self) -> bytes:
        """Silence of the recording's length: 8 kHz, 8 bit, mono."""
        sound = b"\x80" * (WAV_RATE * self.seconds)
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, WAV_RATE, WAV_RATE, 1, 8)
        body = b"WAVE" + form + struct.pack("<4sI", b"data", len(sound)) + sound
        return struct.pack("<4sI", b"RIFF", len(body)) + body

    def mp3(self) -> bytes:
        return _MP3_FRAME * max(1, round(self.seconds / 0.02612))


class Recordings:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.all: list[Recording] = []

    def starts(self, leg: Leg, source: str, told: Told | None, channels: int = 1) -> Recording:
        exchange = self._exchange
        sid = exchange.sid("RE")
        url = f"{exchange.rest_base}/2010-04-01/Accounts/{exchange.account_sid}/Recordings/{sid}"
        recording = Recording(sid, leg, url, source, channels, exchange.clock.now(), told)
        self.all.append(recording)
        leg.recording = recording
        self._tells(recording)
        return recording

    def ends(self, recording: Recording, *, is_empty: bool) -> None:
        now = self._exchange.clock.now()
        recording.ended_at = now
        recording.seconds = 0 if is_empty else max(1, round((now - recording.started_at).total_seconds()))
        if is_empty:
            recording.leg.recording = None
        self._exchange.clock.spawn(self._completes(recording, is_empty), f"recording {recording.sid}")

    async def _completes(self, recording: Recording, is_empty: bool) -> None:
        await self._exchange.clock.sleep(self._exchange.recording_delay)
        recording.status = "absent" if is_empty else "completed"
        self._tells(recording)

    def _tells(self, recording: Recording) -> None:
        exchange, told = self._exchange, recording.told
        if told is None or recording.status not in told.events:
            return
        params = {
            "AccountSid": exchange.account_sid,
            "CallSid": recording.call_sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": recording.url,
            "RecordingStatus": recording.status,
            "RecordingDuration": str(recording.seconds),
            "RecordingChannels": str(recording.channels),
            "RecordingSource": recording.source,
            "RecordingStartTime": rfc2822(recording.started_at),
            "RecordingTrack": "both",
        }
        exchange.callbacks.send("recording", told.method, told.url, params, recording.leg, queue=recording)
