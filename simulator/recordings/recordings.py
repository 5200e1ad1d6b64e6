"""Recordings: of a Record verb, a Dial, a call that REST records, a conference (twilio.md 1.3, 4.3, 4.5, 4.6, 5.7,
7.3). The file is there some seconds after the recording ended (processing); until then it is not found. One on which
nothing can be heard is absent, and so is one of no length."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from simulator.calls.sounds import Kind, Sound
from simulator.recordings.tapes import PauseBehaviour, Tape
from simulator.webhooks import params

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.calls.legs import Leg
    from simulator.exchange import Exchange
    from simulator.rooms.rooms import Conference
    from simulator.twiml.reading import Element

Source = Literal[
    "RecordVerb", "DialVerb", "Conference", "OutboundAPI", "StartCallRecordingAPI", "StartConferenceRecordingAPI"
]
WAV_RATE = 8000
TOO_SHORT, SILENT = 16101, 16102  # why a recording is absent
KEPT = timedelta(days=40)  # what is known of a deleted one
_MP3_FRAME = b"\xff\xfb\x10\xc4" + bytes(100)  # 32 kbit/s, 44.1 kHz, mono: one silent frame of 26.12 ms
_AUDIBLE: frozenset[Kind] = frozenset({"speech", "file", "tone", "ringback", "talk", "conversation"})


@dataclass(frozen=True)
class Told:
    """Who is to be told of a recording: recordingStatusCallback, its method and its events."""

    url: str
    method: str
    events: frozenset[str]


@dataclass(frozen=True)
class Wish:
    """How something is to be recorded. `trims`: the silence at both ends is cut off."""

    told: Told | None = None
    channels: int = 1
    track: str = "both"
    trims: bool = False


def told(reading: Reading, verb: Element) -> Told | None:
    url = verb.attribute("recordingStatusCallback")
    if not url:
        return None
    events = frozenset(verb.value("recordingStatusCallbackEvent").split())
    return Told(reading.document.resolve(url), verb.value("recordingStatusCallbackMethod"), events)


def dial_wish(reading: Reading, dial: Element) -> Wish | None:
    """What `record` of a Dial asks for (4.3), from the answer on; None for nothing."""
    how = dial.value("record")
    if how in ("do-not-record", "false"):
        return None
    return Wish(
        told(reading, dial),
        2 if how.endswith("dual") else 1,
        dial.value("recordingTrack"),
        dial.value("trim") == "trim-silence",
    )


@dataclass(eq=False)
class Recording:
    """`sounds` is all that it might hear, of any time. `length` counts the silence that was trimmed, in seconds, and
    `seconds` does not; both are 0 if it is absent."""

    sid: str
    leg: Leg
    url: str
    source: Source
    tape: Tape
    wish: Wish
    sounds: Callable[[], Iterable[Sound]]
    room: Conference | None = None
    status: str = "in-progress"
    seconds: int = 0
    length: int = 0
    error: int | None = None
    deleted_at: datetime | None = None
    when_ready: Callable[[Recording], None] = lambda recording: None

    @property
    def call(self) -> Leg:
        """What it is told of with: the parent leg of a call with two (1.3)."""
        parent = self.leg.parent if self.source == "StartCallRecordingAPI" else None
        return parent or self.leg

    @property
    def call_sid(self) -> str:
        return self.call.sid

    def is_of(self, one: Leg | Conference) -> bool:
        return one in (self.room, self.leg, self.call)

    @property
    def started_at(self) -> datetime:
        return self.tape.begins

    @property
    def ended_at(self) -> datetime | None:
        return self.tape.ends

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def is_ready(self) -> bool:
        return self.status == "completed" and not self.is_deleted

    def stops(self, now: datetime) -> None:
        self.tape.stops(now)
        sounds = list(self.sounds())
        whole = self.tape.seconds(sounds, now, trims=False)
        if not self.tape.audible(sounds, now):
            self.error = SILENT if whole > 0 else TOO_SHORT
            return
        self.length = max(1, round(whole))
        self.seconds = max(1, round(self.tape.seconds(sounds, now, trims=self.wish.trims)))

    def wav(self) -> bytes:
        """Silence of the recording's length: 8 kHz, 8 bit."""
        channels = self.wish.channels
        sound = b"\x80" * (WAV_RATE * self.seconds * channels)
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, WAV_RATE, WAV_RATE * channels, channels, 8)
        body = b"WAVE" + form + struct.pack("<4sI", b"data", len(sound)) + sound
        return struct.pack("<4sI", b"RIFF", len(body)) + body

    def mp3(self) -> bytes:
        return _MP3_FRAME * max(1, round(self.seconds / 0.02612))


class Recordings:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.all: list[Recording] = []

    def find(self, sid: str) -> Recording | None:
        return next((each for each in self.all if each.sid == sid), None)

    def current(self, of: Leg | Conference) -> Recording | None:
        """The last that was begun of this call or conference, if it still runs: Twilio.CURRENT."""
        running = (each for each in reversed(self.all) if each.ended_at is None)
        return next((each for each in running if of is (each.room or each.leg)), None)

    def starts(
        self,
        leg: Leg,
        source: Source,
        wish: Wish,
        sounds: Callable[[], Iterable[Sound]],
        room: Conference | None = None,
    ) -> Recording:
        """Ends by itself with the leg; one of a conference is ended by the conference."""
        exchange = self._exchange
        sid = exchange.sid("RE")
        url = f"{exchange.rest_base}/2010-04-01/Accounts/{exchange.account_sid}/Recordings/{sid}"
        recording = Recording(sid, leg, url, source, Tape(exchange.clock.now()), wish, sounds, room)
        self.all.append(recording)
        if room is None:
            # First of all: the call's own last status callback tells of the recording.
            leg.on_change.insert(0, lambda _: self.ends(recording) if leg.is_over else None)
        if source in ("RecordVerb", "DialVerb", "OutboundAPI"):
            leg.recording = recording
        self._tells(recording, "in-progress", "started")
        return recording

    def starts_call(self, leg: Leg, source: Source, wish: Wish) -> Recording:
        """Of the call itself: what its person says, what is played to it, or both."""
        return self.starts(leg, source, wish, lambda: _of_call(leg, wish.track))

    def starts_dial(self, leg: Leg, wish: Wish) -> Recording:
        """Of a Dial's talk; it is told of with the parent's leg."""
        return self.starts(leg, "DialVerb", wish, lambda: [s for s in leg.sounds if s.kind == "conversation"])

    def starts_when_answered(self, leg: Leg, wish: Wish) -> None:
        """As POST Calls and POST Participants ask for it."""

        def changed(leg: Leg) -> None:
            if leg.is_live:
                self.starts_call(leg, "OutboundAPI", wish)

        leg.on_change.append(changed)

    def pauses(self, recording: Recording, how: PauseBehaviour) -> None:
        if recording.ended_at is None and not recording.tape.is_paused:
            recording.tape.pauses_now(self._exchange.clock.now(), how)
            recording.status = "paused"
            self._tells(recording, "paused")

    def goes_on(self, recording: Recording) -> None:
        if recording.ended_at is None and recording.tape.is_paused:
            recording.tape.goes_on(self._exchange.clock.now())
            recording.status = "in-progress"
            self._tells(recording, "resumed")

    def ends(self, recording: Recording, *, by_rest: bool = False) -> None:
        """Nothing if it has ended."""
        if recording.ended_at is not None:
            return
        recording.stops(self._exchange.clock.now())
        if recording.error is not None and recording.leg.recording is recording:
            recording.leg.recording = None
        if by_rest:
            recording.status = "stopped"
            self._tells(recording, "stopped")
        recording.status = "processing"
        self._exchange.clock.spawn(self._completes(recording), f"recording {recording.sid}")

    async def _completes(self, recording: Recording) -> None:
        await self._exchange.clock.sleep(self._exchange.recording_delay)
        recording.status = "absent" if recording.error is not None else "completed"
        self._tells(recording, recording.status)
        recording.when_ready(recording)

    def _tells(self, recording: Recording, *events: str) -> None:
        exchange, told = self._exchange, recording.wish.told
        if told is None or not told.events.intersection(events):
            return
        said = params.recording(exchange.account_sid, recording)
        leg = recording.leg if recording.room is None else None
        exchange.callbacks.send("recording", told.method, told.url, said, leg, queue=recording)


def _of_call(leg: Leg, track: str) -> list[Sound]:
    """Two who are connected are taken to be talking, whether a story says what or not."""
    heard = [sound for sound in leg.sounds if sound.kind in _AUDIBLE]
    if track == "outbound":
        return heard
    return [*leg.said, *(heard if track == "both" else (sound for sound in heard if sound.kind == "conversation"))]
