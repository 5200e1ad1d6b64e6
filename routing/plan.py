"""Whom to ring, in which order, and why each stands where they do.

The owner of the client's open matter, then whom the client asked for, then who last talked with them, then the
pod by its strategy (DESIGN 5.2). The plan names everybody once; who of them may be rung is `eligible`'s to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from routing.directory import Client, Municipality
from routing.floor import OpenMatter, Standing, Talk
from routing.strategies import ring_order

Because = Literal["owner", "wanted", "last_talked", "order", "opted_in", "in_line"]

REMEMBERED = timedelta(days=30)  # DESIGN 5.2: how long the last talk counts


@dataclass(frozen=True, slots=True)
class Place:
    """One technician's place in a plan. `because` "order": by the pod's strategy; "opted_in": to help any
    pod; "in_line": a swarm's helpers, one by one."""

    technician: str
    because: Because


def plan(
    pod: Sequence[Standing],
    strategy: str,
    *,
    matter: OpenMatter | None = None,
    talk: Talk | None = None,
    client: Client | None = None,
    municipality: Municipality | None = None,
    lead: str = "",
    at: datetime,
) -> tuple[Place, ...]:
    """`pod` in the supervisor's ring order. Those ahead of it may be of another pod. `lead`: who owns the promise
    that this call is to keep."""
    places: dict[str, Because] = {}
    for owner in (lead, matter.owner if matter else ""):
        if owner:
            places.setdefault(owner, "owner")
    for key in client.wanted if client else ():
        places.setdefault(key, "wanted")
    if talk and at - talk.at <= REMEMBERED:
        places.setdefault(talk.technician, "last_talked")
    for key in municipality.wanted if municipality else ():
        places.setdefault(key, "wanted")
    for standing in ring_order(strategy, pod):
        places.setdefault(standing.technician.technician, "order")
    return tuple(Place(key, because) for key, because in places.items())


def unwanted(client: Client | None, municipality: Municipality | None) -> frozenset[str]:
    """Whom this client, or anybody of this municipality, is never connected with."""
    return frozenset((*(client.unwanted if client else ()), *(municipality.unwanted if municipality else ())))


def matter_of(matters: Sequence[OpenMatter], client: str, municipality: str) -> OpenMatter | None:
    """The open matter that a caller has: of the same municipality if there is one, else the newest.

    Several people share a number: without a client only a matter of the same municipality counts, or one that was
    opened before the municipality was known. `matters` newest first.
    """
    theirs = [one for one in matters if one.theirs and one.client == client]
    same = next((one for one in theirs if one.municipality == municipality), None)
    if same or not theirs:
        return same
    if client:
        return theirs[0]
    return next((one for one in theirs if not one.municipality), None)


def talk_of(talks: Sequence[Talk], client: str, municipality: str) -> Talk | None:
    """Who last talked with them; `talks` newest first."""
    theirs = (one for one in talks if one.client == client)
    return next((one for one in theirs if client or one.municipality == municipality), None)
