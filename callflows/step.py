"""What every step of a flow is: its fields, its exits, its own check, what entering it does, and its words.

A kind of step is one class in one file of `steps/`; `steps/__init__.py` lists them. Fields are checked by pydantic
when a document is read, so a step that exists is whole. A step writes into the turn and touches nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from callflows.turn import Turning

# How a flow reaches the client: it talks to a caller, or it answers texts.
Channel = Literal["voice", "text"]
VOICE: frozenset[Channel] = frozenset({"voice"})
TEXT: frozenset[Channel] = frozenset({"text"})
# The name of the step that follows.
To = Annotated[str, Field(min_length=1)]
# The name of a prompt, the document's own or one that ships. In a document it may also be the words themselves, a
# language each (`{en: …, fr: …}`); `reading` gives those a name.
Prompt = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a step. `field` is its path within the step. `chosen`: somebody presses a key, or answers a
    question by text, to take it; all others are taken by silence, by the clock or because nobody is there."""

    field: str
    to: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """`place` is a path, such as `steps.closed.next`. A `warning` may be published."""

    place: str
    sentence: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a document may name besides itself; None: not known here, so not checked. `channels`: of the flows that are
    live, by name; `wanted`: of those that only lines name yet."""

    pods: Collection[str] | None = None
    municipalities: Collection[str] | None = None
    clients: Collection[str] | None = None
    lines: Collection[str] = ()
    languages: Collection[str] = ()  # in which anybody of the directory is spoken to
    channels: Mapping[str, Channel] = field(default_factory=dict)
    wanted: Mapping[str, Channel] = field(default_factory=dict)


class Step(BaseModel):
    """One step; `note` is the supervisor's own remark."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: ClassVar[str] = ""  # one sentence for a supervisor: what this kind of step is for
    channels: ClassVar[frozenset[Channel]] = VOICE  # the flows in which it may stand
    instead: ClassVar[str] = ""  # the kind that does the like in flows of the other channel
    prompt_fields: ClassVar[tuple[str, ...]] = ()
    to_person: ClassVar[bool] = False  # whoever enters it may reach a person
    ends: ClassVar[bool] = False  # it needs no exit: a call may end here
    waits: ClassVar[bool] = True  # it asks or connects somebody; else the next step follows in the same answer
    needs_caller: ClassVar[bool] = False  # somebody must have been identified before

    step: str
    note: str = ""

    @property
    def needs_identify(self) -> bool:
        return self.needs_caller

    @property
    def dismisses(self) -> bool:
        """Whoever comes here is left with words, and with nobody who knows of them."""
        return False

    def exits(self) -> tuple[Exit, ...]:
        """Every way out that the document gives."""
        return ()

    def prompts(self) -> Iterable[tuple[str, str]]:
        """(field, prompt) of all that it says in words of the document's choice."""
        return tuple((name, value) for name in self.prompt_fields if (value := getattr(self, name)))

    def check(self, known: Known) -> Iterable[Problem]:
        """What only this kind of step can find wrong with itself; places are relative to the step."""
        return ()

    def enter(self, turn: Turning) -> None:
        raise NotImplementedError

    def words(self) -> str:
        """What this step does, in one sentence for a supervisor."""
        raise NotImplementedError

    def leave(self) -> str:
        """Where the call goes when nobody is left for it here; empty for a step that has no such exit."""
        return str(getattr(self, "otherwise", ""))


@dataclass(frozen=True)
class Flow:
    """A document as it was read. `last_resort`: the step for whoever would be left nowhere. `prompts`: name -> language
    -> template. `places`: where in the document a prompt stands, for those with a name of our making. `broken`: it
    could not be read, and this is the shipped one instead."""

    start: str
    steps: Mapping[str, Step]
    last_resort: Step
    channel: Channel = "voice"
    prompts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    times: Mapping[str, Any] = field(default_factory=dict)
    broken: bool = False

    def first(self, kind: type[Step]) -> tuple[str, Step | None]:
        """The first step of a kind, with its name; a document need not have one."""
        return next(((name, one) for name, one in self.steps.items() if isinstance(one, kind)), ("", None))
