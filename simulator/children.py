"""The child legs of one Dial (twilio.md 5.1 to 5.4): rung together, the first that picks up stops the others,
then perhaps screened by a document of its own, then bridged. Each child lives in a task of its own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.legs import Fetch, HungUpError, Leg, MovedError, Status, Subscription, Twiml, resolve
from simulator.places import is_e164
from simulator.verbs.play import tone_seconds

if TYPE_CHECKING:
    from simulator.documents import Reading
    from simulator.twiml import Element


@dataclass(frozen=True)
class Target:
    """Whom to ring: a Number, or the plain number of a Dial."""

    number: str
    screening: Fetch | None = None
    send_digits: str = ""
    callback: tuple[str, str, frozenset[str]] | None = None  # url, method, events


def target(reading: Reading, noun: Element) -> Target:
    resolved = reading.document.resolve
    url, callback = noun.attribute("url"), noun.attribute("statusCallback")
    return Target(
        noun.text.strip(),
        Fetch(resolved(url), noun.value("method")) if url else None,
        noun.attribute("sendDigits") or "",
        (
            resolved(callback),
            noun.value("statusCallbackMethod"),
            frozenset(noun.value("statusCallbackEvent").split()),
        )
        if callback
        else None,
    )


class Ringing:
    """One group of targets that ring at once."""

    def __init__(self, reading: Reading, targets: list[Target], caller_id: str, timeout: int) -> None:
        self._reading, self._timeout = reading, timeout
        self._exchange = reading.exchange
        self.picked: Leg | None = None
        self.last: Leg | None = None  # the leg that ended last: it decides when nobody answered
        loop = asyncio.get_running_loop()
        self.settled: asyncio.Future[None] = loop.create_future()  # somebody picked up, or all are over
        self.ready: asyncio.Future[None] = loop.create_future()  # the one who picked up may be bridged
        self.left: asyncio.Future[None] = loop.create_future()  # REST took the child out of this Dial
        self.legs = [self._child(each, caller_id) for each in targets]
        for leg, each in zip(self.legs, targets, strict=True):
            self._exchange.clock.spawn(self._lives(leg, each), f"leg {leg.sid} to {each.number}")

    def drops(self, status: Status) -> None:
        for leg in self.legs:
            if not (leg is self.picked and self.left.done()):
                leg.ends(status)

    def _child(self, each: Target, caller_id: str) -> Leg:
        child = self._exchange.new_leg("outbound-dial", caller_id, each.number, "initiated", self._reading.leg)
        if each.callback:
            child.subscription = Subscription(*each.callback)
        self._reading.leg.children.append(child)
        child.on_change.append(self._changed)
        self._exchange.announce(child)
        return child

    def _changed(self, leg: Leg) -> None:
        if leg.is_live and self.picked is None:
            self.picked = leg
            sibling_status = self._exchange.switches.sibling_status
            for other in self.legs:
                if other is not leg:
                    other.ends(sibling_status)
            resolve(self.settled)
        elif leg.is_over:
            self.last = leg
            if all(each.is_over for each in self.legs):
                resolve(self.settled)

    async def _lives(self, child: Leg, each: Target) -> None:
        try:
            if not is_e164(each.number):
                self._exchange.note(13223, f"the number {each.number} is not E.164", "", self._reading.leg)
                child.error = (13223, "Dial: the number is not E.164")
                child.ends("failed")
            elif not self._exchange.may_show(child.from_, self._reading.leg):
                self._exchange.note(13214, f"callerId {child.from_} is not ours", "", self._reading.leg)
                child.error = (13214, "Dial: invalid callerId")
                child.ends("failed")
            await self._exchange.calls.offer(child, self._timeout + self._exchange.extra_ring)
            if each.send_digits:
                await child.hears("tone", each.send_digits, tone_seconds(each.send_digits))
            asked = self._reading.of(child, "screening")
            if each.screening and not await asked.through(each.screening):
                return
            resolve(self.ready)
            while True:
                await child.wait()
        except HungUpError:
            return
        except MovedError as moved:
            await self._goes_alone(child, moved.to)

    async def _goes_alone(self, child: Leg, to: Fetch | Twiml) -> None:
        child.parts()
        resolve(self.left)
        await self._reading.of(child).lives(to)


def final_status(leg: Leg) -> Status:
    return "completed" if leg.answered_at else leg.status
