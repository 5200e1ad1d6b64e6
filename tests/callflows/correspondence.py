"""A client who writes to us, and what follows; and small documents of text flows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from callflows.actions import HappeningKind
from callflows.advance import advance
from callflows.contact import Contact
from callflows.events import Event, TimerFired
from callflows.kept import kept
from callflows.languages import language
from callflows.preview_texts import WAITING
from callflows.text_actions import RelayText, SendText
from callflows.text_events import HelperVerb, TechnicianAsked, TechnicianWrote, TextArrived
from callflows.texting.owing import ANSWER_MINUTES, UNANSWERED
from callflows.turn import Turn
from callflows.version import Version
from routing.floor import Floor, OpenPromise
from tests.builders import CALLER, LINE, floor, version

ROUTE = {"step": "route"}


def text_flow(start: str = "", **steps: Any) -> dict[str, Any]:
    """A document of these steps, the first of them first, and a route."""
    every = {**steps, "person": ROUTE}
    return {"flow": "texts", "channel": "text", "start": start or next(iter(every)), "steps": every}


def known_text_flow(**steps: Any) -> dict[str, Any]:
    """The same for clients who are known by their number."""
    return text_flow(who={"step": "identify", "next": next(iter(steps)), "unknown": "person", "ask": False}, **steps)


def text_version(document: Mapping[str, Any], *people: str, hours: str = "24/7") -> Version:
    return replace(version(*people, hours=hours), flow="texts", document=document)


@dataclass
class Correspondence:
    """`turns` in order, the last one last."""

    version: Version
    floor: Floor
    contact: Contact = field(default_factory=lambda: Contact("contact"))
    turns: list[Turn] = field(default_factory=list)
    written: int = 0

    def takes(self, event: Event) -> Turn:
        turn = advance(self.version, self.contact, event, self.floor)
        self.turns.append(turn)
        self.contact = turn.contact
        for change in turn.changes:
            self.contact, self.floor = kept(self.contact, self.floor, change)
        return turn

    def writes(self, words: str) -> Turn:
        self.written += 1
        return self.takes(TextArrived(f"SM{self.written}", CALLER, LINE, words))

    def asks(self, technician: str, verb: HelperVerb, words: str = "") -> Turn:
        return self.takes(TechnicianAsked("SM0", technician, verb, words))

    def answers(self, technician: str, words: str = "I am on it") -> Turn:
        self.written += 1
        return self.takes(TechnicianWrote(f"SM{self.written}", technician, words))

    def fires(self, timer: str, **later: int) -> Turn:
        self.passes(**later)
        return self.takes(TimerFired("", timer))

    def passes(self, **time: int) -> None:
        self.floor = replace(self.floor, at=self.floor.at + timedelta(**time))

    def last_given(self, words: str) -> set[str]:
        """Who is given these words of the client."""
        return {one.technician for one in self.writes(words).changes if isinstance(one, RelayText)}

    def is_silent(self) -> Turn:
        """For as long as an answer is waited for."""
        self.floor = replace(self.floor, at=self.floor.at + timedelta(minutes=ANSWER_MINUTES))
        return self.takes(TimerFired("", UNANSWERED))

    @property
    def is_asked(self) -> bool:
        return self.contact.stage in WAITING

    @property
    def sent(self) -> list[str]:
        """What the last turn writes to the client, a text each."""
        speech = language(self.contact.language)
        texts = (one for one in self.turns[-1].changes if isinstance(one, SendText))
        return [" ".join(self.version.text(name, speech, given) for name, given in one.prompts) for one in texts]

    @property
    def given(self) -> list[tuple[str, tuple[str, ...]]]:
        """Who was given which of the client's texts."""
        return [(one.technician, one.legs) for turn in self.turns for one in turn.changes if isinstance(one, RelayText)]

    @property
    def promises(self) -> list[OpenPromise]:
        return [one for matter in self.floor.matters for one in matter.promises if one.contact == "contact"]

    @property
    def path(self) -> list[str]:
        return [name for turn in self.turns for name in turn.path]

    def reasons(self, code: str) -> list[str]:
        return [one.detail for turn in self.turns for one in turn.reasons if one.code == code]

    def story(self, kind: HappeningKind) -> list[Mapping[str, Any]]:
        return [one.detail for turn in self.turns for one in turn.story if one.kind == kind]


def correspondence(document: Mapping[str, Any], words: str = "", facts: Floor | None = None) -> Correspondence:
    made = Correspondence(text_version(document), replace(facts or floor(), peer=CALLER))
    if words:
        made.writes(words)
    return made
