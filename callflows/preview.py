"""Plays a caller through a version on a floor, without any telephone: what they hear, whom it rings, how it ends.

Pure as `advance` is: the same script on the same floor gives the same preview, to the second.
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from callflows.actions import (
    Ask,
    CallOut,
    CancelRing,
    Change,
    Connect,
    DialOther,
    HangUpLeg,
    JoinRoom,
    MoveClient,
    Reason,
    Record,
    Reply,
    Ring,
    Say,
    Screen,
)
from callflows.advance import advance
from callflows.contact import Contact
from callflows.events import (
    CallArrived,
    CallerMoved,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    CallOver,
    DialEnded,
    Event,
    FallbackEnded,
    KeyPressed,
    LegEnded,
    LegPickedUp,
    RecordingEnded,
    RingPlaced,
    RoomJoined,
)
from callflows.kept import kept
from callflows.languages import Language, language
from callflows.turn import Turn
from callflows.version import Version
from routing.floor import Floor
from routing.numbers import spoken

Does = Literal["accepts", "declines", "asks_for_help", "no_answer"]
KEYS: dict[Does, str] = {"accepts": "1", "declines": "2", "asks_for_help": "3"}
SAID = "said:"
CALLER = "caller"  # the caller's own leg

SPEED = 15  # characters of speech a second
PICK_UP = 6  # seconds until somebody who is there answers
TWILIO_ADDS = 5  # seconds of ringing beyond what we ask for
API = 1  # seconds until what was asked of Twilio is done
MOST_TURNS = 100  # that somebody hears
MOST_EVENTS = 2000

# The floor with what words or keys may mean: (floor, event) -> floor.
Hear = Callable[[Floor, Event], Floor]


@dataclass(frozen=True, slots=True)
class Script:
    """`answers` in order: a key or several, `said:` and words, or nothing for silence; silence when none is left.
    `technicians`: what each does when rung, `no_answer` for all others. `talk`: seconds until the caller hangs up.
    `message`: seconds of a voicemail. `elsewhere`: whether a number that is none of ours answers."""

    answers: tuple[str, ...] = ()
    technicians: Mapping[str, Does] = field(default_factory=dict)
    talk: int = 60
    message: int = 20
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """One turn. `second` since the beginning. `who`: the caller, or the technician whose telephone it is; they hear
    `said`. `answer`: the key or words that led to this turn, empty for silence. `rings`: whom it begins to ring,
    `gives`: who is given what the client wrote."""

    at: str
    second: int
    event: str
    who: str
    answer: str
    step: str
    said: tuple[str, ...]
    rings: tuple[str, ...]
    reasons: tuple[Reason, ...]
    gives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """`steps`: passed, in order. `promise_due`: ISO, empty without a promise. `outcome` empty: it never ended."""

    turns: tuple[Played, ...]
    steps: tuple[str, ...]
    outcome: str
    owner: str
    promise_due: str


def preview(version: Version, floor: Floor, script: Script, hear: Hear = lambda floor, event: floor) -> Preview:
    """The whole call of whoever calls `floor.line` from `floor.number`. `floor` knows how everybody stands (`whole`).

    `hear` adds what the caller's words or keys may mean (`found`), which a floor only knows of one answer.
    """
    play = _Play(version, replace(floor, whole=True), script, hear, list(script.answers), floor.at)
    play.expect(CALLER, 0, CallArrived(CALLER, floor.number, floor.line.line))
    for _ in range(MOST_EVENTS):
        if not play.pending or play.contact.is_over or len(play.played) >= MOST_TURNS:
            break
        play.next()
    contact = play.contact
    due = datetime.fromtimestamp(contact.due, UTC).isoformat() if contact.promised else ""
    return Preview(tuple(play.played), tuple(play.steps), contact.outcome or "", contact.owner, due)


@dataclass(slots=True)
class _Play:
    """`pending`: what will happen, by its instant: (at, count, leg, event)."""

    version: Version
    floor: Floor
    script: Script
    hear: Hear
    answers: list[str]
    began: datetime
    contact: Contact = field(default_factory=lambda: Contact("preview"))
    pending: list[tuple[datetime, int, str, Event]] = field(default_factory=list)
    count: int = 0
    legs: dict[str, str] = field(default_factory=dict)  # leg -> its technician
    played: list[Played] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def expect(self, leg: str, seconds: float, event: Event) -> None:
        self.count += 1
        heapq.heappush(self.pending, (self.floor.at + timedelta(seconds=seconds), self.count, leg, event))

    def forget(self, leg: str) -> None:
        """Nothing more comes of that leg by itself."""
        self.pending = [one for one in self.pending if one[2] != leg]
        heapq.heapify(self.pending)

    def next(self) -> None:
        at, _, leg, event = heapq.heappop(self.pending)
        self.floor = self.hear(replace(self.floor, at=at), event)
        turn = advance(self.version, self.contact, event, self.floor)
        self.contact = turn.contact
        for change in turn.changes:
            self.contact, self.floor = kept(self.contact, self.floor, change)
        self.steps += turn.path
        self.tell(turn, leg, event)
        if turn.replies:
            if leg == CALLER:
                self.caller_does(turn)
            else:
                self.technician_does(leg, turn.replies[-1], self.seconds_of(turn, leg))
        for change in turn.changes:
            self.carry_out(change)

    # Whom it reaches.

    def carry_out(self, change: Change) -> None:
        """What needs Twilio's API, done in a second."""
        match change:
            case CallOut(technician, number, seconds):
                self.rings(technician, number, seconds, asked=API)
                self.expect(leg_of(number), API, RingPlaced(leg_of(number), number))
            case CancelRing(ring, queued) if not queued and not self.has_picked_up(leg_of(ring)):
                self.forget(leg_of(ring))
                self.expect(leg_of(ring), API, LegEnded(leg_of(ring), ring, "canceled"))
            case HangUpLeg(ring):
                self.forget(leg_of(ring))
            case MoveClient():
                self.forget(CALLER)
                self.expect(CALLER, API, CallerMoved(CALLER))
            case _:
                pass

    def has_picked_up(self, leg: str) -> bool:
        return any(isinstance(event, KeyPressed) for _, _, of, event in self.pending if of == leg)

    def rings(self, technician: str, number: int, seconds: int, *, asked: float = 0) -> None:
        """`asked`: seconds until the telephone rings."""
        leg = leg_of(number)
        self.legs[leg] = technician
        if self.does(leg) == "no_answer":
            self.expect(leg, asked + seconds + TWILIO_ADDS, LegEnded(leg, number, "no-answer"))
        else:
            self.expect(leg, asked + PICK_UP, LegPickedUp(leg, number))

    def does(self, leg: str) -> Does:
        return self.script.technicians.get(self.legs[leg], "no_answer")

    def technician_does(self, leg: str, reply: Reply, seconds: float) -> None:
        """What follows from what we answered a technician's leg."""
        number = int(leg.removeprefix("ring-"))
        match reply:
            case Screen():
                self.expect(leg, seconds, KeyPressed(leg, number, KEYS.get(self.does(leg), "")))
            case Connect():
                self.expect(CALLER, self.script.talk, DialEnded(leg, number, "completed", True, gone=True))
            case JoinRoom(room):
                self.expect(leg, seconds + API, RoomJoined(leg, room, number))
            case _:
                self.expect(leg, seconds, LegEnded(leg, number, "completed"))
                held = self.contact.hunt.ring
                if held is not None and held.number == number:
                    self.expect(CALLER, seconds, DialEnded(leg, number, "completed", False))

    def caller_does(self, turn: Turn) -> None:
        """What the caller's leg does next, after all that it was told."""
        *before, final = turn.replies
        after = self.seconds_of(turn, CALLER)
        if any(isinstance(one, Ask) for one in before) and (answer := self.answer()):  # a key, where one was offered
            self.expect(CALLER, after, self.answered(answer))
            return
        match final:
            case Ring(technician, number, seconds):
                self.rings(technician, number, seconds, asked=after)
                if self.does(leg_of(number)) == "no_answer":
                    over = DialEnded(leg_of(number), number, "no-answer", False)
                    self.expect(CALLER, after + seconds + TWILIO_ADDS, over)
            case Ask(seconds=seconds, music=music):
                answer = self.answer()
                waited = 1 if answer else seconds + music
                self.expect(CALLER, after + waited, self.answered(answer))
            case Record():
                said = self.script.message
                self.expect(CALLER, after + said, RecordingEnded(CALLER, said or None, "RE"))
            case DialOther(seconds=seconds):
                waited, status = (self.script.talk, "completed") if self.script.elsewhere else (seconds, "no-answer")
                self.expect(CALLER, after + waited, FallbackEnded(CALLER, status, self.script.elsewhere))
            case JoinRoom():
                self.expect(CALLER, after + self.script.talk, CallOver(CALLER, "completed"))
            case _:
                pass

    def answer(self) -> str:
        return self.answers.pop(0) if self.answers else ""

    def answered(self, answer: str) -> Event:
        if answer.startswith(SAID):
            return CallerSaid(CALLER, answer.removeprefix(SAID).strip())
        return CallerPressed(CALLER, answer) if answer else CallerStayed(CALLER)

    # What is said.

    def seconds_of(self, turn: Turn, leg: str) -> float:
        return sum(len(one) for one in self.said(turn, leg)) / SPEED

    def said(self, turn: Turn, leg: str) -> tuple[str, ...]:
        return tuple(self.worded(turn, one, leg) for reply in turn.replies for one in says(reply))

    def worded(self, turn: Turn, say: Say, leg: str) -> str:
        speech = self.speech(turn, say, leg)
        params = say.params
        if "number" not in params and turn.version.wants_number(say.prompt, speech):
            params = {"number": spoken(turn.contact.number or self.floor.number), **params}
        return turn.version.text(say.prompt, speech, params)

    def speech(self, turn: Turn, say: Say, leg: str) -> Language:
        """A technician hears their own first language."""
        standing = self.floor.standings.get(self.legs.get(leg, ""))
        theirs = standing.technician.languages[:1] if standing else ()
        return language(say.language or (theirs[0] if theirs else turn.contact.language))

    def tell(self, turn: Turn, leg: str, event: Event) -> None:
        """What somebody hears, or whom it rings; reports that change neither are left out."""
        rings = tuple(one.technician for one in (*turn.replies, *turn.changes) if isinstance(one, (Ring, CallOut)))
        if not (turn.replies or rings or turn.contact.is_over):
            return
        second = round((self.floor.at - self.began).total_seconds())
        who, answer = self.legs.get(leg, CALLER), getattr(event, "digits", "") or getattr(event, "words", "")
        said, at, kind = self.said(turn, leg), self.floor.at.isoformat(), type(event).__name__
        self.played.append(Played(at, second, kind, who, answer, turn.contact.step, said, rings, turn.reasons))


def leg_of(ring: int) -> str:
    return f"ring-{ring}"


def says(reply: Reply) -> tuple[Say, ...]:
    match reply:
        case Say():
            return (reply,)
        case Ask(says=several) | Screen(whisper=several):
            return several
        case _:
            return ()
