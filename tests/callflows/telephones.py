"""A pretend world of telephones around one call: legs that ring, people who press, reports under way.

It keeps Twilio's order only where Twilio does (twilio.md 5.1-5.7): one leg asks one question at a time, and
everything else, the reports above all, may arrive late, twice, in any order or never.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from callflows.actions import Ask, Connect, DialClient, DialOther, JoinRoom, Record, Reply, Reserve, Ring, Screen
from callflows.events import (
    Asker,
    CallerMoved,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    CallOver,
    ClientCalled,
    ClientPickedUp,
    DialEnded,
    Event,
    FallbackEnded,
    Faulted,
    KeyPressed,
    LegEnded,
    LegPickedUp,
    RecordingEnded,
    RecordingStored,
)
from callflows.turn import Turn
from tests.callflows.call import CALL, Call
from tests.callflows.rules import ENDS

CLIENT_LEG = "CA99"

LegState = Literal["ringing", "listening", "connected", "over"]
Answer = CallerPressed | CallerSaid | CallerStayed | CallerMoved
Question = DialEnded | Answer | RecordingEnded | FallbackEnded | ClientCalled


@dataclass
class Leg:
    """A technician's telephone. `asks`: its question that is still under way to us."""

    ring: int
    technician: str
    state: LegState = "ringing"
    asks: LegPickedUp | KeyPressed | None = None
    talked: bool = False

    @property
    def sid(self) -> str:
        return f"CA{self.ring}"


@dataclass
class Telephones(Call):
    """`verb`: what the caller's leg is doing; `offer`: a key may be pressed before it; `asks`: its question under
    way; `reports`: what nobody waits for; `client`: whoever the caller, one of ours, has on the line."""

    legs: dict[int, Leg] = field(default_factory=dict)
    verb: Ring | Ask | Record | DialOther | DialClient | JoinRoom | None = None
    offer: bool = False
    asks: Event | None = None
    reports: list[Event] = field(default_factory=list)
    delivered: list[Event] = field(default_factory=list)
    caller_there: bool = True
    hung_up: bool = False  # by the caller's own hand
    client: Literal["", "ringing", "talking"] = ""

    def takes(self, event: Event) -> Turn:
        before, facts = self.contact, self.floor
        turn = super().takes(event)
        for one in turn.changes:
            if isinstance(one, Reserve):
                held = facts.standings[one.technician].reservation
                free = held is None or held.contact == before.contact
                assert free or (held and held.expires_at and held.expires_at <= facts.at), "rung by two calls"
        self.delivered.append(event)
        return turn

    # The caller's leg.

    def answer(self, broken: bool = False) -> None:
        """Our answer to the caller's question reaches them, or an apology when we broke over it."""
        asked, self.asks = self.asks, None
        assert asked
        event = self.broken(asked, "caller") if broken else asked
        turn = self.takes(event)
        if not self.caller_there or not turn.replies:
            return
        self.told(turn.replies[-1], turn)

    def told(self, final: Reply, turn: Turn) -> None:
        """The caller's leg does as it was told."""
        if isinstance(final, ENDS):
            self.caller_there = False
            self.reports.append(CallOver(CALL, "completed"))
        elif isinstance(final, (Ring, Ask, Record, DialOther, DialClient, JoinRoom)):
            self.verb = final
            self.offer = any(isinstance(one, Ask) and one.go_on for one in turn.replies)
            self.client = "ringing" if isinstance(final, DialClient) else ""
            if isinstance(final, Ring):
                self.legs[final.number] = Leg(final.number, final.technician)

    def broken(self, asked: Event, asker: Asker) -> Faulted:
        caller = str(getattr(asked, "caller", ""))
        return Faulted(asked.leg, asker, "11200", caller, gone=bool(getattr(asked, "gone", False)))

    def ask(self, question: Question) -> None:
        """The caller's leg has done what it was told, and asks what is next."""
        self.verb, self.asks, self.offer = None, question, False

    def caller_hangs_up(self, *, told: bool, seconds: int | None) -> None:
        """`told`: Twilio asks for the verb's action all the same; its answer is thrown away."""
        verb, self.verb, self.caller_there = self.verb, None, False
        self.hung_up = True
        question: Question | None = None
        if isinstance(verb, Ring):
            leg = self.legs[verb.number]
            status = "completed" if leg.state in ("listening", "connected") else "canceled"
            question = DialEnded(leg.sid, leg.ring, status, leg.talked, gone=True)
            self.leg_is_over(leg, status)
        elif isinstance(verb, Record) and (told or not self.offer):
            question = RecordingEnded(CALL, seconds, "RE1", gone=True)
            self.store(seconds)
            told = True
        elif isinstance(verb, DialOther):
            question = FallbackEnded(CALL, "completed", bool(seconds), gone=True)
        elif isinstance(verb, DialClient):
            question = ClientCalled(CLIENT_LEG, "completed", self.client == "talking", gone=True)
        elif isinstance(verb, Ask):
            question = CallerStayed(CALL, gone=True)
        if question and told:
            self.reports.append(question)
        self.reports.append(CallOver(CALL, "completed"))

    def record(self, seconds: int | None) -> None:
        self.store(seconds)
        self.ask(RecordingEnded(CALL, seconds, "RE1"))

    def store(self, seconds: int | None) -> None:
        status = "completed" if seconds else "absent"
        self.reports.append(RecordingStored(CALL, status, "RE1", "https://api.twilio.com/RE1", seconds))

    # The client's leg, whom one of ours calls.

    def client_picks_up(self) -> None:
        self.client = "talking"
        self.reports.append(ClientPickedUp(CLIENT_LEG))

    def client_is_over(self, status: str) -> None:
        talked = self.client == "talking"
        self.ask(ClientCalled(CLIENT_LEG, "completed" if talked else status, talked))

    # The technicians' legs.

    def free(self) -> list[Leg]:
        """Those at which somebody may do something now."""
        return [one for one in self.legs.values() if one.state in ("ringing", "listening") and not one.asks]

    def talking(self) -> list[Leg]:
        return [one for one in self.legs.values() if one.state == "connected"]

    def asking(self) -> list[Leg]:
        return [one for one in self.legs.values() if one.asks]

    def reply_to(self, leg: Leg, broken: bool = False) -> None:
        """Our answer to a technician's leg; thrown away if they have hung up meanwhile."""
        asked, leg.asks = leg.asks, None
        assert asked
        replies = self.takes(self.broken(asked, "technician") if broken else asked).replies
        if leg.state == "over":
            return
        if isinstance(replies[-1], Screen):
            leg.state = "listening"
        elif isinstance(replies[-1], Connect):
            leg.state, leg.talked = "connected", True
        else:
            self.hang_up(leg)

    def hang_up(self, leg: Leg, status: str = "completed") -> None:
        """A technician's leg is over; if the caller's dial waited for it, the caller's leg asks."""
        self.leg_is_over(leg, status)
        if self.caller_there and isinstance(self.verb, Ring) and self.verb.number == leg.ring:
            self.ask(DialEnded(leg.sid, leg.ring, status, leg.talked))

    def leg_is_over(self, leg: Leg, status: str) -> None:
        if leg.state != "over":
            leg.state = "over"
            self.reports.append(LegEnded(leg.sid, leg.ring, status))

    # The end of the day.

    def settle(self) -> None:
        """Everybody hangs up, what is under way arrives, and at last the sweeper asks Twilio."""
        if self.caller_there:
            self.caller_hangs_up(told=True, seconds=None)
        while self.asks or self.asking() or self.reports:
            if self.asks:
                self.answer()
            for leg in self.asking():
                self.reply_to(leg)
            if self.reports:
                self.takes(self.reports.pop(0))
        if not self.contact.is_over:
            self.takes(CallOver(CALL, "completed", "asked"))

    def stand(self, key: str, **facts: Any) -> None:
        """Somebody who is not held by this call stands differently."""
        held = self.floor.standings[key].reservation
        if held is None or held.contact != self.contact.contact:
            self.floor = replace(
                self.floor, standings={**self.floor.standings, key: replace(self.floor.standings[key], **facts)}
            )
