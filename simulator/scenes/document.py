"""A scene as it is written, and as it is played."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationInfo

from simulator.numbers.places import is_e164
from simulator.scenes.forms import NAME, read_number
from simulator.scenes.switching import read_switch
from simulator.scenes.vocabulary import Check, Step, Vocabulary

WITHHELD = "withheld"
LINE_FORM = "write it with its country, like +1 403 555 0120"


def a_number(given: Any) -> str:
    """E.164, however it is spaced."""
    text = str(given).strip()
    made = read_number(text) if re.fullmatch(r"\+[\d ().-]+", text) else ""
    if not is_e164(made):
        raise ValueError(f"`{text}` is no telephone number: {LINE_FORM}.")
    return made


def a_number_or_none(given: Any) -> str:
    return WITHHELD if given == WITHHELD else a_number(given)


def a_zone(given: Any) -> str:
    try:
        ZoneInfo(given)
    except (KeyError, ValueError, TypeError, OSError):
        raise ValueError(f"`{given}` is no time zone: write it like America/Edmonton.") from None
    return str(given)


def a_moment(given: Any) -> datetime:
    text = str(given).strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d{1,2}:\d\d(:\d\d)?", text):
        day, hour = re.split("[ T]", text)
        try:
            return datetime.fromisoformat(f"{day} {hour.zfill(5)}")
        except ValueError:
            pass
    raise ValueError(f"`{text}` is no moment: write it like 2026-11-03 09:00.")


def a_sentence(given: Any, info: ValidationInfo) -> Step:
    """YAML takes a sentence with a colon for a mapping: it is put together again."""
    if isinstance(given, dict) and len(given) == 1:
        ((before, after),) = given.items()
        given = f"{before}: {after}" if isinstance(after, str) else given
    if not isinstance(given, str):
        raise ValueError("A step is one sentence, such as `- ana rings within 20 s`.")
    if not given.strip():
        raise ValueError("This step is empty. Words after # are a remark: put quotes around a step that holds one.")
    assert info.context is not None
    vocabulary: Vocabulary = info.context["vocabulary"]
    return vocabulary.read(0, given)


def some_switches(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ValueError("Switches are a mapping, such as `ringing_event: missing`.")
    return {name: read_switch(name, str(value)) for name, value in given.items()}


class Person(BaseModel):
    """Somebody with a telephone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[str, BeforeValidator(a_number_or_none)]
    name: str = ""


def a_person(given: Any) -> Any:
    return {"number": given} if isinstance(given, str) else given


class Document(BaseModel):
    """What somebody writes; its steps are read as `Step`s. The descriptions are those of the documentation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scene: str = Field(min_length=1, description="What it tells, in a sentence: its name in the table of results.")
    line: Annotated[str, BeforeValidator(a_number)] = Field(
        default="", description="The number that people dial. Not needed if there is but one line."
    )
    start: Annotated[datetime, PlainValidator(a_moment)] | None = Field(
        default=None, description="What time it is at the beginning, such as `2026-11-03 09:00`; else it is now."
    )
    zone: Annotated[str, BeforeValidator(a_zone)] = Field(
        default="", description="In which time zone the scene's times are meant, such as `America/Edmonton`."
    )
    people: dict[Annotated[str, Field(pattern=rf"^{NAME}$")], Annotated[Person, BeforeValidator(a_person)]] = Field(
        default_factory=dict,
        description="Who takes part and is not known by name already: a number, `withheld`, or `number` and `name`.",
    )
    switches: Annotated[dict[str, Any], PlainValidator(some_switches)] = Field(
        default_factory=dict, description="How Twilio does what nobody knows for certain."
    )
    steps: list[Annotated[Any, BeforeValidator(a_sentence)]] = Field(
        min_length=1, description="What happens, one sentence each."
    )
    expect: dict[str, Any] = Field(default_factory=dict, description="What must be so when all steps are played.")


@dataclass(frozen=True)
class Scene:
    """`place` is where it stands; `start` is without a zone; what `expect` looks at is read already."""

    place: str
    title: str
    line: str
    start: datetime | None
    zone: str
    people: Mapping[str, Person]
    switches: Mapping[str, Any]
    steps: Sequence[Step]
    expect: Sequence[tuple[Check, Any]]

    def starts_at(self, now: datetime, zone: str) -> datetime:
        """The instant of its beginning. `zone` is meant if the scene names none."""
        if self.start is None:
            return now
        return self.start.replace(tzinfo=ZoneInfo(self.zone or zone))
