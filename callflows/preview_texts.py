"""Plays somebody who writes through a text flow on a floor: what they are answered, and to whom their words are given.

The twin of `preview`, as pure: nobody is sent anything.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from callflows.advance import advance
from callflows.contact import Contact
from callflows.events import Event, TimerFired
from callflows.kept import kept
from callflows.languages import language
from callflows.preview import Hear, Played, Preview, Script
from callflows.text_actions import RelayText, SendText
from callflows.text_events import TextArrived
from callflows.texting.owing import ANSWER_MINUTES, UNANSWERED
from callflows.turn import Turn
from callflows.version import Version
from routing.floor import Floor
from routing.numbers import shown

CLIENT = "client"
CONTACT = "preview"
HELLO = "Hello?"  # of whoever is given no words
BETWEEN = timedelta(seconds=30)  # two texts of one client
WAITING = ("asking", "texting")  # stages in which an answer of the client's is waited for


def preview_texts(version: Version, floor: Floor, script: Script, hear: Hear = lambda floor, event: floor) -> Preview:
    """The whole conversation of whoever writes to `floor.line` from `floor.peer`: the script's `answers` in order, the
    first of them to begin with; then silence, for as long as an answer is waited for."""
    play = _Play(version, replace(floor, whole=True), hear, floor.at)
    for number, words in enumerate(script.answers or (HELLO,), 1):
        if not play.contact.is_over:
            play.takes(TextArrived(f"text-{number}", floor.peer, floor.line.line, words))
            play.passes(BETWEEN)
    while play.contact.stage in WAITING and play.silences < len(version.body.steps):
        play.silences += 1
        play.passes(timedelta(minutes=ANSWER_MINUTES))
        play.takes(TimerFired("", UNANSWERED))
    return Preview(
        tuple(play.played), tuple(play.steps), play.contact.outcome or "", play.contact.owner, play.promise_due
    )


@dataclass(slots=True)
class _Play:
    """`silences`: how often the client has not answered."""

    version: Version
    floor: Floor
    hear: Hear
    began: datetime
    contact: Contact = field(default_factory=lambda: Contact(CONTACT))
    played: list[Played] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    silences: int = 0

    def passes(self, time: timedelta) -> None:
        self.floor = replace(self.floor, at=self.floor.at + time)

    def takes(self, event: Event) -> None:
        self.floor = self.hear(self.floor, event)
        turn = advance(self.version, self.contact, event, self.floor)
        self.contact = turn.contact
        for change in turn.changes:
            self.contact, self.floor = kept(self.contact, self.floor, change)
        self.steps += turn.path
        self.tell(turn, event)

    def tell(self, turn: Turn, event: Event) -> None:
        self.played.append(
            Played(
                at=self.floor.at.isoformat(),
                second=round((self.floor.at - self.began).total_seconds()),
                event=type(event).__name__,
                who=CLIENT,
                answer=event.body if isinstance(event, TextArrived) else "",
                step=turn.contact.step,
                said=tuple(self.worded(turn, one) for one in turn.changes if isinstance(one, SendText)),
                rings=(),
                reasons=turn.reasons,
                gives=tuple(one.technician for one in turn.changes if isinstance(one, RelayText)),
            )
        )

    def worded(self, turn: Turn, text: SendText) -> str:
        """One text, as the client reads it."""
        speech = language(turn.contact.language)
        number = {"number": shown(turn.contact.number or self.floor.number)}
        return " ".join(turn.version.text(prompt, speech, {**number, **params}) for prompt, params in text.prompts)

    @property
    def promise_due(self) -> str:
        """By when the client is to have an answer; empty without a promise."""
        mine = [one.due_at for matter in self.floor.matters for one in matter.promises if one.contact == CONTACT]
        return min(mine).astimezone(UTC).isoformat() if mine else ""
