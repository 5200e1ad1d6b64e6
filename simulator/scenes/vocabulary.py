"""The words of scenes: the table of verbs, the table of checks, and how a sentence is looked up in them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from simulator.scenes.forms import KINDS, NAME, Form, Values
from simulator.scenes.problems import guess

if TYPE_CHECKING:
    from simulator.scenes.playing import Play

Sort = Literal["does", "has", "sees", "world", "service"]


@dataclass(frozen=True)
class Step:
    """One sentence. `number` counts from 1; `who` is empty if nobody does it."""

    number: int
    sentence: str
    verb: Verb
    who: str
    values: Values

    def __str__(self) -> str:
        return f"step {self.number}, “{self.sentence}”"


Act = Callable[["Play", Step], Awaitable[object]]


def fits(values: Values) -> str:
    return ""


@dataclass(frozen=True)
class Verb:
    """`form` without the person who does it; `sort` is where the documentation lists it: what people do, what their
    telephones do by themselves, what people see and hear, what befalls the world, what the service is told. `act`
    None: the host does it. `wrong` says what cannot be meant, before anything is played."""

    form: Form
    sort: Sort
    about: str
    act: Act | None = None
    wrong: Callable[[Values], str] = fits

    @property
    def has_person(self) -> bool:
        return self.sort != "world"

    def __str__(self) -> str:
        return f"{'ana ' if self.has_person else ''}{self.form}"


@dataclass(frozen=True)
class Check:
    """A line under `expect`, looked at when all steps are played. `read` makes of what is written there what is
    looked at, or raises ValueError; `look` fails with an AssertionError, None: the host looks."""

    name: str
    about: str
    read: Callable[[Any], Any]
    look: Callable[[Play, Any], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Vocabulary:
    verbs: Sequence[Verb]
    checks: Sequence[Check]

    def __add__(self, other: Vocabulary) -> Vocabulary:
        return Vocabulary((*self.verbs, *other.verbs), (*self.checks, *other.checks))

    def read(self, number: int, sentence: str) -> Step:
        """Raises ValueError: a sentence for whoever wrote it."""
        sentence = " ".join(sentence.split())
        for verb in self.verbs:
            who, rest = _parted(sentence) if verb.has_person else ("", sentence)
            values = verb.form.read(rest)
            if values is not None and bool(who) == verb.has_person:
                if wrong := verb.wrong(values):
                    raise ValueError(wrong)
                return Step(number, sentence, verb, who, values)
        raise ValueError(self._otherwise(sentence))

    def find_check(self, name: str) -> Check:
        """Raises ValueError."""
        for check in self.checks:
            if check.name == name:
                return check
        names = [check.name for check in self.checks]
        raise ValueError(f"Nothing is known of `{name}`{guess(name, names)} There are {', '.join(names)}.")

    def _otherwise(self, sentence: str) -> str:
        """Why a sentence is not understood: how its verb is written, or which verb is near."""
        who, rest = _parted(sentence)
        meant = [verb for verb in self.verbs if _begins(rest if verb.has_person else sentence, verb.form.head)]
        if meant:
            longest = max(len(verb.form.head) for verb in meant)
            meant = [verb for verb in meant if len(verb.form.head) == longest]
            ways = " or ".join(f"`{who or 'ana'} {one.form}`" if one.has_person else f"`{one.form}`" for one in meant)
            kinds = dict.fromkeys(kind for one in meant for kind in one.form.kinds)
            like = "".join(f" {kind} is {KINDS[kind].like}." for kind in kinds)
            return f"“{sentence}” is not understood: write {ways}.{like}"
        heads = {verb.form.head: verb for verb in self.verbs}
        words = rest.split()
        near = [" ".join(words[:count]) for count in range(min(len(words), 5), 0, -1)]
        for said in near:
            if (guessed := guess(said.lower(), heads)) != ".":
                return f"“{sentence}” is not understood{guessed}"
        return f"“{sentence}” is not understood: begin with a person and a verb, such as `ana rings`."


def _parted(sentence: str) -> tuple[str, str]:
    """The person and the rest."""
    found = re.fullmatch(rf"({NAME}):?\s+(.*)", sentence, re.DOTALL)
    return (found[1], found[2]) if found else ("", sentence)


def _begins(sentence: str, head: str) -> bool:
    return re.match(rf"{re.escape(head)}\b", sentence, re.IGNORECASE) is not None
