"""What happens in the exchange, for whoever watches: a live account, a softphone, a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.texts.media import Media


@dataclass(frozen=True)
class LegRings:
    at: datetime
    leg: Leg


@dataclass(frozen=True)
class LegAnswered:
    at: datetime
    leg: Leg


@dataclass(frozen=True)
class Heard:
    """Sound begins on this leg. `kind` as in sounds.py; `text` is what is said, or the name of what is
    played; `language` and `voice` are those of a Say."""

    at: datetime
    leg: Leg
    kind: str
    text: str
    language: str = ""
    voice: str = ""


@dataclass(frozen=True)
class KeyPressed:
    at: datetime
    leg: Leg
    key: str


@dataclass(frozen=True)
class Spoke:
    """A person says something, or (text empty) just talks for some seconds."""

    at: datetime
    leg: Leg
    text: str
    seconds: float


@dataclass(frozen=True)
class Bridged:
    at: datetime
    leg: Leg
    other: Leg


@dataclass(frozen=True)
class Joined:
    """A leg is in a conference now; `room` is its name."""

    at: datetime
    leg: Leg
    room: str


@dataclass(frozen=True)
class Left:
    """A leg has left a conference, or failed to come into one; `why` is ReasonParticipantLeft."""

    at: datetime
    leg: Leg
    room: str
    why: str


@dataclass(frozen=True)
class LegEnded:
    at: datetime
    leg: Leg
    status: str


@dataclass(frozen=True)
class TextSent:
    """A text message reaches a phone (`outbound`) or leaves one."""

    at: datetime
    leg: None
    from_: str
    to: str
    body: str
    files: tuple[Media, ...] = ()


@dataclass(frozen=True)
class WebhookSent:
    at: datetime
    leg: Leg | None
    method: str
    url: str
    kind: str


@dataclass(frozen=True)
class WebhookAnswered:
    at: datetime
    leg: Leg | None
    url: str
    kind: str
    status: int | None
    error: str | None


@dataclass(frozen=True)
class Alerted:
    """An entry of Twilio's debugger (twilio.md 2.6). `url` is that of the document or callback that it is about, empty
    if there is none."""

    at: datetime
    leg: Leg | None
    code: int
    message: str
    url: str


Event = (
    LegRings
    | LegAnswered
    | Heard
    | KeyPressed
    | Spoke
    | Bridged
    | Joined
    | Left
    | LegEnded
    | TextSent
    | WebhookSent
    | WebhookAnswered
    | Alerted
)
