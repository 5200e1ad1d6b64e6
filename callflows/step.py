"""What every step of a flow is: its fields, its exits, its own check, what entering it does, and its words.

A kind of step is one class in one file of `steps/`; `steps/__init__.py` lists them. Fields are checked by pydantic
when a document is read, so a step that exists is whole. A step writes into the turn and touches nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from callflows.turn import Turning

# The name of the step that follows.
To = Annotated[str, Field(min_length=1)]
# The name of a prompt, the document's own or one that ships. In a document it may also be the words themselves, a
# language each (`{en: …, fr: …}`); `reading` gives those a name.
Prompt = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a step. `field` is its path within the step. `chosen`: somebody presses a key to take it; all
    others are taken by silence, by the clock or because nobody is there."""

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
    """What a document may name besides itself; None: not known here, so not checked."""

    pods: Collection[str] | None = None
    municipalities: Collection[str] | None = None
    clients: Collection[str] | None = None
    lines: Collection[str] = ()


class Step(BaseModel):
    """One step; `note` is the supervisor's own remark."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: ClassVar[str] = ""  # one sentence for a supervisor: what this kind of step is for
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
    prompts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    times: Mapping[str, Any] = field(default_factory=dict)
    broken: bool = False

    def first(self, kind: type[Step]) -> tuple[str, Step | None]:
        """The first step of a kind, with its name; a document need not have one."""
        return next(((name, one) for name, one in self.steps.items() if isinstance(one, kind)), ("", None))
