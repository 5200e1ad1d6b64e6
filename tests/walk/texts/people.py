"""What the people of a conversation in writing do: each waits for what they should have got, for a while, and goes on
all the same; so that a journey goes on, whatever a fault makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.walk.people import Conduct
from tests.walk.texts.town import PEOPLE
from tests.walk.town import ANA, BEN

# What is written. begins, goes on: words that a person must get. answers: to a question of ours. keyword: one that
# Twilio knows as well. replies: a technician's words to a client. orders: a technician's to us, about themselves; or
# about a client's conversation, which takes a turn of its own; or a call. machine: nobody reads it. calls: no text,
# they call the line and hang up while it rings.
Kind = Literal[
    "begins",
    "goes on",
    "answers",
    "keyword",
    "replies",
    "orders",
    "orders about it",
    "orders a call",
    "machine",
    "calls",
]
FOR_PEOPLE = ("begins", "goes on")


@dataclass(frozen=True)
class Line:
    """One thing that somebody writes. `words`: {n} is the number of the matter, the newest that a technician was told,
    {n:Dale} the newest that was told with that name. `gets`: who must then get which words, before anybody does
    anything else, or `within` so many seconds. `after`: seconds that pass first."""

    who: str
    kind: Kind
    words: str = ""
    gets: tuple[tuple[str, str], ...] = ()
    after: float = 0.0
    within: float = 240.0

    @property
    def number(self) -> str:
        return PEOPLE[self.who]


@dataclass(frozen=True)
class Journey:
    """A conversation. `at_work`: all others are off duty. `back_after`: minutes during which those are away as well.
    `deaf`: the number whose telephone is a landline. `goes_on`: minutes until the end is looked at."""

    name: str
    lines: tuple[Line, ...] = ()
    at_work: tuple[str, ...] = (ANA, BEN)
    back_after: float = 0.0
    deaf: str = ""
    conducts: Mapping[str, Conduct] = field(default_factory=dict)
    goes_on: float = 80.0

    def __str__(self) -> str:
        return self.name


def writes(who: str, kind: Kind, words: str, *gets: tuple[str, str], after: float = 0.0) -> Line:
    return Line(who, kind, words, gets, after)
