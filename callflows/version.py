"""A published version: what a contact keeps from its beginning to its end.

It holds the flow's settings, the ring orders and the opening hours; presence, reservations and telephone
numbers are read fresh (DESIGN 6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from routing.floor import Shift
from routing.hours import Week


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds unless the name says otherwise; the defaults are DESIGN 5's, "Times"."""

    ring: int = 15
    hunt_rings: int = 6
    hunt: int = 120
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


USUAL_TIERS = {"", "standard", "usual", "normal"}


@dataclass(frozen=True)
class Version:
    """`ring_orders`: pod -> technician keys; `hours`: technician -> {"hours", "timezone"}."""

    flow: str
    version: int
    document: Mapping[str, Any] = field(default_factory=dict)
    ring_orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hours: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def times(self) -> Times:
        known = {one.name for one in fields(Times)}
        chosen = {key: int(value) for key, value in self.document.get("times", {}).items() if key in known}
        return Times(**chosen)

    @cached_property
    def enhanced(self) -> Times:
        """For municipalities of an enhanced tier: due in half the time, and a longer hunt."""
        usual = self.times
        return replace(
            usual,
            promise_minutes=usual.promise_minutes // 2,
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
