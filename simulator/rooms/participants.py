"""One leg in one conference (twilio.md 4.5, 5.5): what it hears instead of the others, whom it hears and who hears
it. The conference decides; rooms.py."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from simulator.calls.legs import Fetch, Leg, resolve
from simulator.calls.sounds import UNSAID, Kind, Manner, Sound

if TYPE_CHECKING:
    from simulator.rooms.recording import Wanted
    from simulator.rooms.rooms import Conference

# What is played to one who waits or is on hold: a document, Twilio's own music, or nothing.
Tune = Fetch | Literal["music", "silence"]
WhyLeft = Literal[
    "participant_hung_up",
    "moderator_ended_conference",
    "participant_updated_via_api",
    "conference_ended_via_api",
    "participant_add_failed",
]


@dataclass(frozen=True)
class Beep:
    """When the others are told by a beep."""

    on_enter: bool = True
    on_exit: bool = True


# The values of `beep` and Beep (4.5, 7.2).
BEEPS = {
    "true": Beep(),
    "false": Beep(on_enter=False, on_exit=False),
    "onEnter": Beep(on_exit=False),
    "onExit": Beep(on_enter=False),
}


@dataclass(eq=False)
class Participant:
    """`early` lets the others hear it ring. `coaches` is the call that it coaches, the only one that hears it."""

    room: Conference
    leg: Leg
    created_at: datetime
    label: str = ""
    muted: bool = False
    starts: bool = True
    ends: bool = False
    wait: Tune = "music"
    hold: Tune | None = None
    early: bool = False
    beep: Beep = BEEPS["true"]
    coaches: str = ""
    records: Wanted | None = None
    is_in: bool = False
    is_told: bool = False  # a participant-join was sent
    has_met: bool = False  # heard somebody
    left: WhyLeft | None = None
    voices: list[Leg] = field(default_factory=list)  # whom it hears
    audience: list[Leg] = field(default_factory=list)  # who hears it
    speaks_until: datetime | None = None
    gone: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    changed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _tune: Tune | None = None
    _sounds: dict[str, Sound] = field(default_factory=dict)
    _played: list[Sound] = field(default_factory=list)

    @property
    def company(self) -> list[Leg]:
        """Whom it talks with: they hear each other."""
        return [leg for leg in self.voices if leg in self.audience]

    @property
    def tune(self) -> Tune | None:
        """What this one hears instead of the others, if anything."""
        if self.hold is not None:
            return self.hold
        return self.wait if self.room.status == "init" else None

    @property
    def is_mixed(self) -> bool:
        """Hears the conference, and is heard unless it is muted."""
        return self.is_in and self.room.status == "in-progress" and self.hold is None

    @property
    def status(self) -> str:
        """As REST names it (7.2)."""
        if self.left is not None:
            return "failed" if self.left == "participant_add_failed" else "complete"
        if self.is_in:
            return "connected"
        return self.leg.status if self.leg.status in ("queued", "ringing") else "connecting"

    def hears(self, other: Participant) -> bool:
        """A coach hears everybody, and is heard by the one it coaches alone."""
        together = self is not other and self.is_mixed and other.is_mixed
        return together and other.coaches in ("", self.leg.sid)

    def notices(self, voices: list[Leg], audience: list[Leg], rings: bool) -> None:
        """The conference has changed around this one: who hears whom now, and whether somebody rings."""
        fresh = [leg for leg in voices if leg not in self.voices]
        self.voices, self.audience = voices, audience
        self.has_met = self.has_met or bool(voices)
        self._hears("conversation", bool(voices))
        self._hears("ringback", rings)
        for other in fresh:
            if other.participant is not None and not other.participant.muted:
                self.leg.joins_in(other)
        if not voices:
            for sound in self.leg.sounds:
                if sound.kind == "talk":
                    sound.stops(self.leg.clock.now())
        if self.tune != self._tune:
            self._tune = self.tune
            resolve(self.changed)
            self.changed = asyncio.get_running_loop().create_future()

    def is_played(self, kind: Kind, text: str, seconds: float, manner: Manner = UNSAID) -> None:
        """Beside whatever else it hears, as long as it is in the conference."""
        self._played = [sound for sound in self._played if sound.until and sound.until > self.leg.clock.now()]
        self._played.append(self.leg.begins(kind, text, seconds, manner))

    def _hears(self, kind: Literal["conversation", "ringback"], is_heard: bool) -> None:
        if is_heard and kind not in self._sounds:
            self._sounds[kind] = self.leg.begins(kind)
        elif not is_heard and kind in self._sounds:
            self._sounds.pop(kind).stops(self.leg.clock.now())

    def leaves(self, why: WhyLeft) -> None:
        """The conference's part in it is conference.leaves()."""
        self.left, self.leg.participant = why, None
        self.notices([], [], False)
        for sound in self._played:
            sound.stops(self.leg.clock.now())
        resolve(self.changed)
        resolve(self.gone)
