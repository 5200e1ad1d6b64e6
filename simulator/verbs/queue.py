"""<Dial><Queue> (twilio.md 4.4, 1.3): takes the call at the front of a queue and talks with it. Of an empty queue it
waits for one, as long as the Dial may ring; an unknown queue fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from simulator.calls.legs import Fetch, HungUpError, MovedError, resolve
from simulator.calls.outcomes import Outcome
from simulator.recordings.recordings import dial_wish
from simulator.rooms.queues import Member, Queue, Taking
from simulator.webhooks import params

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.recordings.recordings import Recording
    from simulator.twiml.reading import Element


async def queue(reading: Reading, dial: Element, noun: Element) -> Outcome:
    return await Dequeuing(reading, dial, noun).runs()


class Dequeuing:
    """One Dial of a queue under way."""

    def __init__(self, reading: Reading, dial: Element, noun: Element) -> None:
        self._reading, self._dial, self._noun, self._leg = reading, dial, noun, reading.leg
        self._member: Member | None = None
        self._taking = Taking(reading.leg, self._bridged)
        self._talk: asyncio.Future[None] = asyncio.get_running_loop().create_future()  # has begun
        self._recording: Recording | None = None

    async def runs(self) -> Outcome:
        found = self._reading.exchange.queues.named(self._noun.text.strip())
        if found is None:
            return self._action("failed", {"DequeueResult": "error"})
        try:
            member = await self._front(found)
            if member is None:
                return self._action("no-answer", {"DequeueResult": "queue-empty"})
            await self._talks(member)
        except HungUpError:
            if self._reading.exchange.switches.dial_action_on_caller_hangup == "sent":
                self._tells()
            raise
        except MovedError:
            if self._reading.exchange.switches.rest_redirect_dial_action == "sent":
                self._tells()
            raise
        finally:
            self._ends()
        return self._ended()

    async def _front(self, found: Queue) -> Member | None:
        """None when the time is out."""
        clock, seconds = self._leg.clock, self._dial.number("timeout") + self._reading.exchange.extra_ring
        ends_at = clock.now() + timedelta(seconds=seconds)
        ringback = self._leg.begins("ringback") if self._leg.is_live and not found.members else None
        try:
            while not found.members and clock.now() < ends_at:
                await self._leg.wait(found.arrived, timeout=(ends_at - clock.now()).total_seconds())
        finally:
            if ringback:
                ringback.stops(clock.now())
        return found.members[0] if found.members else None

    async def _talks(self, member: Member) -> None:
        url = self._noun.attribute("url")
        self._member = member
        if url:
            told = params.before_bridging(member, self._leg, self._leg.clock.now())
            self._taking.screening = Fetch(self._reading.document.resolve(url), self._noun.value("method"), told)
        member.queue.takes(member, self._taking)
        with self._leg.listens(keys=self._dial.flag("hangupOnStar"), name="Dial") as ear:
            while not member.over.done() and (left := self._left(member)) > 0:
                begins = [] if self._talk.done() else [self._talk]
                pressed = await ear.next(member.over, *begins, timeout=left if not begins else None)
                if pressed is not None and pressed.key == "*":
                    break

    def _left(self, member: Member) -> float:
        """Seconds of the Dial's timeLimit, which counts the talk alone."""
        limit = self._dial.number("timeLimit")
        if member.bridged_at is None:
            return limit
        return limit - (self._leg.clock.now() - member.bridged_at).total_seconds()

    def _bridged(self) -> None:
        resolve(self._talk)
        wish = dial_wish(self._reading, self._dial)
        if wish is not None:
            self._recording = self._reading.exchange.recordings.starts_dial(self._leg, wish)

    def _ends(self) -> None:
        if self._recording is not None:
            self._reading.exchange.recordings.ends(self._recording)
        if self._member is not None and self._leg.bridged_with is self._member.leg:
            self._leg.parts()
        if not self._taking.over.done():
            self._taking.over.set_result(None)

    def _ended(self) -> Fetch | None:
        member, now = self._member, self._leg.clock.now()
        if member is None:
            return self._action("canceled", {})
        if member.bridged_at is None:
            return self._action("no-answer", {"DequeueResult": "error", "DialBridged": "false"})
        seconds = int((now - member.bridged_at).total_seconds())
        return self._action("completed", params.after_queue(member, seconds, now))

    def _tells(self) -> None:
        """The answer is thrown away: this leg is over, or has been given another document."""
        self._ends()
        action = self._ended()
        if action is not None:
            self._reading.tells(action)

    def _action(self, status: str, told: dict[str, str]) -> Fetch | None:
        action = self._dial.attribute("action")
        if action is None:
            return None
        told = {"DialCallStatus": status, **told}
        if self._recording is not None:
            told["RecordingUrl"] = self._recording.url
        return Fetch(self._reading.document.resolve(action), self._dial.value("method"), told)
