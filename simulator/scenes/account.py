"""Tells a scene as it goes: its steps, and what happens at the exchange, each line with the scene's own time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from simulator.calls.legs import Leg
from simulator.events import (
    Bridged,
    Event,
    Heard,
    Joined,
    KeyPressed,
    Left,
    LegAnswered,
    LegEnded,
    LegRings,
    Spoke,
    TextSent,
)
from simulator.exchange import Exchange
from simulator.scenes.casting import Cast
from simulator.scenes.vocabulary import Step


class Account:
    """`show` is given one line after another."""

    def __init__(self, show: Callable[[str], None], cast: Cast) -> None:
        self._show = show
        self._zone = ZoneInfo(cast.zone)
        self._names = {one.number: one.name or name for name, one in cast.people.items()}
        self._over = False
        self._heard: dict[str, set[str]] = {}  # leg -> what was said to it: music repeats itself

    def follows(self, exchange: Exchange) -> None:
        exchange.watch(self.watch)

    def begins_step(self, step: Step) -> None:
        self._show(f"{step.number:>8}  {step.sentence}")

    def ends(self) -> None:
        """What happens from now on is not part of the scene."""
        self._over = True

    def watch(self, event: Event) -> None:
        for words in self._words(event):
            if not self._over:
                self._show(f"{self._time(event.at)}    {words}")

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%H:%M:%S}"

    def _words(self, event: Event) -> Iterator[str]:
        match event:
            case LegRings(_, leg) if leg.direction != "inbound":
                yield f"{self._name(leg)}'s telephone rings, showing {leg.from_}"
            case LegAnswered(_, leg) if leg.direction != "inbound":
                machine = "'s voicemail" if leg.answered_by == "voicemail" else ""
                yield f"{self._name(leg)}{machine} picks up"
            case LegEnded(_, leg, status):
                yield f"{self._name(leg)}'s call is over ({status})"
            case Heard(_, leg, "speech", text) if text not in self._heard.setdefault(leg.sid, set()):
                self._heard[leg.sid].add(text)
                yield f"{self._name(leg)} hears “{text}”"
            case KeyPressed(_, leg, key):
                yield f"{self._name(leg)} presses {key}"
            case Spoke(_, leg, text, seconds):
                yield f"{self._name(leg)} {f'says “{text}”' if text else f'talks for {seconds:g} s'}"
            case Bridged(_, leg, other):
                yield f"{self._name(leg)} and {self._name(other)} are connected"
            case Joined(_, leg, room):
                yield f"{self._name(leg)} is in the conference {room}"
            case Left(_, leg, room):
                yield f"{self._name(leg)} leaves the conference {room}"
            case TextSent(_, _, from_, to, body, files):
                kinds = "".join(f", with {file.content_type}" for file in files)
                words = body.replace("\n", f"\n{' ' * 12}")
                yield f"text from {self._names.get(from_, from_)} to {self._names.get(to, to)}: “{words}”{kinds}"

    def _name(self, leg: Leg) -> str:
        return self._names.get(leg.phone.number or "", leg.phone.name) if leg.phone else "somebody"
