"""Whom a swarm would ring, and in which order: the pod's rest, then everybody of other pods who opted in.

Everybody once, and nobody who was rung for this contact before; who of them may be rung is `eligible`'s to say
(DESIGN 5, "Whom a swarm rings").
"""

from collections.abc import Collection, Sequence

from routing.floor import Standing
from routing.plan import Place
from routing.strategies import ring_order
from routing.strategies.longest_idle import longest_idle


def has_skill(standing: Standing, skill: str) -> bool:
    return skill.casefold() in {one.casefold() for one in standing.technician.skills}


def helpers(
    pod: Sequence[Standing], strategy: str, everybody: Sequence[Standing], *, called: Collection[str]
) -> tuple[Place, ...]:
    """`pod` in the supervisor's order; `called`: whose telephone has rung for this contact already."""
    own = [Place(one.technician.technician, "order") for one in ring_order(strategy, pod)]
    others = [
        Place(one.technician.technician, "opted_in") for one in longest_idle(tuple(everybody)) if one.technician.swarm
    ]
    places = {one.technician: one for one in (*others, *own)}  # of their own pod first, whatever they opted for
    order = dict.fromkeys(one.technician for one in (*own, *others))
    return tuple(places[key] for key in order if key not in called)
