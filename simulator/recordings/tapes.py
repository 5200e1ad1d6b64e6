"""How long a recording is: from its beginning to its end, less what was skipped, less the silence at both ends if it
is trimmed (twilio.md 4.5, 4.6, 7.3). Pure arithmetic: what was heard is given as sounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from simulator.calls.sounds import Sound

PauseBehaviour = Literal["skip", "silence"]
Span = tuple[datetime, datetime]


@dataclass
class Pause:
    """`ends` is None while it lasts. A skipped pause is missing from the recording, a silent one is silence."""

    begins: datetime
    how: PauseBehaviour
    ends: datetime | None = None


@dataclass
class Tape:
    begins: datetime
    ends: datetime | None = None
    pauses: list[Pause] = field(default_factory=list)

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].ends is None

    def pauses_now(self, now: datetime, how: PauseBehaviour) -> None:
        if not self.is_paused:
            self.pauses.append(Pause(now, how))

    def goes_on(self, now: datetime) -> None:
        if self.is_paused:
            self.pauses[-1].ends = now

    def stops(self, now: datetime) -> None:
        self.goes_on(now)
        self.ends = now

    def audible(self, sounds: Iterable[Sound], now: datetime) -> list[Span]:
        """What of these sounds is on it: neither before, nor after, nor in a pause."""
        until = self.ends or now
        spans = [_common((sound.at, sound.until or until), (self.begins, until)) for sound in sounds]
        for pause in self.pauses:
            gap = (pause.begins, pause.ends or until)
            spans = [part for span in spans for part in _less(span, gap)]
        return [span for span in spans if span[0] < span[1]]

    def seconds(self, sounds: Iterable[Sound], now: datetime, *, trims: bool) -> float:
        begins, ends = self.begins, self.ends or now
        if trims:
            spans = self.audible(sounds, now)
            if not spans:
                return 0.0
            begins, ends = min(span[0] for span in spans), max(span[1] for span in spans)
        skipped = (pause for pause in self.pauses if pause.how == "skip")
        gaps = (_common((pause.begins, pause.ends or ends), (begins, ends)) for pause in skipped)
        lost = sum((max(gap[1] - gap[0], timedelta()) for gap in gaps), timedelta())
        return (ends - begins - lost).total_seconds()


def _common(one: Span, other: Span) -> Span:
    """Ends before it begins when the two have nothing in common."""
    return max(one[0], other[0]), min(one[1], other[1])


def _less(span: Span, gap: Span) -> list[Span]:
    before, after = (span[0], min(span[1], gap[0])), (max(span[0], gap[1]), span[1])
    return [part for part in (before, after) if part[0] < part[1]]
