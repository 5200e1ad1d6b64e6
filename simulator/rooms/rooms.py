"""Conferences and who is in them (twilio.md 4.5, 5.5). A conference changes at once, wherever the change comes
from; the task that lives a participant's leg finds it at its next wait, by `changed`.

The theory: somebody is expected (a leg that REST asked for and nobody has answered), in, and gone. A conference
waits (init), runs (in-progress) as soon as two are in and one of them may start it, and is completed, for ever,
when nobody is left, when one with endConferenceOnExit leaves, or when REST says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from simulator.calls.legs import Leg, resolve
from simulator.calls.sounds import BEEP, after
from simulator.events import Joined, Left
from simulator.rooms.participants import Participant, Tune, WhyLeft
from simulator.rooms.recording import RoomRecorder
from simulator.webhooks import params

if TYPE_CHECKING:
    from simulator.exchange import Exchange

Status = Literal["init", "in-progress", "completed"]
WhyEnded = Literal[
    "conference-ended-via-api",
    "last-participant-left",
    "last-participant-kicked",
    "participant-with-end-conference-on-exit-left",
    "participant-with-end-conference-on-exit-kicked",
]
MOST_PARTICIPANTS = 250


@dataclass(frozen=True)
class Terms:
    """What the first participant settles for the whole conference. `events` are words of
    statusCallbackEvent."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset()
    most: int = MOST_PARTICIPANTS
    region: str = "us1"


class Conference:
    def __init__(self, exchange: Exchange, name: str, terms: Terms) -> None:
        self._exchange = exchange
        self.sid, self.name, self.terms = exchange.sid("CF"), name, terms
        self.status: Status = "init"
        self.created_at = self.updated_at = exchange.clock.now()
        self.participants: list[Participant] = []  # expected and in, in the order in which they came
        self.why_ended: WhyEnded | None = None
        self.ended_by: Participant | None = None
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._recorder = RoomRecorder(exchange, self)
        self._sent = 0

    @property
    def present(self) -> list[Participant]:
        return [one for one in self.participants if one.is_in]

    @property
    def is_full(self) -> bool:
        return len(self.present) >= self.terms.most

    def find(self, name: str) -> Participant | None:
        """By CallSid or label."""
        return next((one for one in self.participants if name in (one.leg.sid, one.label)), None)

    def may_be_coached(self, call_sid: str) -> bool:
        """4.5: a participant of this conference, which must have begun."""
        return self.status == "in-progress" and any(one.leg.sid == call_sid for one in self.present)

    def url_params(self) -> dict[str, str]:
        """What waitUrl, HoldUrl and AnnounceUrl are told besides the standard parameters (1.3)."""
        if self._exchange.switches.conference_url_names_it == "no":
            return {}
        return {"ConferenceSid": self.sid, "FriendlyName": self.name}

    # -- coming

    def expects(self, one: Participant) -> None:
        self.participants.append(one)
        one.leg.participant = one
        one.leg.on_change.append(self._leg_changed)
        one.leg.on_move.append(self._leg_moved)

    def admits(self, one: Participant) -> None:
        if one not in self.participants:
            self.expects(one)
        one.is_in = True
        self._recorder.is_asked(one.records, one.leg)
        begins = self.status == "init" and len(self.present) >= 2 and any(each.starts for each in self.present)
        if begins and self._exchange.switches.conference_start_before_second_join == "yes":
            self._starts()
        self._tells_join(one)
        if begins and self.status == "init":
            self._starts()
        self._exchange.report(Joined(self._now(), one.leg, self.name))
        self._changes()
        if one.beep.on_enter:
            self._beeps(one)

    def _starts(self) -> None:
        self.status = "in-progress"
        self._tells("start", "conference-start")

    def _tells_join(self, one: Participant) -> None:
        if not one.is_told:
            one.is_told = True
            self._tells("join", "participant-join", params.participant(one))

    # -- going

    def leaves(self, one: Participant, why: WhyLeft, *, kicked: bool = False) -> None:
        """`kicked`: by REST. Nothing if it has left already."""
        if one not in self.participants:
            return
        self._goes(one, why)
        if one.is_in and one.ends:
            why_ended: WhyEnded = (
                "participant-with-end-conference-on-exit-kicked"
                if kicked
                else "participant-with-end-conference-on-exit-left"
            )
            self._ends(why_ended, one, "moderator_ended_conference")
        elif not self.participants:
            self._ends("last-participant-kicked" if kicked else "last-participant-left", one)
        else:
            self._changes()
            if one.is_in and one.beep.on_exit:
                self._beeps(one)

    def ends(self) -> None:
        """By REST."""
        if self.status != "completed":
            self._ends("conference-ended-via-api", None, "conference_ended_via_api")

    def _ends(self, why: WhyEnded, by: Participant | None, left: WhyLeft = "participant_hung_up") -> None:
        self.status, self.why_ended, self.ended_by = "completed", why, by
        self._exchange.rooms.closes(self)
        for other in list(self.participants):
            self._goes(other, left)
        self._tells("end", "conference-end", params.conference_ended(by, why))
        self._recorder.ends()
        self._changes()
        resolve(self.over)

    def _goes(self, one: Participant, why: WhyLeft) -> None:
        self.participants.remove(one)
        one.leg.on_change.remove(self._leg_changed)
        one.leg.on_move.remove(self._leg_moved)
        one.leaves(why)
        if not one.is_in:
            one.leg.ends("canceled")  # a leg that was only expected has nowhere to come to
        self._tells("leave", "participant-leave", params.participant_left(one, why))
        self._exchange.report(Left(self._now(), one.leg, self.name, why))

    # -- what the legs do

    def _leg_changed(self, leg: Leg) -> None:
        one = leg.participant
        if one is None:
            return
        if leg.is_over:
            self.leaves(one, "participant_hung_up" if one.is_in else "participant_add_failed")
            return
        if leg.status == "ringing" and self._exchange.switches.participant_join_before_answer == "yes":
            self._tells_join(one)
        self._changes()

    def _leg_moved(self, leg: Leg) -> None:
        if leg.participant is not None:
            self.leaves(leg.participant, "participant_updated_via_api")

    # -- what REST does to one of them

    def mutes(self, one: Participant, muted: bool) -> None:
        if one.muted != muted:
            one.muted = muted
            self._tells("mute", f"participant-{'mute' if muted else 'unmute'}", params.participant(one))

    def holds(self, one: Participant, tune: Tune | None) -> None:
        """None takes it back into the conversation."""
        was, one.hold = one.hold, tune
        if (was is None) != (tune is None):
            self._tells("hold", f"participant-{'unhold' if tune is None else 'hold'}", params.participant(one))
        self._changes()

    def modifies(
        self,
        one: Participant,
        *,
        ends: bool | None = None,
        coaches: str | None = None,
        wait: Tune | None = None,
        beeps_on_exit: bool | None = None,
    ) -> None:
        """What is None stays as it is. One event tells of all that changed at once."""
        before = (one.ends, one.coaches, one.wait, one.beep)
        one.ends = one.ends if ends is None else ends
        one.coaches = one.coaches if coaches is None else coaches
        one.wait = one.wait if wait is None else wait
        one.beep = one.beep if beeps_on_exit is None else replace(one.beep, on_exit=beeps_on_exit)
        if before != (one.ends, one.coaches, one.wait, one.beep):
            self._tells("modify", "participant-modify", params.participant(one))
            self._changes()

    # -- what the others hear

    def _changes(self) -> None:
        self.updated_at = self._now()
        rings = any(one.early and one.leg.status == "ringing" for one in self.participants)
        for one in self.present:
            voices = [other.leg for other in self.present if one.hears(other)]
            audience = [other.leg for other in self.present if other.hears(one)]
            one.notices(voices, audience, rings and one.is_mixed)
        self._recorder.notices(talking=any(one.voices for one in self.present))

    def _beeps(self, one: Participant) -> None:
        """Of one who comes or goes: the others hear it, unless they hear music."""
        for other in self.present:
            if other is not one and other.is_mixed:
                other.is_played("tone", "beep", BEEP)

    def is_spoken_by(self, one: Participant, seconds: float) -> None:
        """Of one who can be heard. Whoever goes on before the end of the last sentence has not stopped."""
        if "speaker" not in self.terms.events or one.muted or not one.is_mixed:
            return
        now = self._now()
        was, until = one.speaks_until, after(now, seconds)
        one.speaks_until = max(was, until) if was is not None else until
        if was is None:
            self._tells("speaker", "participant-speech-start", params.participant(one))
            self._exchange.clock.spawn(self._falls_silent(one), f"speech of {one.leg.sid} in {self.name}")

    async def _falls_silent(self, one: Participant) -> None:
        while one.left is None and one.speaks_until is not None and one.speaks_until > self._now():
            await self._exchange.clock.wait(one.gone, timeout=(one.speaks_until - self._now()).total_seconds())
        one.speaks_until = None
        if one.left is None:
            self._tells("speaker", "participant-speech-stop", params.participant(one))

    def is_announced(self, url: str, to: Participant | None, failure: str | None) -> None:
        """An announcement has ended or failed. Nothing is told any more once the conference is over."""
        if self.status == "completed":
            return
        told = params.announced(url, to if to is not None and to.left is None else None, failure)
        self._tells("announcement", f"announcement-{'end' if failure is None else 'fail'}", told)

    def _tells(self, word: str, event: str, more: dict[str, str] | None = None) -> None:
        """One of the conference status callbacks, if the first participant asked for it."""
        terms = self.terms
        if not terms.url or word not in terms.events:
            return
        self._sent += 1
        told = params.conference(self._exchange.account_sid, self, event, self._now(), self._sent) | (more or {})
        self._exchange.callbacks.send("conference", terms.method, terms.url, told, None, queue=self)

    def _now(self) -> datetime:
        return self._exchange.clock.now()


class Rooms:
    """All conferences of the account. One name has one live conference; a completed one is never revived."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.all: dict[str, Conference] = {}
        self._live: dict[str, Conference] = {}

    def named(self, name: str) -> Conference | None:
        return self._live.get(name)

    def opens(self, name: str, terms: Terms) -> Conference:
        """The live one of that name, or a new one on these terms."""
        if name not in self._live:
            room = Conference(self._exchange, name, terms)
            self._live[name] = self.all[room.sid] = room
        return self._live[name]

    def closes(self, room: Conference) -> None:
        if self._live.get(room.name) is room:
            del self._live[room.name]
