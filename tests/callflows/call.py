"""One call as the heart lives it: events in, and what the shell would keep of each turn carried over to the next.

A test says what happens (`call.unanswered()`, `call.presses("1")`) and looks at whom we ring; what must hold of
every turn (`rules`) is checked at each of them.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from callflows.actions import Ask, CallOut, Change, Happening, HappeningKind, Reply, Ring, Say, Screen, SetTimer
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
    KeyPressed,
    LegEnded,
    LegPickedUp,
    RingPlaced,
    RingUnplaced,
    RoomDialEnded,
    RoomJoined,
    RoomLeft,
    TimerFired,
)
from callflows.kept import kept
from callflows.turn import Turn
from callflows.version import Version
from routing.floor import Floor, OpenMatter
from routing.swarm import room
from tests.builders import CALLER, LINE, changed, version
from tests.callflows.ledger import Ledger
from tests.callflows.rules import check_turn

CALL = "CA0"


@dataclass
class Call:
    """`turns` in order, the last one last."""

    floor: Floor
    version: Version = field(default_factory=version)
    contact: Contact = field(default_factory=lambda: Contact("contact"))
    turns: list[Turn] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)

    def takes(self, event: Event) -> Turn:
        before = self.contact
        turn = advance(self.version, before, event, self.floor)
        check_turn(before, event, turn)
        self.ledger.enter(turn)
        self.turns.append(turn)
        self.contact = turn.contact
        for change in turn.changes:
            self.contact, self.floor = kept(self.contact, self.floor, change)
        return turn

    @property
    def matter(self) -> OpenMatter | None:
        """The open matter that the contact is about."""
        return next((one for one in self.floor.matters if one.number == self.contact.matter), None)

    def stands(self, key: str, **facts: Any) -> None:
        """From now on that technician stands differently."""
        self.floor = changed(self.floor, key, **facts)

    def passes(self, seconds: float) -> None:
        self.floor = replace(self.floor, at=self.floor.at + timedelta(seconds=seconds))

    # What happens on the telephones.

    def arrives(self, caller: str = CALLER, **facts: Any) -> Turn:
        return self.takes(CallArrived(CALL, caller, LINE, **facts))

    def picks_up(self) -> Turn:
        return self.takes(LegPickedUp("CA1", self.ring))

    def presses(self, digits: str) -> Turn:
        return self.takes(KeyPressed("CA1", self.ring, digits))

    def leg_ends(self, status: str = "completed") -> Turn:
        return self.takes(LegEnded("CA1", self.ring, status))

    def dial_ends(self, status: str = "completed", bridged: bool | None = False, *, gone: bool = False) -> Turn:
        return self.takes(DialEnded("CA1", self.ring, status, bridged, gone=gone))

    def unanswered(self, status: str = "no-answer") -> Turn:
        self.leg_ends(status)
        return self.dial_ends(status)

    def declines(self, key: str = "2") -> Turn:
        self.picks_up()
        self.presses(key)
        self.leg_ends()
        return self.dial_ends()

    def accepts(self) -> Turn:
        self.picks_up()
        return self.presses("1")

    def talks(self, seconds: float = 60) -> Turn:
        """Taken, spoken, and the technician hangs up first."""
        self.accepts()
        self.passes(seconds)
        self.leg_ends()
        return self.dial_ends(bridged=True)

    def answers(self, digits: str) -> Turn:
        """A key, or several, to a question."""
        return self.takes(CallerPressed(CALL, digits))

    def says(self, words: str) -> Turn:
        return self.takes(CallerSaid(CALL, words))

    def stays_silent(self) -> Turn:
        return self.takes(CallerStayed(CALL))

    def fires(self, timer: str) -> Turn:
        """That timer comes due, as it was set last, at the instant for which it was set."""
        set_for = [one.due_at for one in self.changes if isinstance(one, SetTimer) and one.timer == timer]
        self.floor = replace(self.floor, at=max(set_for[-1], self.floor.at))
        return self.takes(TimerFired("", timer))

    def over(self, status: str = "completed") -> Turn:
        return self.takes(CallOver(CALL, status))

    # What happens on the telephones of a swarm.

    def helper(self, key: str) -> int:
        """The ring of a helper, as they were last invited."""
        rung: list[CallOut] = changes_of(self, CallOut)
        return next(one.number for one in reversed(rung) if one.technician == key)

    @property
    def room(self) -> str:
        return room(self.contact.contact, self.contact.swarms)

    def placed(self, *keys: str) -> None:
        """Twilio has taken these calls: the telephones ring."""
        for key in keys:
            self.takes(RingPlaced(leg_of(key), self.helper(key)))

    def unplaced(self, *keys: str, unknown: bool = False) -> None:
        """Twilio's API was away when it was asked for these calls; `unknown`: it never answered."""
        for key in keys:
            self.takes(RingUnplaced("", self.helper(key), unknown))

    def helper_picks_up(self, key: str) -> Turn:
        return self.takes(LegPickedUp(leg_of(key), self.helper(key)))

    def helper_presses(self, key: str, digits: str) -> Turn:
        return self.takes(KeyPressed(leg_of(key), self.helper(key), digits))

    def helper_accepts(self, key: str) -> Turn:
        """Picked up, 1 pressed, and in the room."""
        self.helper_picks_up(key)
        turn = self.helper_presses(key, "1")
        self.joins_room(key)
        return turn

    def helper_declines(self, key: str, digits: str = "2") -> None:
        self.helper_picks_up(key)
        self.helper_presses(key, digits)
        self.helper_leg_ends(key)

    def helper_leg_ends(self, *keys: str, status: str = "completed") -> None:
        for key in keys:
            self.takes(LegEnded(leg_of(key), self.helper(key), status))

    def joins_room(self, key: str) -> Turn:
        return self.takes(RoomJoined(leg_of(key), self.room, self.helper(key)))

    def leaves_room(self, key: str) -> Turn:
        return self.takes(RoomLeft(leg_of(key), self.room, self.helper(key), final=True))

    def moved(self) -> Turn:
        """The job has moved the client's leg, which asks what is next."""
        return self.takes(CallerMoved(CALL))

    def room_is_over(self) -> Turn:
        """The room is over for the client, who is still there."""
        return self.takes(RoomDialEnded(CALL, self.room))

    # What came of it.

    @property
    def ring(self) -> int:
        return self.contact.hunt.rung

    @property
    def last(self) -> Turn:
        return self.turns[-1]

    @property
    def replies(self) -> tuple[Reply, ...]:
        return self.last.replies

    @property
    def rung(self) -> str:
        """Whom the last reply rings; empty for nobody."""
        return next((one.technician for one in self.replies if isinstance(one, Ring)), "")

    @property
    def said(self) -> list[str]:
        """The prompts that the last reply says or asks, in order."""
        found: list[str] = []
        for one in self.replies:
            parts = one.whisper if isinstance(one, Screen) else one.says if isinstance(one, Ask) else (one,)
            found += [part.prompt for part in parts if isinstance(part, Say)]
        return found

    @property
    def changes(self) -> list[Change]:
        return [one for turn in self.turns for one in turn.changes]

    def story(self, kind: HappeningKind) -> list[Happening]:
        return [one for turn in self.turns for one in turn.story if one.kind == kind]

    @property
    def invited(self) -> list[str]:
        """Whom swarms were to ring, in order."""
        return [one.technician for one in self.story("swarm_invited")]

    @property
    def everybody_rung(self) -> list[str]:
        return [one.technician for one in self.story("ring_started")]

    @property
    def results(self) -> list[tuple[str, str]]:
        return [(one.technician, one.detail["result"]) for one in self.story("ring_ended")]

    @property
    def skipped(self) -> list[tuple[str, str]]:
        return [(one.technician, one.detail["reason"]) for one in self.story("skipped")]


def leg_of(key: str) -> str:
    return f"CA-{key}"


def question_of(call: Call) -> str:
    """What a caller is asked about themselves now; empty once these questions are over."""
    asked = call.contact.asked
    return asked.kind if asked and call.contact.stage == "asking" else ""


def changes_of(turns: Call | Turn, *kinds: type[Any]) -> list[Any]:
    """All changes of these kinds, of a whole call or of one turn, in order."""
    return [one for one in turns.changes if isinstance(one, kinds)]
