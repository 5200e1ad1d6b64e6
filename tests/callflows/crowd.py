"""The telephones of a swarm around one call: helpers' legs, the room, and the jobs that need Twilio's API.

A job may be done late; a report may be lost, but not the question of a leg whose Dial is over: Twilio asks it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from callflows.actions import (
    AskLeg,
    CallOut,
    CancelRing,
    HangUpLeg,
    JoinRoom,
    MoveClient,
    MoveTechnician,
    Reply,
    Ring,
    Screen,
    SetTimer,
)
from callflows.events import (
    Asker,
    CallerMoved,
    DialEnded,
    Event,
    Faulted,
    KeyPressed,
    LegEnded,
    LegPickedUp,
    RingPlaced,
    RingUnplaced,
    RoomDialEnded,
    RoomJoined,
    RoomLeft,
    TechnicianMoved,
    TechnicianUnmoved,
    TimerFired,
)
from callflows.turn import Turn
from tests.callflows.call import CALL
from tests.callflows.telephones import Telephones

Deed = CallOut | CancelRing | MoveClient | MoveTechnician | AskLeg | HangUpLeg
TIMERS = ("room_check", "becoming", "wave_over")
State = Literal["queued", "ringing", "listening", "room", "over"]


@dataclass
class HelperLeg:
    """`asks`: its question that is still under way to us."""

    ring: int
    technician: str
    state: State = "queued"
    asks: LegPickedUp | KeyPressed | RoomDialEnded | TechnicianMoved | None = None

    @property
    def sid(self) -> str:
        return f"CA{self.ring}"


@dataclass
class Crowd(Telephones):
    """`deeds`: what jobs have still to do. `together`: since when a helper and the client are in the room, by ring."""

    helpers: dict[int, HelperLeg] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    timers: list[SetTimer] = field(default_factory=list)
    met: set[str] = field(default_factory=set)  # who was long enough with the client to have talked

    def takes(self, event: Event) -> Turn:
        turn = super().takes(event)
        for one in turn.changes:
            if isinstance(one, CallOut):
                self.helpers[one.number] = HelperLeg(one.number, one.technician)
            if isinstance(one, Deed):
                self.deeds.append(one)
            if isinstance(one, SetTimer) and one.timer in TIMERS:
                self.timers.append(one)
        return turn

    # The room.

    @property
    def client_is_inside(self) -> bool:
        return self.caller_there and isinstance(self.verb, JoinRoom)

    def inside(self) -> list[HelperLeg]:
        return [one for one in self.helpers.values() if one.state == "room"]

    def passes(self, seconds: float) -> None:
        super().passes(seconds)
        if self.client_is_inside and seconds >= 2:
            self.met |= {one.technician for one in self.inside() if one.ring not in self.legs}  # not who was bridged

    def told(self, final: Reply, turn: Turn) -> None:
        super().told(final, turn)
        if isinstance(final, JoinRoom):
            self.reports.append(RoomJoined(CALL, final.room))

    def client_leaves_the_room(self, *, moved: bool = False) -> None:
        """Whoever is left when a leg that ends the room leaves it is sent out as well."""
        room = self.verb
        assert isinstance(room, JoinRoom)
        self.verb = None
        self.reports.append(RoomLeft(CALL, room.room, final=not moved, moved=moved))
        if room.ends:
            for leg in self.inside():
                leg.state, leg.asks = "listening", RoomDialEnded(leg.sid, room.room, leg.ring)

    def caller_hangs_up(self, *, told: bool, seconds: int | None) -> None:
        in_room = self.verb if isinstance(self.verb, JoinRoom) else None
        if in_room is not None:
            self.client_leaves_the_room()
        super().caller_hangs_up(told=told, seconds=seconds)
        if in_room is not None and told:
            self.reports.append(RoomDialEnded(CALL, in_room.room, gone=True))

    # Jobs.

    def do(self, deed: Deed, *, api: Literal["there", "away", "silent", "silent, and it rings"] = "there") -> None:
        self.deeds.remove(deed)
        match deed:
            case CallOut(number=number):
                self.begin(self.helpers[number], api)
            case CancelRing(ring, queued):
                leg = self.helpers.get(ring)
                if leg and (leg.state == "queued" or (leg.state == "ringing" and not queued)):
                    self.is_over(leg, "canceled")
            case HangUpLeg(ring):
                if leg := self.helpers.get(ring):
                    self.hangs_up(leg)
            case AskLeg(ring):
                if (leg := self.helpers.get(ring)) and leg.state == "over":
                    self.reports.append(LegEnded(leg.sid, ring, "completed"))
            case MoveClient():
                self.move()
            case MoveTechnician(ring):
                self.move_technician(ring, api)

    def begin(self, leg: HelperLeg, api: str) -> None:
        """As `ivr.calls` rings out: only for a ring that is still wanted."""
        if leg.state != "queued":
            return
        swarm = self.contact.swarm
        helper = swarm.helper(leg.ring) if swarm else None
        if (
            swarm is None
            or helper is None
            or helper.state != "invited"
            or (swarm.is_answered(helper.wave) and not helper.asked)
        ):
            self.is_over(leg, "canceled")
        elif api == "there":
            leg.state = "ringing"
            self.takes(RingPlaced(leg.sid, leg.ring))
        elif api == "away":
            leg.state = "over"
            self.takes(RingUnplaced("", leg.ring))
        else:
            self.takes(RingUnplaced("", leg.ring, unknown=True))
            leg.state = "ringing"
            if api == "silent":
                self.is_over(leg, "canceled")

    def move(self) -> None:
        """As `ivr.swarm` moves: into the room to those who are there, or out of it because nobody is."""
        swarm = self.contact.swarm
        inside = bool(swarm and swarm.inside)
        waits = self.contact.stage == "waiting" and swarm is not None and inside and swarm.moving
        if not self.caller_there or not (waits or (self.contact.stage == "conferring" and not inside)):
            return
        if isinstance(self.verb, JoinRoom):
            self.client_leaves_the_room(moved=True)
        if self.asks:  # under way to us, and its answer will be thrown away
            self.reports.append(self.asks)
        self.ask(CallerMoved(CALL))

    def move_technician(self, ring: int, api: str) -> None:
        """As `ivr.swarm` moves the leg of a technician who is bridged: the caller's Dial ends, and both ask."""
        intent, leg = self.contact.becoming, self.legs.get(ring)
        if self.contact.stage != "hunting" or not intent or intent.ring != ring or intent.entered:
            return
        if leg is None or leg.state != "connected":
            self.reports.append(TechnicianUnmoved(f"CA{ring}", ring))
        elif api in ("there", "silent, and it rings"):
            leg.state = "over"
            self.helpers[ring] = HelperLeg(ring, leg.technician, "listening", TechnicianMoved(leg.sid, ring))
            if self.caller_there and isinstance(self.verb, Ring) and self.verb.number == ring:
                self.ask(DialEnded(leg.sid, ring, "completed", True))

    # The helpers' legs.

    def idle(self) -> Iterator[HelperLeg]:
        """Those at which somebody may do something now."""
        return (one for one in self.helpers.values() if one.state in ("ringing", "listening") and not one.asks)

    def questions(self) -> list[HelperLeg]:
        return [one for one in self.helpers.values() if one.asks]

    def answer_helper(self, leg: HelperLeg, *, broken: bool = False) -> None:
        asked, leg.asks = leg.asks, None
        assert asked
        asker: Asker = "technician"
        replies = self.takes(Faulted(asked.leg, asker, "11200") if broken else asked).replies
        if leg.state == "over":
            return
        final = replies[-1] if replies else None
        if isinstance(final, Screen):
            leg.state = "listening"
        elif isinstance(final, JoinRoom):
            leg.state = "room"
            self.reports.append(RoomJoined(leg.sid, final.room, leg.ring))
        else:
            self.hangs_up(leg)

    def hangs_up(self, leg: HelperLeg, status: str = "completed") -> None:
        if leg.state == "room":
            self.reports.append(RoomLeft(leg.sid, self.room, leg.ring, final=True))
            leg.asks = RoomDialEnded(leg.sid, self.room, leg.ring, gone=True)
        if leg.state != "over":
            self.is_over(leg, status)

    def is_over(self, leg: HelperLeg, status: str) -> None:
        leg.state = "over"
        self.reports.append(LegEnded(leg.sid, leg.ring, status))

    # The end.

    @property
    def is_quiet(self) -> bool:
        return not (self.asks or self.asking() or self.questions() or self.reports or self.deeds)

    def catch_up(self) -> None:
        """All that is under way arrives, and every job is done."""
        while not self.is_quiet:
            if self.asks:
                self.answer()
            for leg in self.asking():
                self.reply_to(leg)
            for helper in self.questions():
                self.answer_helper(helper)
            if self.deeds:
                self.do(self.deeds[0])
            if self.reports:
                self.takes(self.reports.pop(0))

    def fire_timers(self) -> None:
        while self.timers:
            due = self.timers.pop(0)
            self.passes(max((due.due_at - self.floor.at).total_seconds(), 0))
            self.takes(TimerFired("", due.timer))
            self.catch_up()

    def settle(self) -> None:
        if self.caller_there:
            self.caller_hangs_up(told=True, seconds=None)
        self.catch_up()
        super().settle()
        self.catch_up()
