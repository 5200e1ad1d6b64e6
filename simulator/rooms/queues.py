"""Queues and who waits in them (twilio.md 4.6, 4.4, 7.3). A queue is made when it is first named and stays. A
member leaves it at once when it hangs up, is moved by REST or is taken; the tasks of the legs find it at their next
wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.calls.legs import Fetch, Leg, resolve

if TYPE_CHECKING:
    from simulator.exchange import Exchange

DEFAULT_SIZE, MOST_SIZE = 1000, 5000


def _future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False)
class Taking:
    """A Dial that took a member out of the queue, to be bridged with it. `over`: that Dial's end has left."""

    leg: Leg
    when_bridged: Callable[[], None]
    screening: Fetch | None = None
    over: asyncio.Future[None] = field(default_factory=_future)


@dataclass(eq=False)
class Member:
    """`called`: it is out of the queue. `over`: its Enqueue has ended, the talk after it included."""

    queue: Queue
    leg: Leg
    enqueued_at: datetime
    left_at: datetime | None = None
    taken: Taking | None = None
    bridged_at: datetime | None = None
    called: asyncio.Future[None] = field(default_factory=_future)
    over: asyncio.Future[None] = field(default_factory=_future)

    def seconds(self, now: datetime) -> int:
        return int(((self.left_at or now) - self.enqueued_at).total_seconds())


class Queue:
    def __init__(self, exchange: Exchange, name: str, most: int) -> None:
        self._exchange = exchange
        self.sid, self.name, self.most = exchange.sid("QU"), name, most
        self.created_at = self.updated_at = exchange.clock.now()
        self.members: list[Member] = []
        self.arrived = _future()

    def average(self, now: datetime) -> int:
        """Seconds that those who wait now have waited."""
        return sum(member.seconds(now) for member in self.members) // len(self.members) if self.members else 0

    def find(self, name: str) -> Member | None:
        """By CallSid, or Front."""
        if name == "Front":
            return self.members[0] if self.members else None
        return next((member for member in self.members if member.leg.sid == name), None)

    def adds(self, leg: Leg) -> Member | None:
        """None if the queue is full."""
        if len(self.members) >= self.most:
            return None
        member = Member(self, leg, self._exchange.clock.now())
        self.members.append(member)
        leg.on_change.append(lambda _: self.removes(member) if leg.is_over else None)
        leg.on_move.append(lambda _: self.removes(member))
        self.updated_at = member.enqueued_at
        resolve(self.arrived)
        self.arrived = _future()
        return member

    def removes(self, member: Member) -> None:
        if member in self.members:
            self.members.remove(member)
            member.left_at = self.updated_at = self._exchange.clock.now()

    def takes(self, member: Member, taking: Taking) -> None:
        self.removes(member)
        member.taken = taking
        resolve(member.called)


class Queues:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.all: dict[str, Queue] = {}

    def named(self, name: str) -> Queue | None:
        return next((queue for queue in self.all.values() if queue.name == name), None)

    def opens(self, name: str, most: int = DEFAULT_SIZE) -> Queue:
        found = self.named(name)
        if found is None:
            found = Queue(self._exchange, name, most)
            self.all[found.sid] = found
        return found

    def member(self, leg: Leg) -> Member | None:
        """Of the queue in which this leg waits now."""
        return next((each for queue in self.all.values() for each in queue.members if each.leg is leg), None)
