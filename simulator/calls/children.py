"""The child legs of one Dial (twilio.md 5.1 to 5.4): rung together, the first that picks up stops the others,
then perhaps screened by a document of its own, then bridged. Each child lives in a task of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator.calls.detection import detects
from simulator.calls.legs import Fetch, HungUpError, Leg, MovedError, Status, Subscription, Twiml, resolve
from simulator.calls.sip import Invite
from simulator.numbers.parties import refusal
from simulator.verbs.play import tone_seconds

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.calls.targets import Target

_SIP_CODES = {"completed": 200, "busy": 486, "failed": 404, "no-answer": 487, "canceled": 487}


class Ringing:
    """One group of targets that ring at once. `refused` is why none was even tried."""

    def __init__(self, reading: Reading, targets: list[Target], caller_id: str, timeout: int) -> None:
        self._reading, self._timeout = reading, timeout
        self._exchange = reading.exchange
        self.picked: Leg | None = None
        self.ended: list[Leg] = []  # in their order: they decide when nobody answered
        loop = asyncio.get_running_loop()
        self.settled: asyncio.Future[None] = loop.create_future()  # somebody picked up, or all are over
        self.ready: asyncio.Future[None] = loop.create_future()  # the one who picked up may be bridged
        self.left: asyncio.Future[None] = loop.create_future()  # REST took the child out of this Dial
        refused = [refusal(self._exchange, each.address, caller_id, reading.leg) for each in targets]
        for why, each in zip(refused, targets, strict=True):
            if why is not None:
                self._exchange.note(why[0], f"{why[1]}: {each.address} from {caller_id}", "", reading.leg)
        has_child = self._exchange.switches.refused_number_has_child == "yes"
        tried = [(each, why) for each, why in zip(targets, refused, strict=True) if has_child or why is None]
        self.legs = [self._child(each, caller_id) for each, _ in tried]
        for leg, (each, why) in zip(self.legs, tried, strict=True):
            self._exchange.clock.spawn(self._lives(leg, each, why), f"leg {leg.sid} to {each.address}", leg)
        if not self.legs:
            resolve(self.settled)

    def drops(self, status: Status) -> None:
        for leg in self.legs:
            if not (leg is self.picked and self.left.done()):
                leg.ends(status)

    def _child(self, each: Target, caller_id: str) -> Leg:
        child = self._exchange.new_leg("outbound-dial", caller_id, each.address, "initiated", self._reading.leg)
        if each.callback:
            child.subscription = Subscription(*each.callback)
        if each.headers is not None:
            child.sip = Invite(f"{self._exchange.sid('')}@192.0.2.7", each.headers)
        child.told = each.told
        if self._exchange.switches.screening_failure == "asks the fallback":
            child.fallback = self._reading.leg.fallback
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
            self.ended.append(leg)
            if all(each.is_over for each in self.legs):
                resolve(self.settled)

    async def _lives(self, child: Leg, each: Target, refused: tuple[int, str] | None) -> None:
        try:
            if refused is not None:
                child.error = refused
                child.ends("failed")
            await self._exchange.calls.offer(child, self._timeout + self._exchange.extra_ring)
            if child.sip is not None and child.phone is not None:
                child.sip.answered = child.phone.headers
            if each.send_digits:
                await child.hears("tone", each.send_digits, tone_seconds(each.send_digits))
            elif each.detection is not None:
                await detects(self._exchange, child, each.detection)
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


def after_sip(leg: Leg) -> dict[str, str]:
    """1.3: what the Dial action says after a Sip noun."""
    if leg.sip is None:
        return {}
    code = leg.sip_code or _SIP_CODES[final_status(leg) if leg.is_over else "completed"]
    told = {"DialSipCallId": leg.sip.call_id, "DialSipResponseCode": str(code)}
    return told | {f"DialSipHeader_{name}": value for name, value in leg.sip.answered.items()}
