"""<Dial> (twilio.md 4.3, 5.1 to 5.4): rings one number, several at once or one after the other, bridges the
one who takes it, and tells the action how it ended. The caller's hang-up is told too, unless a switch says
otherwise. A conference and a queue are dialled in files of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.calls.children import Ringing, after_sip, final_status
from simulator.calls.legs import Fetch, HungUpError, Leg, MovedError, Status, resolve
from simulator.calls.outcomes import Outcome
from simulator.calls.targets import Target, plain, target
from simulator.recordings.recordings import dial_wish
from simulator.verbs.conference import conference
from simulator.verbs.queue import queue

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.recordings.recordings import Recording
    from simulator.twiml.reading import Element


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
        self._rung: list[Ringing] = []
        self._recording: Recording | None = None
        self.is_bridged = False

    async def runs(self) -> Outcome:
        try:
            for group in self._groups():
                self._ringing = Ringing(self._reading, group, self._caller_id(), self._verb.number("timeout"))
                self._rung.append(self._ringing)
                await self._rings(self._ringing)
                if self._ringing.picked:
                    await self._talks(self._ringing, self._ringing.picked)
                    if not self._goes_on(self._ringing):
                        break
        except HungUpError:
            if self._drops(self._exchange.switches.child_status_on_caller_hangup):
                self._tells_caller_gone()
            raise
        except MovedError:
            self._drops("canceled")
            if self._exchange.switches.rest_redirect_dial_action == "sent" and self._action():
                self._reading.tells(self._fetch(self._status()))
            raise
        except Exception:  # an error of our own: nobody rings on for a caller who is gone
            self._drops("canceled")
            raise
        finally:
            self._leg.on_refer = None
            self._ends_recording()
        return self._fetch(self._status()) if self._action() else None

    def _groups(self) -> list[list[Target]]:
        nouns = self._verb.children
        targets = [target(self._reading, noun) for noun in nouns] or [plain(self._verb.text)]
        return [[each] for each in targets] if self._verb.flag("sequential") else [targets]

    def _goes_on(self, ringing: Ringing) -> bool:
        """After somebody picked up: with sequential, a failed screening may lead to the next one."""
        has_failed = not self.is_bridged and not ringing.left.done()
        return has_failed and self._exchange.switches.failed_screening_in_sequence == "rings the next"

    def _caller_id(self) -> str:
        return self._verb.attribute("callerId") or self._leg.from_

    async def _rings(self, ringing: Ringing) -> None:
        """Until somebody has picked up or nobody will."""
        tone = self._verb.attribute("ringTone") or ""
        ringback = self._leg.begins("ringback", tone) if self._leg.is_live else None
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
        self._records()
        self._may_refer(ringing, child)
        await self._until_parted(ringing, child)

    def _may_refer(self, ringing: Ringing, child: Leg) -> None:
        """With referUrl either SIP telephone may hand the other one over: that one goes on with the document, and
        whoever asked for it is out of the call."""
        url = self._verb.attribute("referUrl")
        if not url:
            return
        address, method = self._reading.document.resolve(url), self._verb.value("referMethod")

        def refers(who: Leg, target: str) -> None:
            other = child if who is self._leg else self._leg
            other.moves(Fetch(address, method, {"ReferTransferTarget": target}))
            if other is child:
                resolve(ringing.left)
            who.ends("completed")

        self._leg.on_refer = child.on_refer = refers

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

    def _tells_caller_gone(self) -> None:
        """Sent while the children are dropped; its answer is thrown away. The call is completed then, whatever the
        number's own callback calls one that was never answered (5.4)."""
        if self._exchange.switches.dial_action_on_caller_hangup == "not sent":
            return
        assert self._ringing is not None
        status: Status = "completed" if self._ringing.picked else "canceled"
        told = self._fetch(status)
        self._reading.tells(replace(told, params={**told.params, "CallStatus": "completed"}))

    def _action(self) -> str | None:
        action = self._verb.attribute("action")
        return self._reading.document.resolve(action) if action is not None else None

    def _status(self) -> Status:
        ringing = self._ringing
        assert ringing is not None
        if ringing.picked is None:
            decides = self._first_or_last(self._exchange.switches.mixed_failure_status)
            return final_status(decides) if decides is not None else "failed"
        if not self.is_bridged and self._exchange.switches.screening_reject_status == "no-answer":
            return "no-answer"
        return "completed"

    def _first_or_last(self, which: str) -> Leg | None:
        """Of those that were rung in vain: the first in the document, or the one that ended last."""
        legs = [leg for ringing in self._rung for leg in ringing.legs]
        ended = [leg for ringing in self._rung for leg in ringing.ended]
        if which == "of the first":
            return legs[0] if legs else None
        return ended[-1] if ended and which == "of the last" else None

    def _fetch(self, status: Status) -> Fetch:
        """1.4: the parameters of the Dial action."""
        ringing, switches = self._ringing, self._exchange.switches
        assert ringing is not None
        params = {"DialCallStatus": status, "DialBridged": "true" if self.is_bridged else "false"}
        child = ringing.picked or self._first_or_last(switches.unanswered_dial_call_sid)
        if child is not None:
            params |= {"DialCallSid": child.sid, **after_sip(child)}
            if child.answered_at and not ringing.left.done():
                params["DialCallDuration"] = str(child.seconds())
            elif not child.answered_at and switches.no_answer_has_duration == "0":
                params["DialCallDuration"] = "0"
        if self._recording is not None:
            params["RecordingUrl"] = self._recording.url
        action = self._action()
        assert action is not None
        return Fetch(action, self._verb.value("method"), params)

    def _records(self) -> None:
        wish = dial_wish(self._reading, self._verb)
        if wish is not None and self._recording is None:
            self._recording = self._exchange.recordings.starts_dial(self._leg, wish)

    def _ends_recording(self) -> None:
        if self._recording is not None:
            self._exchange.recordings.ends(self._recording)
