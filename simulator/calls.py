"""How a leg comes to be and is offered to a telephone: a person dials in, REST asks for a call, a Dial rings.
REST legs alone wait for their turn at the account's calls per second (twilio.md 7.5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.documents import Reading
from simulator.legs import Fetch, HungUpError, Leg, MovedError, Subscription
from simulator.telephones import Telephone, Voicemail
from simulator.verbs.play import tone_seconds

if TYPE_CHECKING:
    from simulator.exchange import Exchange

WITHHELD = {"anonymous": "anonymous", "keypad": "+266696687", "empty": ""}
NO_SUCH_NUMBER = (32005, "The called number does not exist")


@dataclass(frozen=True)
class Order:
    """What POST Calls or POST Participants asks for besides the two numbers. `lives` is what the leg does once
    it is answered. `time_limit` 0 is none."""

    lives: Callable[[Reading], Awaitable[None]]
    timeout: int
    send_digits: str = ""
    time_limit: int = 0


class Calls:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._next_start: datetime | None = None

    def comes_in(self, phone: Telephone, to: str, forwarded_from: str = "") -> Leg:
        """A person calls one of the account's numbers."""
        exchange = self._exchange
        number = exchange.numbers.get(to)
        if number is None:
            raise ValueError(f"{to} is none of the account's numbers: {', '.join(exchange.numbers)}")
        shown = phone.number if phone.number is not None else WITHHELD[exchange.switches.withheld_form]
        leg = exchange.new_leg("inbound", shown, to, "ringing")
        leg.phone, leg.forwarded_from = phone, forwarded_from
        leg.ringing_at = leg.created_at
        leg.stir = "TN-Validation-Passed-A" if phone.number else ""
        leg.call_token = f'{{"parentCallInfoToken":"{exchange.sid("")}"}}'
        if number.status_callback:
            leg.subscription = Subscription(number.status_callback, number.status_callback_method)
        if number.voice_fallback_url:
            leg.fallback = Fetch(number.voice_fallback_url, number.voice_fallback_method)
        phone.legs.append(leg)
        start = Fetch(number.voice_url, number.voice_method)
        exchange.clock.spawn(Reading(exchange, leg).lives(start), f"leg {leg.sid} from {phone.name}")
        return leg

    def goes_out(self, leg: Leg, order: Order) -> None:
        """A queued leg that REST asked for."""
        exchange = self._exchange
        now = exchange.clock.now()
        begins = max(now, self._next_start or now)
        self._next_start = begins + timedelta(seconds=1 / exchange.calls_per_second)
        exchange.clock.spawn(self._goes_out(leg, order, begins), f"leg {leg.sid} to {leg.to}")

    async def _goes_out(self, leg: Leg, order: Order, begins: datetime) -> None:
        exchange = self._exchange
        try:
            wait = (begins - exchange.clock.now()).total_seconds()
            if wait > 0:
                await leg.wait(timeout=wait)
            leg.checks()
            leg.queue_ms = round((exchange.clock.now() - leg.created_at).total_seconds() * 1000)
            leg.becomes("initiated")
            await self.offer(leg, order.timeout + exchange.extra_ring)
            if order.time_limit:
                exchange.clock.spawn(self._limits(leg, order.time_limit), f"time limit of {leg.sid}")
            if order.send_digits:
                await leg.hears("tone", order.send_digits, tone_seconds(order.send_digits))
        except HungUpError:
            return
        except MovedError as moved:
            await Reading(exchange, leg).lives(moved.to)
            return
        await order.lives(Reading(exchange, leg))

    async def _limits(self, leg: Leg, seconds: int) -> None:
        await self._exchange.clock.wait(leg.over, timeout=seconds)
        leg.ends("completed")

    async def offer(self, leg: Leg, seconds: float) -> None:
        """Rings the telephone of an outbound leg until it is answered. Raises HungUpError if it never is."""
        leg.checks()
        phone = self._exchange.reach(leg.to)
        leg.phone = phone
        phone.legs.append(leg)
        if phone.condition == "fails":
            leg.sip_code, leg.error = 404, NO_SUCH_NUMBER
            leg.ends("failed")
        elif phone.condition == "busy":
            leg.ends("busy")
        leg.checks()
        leg.becomes("ringing")
        onward = phone.forwarded_to or (leg.to if leg.to in self._exchange.numbers else None)
        if onward is not None:
            self._carries_on(leg, onward)
        if phone.voicemail:
            self._exchange.clock.spawn(self._machine(leg, phone.voicemail), f"voicemail of {phone.name}")
        await leg.wait(leg.picked_up, timeout=seconds)
        if not leg.is_live:
            leg.ends("no-answer")
            leg.checks()

    def _carries_on(self, leg: Leg, to: str) -> None:
        """A leg to one of the account's own numbers, or to a telephone forwarded to one: the number's own
        webhook runs, on an inbound leg that lives and dies with this one."""
        carrier = Telephone(leg.from_, f"the call to {leg.to}", has_person=False)
        onward = self.comes_in(carrier, to, leg.to if leg.to != to else "")
        onward.on_change.append(lambda _: leg.answers() if onward.is_live else None)
        onward.on_change.append(lambda _: leg.ends("busy") if onward.is_over else None)
        leg.on_change.append(lambda _: self._exchange.hang_up(onward) if leg.is_over else None)

    async def _machine(self, leg: Leg, machine: Voicemail) -> None:
        clock = self._exchange.clock
        await clock.wait(leg.over, leg.picked_up, timeout=machine.after_seconds)
        if leg.status != "ringing":
            return
        leg.answered_by = "voicemail"
        leg.answers()
        self._exchange.speaks(leg, machine.greeting, machine.greeting_seconds)
        await clock.wait(leg.over, timeout=machine.greeting_seconds + machine.listens_seconds)
        leg.ends("completed")
