"""All together, in one wave; whoever must ring them one by one takes the supervisor's order."""

from collections.abc import Sequence

from routing.floor import Standing


def simultaneous(people: Sequence[Standing]) -> tuple[Standing, ...]:
    return tuple(people)
