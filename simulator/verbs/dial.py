"""<Dial> (twilio.md 4.3, 5.1 to 5.4): rings one number, several at once or one after the other, bridges the
one who takes it, and tells the action how it ended. The caller's hang-up is told too, unless a switch says
otherwise. A conference and a queue are dialled in files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.children import Ringing, Target, final_status, target
from simulator.legs import Fetch, HungUpError, Leg, MovedError, Status
from simulator.outcomes import Outcome
from simulator.recordings import told
from simulator.verbs.conference import conference
from simulator.verbs.queue import queue

if TYPE_CHECKING:
    from simulator.documents import Reading
    from simulator.recordings import Recording
    from simulator.twiml import Element


async def dial(reading: Reading, verb: Element) -> Outcome:
    noun = verb.children[0] if verb.children else None
    if noun is not None and noun.name == "Conference":
        return await conference(reading, verb, noun)
    if noun is not None and noun.name == "Queue":
        return await queue(reading, verb, noun)
    return await Dialling(reading, verb).runs()


class Dialling:
    """One Dial under way. `is_bridged` is what DialBridged will say."""

    def __init__(self, reading: Reading, verb: Element) -> None:
        self._reading, self._verb, self._leg = reading, verb, reading.leg
        self._exchange = reading.exchange
        self._ringing: Ringing | None = None
        self._recording: Recording | None = None
        self.is_bridged = False

    async def runs(self) -> Outcome:
        try:
            for group in self._groups():
                self._ringing = Ringing(self._reading, group, self._caller_id(), self._verb.number("timeout"))
                await self._rings(self._ringing)
                if self._ringing.picked:
                    await self._talks(self._ringing, self._ringing.picked)
                    break
        except HungUpError:
            if self._drops(self._exchange.switches.child_status_on_caller_hangup):
                await self._tells_caller_gone()
            raise
        except MovedError:
            self._drops("canceled")
            if self._exchange.switches.rest_redirect_dial_action == "sent" and self._action():
                await self._reading.ask(self._fetch(self._status()))
            raise
        return self._fetch(self._status()) if self._action() else None

    def _groups(self) -> list[list[Target]]:
        nouns = self._verb.children
        targets = [target(self._reading, noun) for noun in nouns] or [Target(self._verb.text.strip())]
        return [[each] for each in targets] if self._verb.flag("sequential") else [targets]

    def _caller_id(self) -> str:
        return self._verb.attribute("callerId") or self._leg.from_

    async def _rings(self, ringing: Ringing) -> None:
        """Until somebody has picked up or nobody will."""
        ringback = self._leg.begins("ringback") if self._leg.is_live else None
        if "ringing" in self._verb.value("record"):
            self._records()
        with self._leg.listens(keys=self._verb.flag("hangupOnStar"), name="Dial") as ear:
            try:
                while not ringing.settled.done():
                    pressed = await ear.next(ringing.settled)
                    if pressed is not None and pressed.key == "*":
                        ringing.drops("canceled")
            finally:
                if ringback:
                    ringback.stops(self._leg.clock.now())

    async def _talks(self, ringing: Ringing, child: Leg) -> None:
        gap = self._leg.begins("screening") if self._leg.is_live else None
        try:
            while not (ringing.ready.done() or child.over.done() or ringing.left.done()):
                await self._leg.wait(ringing.ready, child.over, ringing.left)
        finally:
            if gap:
                gap.stops(self._leg.clock.now())
        if child.is_over or ringing.left.done():
            return
        self._leg.answers()
        self._leg.bridges(child)
        self.is_bridged = True
        self._exchange.bridged(self._leg, child)
        if self._verb.value("record") not in ("do-not-record", "false"):
            self._records()
        await self._until_parted(ringing, child)

    async def _until_parted(self, ringing: Ringing, child: Leg) -> None:
        clock = self._leg.clock
        began = clock.now()
        with self._leg.listens(keys=self._verb.flag("hangupOnStar"), name="Dial") as ear:
            while not (child.over.done() or ringing.left.done()):
                left = self._verb.number("timeLimit") - (clock.now() - began).total_seconds()
                pressed = await ear.next(child.over, ringing.left, timeout=left) if left > 0 else None
                is_late = (clock.now() - began).total_seconds() >= self._verb.number("timeLimit")
                if is_late or (pressed is not None and pressed.key == "*"):
                    child.ends("completed")
        self._ends_recording()

    def _drops(self, status: Status) -> bool:
        """The caller's end of this Dial is gone. False if there was nothing to tell of."""
        self._ends_recording()
        if self._ringing is None:
            return False
        self._ringing.drops(status)
        return bool(self._action())

    async def _tells_caller_gone(self) -> None:
        """Sent while the children are dropped; its answer is thrown away (5.4)."""
        if self._exchange.switches.dial_action_on_caller_hangup == "not sent":
            return
        assert self._ringing is not None
        status: Status = "completed" if self._ringing.picked else "canceled"
        await self._reading.ask(self._fetch(status))

    def _action(self) -> str | None:
        action = self._verb.attribute("action")
        return self._reading.document.resolve(action) if action is not None else None

    def _status(self) -> Status:
        ringing = self._ringing
        assert ringing is not None
        if ringing.picked is None:
            assert ringing.last is not None
            return final_status(ringing.last)
        if not self.is_bridged and self._exchange.switches.screening_reject_status == "no-answer":
            return "no-answer"
        return "completed"

    def _fetch(self, status: Status) -> Fetch:
        """1.4: the parameters of the Dial action."""
        ringing = self._ringing
        assert ringing is not None
        child = ringing.picked or ringing.last
        assert child is not None
        params = {
            "DialCallStatus": status,
            "DialCallSid": child.sid,
            "DialBridged": "true" if self.is_bridged else "false",
        }
        if child.answered_at and not ringing.left.done():
            params["DialCallDuration"] = str(child.seconds())
        elif not child.answered_at and self._exchange.switches.no_answer_has_duration == "0":
            params["DialCallDuration"] = "0"
        if self._recording is not None:
            params["RecordingUrl"] = self._recording.url
        action = self._action()
        assert action is not None
        return Fetch(action, self._verb.value("method"), params)

    def _records(self) -> None:
        if self._recording is None:
            channels = 2 if self._verb.value("record").endswith("dual") else 1
            self._recording = self._exchange.recordings.starts(
                self._leg, "DialVerb", told(self._reading, self._verb), channels
            )

    def _ends_recording(self) -> None:
        if self._recording is None or self._recording.ended_at:
            return
        self._exchange.recordings.ends(self._recording, is_empty=not self.is_bridged)
