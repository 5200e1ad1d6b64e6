"""Where a person with a telephone is: with whom it talks, in which conference, in which queue. Each method lets time
pass until it is so, or fails with the whole board."""

from __future__ import annotations

from typing import NoReturn, Self

from simulator.calls.legs import Leg
from simulator.exchange import Exchange
from simulator.people.board import board
from simulator.people.telephones import Telephone
from simulator.rooms.rooms import Conference


class Whereabouts:
    def __init__(self, exchange: Exchange, telephone: Telephone) -> None:
        self.exchange, self.clock, self.telephone = exchange, exchange.clock, telephone

    def __str__(self) -> str:
        return str(self.telephone)

    @property
    def leg(self) -> Leg:
        """The leg in use, or the last one. Fails if there never was one."""
        return self.telephone.leg or self._fails("was never in a call")

    def _fails(self, what: str) -> NoReturn:
        raise AssertionError(f"{self} {what}\n{board(self.exchange)}")

    async def is_connected_to(self, other: Whereabouts, within: float = 10) -> Self:
        """The two talk with each other: bridged, or in one conference with whomever else."""

        def connected() -> bool:
            leg = self.telephone.leg
            return leg is not None and any(far.phone is other.telephone for far in leg.company)

        if not await self.clock.until(connected, within):
            self._fails(f"is not connected to {other}")
        return self

    @property
    def room(self) -> Conference | None:
        """The conference that it is in."""
        leg = self.telephone.leg
        one = leg.participant if leg else None
        return one.room if one is not None and one.is_in else None

    @property
    def in_room(self) -> str | None:
        """The name of that conference."""
        return self.room.name if self.room else None

    @property
    def room_mates(self) -> list[str]:
        """The names of the others in that conference, in the order in which they came."""
        present = self.room.present if self.room else []
        phones = [one.leg.phone for one in present if one.leg.phone is not self.telephone]
        return [phone.name if phone else "somebody" for phone in phones]

    @property
    def in_queue(self) -> str | None:
        """The name of the queue in which it waits."""
        leg = self.telephone.leg
        member = self.exchange.queues.member(leg) if leg else None
        return member.queue.name if member else None

    async def is_in_room_with(self, *others: Whereabouts, within: float = 10) -> Self:
        """These and nobody else are in its conference, and it can talk with every one of them."""

        def together() -> bool:
            leg = self.telephone.leg
            if leg is None or self.room is None:
                return False
            wanted = sorted(id(other.telephone) for other in others)
            talking = sorted(id(far.phone) for far in leg.company)
            return talking == wanted and len(self.room.present) == len(others) + 1

        if not await self.clock.until(together, within):
            wanted = ", ".join(str(other) for other in others)
            self._fails(f"is not in a conference with {wanted} alone, but with {self.room_mates or 'nobody'}")
        return self

    async def is_alone_in_room(self, within: float = 10) -> Self:
        """The only one in its conference: it hears the music before the start, and nothing after it."""
        if not await self.clock.until(lambda: self.room is not None and not self.room_mates, within):
            self._fails(f"is not alone in a conference, but in {self.in_room} with {self.room_mates or 'nobody'}")
        return self

    async def is_heard_only_by(self, *others: Whereabouts, within: float = 10) -> Self:
        """Whatever it says is heard by these and by nobody else: a coach by the one it coaches, a muted one by
        nobody."""

        def so() -> bool:
            leg = self.telephone.leg
            wanted = sorted(id(other.telephone) for other in others)
            return leg is not None and sorted(id(far.phone) for far in leg.hearers) == wanted

        if not await self.clock.until(so, within):
            leg = self.telephone.leg
            names = [far.phone.name if far.phone else "somebody" for far in (leg.hearers if leg else [])]
            wanted = ", ".join(str(other) for other in others) or "nobody"
            self._fails(f"is not heard by {wanted} alone, but by {names or 'nobody'}")
        return self

    async def has_left_room(self, within: float = 10) -> Self:
        if not await self.clock.until(lambda: self.room is None, within):
            self._fails(f"is still in the conference {self.in_room}")
        return self

    async def is_on_hold(self, within: float = 10) -> Self:
        def held() -> bool:
            leg = self.telephone.leg
            return leg is not None and leg.participant is not None and leg.participant.hold is not None

        if not await self.clock.until(held, within):
            self._fails("is not on hold in a conference")
        return self
