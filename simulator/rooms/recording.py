"""The recording of a conference (twilio.md 4.5): it begins when the first two are bridged, and ends with the
conference. The music of those who wait is not on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.calls.legs import Leg
from simulator.calls.sounds import Sound
from simulator.recordings.recordings import Recording, Source, Wish
from simulator.webhooks import params

if TYPE_CHECKING:
    from simulator.exchange import Exchange
    from simulator.rooms.rooms import Conference


@dataclass(frozen=True)
class Wanted:
    """A participant's wish that the conference be recorded. `event_url` is the old eventCallbackUrl."""

    wish: Wish
    by_rest: bool = False
    event_url: str = ""


class RoomRecorder:
    """The first wish counts, also one that comes when the conference runs already."""

    def __init__(self, exchange: Exchange, room: Conference) -> None:
        self._exchange, self._room = exchange, room
        self._wanted: Wanted | None = None
        self._by: Leg | None = None
        self._source: Source = "Conference"
        self._recording: Recording | None = None
        self._talks: list[Sound] = []

    def is_asked(self, wanted: Wanted | None, by: Leg) -> None:
        if wanted is None or self._wanted is not None:
            return
        self._wanted, self._by = wanted, by
        if wanted.by_rest and self._room.status == "in-progress":
            self._source = "StartConferenceRecordingAPI"

    def notices(self, *, talking: bool) -> None:
        """Whether two or more hear each other now."""
        is_open = bool(self._talks) and self._talks[-1].until is None
        if talking and not is_open:
            self._talks.append(Sound("conversation", self._exchange.clock.now()))
        elif not talking and is_open:
            self._talks[-1].stops(self._exchange.clock.now())
        if talking and self._wanted is not None and self._recording is None:
            self._begins(self._wanted)

    def _begins(self, wanted: Wanted) -> None:
        assert self._by is not None
        made = self._exchange.recordings.starts(
            self._by, self._source, wanted.wish, lambda: self._talks, room=self._room
        )
        made.when_ready = self._tells_the_old_way
        self._recording = made

    def ends(self) -> None:
        if self._recording is not None:
            self._exchange.recordings.ends(self._recording)

    def _tells_the_old_way(self, made: Recording) -> None:
        """eventCallbackUrl: nothing is sent there if there is a recordingStatusCallback."""
        assert self._wanted is not None
        url = self._wanted.event_url
        if url and made.wish.told is None and made.status == "completed":
            told = params.conference_recorded(self._exchange.account_sid, self._room, made, self._exchange.clock.now())
            self._exchange.callbacks.send("recording", "POST", url, told, None, queue=made)
