"""Go one way or another by what is known of the caller."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from callflows.step import TEXT, VOICE, Channel, Exit, Known, Problem, Step, To
from callflows.turn import Turning


def listed(value: object) -> object:
    """One value is a list of one."""
    return value if isinstance(value, (list, tuple)) else [value]


OneOf = Annotated[tuple[str, ...], BeforeValidator(listed)]


class Case(BaseModel):
    """All that is given must hold; of several values one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: To = Field(description="the step to which this leads")
    language: OneOf | None = None
    municipality: OneOf | None = None
    province: OneOf | None = None
    tier: OneOf | None = None
    pod: OneOf | None = None
    client: OneOf | None = None
    line: OneOf | None = None
    known: bool | None = Field(default=None, description="whether the caller is one of our clients")
    matter: bool | None = Field(default=None, description="whether they have an open matter")

    def conditions(self) -> dict[str, object]:
        return {name: value for name, value in self if name != "to" and value is not None}

    def holds(self, turn: Turning) -> bool:
        contact, place = turn.contact, turn.place
        facts: dict[str, object] = {
            "language": contact.language,
            "municipality": contact.municipality,
            "province": place.province if place else "",
            "tier": place.tier if place else "",
            "pod": contact.pod,
            "client": contact.client,
            "line": contact.line,
            "known": bool(contact.client),
            "matter": bool(contact.matter),
        }
        return all(
            facts[name] in value if isinstance(value, tuple) else facts[name] == value
            for name, value in self.conditions().items()
        )

    def words(self) -> str:
        parts = (
            f"{name} is {' or '.join(value)}" if isinstance(value, tuple) else name if value else f"not {name}"
            for name, value in self.conditions().items()
        )
        return f"{' and '.join(parts)}: {self.to}"


class BranchStep(Step):
    about: ClassVar[str] = "Goes one way or another by language, municipality, province, tier, pod, client or line."
    channels: ClassVar[frozenset[Channel]] = VOICE | TEXT
    waits: ClassVar[bool] = False

    step: Literal["branch"] = "branch"
    cases: tuple[Case, ...] = Field(
        min_length=1, description="what must hold, and where it leads; the first that holds"
    )
    otherwise: To = Field(description="the step if none of them holds")

    @property
    def needs_identify(self) -> bool:
        return any({*one.conditions()} - {"line", "language"} for one in self.cases)

    def exits(self) -> tuple[Exit, ...]:
        cases = (Exit(f"cases.{place}.to", one.to) for place, one in enumerate(self.cases))
        return (*cases, Exit("otherwise", self.otherwise))

    def check(self, known: Known) -> Iterable[Problem]:
        lists = {"pod": known.pods, "municipality": known.municipalities, "client": known.clients}
        for place, one in enumerate(self.cases):
            if not one.conditions():
                yield Problem(f"cases.{place}", "Nothing is asked here, so it always holds. Give a condition.")
            for name, theirs in lists.items():
                for value in getattr(one, name) or ():
                    if theirs is not None and value not in theirs:
                        yield Problem(f"cases.{place}.{name}", f"There is no {name} {value!r} in the directory.")

    def enter(self, turn: Turning) -> None:
        case = next((one for one in self.cases if one.holds(turn)), None)
        turn.because("branch", detail=case.words() if case else self.otherwise)
        turn.go(case.to if case else self.otherwise)

    def words(self) -> str:
        return f"If {'; if '.join(one.words() for one in self.cases)}; otherwise {self.otherwise}."
