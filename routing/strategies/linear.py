"""Top down, always in the supervisor's order."""

from collections.abc import Sequence

from routing.floor import Standing


def linear(people: Sequence[Standing]) -> tuple[Standing, ...]:
    return tuple(people)
