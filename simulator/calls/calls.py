"""How a leg comes to be and is offered to a telephone: a person dials in, REST asks for a call, a Dial rings.
REST legs alone wait for their turn at the account's calls per second (twilio.md 7.5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.calls.detection import Detection, detects
from simulator.calls.documents import Reading
from simulator.calls.legs import HungUpError, Leg, MovedError, Subscription
from simulator.calls.lines import line_of
from simulator.calls.sip import Invite, domain_of
from simulator.calls.sounds import Sound
from simulator.numbers.parties import kind_of
from simulator.people.telephones import Telephone, Voicemail
from simulator.verbs.play import tone_seconds

if TYPE_CHECKING:
    from simulator.exchange import Exchange

WITHHELD = {"anonymous": "anonymous", "keypad": "+266696687", "empty": ""}
NO_SUCH_NUMBER = (32005, "The called number does not exist")
TOO_MANY_CALLS = (10004, "Call concurrency limit exceeded")
LONGEST_QUEUED = timedelta(hours=24)
FAX_SECONDS = 30.0


@dataclass(frozen=True)
class Order:
    """What POST Calls or POST Participants asks for besides the two numbers. `lives` is what the leg does once
    it is answered. `time_limit` 0 is none."""

    lives: Callable[[Reading], Awaitable[None]]
    timeout: int
    send_digits: str = ""
    time_limit: int = 0
    detection: Detection | None = None


class Calls:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._next_start: datetime | None = None
        self._queue: list[tuple[Leg, Order]] = []
        self._is_starting = False

    def comes_in(
        self,
        phone: Telephone,
        to: str,
        forwarded_from: str = "",
        *,
        username: str = "",
        told: dict[str, str] | None = None,
    ) -> Leg:
        """A person calls one of the account's numbers, a SIP domain of it, or (from a client) an application, which
        is `told` what the client says. `username` is that of a SIP call with credentials."""
        exchange = self._exchange
        line = line_of(exchange, to)
        shown = phone.number if phone.number is not None else WITHHELD[exchange.switches.withheld_form]
        leg = exchange.new_leg("inbound", shown, to, "ringing")
        leg.phone, leg.forwarded_from = phone, forwarded_from
        leg.ringing_at = leg.created_at
        leg.application_sid = line.application_sid
        kind = kind_of(phone.number or "")
        if kind in ("number", "none"):
            leg.stir = "TN-Validation-Passed-A" if phone.number else ""
            leg.caller_name = phone.listed_name.upper()[:15] if line.has_caller_name else ""
        elif kind == "sip":
            leg.sip = self._invite(phone, to, username)
        leg.call_token = f'{{"parentCallInfoToken":"{exchange.sid("")}"}}'
        if line.status_callback:
            leg.subscription = Subscription(line.status_callback, line.status_callback_method)
        leg.fallback = line.fallback
        phone.legs.append(leg)
        if self._is_full(leg):
            leg.error = TOO_MANY_CALLS
            exchange.note(*TOO_MANY_CALLS, "", leg)
            leg.ends("busy")
            return leg
        start = replace(line.start, params=told or {})
        exchange.clock.spawn(Reading(exchange, leg).lives(start), f"leg {leg.sid} from {phone.name}", leg)
        return leg

    def _invite(self, phone: Telephone, to: str, username: str) -> Invite:
        domain = self._exchange.sip_domains.get(domain_of(to))
        sid, name = (domain.sid, domain.name) if domain else ("", "")
        call_id = f"{self._exchange.sid('')}@192.0.2.7"
        return Invite(call_id, phone.headers, domain=name, domain_sid=sid, source_ip="192.0.2.7", username=username)

    def _is_full(self, newest: Leg) -> bool:
        """7.5: concurrent calls, where the account is limited."""
        most = self._exchange.concurrent_calls
        if most is None:
            return False
        under_way = (leg for leg in self._exchange.legs.values() if leg.status in ("ringing", "in-progress"))
        return sum(leg is not newest for leg in under_way) >= most

    # -- asked for by REST

    def goes_out(self, leg: Leg, order: Order) -> None:
        """A queued leg that REST asked for. One that waits for longer than a day is canceled."""
        self._queue.append((leg, order))
        clock = self._exchange.clock
        if not self._is_starting:
            self._is_starting = True
            clock.spawn(self._starts(), "the queue of calls")
        if len(self._queue) / self._exchange.calls_per_second > LONGEST_QUEUED.total_seconds():
            clock.spawn(self._expires(leg), f"a day in the queue for leg {leg.sid}")

    async def _starts(self) -> None:
        """Lets out one after the other. A leg that was canceled has given up its turn."""
        clock = self._exchange.clock
        try:
            while self._queue:
                if self._next_start is not None and self._next_start > clock.now():
                    await clock.sleep((self._next_start - clock.now()).total_seconds())
                self._queue = [(leg, order) for leg, order in self._queue if not leg.is_over]
                if self._queue:
                    leg, order = self._queue.pop(0)
                    self._next_start = clock.now() + timedelta(seconds=1 / self._exchange.calls_per_second)
                    clock.spawn(self._goes_out(leg, order), f"leg {leg.sid} to {leg.to}", leg)
        finally:
            self._is_starting = False

    async def _expires(self, leg: Leg) -> None:
        await self._exchange.clock.wait(leg.over, timeout=LONGEST_QUEUED.total_seconds())
        if leg.status == "queued":
            leg.ends("canceled")

    async def _goes_out(self, leg: Leg, order: Order) -> None:
        exchange = self._exchange
        try:
            leg.checks()
            leg.queue_ms = round((exchange.clock.now() - leg.created_at).total_seconds() * 1000)
            leg.becomes("initiated")
            await self.offer(leg, order.timeout + exchange.extra_ring)
            self.limits(leg, order.time_limit)
            if order.send_digits:
                await leg.hears("tone", order.send_digits, tone_seconds(order.send_digits))
            elif order.detection is not None:
                await detects(exchange, leg, order.detection)
        except HungUpError:
            return
        except MovedError as moved:
            await Reading(exchange, leg).lives(moved.to)
            return
        await order.lives(Reading(exchange, leg))

    def limits(self, leg: Leg, seconds: int) -> None:
        """The call ends so long after its answer; 0 is no limit. The last one given counts."""
        leg.time_limit = None
        if seconds:
            leg.time_limit = (leg.answered_at or self._exchange.clock.now()) + timedelta(seconds=seconds)
            self._exchange.clock.spawn(self._limited(leg, leg.time_limit), f"time limit of {leg.sid}")

    async def _limited(self, leg: Leg, limit: datetime) -> None:
        clock = self._exchange.clock
        await clock.wait(leg.over, timeout=max((limit - clock.now()).total_seconds(), 0))
        if leg.time_limit == limit:
            leg.ends("completed")

    # -- ringing

    async def offer(self, leg: Leg, seconds: float) -> None:
        """Rings the telephone of an outbound leg until it is answered. Raises HungUpError if it never is."""
        leg.checks()
        if self._is_full(leg):
            leg.error = TOO_MANY_CALLS
            leg.ends("failed")
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
        onward = phone.forwarded_to or self._own(leg.to)
        if onward is not None:
            self._carries_on(leg, onward)
        if phone.voicemail:
            self._exchange.clock.spawn(self._machine(leg, phone.voicemail), f"voicemail of {phone.name}")
        elif phone.fax_after is not None:
            self._exchange.clock.spawn(self._fax(leg, phone.fax_after), f"fax of {phone.name}")
        await leg.wait(leg.picked_up, timeout=seconds)
        if not leg.is_live:
            leg.ends("no-answer")
            leg.checks()

    def _own(self, to: str) -> str | None:
        """What the account itself answers: its numbers, and the applications that a Dial calls."""
        return to if to in self._exchange.numbers or kind_of(to) == "application" else None

    def _carries_on(self, leg: Leg, to: str) -> None:
        """A leg to one of the account's own numbers or applications, or to a telephone forwarded to one: its own
        webhook runs, on an inbound leg that lives and dies with this one."""
        carrier = Telephone(leg.from_, f"the call to {leg.to}", has_person=False)
        onward = self.comes_in(carrier, to, leg.to if leg.to != to else "", told=leg.told)
        leg.onward = onward
        reported = onward.on_sound

        def sounds(one: Leg, sound: Sound) -> None:
            reported(one, sound)
            self._passes_on(leg, sound)

        onward.on_sound = sounds
        onward.on_change.append(lambda _: leg.answers() if onward.is_live else None)
        onward.on_change.append(lambda _: leg.ends("busy") if onward.is_over else None)
        leg.on_change.append(lambda _: self._exchange.hang_up(onward) if leg.is_over else None)

    def _passes_on(self, leg: Leg, sound: Sound) -> None:
        """What is played there is heard by whoever called."""
        if sound.kind in ("speech", "file", "talk"):
            leg.said.append(Sound("talk", sound.at, sound.until, sound.text, sound.seconds))
            for other in leg.hearers:
                other.begins("talk", sound.text, sound.seconds)

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

    async def _fax(self, leg: Leg, after_seconds: float) -> None:
        clock = self._exchange.clock
        await clock.wait(leg.over, leg.picked_up, timeout=after_seconds)
        if leg.status != "ringing":
            return
        leg.answered_by = "fax"
        leg.answers()
        await clock.wait(leg.over, timeout=FAX_SECONDS)
        leg.ends("completed")
