"""A published version: what a contact keeps from its beginning to its end.

It holds the flow's document, the ring orders and the opening hours; presence, reservations and telephone numbers are
read fresh (DESIGN 6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from jinja2 import TemplateError

from callflows.languages import DEFAULT, Language
from callflows.reading import Unreadable, channel_of, read, shipped, shipped_for, whole
from callflows.step import Channel, Flow
from callflows.wording import names_in, spoken
from routing.floor import Shift
from routing.hours import Week

# What every prompt of a flow's own may speak of. `number`: where the client will be called.
WORDS = ("client", "municipality", "pod", "line", "due", "number")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds unless the name says otherwise; the defaults are DESIGN 5's, "Times"."""

    ring: int = 15
    hunt_rings: int = 6
    hunt: int = 120
    silent_hunt: int = 60
    screening_key: int = 5
    screening_wrong_keys: int = 25
    cut_off: int = 8
    returns: int = 3
    language_key: int = 4
    answer: int = 6
    voicemail: int = 180
    promise_minutes: int = 120
    reminder_minutes: int = 30
    overdue_minutes: int = 15
    callback_again_minutes: int = 10
    callback_tries: int = 6
    callback_ring: int = 20
    client_ring: int = 30
    sound_missing: int = 120
    burst_calls: int = 10
    helper_ring: int = 20
    swarm: int = 120
    swarm_cap: int = 3
    room_check: int = 20
    reply_minutes: int = 60
    resolution_minutes: int = 960
    quiet_hours: int = 24


# What somebody may choose instead, for the checker: (from, to).
BOUNDS = {one.name: (1, 3600) for one in fields(Times)} | {
    "ring": (5, 60),
    "hunt": (10, 600),
    "hunt_rings": (1, 50),
    "screening_key": (2, 15),
    "screening_wrong_keys": (10, 60),
    "helper_ring": (5, 60),
    "swarm": (10, 600),
    "swarm_cap": (1, 20),
    "returns": (0, 10),
    "callback_tries": (1, 50),
    "language_key": (2, 15),
    "answer": (2, 30),
    "cut_off": (2, 30),
    "silent_hunt": (10, 120),
    "callback_ring": (5, 60),
    "client_ring": (5, 60),
    "room_check": (10, 120),
    "voicemail": (10, 3600),
    "promise_minutes": (1, 7 * 24 * 60),
    "reply_minutes": (1, 7 * 24 * 60),
    "resolution_minutes": (1, 60 * 24 * 60),
    "quiet_hours": (1, 24 * 14),
    "burst_calls": (3, 1000),
}

USUAL_TIERS = {"", "standard", "usual", "normal"}


@dataclass(frozen=True)
class Version:
    """`ring_orders`: pod -> technician keys; `hours`: technician -> {"hours", "timezone"}."""

    flow: str
    version: int
    document: Mapping[str, Any] = field(default_factory=dict)
    ring_orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hours: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def channel(self) -> Channel:
        return channel_of(self.flow, self.document)

    @property
    def whole(self) -> Mapping[str, Any]:
        """The document with all its steps, the shipped one's if it has none."""
        return whole(self.document, self.flow)

    @cached_property
    def body(self) -> Flow:
        """The document as it was read; the shipped flow of its channel for one without steps, or that can't be read
        any more."""
        usual = shipped(shipped_for(self.channel))
        if not self.document.get("steps"):
            return replace(usual, times=self.document.get("times", {}))
        try:
            return read(self.document)
        except Unreadable:
            return replace(usual, broken=True)

    @cached_property
    def times(self) -> Times:
        known = {one.name for one in fields(Times)}
        return Times(**{key: int(value) for key, value in self.body.times.items() if key in known})

    @cached_property
    def enhanced(self) -> Times:
        """For municipalities of an enhanced tier: due in half the time, and a longer hunt."""
        usual = self.times
        return replace(
            usual,
            promise_minutes=usual.promise_minutes // 2,
            reply_minutes=max(usual.reply_minutes // 2, 1),
            resolution_minutes=max(usual.resolution_minutes // 2, 1),
            hunt_rings=usual.hunt_rings + 4,
            hunt=usual.hunt + 60,
        )

    def times_for(self, tier: str) -> Times:
        return self.times if tier.strip().lower() in USUAL_TIERS else self.enhanced

    @cached_property
    def shifts(self) -> Mapping[str, Shift]:
        return {
            technician: Shift(Week.read(kept["hours"]), kept["timezone"])
            for technician, kept in self.hours.items()
            if kept.get("hours")
        }

    # What is said.

    def template(self, prompt: str, language: Language) -> str:
        """The flow's own words before those that ship; in another language rather than none; empty for neither."""
        own = self.body.prompts.get(prompt, {})
        return (
            own.get(language.code) or language.prompts.get(prompt) or own.get(DEFAULT) or next(iter(own.values()), "")
        )

    def text(self, prompt: str, language: Language, params: Mapping[str, str]) -> str:
        """What is said: never nothing. Words that fail are replaced by those that ship, or by a plain sentence."""
        said = self._said(prompt, language, params)
        return said or language.text(prompt if prompt in language.prompts else "plain", params)

    def is_sayable(self, prompt: str, language: Language, params: Mapping[str, str]) -> bool:
        return bool(self._said(prompt, language, params))

    def _said(self, prompt: str, language: Language, params: Mapping[str, str]) -> str:
        try:
            return spoken(self.template(prompt, language), params)
        except (TemplateError, ArithmeticError, TypeError, ValueError):
            return ""

    def wants_number(self, prompt: str, language: Language) -> bool:
        """Whether the sentence names the client's telephone number, which is no part of an action."""
        return "number" in names_in(self.template(prompt, language))
