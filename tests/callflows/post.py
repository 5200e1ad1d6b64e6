"""A post office: one number, its conversations one after another, our timers, and what becomes of our texts."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from callflows.actions import SetTimer
from callflows.advance import advance
from callflows.contact import Contact
from callflows.events import Event, TextSent, TimerFired
from callflows.kept import kept
from callflows.text_actions import PassOn, RelayText, SendText, SetBlocked, SetDeaf, SetOptOut
from callflows.text_events import TextArrived
from callflows.texting import owing
from callflows.texting.arriving import SHORT_ANSWER
from callflows.turn import AUTOMATIC_WITHIN, MOST_AUTOMATIC, Turn, epoch_ms
from callflows.version import Version
from routing.addresses import read_address
from routing.floor import Floor
from routing.optout import opt_word
from tests.builders import CALLER, LINE
from tests.callflows.text_rules import check_text_turn

ASKED = ("asking", "texting")
MOST_FIRED = 400  # timers, until all that there was to do is done


@dataclass(order=True)
class Timer:
    due_at: datetime
    number: int
    contact: str = field(compare=False)
    timer: str = field(compare=False)


@dataclass
class Post:
    """`unread`: the client's that a technician should read and has not been given yet; `sent` our automatic ones."""

    version: Version
    floor: Floor
    contacts: dict[str, Contact] = field(default_factory=dict)
    current: str = ""
    turns: list[Turn] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    fates: list[tuple[str, TextSent]] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, datetime]] = field(default_factory=list)
    count: int = 0

    @property
    def contact(self) -> Contact:
        return self.contacts.get(self.current) or Contact("")

    def takes(self, event: Event, contact: str = "") -> Turn:
        """One turn, held against the rules, and kept as the database would."""
        key = contact or self.current
        others = [at for whose, at in self.sent if whose != key and self.is_recent(at)]
        before, floor = self.contacts[key], replace(self.floor, automatic=len(others))
        turn = advance(self.version, before, event, floor)
        assert advance(self.version, before, event, floor) == turn, "the same facts give the same turn"
        check_text_turn(before, event, floor, turn)
        self.turns.append(turn)
        after = turn.contact
        for change in turn.changes:
            after, self.floor = kept(after, self.floor, change)
            self.note(key, change)
        self.contacts[key] = after
        self.account(event, before, turn)
        return turn

    def note(self, contact: str, change: Any) -> None:
        match change:
            case SetTimer(timer) if timer.startswith("promise_"):
                pass  # a call back is tried for days: `test_callback`'s
            case SetTimer(timer, due_at):
                self.count += 1
                self.timers.append(Timer(due_at, self.count, contact, timer))
            case SetOptOut(out=out):
                self.floor = replace(self.floor, silenced=out)
            case SetBlocked(blocked, technician=""):
                started = () if blocked else (("", epoch_ms(self.floor.at)),)
                self.floor = replace(self.floor, silenced=self.floor.silenced or blocked, opted_in=started)
            case SetDeaf():
                self.floor = replace(self.floor, deaf=True)
            case SendText(prompts):
                self.sent.append((contact, self.floor.at))
                self.fates.append((contact, TextSent("", "", prompts[0][0], "", message=1, to_client=True)))
            case PassOn(technician=technician):
                self.fates.append((contact, TextSent("", technician, "", "", message=1, to_client=True)))
            case RelayText(technician, legs, by):
                given = () if by else legs
                self.fates.append((contact, TextSent("", technician, "", "", message=1, legs=given)))
                for leg in legs:
                    self.unread.pop(leg, None)
            case _:
                pass

    # What people do.

    def writes(self, words: str) -> Turn:
        """The client; a conversation that is over is followed by another one."""
        self.count += 1
        if self.contact.is_over or not self.current:
            self.current = f"contact-{self.count}"
            self.contacts[self.current] = Contact(self.current)
        sid = f"SM{self.count}"
        word = opt_word(words)
        if word is None or (word.meaning == "help" and self.is_silenced):
            self.unread[sid] = self.current
        return self.takes(TextArrived(sid, self.floor.peer, LINE, words))

    @property
    def is_silenced(self) -> bool:
        return self.floor.silenced or bool(self.contact.thread and self.contact.thread.silenced)

    def passes(self, **time: int) -> None:
        self.floor = replace(self.floor, at=self.floor.at + timedelta(**time))

    def fire(self, timer: Timer, *, again: bool = False) -> None:
        """In its own contact, never before it is due. `again`: it will come once more."""
        if not again:
            self.timers.remove(timer)
        self.floor = replace(self.floor, at=max(self.floor.at, timer.due_at))
        self.takes(TimerFired("", timer.timer), timer.contact)

    def due(self) -> list[Timer]:
        return sorted(one for one in self.timers if one.due_at <= self.floor.at)

    def closes_the_matter(self) -> None:
        """By telephone or on a page: the conversation is not told of it."""
        number = self.contact.matter
        self.floor = replace(self.floor, matters=tuple(one for one in self.floor.matters if one.number != number))

    # What must add up.

    def account(self, event: Event, before: Contact, turn: Turn) -> None:
        contact = turn.contact
        thread = contact.thread
        assert thread
        if isinstance(event, TextArrived) and event.leg in self.unread and event.leg not in thread.waiting:
            answered = before.stage in ASKED and len(event.body.strip()) <= SHORT_ANSWER
            assert answered or contact.dismissed or thread.dropped, f"nobody is given {event}, and it doesn't wait"
            del self.unread[event.leg]
        if isinstance(event, TextSent):  # what nobody could read is to be given again
            self.unread |= {leg: contact.contact for leg in event.legs if leg in thread.waiting}
        mine = [leg for leg, whose in self.unread.items() if whose == contact.contact]
        if contact.dismissed or thread.dropped:
            for leg in mine:
                del self.unread[leg]
        elif mine:
            assert set(mine) == set(thread.waiting), "what nobody was given waits"
            assert not contact.is_over, f"{mine} wait for ever"
            wanted = {owing.UNANSWERED} if contact.stage in ASKED else {owing.OPEN, owing.BUNDLE}
            pending = {one.timer for one in self.timers if one.contact == contact.contact}
            assert pending & wanted, f"{mine} wait in stage {contact.stage} for no timer but {pending}"
        latest = [at for _, at in self.sent if self.is_recent(at)]
        assert len(latest) <= MOST_AUTOMATIC, "one client gets texts of a machine without end"

    def is_recent(self, at: datetime) -> bool:
        return (self.floor.at - at).total_seconds() < AUTOMATIC_WITHIN

    def settle(self) -> None:
        """Nothing happens any more but what we set ourselves to do: it comes to an end, and nobody waits."""
        for _ in range(MOST_FIRED):
            if not self.timers:
                break
            self.fire(min(self.timers))
        else:
            most = Counter(one.timer for one in self.timers)
            raise AssertionError(f"timers without end: {most}")
        assert self.unread == {}, "these were given to nobody"
        assert all(one.is_over for one in self.contacts.values()), "a day without a word ends it"


def post(version: Version, floor: Floor, peer: str = CALLER) -> Post:
    return Post(version, replace(floor, peer=peer, number=read_address(peer).number))
