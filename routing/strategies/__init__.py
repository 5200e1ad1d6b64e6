"""The table of ring strategies: a name, the order in which it would ring a pod, and whether all ring together.

A strategy is a pure function from the pod's people, in the supervisor's ring order, to the order for one call.
It neither adds nor drops anybody: who may be rung is `eligible`'s to say.
"""

from collections.abc import Callable, Sequence

from routing.floor import Standing
from routing.strategies.circular import circular
from routing.strategies.linear import linear
from routing.strategies.longest_idle import longest_idle
from routing.strategies.simultaneous import simultaneous

Strategy = Callable[[Sequence[Standing]], tuple[Standing, ...]]
Wave = tuple[Standing, ...]

STRATEGIES: dict[str, Strategy] = {
    "linear": linear,
    "circular": circular,
    "longest_idle": longest_idle,
    "simultaneous": simultaneous,
}
IN_ONE_WAVE = {"simultaneous"}


def ring_order(strategy: str, people: Sequence[Standing]) -> tuple[Standing, ...]:
    """The order for one call, for a hunt that rings one after another (decision 0005)."""
    return STRATEGIES.get(strategy, linear)(people)


def waves(strategy: str, people: Sequence[Standing]) -> tuple[Wave, ...]:
    """The same as waves of who rings together: everybody at once, or one at a time (DESIGN 5.2)."""
    order = ring_order(strategy, people)
    if strategy in IN_ONE_WAVE:
        return (order,) if order else ()
    return tuple((one,) for one in order)
