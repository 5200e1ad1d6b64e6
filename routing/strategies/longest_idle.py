"""Whoever has talked least recently first; those who never talked before all others."""

from collections.abc import Sequence
from datetime import UTC, datetime

from routing.floor import Standing

NEVER = datetime.min.replace(tzinfo=UTC)


def longest_idle(people: Sequence[Standing]) -> tuple[Standing, ...]:
    return tuple(sorted(people, key=lambda one: one.last_talked_at or NEVER))
