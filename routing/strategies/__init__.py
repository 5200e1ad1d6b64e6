"""The table of ring strategies: a name and the order in which it would ring a pod.

A strategy is a pure function from the pod's people, in the supervisor's ring order, to the order for one call.
It neither adds nor drops anybody: who may be rung is `eligible`'s to say.
"""

from collections.abc import Callable, Sequence

from routing.floor import Standing
from routing.strategies.circular import circular
from routing.strategies.linear import linear
from routing.strategies.longest_idle import longest_idle

Strategy = Callable[[Sequence[Standing]], tuple[Standing, ...]]

STRATEGIES: dict[str, Strategy] = {
    "linear": linear,
    "circular": circular,
    "longest_idle": longest_idle,
}


def ring_order(strategy: str, people: Sequence[Standing]) -> tuple[Standing, ...]:
    """The order for one call. `simultaneous` is a swarm's wave (DESIGN 5.2); rung one by one it is linear."""
    return STRATEGIES.get(strategy, linear)(people)
