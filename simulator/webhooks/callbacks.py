"""Status callbacks: reports that want no TwiML back (twilio.md 1.5, 1.3, 6.4). Each receiver has a queue of
its own, and the switch status_callback_order decides what the way does to it. A refusal is only noted (15003),
and so is one that waited too long behind others (15002)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from urllib.parse import urlsplit

from simulator.calls.legs import FINAL, Leg
from simulator.clock import Clock
from simulator.faults import Exchanged, Upset
from simulator.switches import Switches
from simulator.webhooks.params import progress
from simulator.webhooks.urls import is_url
from simulator.webhooks.webhooks import Failure, Kind, Webhooks

LATEST = 5.0  # seconds that a delayed or shuffled callback may be late
LIFETIME = 60.0  # seconds that a callback may wait in its queue

EVENT_OF = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"} | dict.fromkeys(
    FINAL, "completed"
)


@dataclass(frozen=True, eq=False)
class _Letter:
    kind: Kind
    method: str
    url: str
    params: dict[str, str]
    leg: Leg | None
    at: datetime
    number: int  # in the order in which they left


class Callbacks:
    def __init__(
        self,
        webhooks: Webhooks,
        clock: Clock,
        account_sid: str,
        switches: Callable[[], Switches],
        chance: Random,
        note: Callable[[int, str, str], None],
    ) -> None:
        self._webhooks, self._clock, self._account_sid = webhooks, clock, account_sid
        self._switches, self._chance, self._note = switches, chance, note
        self._queues: dict[object, deque[_Letter]] = {}
        self._sent = 0

    def progress(self, leg: Leg) -> None:
        """A leg has changed: tells its subscriber if that event was asked for."""
        wanted, event = leg.subscription, EVENT_OF.get(leg.status, "")
        if wanted is None or event not in wanted.events:
            return
        if event == "ringing" and self._switches().ringing_event == "missing":
            return
        if leg.status == "canceled" and leg.queue_ms is None and leg.direction == "outbound-api":
            return  # canceled while still queued: no callback at all
        params = progress(self._account_sid, leg, self._clock.now(), wanted.sent)
        wanted.sent += 1
        self.send("status", wanted.method, wanted.url, params, leg, queue=wanted)

    def send(
        self, kind: Kind, method: str, url: str, params: dict[str, str], leg: Leg | None, queue: object = None
    ) -> None:
        """`queue`: those with the same one leave in order, one after the other."""
        self._sent += 1
        letter = _Letter(kind, method, url, params, leg, self._clock.now(), self._sent)
        upset = self._webhooks.upsets.befalling(Exchanged(kind, method, url, params, leg), report=True)
        if upset is not None:
            if upset.what != "lost":
                self._clock.spawn(self._held(letter, upset), f"held callback {url}")
            return
        order = self._switches().status_callback_order
        if order == "lost" and self._chance.random() < self._switches().lost_share:
            return
        if order == "duplicated":
            self._queued(letter, queue)
        if order == "shuffled":
            self._clock.spawn(self._late(letter, self._chance.uniform(0, LATEST)), f"late callback {url}")
            return
        self._queued(letter, queue)

    def _queued(self, letter: _Letter, queue: object) -> None:
        key = queue if queue is not None else letter
        if key in self._queues:
            self._queues[key].append(letter)
            return
        self._queues[key] = deque([letter])
        self._clock.spawn(self._deliver(key), f"callbacks to {letter.url}")

    async def _deliver(self, key: object) -> None:
        letters = self._queues[key]
        try:
            while letters:
                letter = letters.popleft()
                if self._switches().status_callback_order == "delayed":
                    await self._clock.sleep(self._chance.uniform(0, LATEST) - self._waited(letter))
                if self._waited(letter) > LIFETIME:
                    self._note(15002, f"the callback waited {self._waited(letter):g} s and expired", letter.url)
                else:
                    await self._ask(letter)
        finally:
            del self._queues[key]

    def _waited(self, letter: _Letter) -> float:
        return (self._clock.now() - letter.at).total_seconds()

    async def _late(self, letter: _Letter, seconds: float) -> None:
        await self._clock.sleep(seconds)
        await self._ask(letter)

    async def _held(self, letter: _Letter, upset: Upset) -> None:
        await self._webhooks.upsets.holds(upset, letter.number)
        await self._ask(letter)

    async def _ask(self, letter: _Letter) -> None:
        if is_url(letter.url) and "_" in (urlsplit(letter.url).hostname or ""):
            self._note(11100, "the host of a status callback must not hold an underscore", letter.url)
            return
        answer = await self._webhooks.ask(letter.kind, letter.method, letter.url, letter.params, letter.leg)
        self._webhooks.upsets.delivered(letter.number)
        if isinstance(answer, Failure):
            refused = answer.message.startswith("HTTP status")
            self._note(15003 if refused else answer.code, answer.message, letter.url)
