"""Conferences and who is in them (twilio.md 4.5, 5.5). A conference changes at once, wherever the change comes
from; the task that lives a participant's leg finds it at its next wait, by `changed`.

The theory: somebody is expected (a leg that REST asked for and nobody has answered), in, and gone. A conference
waits (init), runs (in-progress) as soon as two are in and one of them may start it, and is completed, for ever,
when nobody is left, when one with endConferenceOnExit leaves, or when REST says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from simulator import params
from simulator.events import Joined, Left
from simulator.legs import Fetch, Leg, resolve
from simulator.sounds import Sound

if TYPE_CHECKING:
    from simulator.exchange import Exchange

Status = Literal["init", "in-progress", "completed"]
# What is played to one who waits or is on hold: a document, Twilio's own music, or nothing.
Tune = Fetch | Literal["music", "silence"]
WhyLeft = Literal[
    "participant_hung_up",
    "moderator_ended_conference",
    "participant_updated_via_api",
    "conference_ended_via_api",
    "participant_add_failed",
]
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


@dataclass(eq=False)
class Participant:
    """One leg in one conference. `early` lets the others hear it ring."""

    room: Conference
    leg: Leg
    created_at: datetime
    label: str = ""
    muted: bool = False
    starts: bool = True
    ends: bool = False
    wait: Tune = "music"
    hold: Tune | None = None
    early: bool = False
    is_in: bool = False
    is_told: bool = False  # a participant-join was sent
    left: WhyLeft | None = None
    company: list[Leg] = field(default_factory=list)
    gone: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    changed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _tune: Tune | None = None
    _sounds: dict[str, Sound] = field(default_factory=dict)

    @property
    def tune(self) -> Tune | None:
        """What this one hears instead of the others, if anything."""
        if self.hold is not None:
            return self.hold
        return self.wait if self.room.status == "init" else None

    @property
    def status(self) -> str:
        """As REST names it (7.2)."""
        if self.left is not None:
            return "failed" if self.left == "participant_add_failed" else "complete"
        if self.is_in:
            return "connected"
        return self.leg.status if self.leg.status in ("queued", "ringing") else "connecting"

    def notices(self, company: list[Leg], rings: bool) -> None:
        """The conference has changed around this one: who can be heard now, and whether somebody rings."""
        fresh, self.company = [leg for leg in company if leg not in self.company], company
        self._hears("conversation", bool(company))
        self._hears("ringback", rings)
        for other in fresh:
            if other.participant is not None and not other.participant.muted:
                self.leg.joins_in(other)
        if not company:
            for sound in self.leg.sounds:
                if sound.kind == "talk":
                    sound.stops(self.leg.clock.now())
        if self.tune != self._tune:
            self._tune = self.tune
            resolve(self.changed)
            self.changed = asyncio.get_running_loop().create_future()

    def _hears(self, kind: Literal["conversation", "ringback"], is_heard: bool) -> None:
        if is_heard and kind not in self._sounds:
            self._sounds[kind] = self.leg.begins(kind)
        elif not is_heard and kind in self._sounds:
            self._sounds.pop(kind).stops(self.leg.clock.now())

    def leaves(self, why: WhyLeft) -> None:
        """The conference's part in it is conference.leaves()."""
        self.left, self.leg.participant = why, None
        self.notices([], False)
        resolve(self.changed)
        resolve(self.gone)


class Conference:
    def __init__(self, exchange: Exchange, name: str, terms: Terms) -> None:
        self._exchange = exchange
        self.sid, self.name, self.terms = exchange.sid("CF"), name, terms
        self.status: Status = "init"
        self.created_at = self.updated_at = exchange.clock.now()
        self.participants: list[Participant] = []  # expected and in, in the order in which they came
        self.why_ended: WhyEnded | None = None
        self.ended_by: Participant | None = None
        self._sent = 0

    @property
    def present(self) -> list[Participant]:
        return [one for one in self.participants if one.is_in]

    def find(self, name: str) -> Participant | None:
        """By CallSid or label."""
        return next((one for one in self.participants if name in (one.leg.sid, one.label)), None)

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
        begins = self.status == "init" and len(self.present) >= 2 and any(each.starts for each in self.present)
        if begins and self._exchange.switches.conference_start_before_second_join == "yes":
            self._starts()
        self._tells_join(one)
        if begins and self.status == "init":
            self._starts()
        self._exchange.report(Joined(self._now(), one.leg, self.name))
        self._changes()

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
        self._changes()

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

    def modifies(self, one: Participant, ends: bool) -> None:
        if one.ends != ends:
            one.ends = ends
            self._tells("modify", "participant-modify", params.participant(one))

    # -- what the others hear

    def _changes(self) -> None:
        self.updated_at = self._now()
        here = [one for one in self.present if self.status == "in-progress" and one.hold is None]
        rings = any(one.early and one.leg.status == "ringing" for one in self.participants)
        for one in self.present:
            company = [other.leg for other in here if other is not one] if one in here else []
            one.notices(company, rings and one in here)

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
            if "speaker" in terms.events:
                self._exchange.complain("the conference event speaker is not played yet", terms.url)
        return self._live[name]

    def closes(self, room: Conference) -> None:
        if self._live.get(room.name) is room:
            del self._live[room.name]
