"""One call as the heart lives it: events in, and what the shell would keep of each turn carried over to the next.

A test says what happens (`call.unanswered()`, `call.presses("1")`) and looks at whom we ring; what must hold of
every turn (`rules`) is checked at each of them.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from callflows.actions import (
    Ask,
    Change,
    CloseMatter,
    Free,
    Happening,
    HappeningKind,
    KeepPromises,
    MakePromise,
    Occupy,
    OpenMatter,
    RememberPlace,
    RememberTalk,
    Reply,
    Reserve,
    Ring,
    Say,
    Screen,
    SetPresence,
    SetTimer,
)
from callflows.advance import advance
from callflows.contact import Contact
from callflows.events import (
    CallArrived,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    CallOver,
    DialEnded,
    Event,
    KeyPressed,
    LegEnded,
    LegPickedUp,
    TimerFired,
)
from callflows.turn import Turn
from callflows.version import Version
from routing import floor as floors
from routing.floor import Floor, Presence, Reservation
from tests.builders import CALLER, LINE, changed, version
from tests.callflows.rules import check_turn

CALL = "CA0"


@dataclass
class Call:
    """`turns` in order, the last one last."""

    floor: Floor
    version: Version = field(default_factory=version)
    contact: Contact = field(default_factory=lambda: Contact("contact"))
    turns: list[Turn] = field(default_factory=list)

    def takes(self, event: Event) -> Turn:
        before = self.contact
        turn = advance(self.version, before, event, self.floor)
        check_turn(before, event, turn)
        self.turns.append(turn)
        self.contact = turn.contact
        for change in turn.changes:
            self.keep(change)
        return turn

    def keep(self, change: Change) -> None:
        """What the shell would write, as the next turn reads it."""
        match change:
            case Reserve(key):
                until = self.floor.at + timedelta(seconds=60)
                self.hold(key, Reservation(self.contact.contact, "ringing", until), last_rung_at=self.floor.at)
            case Occupy(key):
                self.hold(key, Reservation(self.contact.contact, "on_call", None))
            case Free(key, wrap_up, talked):
                until = self.floor.at + timedelta(seconds=wrap_up)
                facts = {"last_talked_at": self.floor.at} if talked else {}
                self.hold(key, Reservation(self.contact.contact, "wrap_up", until), **facts)
            case OpenMatter(owner):
                kept, self.contact = self.contact, replace(self.contact, matter=12)
                opened = floors.OpenMatter(12, owner, (), kept.client, kept.municipality)
                self.floor = replace(self.floor, matters=(opened, *self.floor.matters))
            case MakePromise(owner, due_at) if matter := self.matter:
                made = floors.OpenPromise(len(matter.promises) + 1, owner, due_at, self.contact.contact)
                self.change_matter(replace(matter, promises=(*matter.promises, made)))
            case KeepPromises() if matter := self.matter:
                self.change_matter(replace(matter, promises=()))
            case SetPresence(key, state):
                self.floor = changed(self.floor, key, presence=Presence(state, self.floor.at))
            case CloseMatter(number):
                left = tuple(one for one in self.floor.matters if one.number != number)
                self.floor = replace(self.floor, matters=left)
            case RememberTalk(technician):
                talk = floors.Talk(self.contact.client, self.contact.municipality, technician, self.floor.at)
                self.floor = replace(self.floor, talks=(talk, *self.floor.talks))
            case RememberPlace(municipality):
                self.floor = replace(self.floor, seen=tuple(dict.fromkeys((municipality, *self.floor.seen))))
            case _:
                pass

    @property
    def matter(self) -> floors.OpenMatter | None:
        """The open matter that the contact is about."""
        return next((one for one in self.floor.matters if one.number == self.contact.matter), None)

    def change_matter(self, matter: floors.OpenMatter) -> None:
        others = (one for one in self.floor.matters if one.number != matter.number)
        self.floor = replace(self.floor, matters=(matter, *others))

    def hold(self, key: str, reservation: Reservation, **facts: Any) -> None:
        self.floor = changed(self.floor, key, reservation=reservation, **facts)

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
    def everybody_rung(self) -> list[str]:
        return [one.technician for one in self.story("ring_started")]

    @property
    def results(self) -> list[tuple[str, str]]:
        return [(one.technician, one.detail["result"]) for one in self.story("ring_ended")]

    @property
    def skipped(self) -> list[tuple[str, str]]:
        return [(one.technician, one.detail["reason"]) for one in self.story("skipped")]


def question_of(call: Call) -> str:
    """What a caller is asked about themselves now; empty once these questions are over."""
    asked = call.contact.asked
    return asked.kind if asked and call.contact.stage == "asking" else ""


def changes_of(turns: Call | Turn, *kinds: type[Any]) -> list[Any]:
    """All changes of these kinds, of a whole call or of one turn, in order."""
    return [one for one in turns.changes if isinstance(one, kinds)]
