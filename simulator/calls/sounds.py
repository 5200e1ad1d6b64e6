"""What one leg hears over time. A sentence is heard as far as it was spoken: whoever presses a key early has
not heard its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# speech, file, tone: the exchange plays. ringback: the other phone rings. talk: the other party's words.
# conversation: bridged. turn: the exchange waits for this person's keys or voice. screening: the gap in which
# the callee is asked first (5.2). A pause is no sound: it is silence.
Kind = Literal["speech", "file", "tone", "ringback", "talk", "conversation", "turn", "screening"]


BEEP = 0.5  # seconds


@dataclass(frozen=True)
class Manner:
    """How words are said: the language and the voice of a Say (4.1)."""

    language: str = ""
    voice: str = ""


UNSAID = Manner()


@dataclass
class Sound:
    kind: Kind
    at: datetime
    until: datetime | None = None  # None: goes on
    text: str = ""
    seconds: float = 0.0  # how long the whole text would take
    manner: Manner = UNSAID

    def stops(self, now: datetime) -> None:
        if self.until is None or self.until > now:
            self.until = now

    def heard(self, now: datetime) -> str:
        """The part of the text that has been spoken by now."""
        ends = min(self.until or now, now)
        elapsed = (ends - self.at).total_seconds()
        if self.seconds <= 0 or elapsed >= self.seconds:
            return self.text
        return self.text[: int(len(self.text) * elapsed / self.seconds)]


def longest_silence(sounds: list[Sound], since: datetime, until: datetime) -> tuple[float, datetime]:
    """The longest stretch with no sound at all, in seconds, and when it began."""
    longest, began, reached = 0.0, since, since
    for sound in sorted(sounds, key=lambda sound: sound.at):
        gap = (min(sound.at, until) - reached).total_seconds()
        if gap > longest:
            longest, began = gap, reached
        reached = max(reached, min(sound.until or until, until))
    gap = (until - reached).total_seconds()
    return (gap, reached) if gap > longest else (longest, began)


def seconds_of(text: str, rate: float) -> float:
    return round(len(text) / rate, 3)


def after(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)
