"""One leg: its life, what it hears and who listens to it. A leg's status changes at once, wherever the change
comes from; the task that lives the leg then finds the interruption at its next wait.

The theory of the table: a leg is wanted (queued), attempted (initiated), offered (ringing), talking
(in-progress) and over. An inbound leg begins offered, a Dial's child is never queued, and what is over never
changes again."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from simulator.calls.sounds import UNSAID, Kind, Manner, Sound, after
from simulator.clock import Clock

if TYPE_CHECKING:
    from simulator.calls.detection import Verdict
    from simulator.calls.sip import Invite
    from simulator.people.telephones import Telephone
    from simulator.recordings.recordings import Recording
    from simulator.rooms.participants import Participant

Direction = Literal["inbound", "outbound-dial", "outbound-api"]
Status = Literal[
    "queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"
]
FINAL: frozenset[Status] = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
NEXT: dict[Status, frozenset[Status]] = {
    "queued": frozenset({"initiated", "canceled", "failed"}),
    "initiated": frozenset({"ringing", "in-progress", "busy", "failed", "no-answer", "canceled"}),
    "ringing": frozenset({"in-progress", "completed", "busy", "failed", "no-answer", "canceled"}),
    "in-progress": frozenset({"completed"}),
    **{status: frozenset() for status in FINAL},
}


@dataclass(frozen=True)
class Fetch:
    """A document to be requested, with what is said besides the standard parameters."""

    url: str
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Twiml:
    """A document given as text to the REST API: it has no base."""

    body: str


class HungUpError(Exception):
    """The leg is over; whoever lives it cleans up and stops."""


class MovedError(Exception):
    """The REST API gave the leg another document (5.6)."""

    def __init__(self, to: Fetch | Twiml) -> None:
        super().__init__("moved by REST")
        self.to = to


@dataclass(frozen=True)
class Input:
    """What a person did: pressed a key, said words, or talked for some seconds."""

    at: datetime
    key: str = ""
    text: str = ""
    seconds: float = 0.0

    def spoken_by(self, now: datetime) -> str:
        """The words of it that have been said."""
        return Sound("talk", self.at, None, self.text, self.seconds).heard(now).strip()


@dataclass(eq=False)
class Subscription:
    """Who wants to know of this leg's progress. `sent` counts, for SequenceNumber."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})
    sent: int = 0


@dataclass(eq=False, repr=False)
class Leg:
    sid: str
    direction: Direction
    from_: str
    to: str
    clock: Clock
    created_at: datetime
    status: Status
    phone: Telephone | None = None  # the person's telephone at its far end
    parent: Leg | None = None
    call_token: str = ""
    stir: str = ""
    forwarded_from: str = ""
    caller_name: str = ""
    subscription: Subscription | None = None
    fallback: Fetch | None = None
    queue_ms: int | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    updated_at: datetime | None = None
    error: tuple[int, str] | None = None
    sip_code: int | None = None
    recording: Recording | None = None
    answered_by: str = "person"  # or voicemail, or fax
    detected: Verdict | None = None  # who answered, as the detection of machines made it out
    application_sid: str = ""
    told: dict[str, str] = field(default_factory=dict)  # parameters of a Client or an Application
    sip: Invite | None = None
    has_asked: bool = False  # a document was requested for it
    time_limit: datetime | None = None
    early_keys: list[Input] = field(default_factory=list)  # pressed while nobody listened
    bridged_with: Leg | None = None
    participant: Participant | None = None  # of the conference that it is in, or is expected in
    sounds: list[Sound] = field(default_factory=list)
    ear: Ear | None = None
    said: list[Sound] = field(default_factory=list)  # by this person (or machine)
    children: list[Leg] = field(default_factory=list)
    on_change: list[Callable[[Leg], None]] = field(default_factory=list)
    on_refer: Callable[[Leg, str], None] | None = None  # what a SIP REFER does
    onward: Leg | None = None  # where this one is forwarded to, or the application that it called
    on_move: list[Callable[[Leg], None]] = field(default_factory=list)
    on_sound: Callable[[Leg, Sound], None] = lambda leg, sound: None
    _interrupted: asyncio.Future[None] = field(init=False)
    _move: Fetch | Twiml | None = None

    def __post_init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.picked_up: asyncio.Future[None] = loop.create_future()
        self.over: asyncio.Future[None] = loop.create_future()
        self._interrupted = loop.create_future()

    def __repr__(self) -> str:
        return f"<leg {self.sid} {self.direction} {self.from_} to {self.to}, {self.status}>"

    # -- life

    @property
    def is_over(self) -> bool:
        return self.status in FINAL

    @property
    def is_live(self) -> bool:
        return self.status == "in-progress"

    def becomes(self, status: Status) -> None:
        """Raises ValueError for a change that the table does not know."""
        if status not in NEXT[self.status]:
            raise ValueError(f"leg {self.sid} cannot become {status} from {self.status}")
        now = self.clock.now()
        self.status, self.updated_at = status, now
        if status == "ringing":
            self.ringing_at = now
        elif status == "in-progress":
            self.answered_at = now
            resolve(self.picked_up)
        elif status in FINAL:
            self.ended_at = now
            for sound in self.sounds:
                sound.stops(now)
            self.parts()
            resolve(self.over)
            resolve(self._interrupted)
        for listener in list(self.on_change):
            listener(self)

    def answers(self) -> None:
        if self.status in ("initiated", "ringing"):
            self.becomes("in-progress")

    def ends(self, status: Status) -> None:
        """Nothing if it is over already. One that was answered is completed, whatever is asked."""
        if not self.is_over:
            self.becomes("completed" if self.is_live else status)

    def moves(self, to: Fetch | Twiml) -> None:
        self._move = to
        resolve(self._interrupted)
        for listener in list(self.on_move):
            listener(self)

    def seconds(self) -> int:
        """Billed seconds of talk: 0 if never answered, else at least 1."""
        if self.answered_at is None:
            return 0
        until = self.ended_at or self.clock.now()
        return max(1, math.ceil((until - self.answered_at).total_seconds()))

    # -- waiting

    async def wait(self, *things: asyncio.Future[None], timeout: float | None = None) -> None:
        """As Clock.wait, but raises HungUpError or MovedError if that came first."""
        self.checks()
        await self.clock.wait(self._interrupted, *things, timeout=timeout)
        self.checks()

    def checks(self) -> None:
        if self.is_over:
            raise HungUpError
        if self._move is not None:
            to, self._move = self._move, None
            self._interrupted = asyncio.get_running_loop().create_future()
            raise MovedError(to)

    # -- hearing

    def begins(self, kind: Kind, text: str = "", seconds: float = 0.0, manner: Manner = UNSAID) -> Sound:
        now = self.clock.now()
        until = after(now, seconds) if seconds else None
        sound = Sound(kind, now, until, text, seconds, manner)
        self.sounds.append(sound)
        self.on_sound(self, sound)
        return sound

    async def hears(
        self,
        kind: Kind,
        text: str,
        seconds: float,
        stop: asyncio.Future[None] | None = None,
        manner: Manner = UNSAID,
    ) -> None:
        """Plays to the end, or until `stop` has come."""
        sound = self.begins(kind, text, seconds, manner)
        try:
            await self.wait(*([stop] if stop else []), timeout=seconds)
        finally:
            sound.stops(self.clock.now())

    def heard(self) -> str:
        now = self.clock.now()
        return " ".join(filter(None, (s.heard(now) for s in self.sounds if s.kind in ("speech", "talk", "file"))))

    # -- speaking

    def listens(
        self, *, keys: bool = True, speech: bool = False, noise: bool = False, name: str = "", language: str = ""
    ) -> Ear:
        """`language` is the one in which words are expected."""
        self.ear = Ear(self, keys=keys, speech=speech, noise=noise, name=name, language=language)
        return self.ear

    def gives(self, given: Input) -> bool:
        """False if nobody listens for this: keys pressed outside a Gather are lost."""
        return self.ear is not None and self.ear.takes(given)

    @property
    def speech(self) -> Sound | None:
        """What this person said last."""
        return self.said[-1] if self.said else None

    # -- company

    @property
    def company(self) -> list[Leg]:
        """Whom this leg talks with: the one it is bridged with, or those of its conference who hear it and whom it
        hears."""
        if self.bridged_with is not None:
            return [self.bridged_with]
        return self.participant.company if self.participant else []

    @property
    def hearers(self) -> list[Leg]:
        """Who hears what is said here."""
        if self.bridged_with is not None or self.participant is None:
            return self.company
        return [] if self.participant.muted else self.participant.audience

    def joins_in(self, other: Leg) -> None:
        """Hears from now on what the other is just saying."""
        now, speech = self.clock.now(), other.speech
        if speech is not None and speech.until is not None and speech.until > now:
            self.begins("talk", speech.text, (speech.until - now).total_seconds())

    def bridges(self, other: Leg) -> None:
        for one, two in ((self, other), (other, self)):
            one.bridged_with = two
            one.begins("conversation")
            one.joins_in(two)

    def parts(self) -> None:
        """The two no longer hear each other."""
        other = self.bridged_with
        for leg in (self, other) if other else (self,):
            leg.bridged_with = None
            for sound in leg.sounds:
                if sound.kind == "conversation":
                    sound.stops(self.clock.now())


class Ear:
    """A verb that listens to a leg. Use it in `with`: after it nobody listens any more."""

    def __init__(self, leg: Leg, *, keys: bool, speech: bool, noise: bool, name: str, language: str = "") -> None:
        self.leg, self.keys, self.speech, self.noise, self.name = leg, keys, speech, noise, name
        self.language = language
        self.barges_in = True  # words stop the prompt, as keys always do
        self._inbox: list[Input] = []
        self.heard_voice = False
        self.began: asyncio.Future[None] = asyncio.get_running_loop().create_future()  # the first input is here
        self._arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *_: object) -> None:
        if self.leg.ear is self:
            self.leg.ear = None

    def takes(self, given: Input) -> bool:
        if not (self.keys if given.key else (self.speech and bool(given.text)) or self.noise):
            return False
        self._inbox.append(given)
        self.heard_voice = self.heard_voice or not given.key
        if given.key or self.barges_in:
            resolve(self.began)
        resolve(self._arrived)
        return True

    def takes_early(self, keys: list[Input]) -> None:
        """Keys that were pressed before anybody listened."""
        while self.keys and keys:
            self.takes(keys.pop(0))

    def left_over(self) -> list[Input]:
        """Keys that came and were not asked for."""
        return [given for given in self._inbox if given.key]

    async def next(self, *things: asyncio.Future[None], timeout: float | None = None) -> Input | None:
        """The next input; None when the time is out or one of the things has come."""
        if not self._inbox:
            self._arrived = asyncio.get_running_loop().create_future()
            await self.leg.wait(self._arrived, *things, timeout=timeout)
        return self._inbox.pop(0) if self._inbox else None


def resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
