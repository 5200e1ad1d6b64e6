"""Round robin: begin after whoever was rung last, so that the first in the list isn't always first."""

from collections.abc import Sequence
from datetime import UTC, datetime

from routing.floor import Standing

NEVER = datetime.min.replace(tzinfo=UTC)


def circular(people: Sequence[Standing]) -> tuple[Standing, ...]:
    if not any(one.last_rung_at for one in people):
        return tuple(people)
    last = max(range(len(people)), key=lambda place: people[place].last_rung_at or NEVER)
    return (*people[last + 1 :], *people[: last + 1])
