"""Who plays whom: the people of a scene, its own and those who are known already, with their numbers and lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from simulator.scenes.document import Person, Scene
from simulator.scenes.forms import Name
from simulator.scenes.problems import Problem, Unreadable, guess


@dataclass(frozen=True)
class Known:
    """What is there before a scene is read: people by name, the lines, and the zone in which times are meant."""

    people: Mapping[str, Person] = field(default_factory=dict)
    lines: Sequence[str] = ()
    zone: str = "UTC"


@dataclass(frozen=True)
class Cast:
    """`people` by their names in small letters."""

    people: Mapping[str, Person]
    line: str
    zone: str


def cast(scene: Scene, known: Known) -> Cast:
    """Raises Unreadable: somebody is spoken of whom nobody knows, or no line is meant."""
    people = {name.lower(): one for name, one in (*known.people.items(), *scene.people.items())}
    problems = []
    for place, name in spoken_of(scene):
        if name.lower() not in people:
            told = f"Nobody is called `{name}`{guess(name.lower(), people)} Say under `people` which number they have."
            problems.append(Problem(f"{scene.place}:{place}", told))
    line = scene.line or (known.lines[0] if len(known.lines) == 1 else "")
    if not line:
        there = f"There are {', '.join(known.lines)}: say which" if known.lines else "Say"
        problems.append(Problem(f"{scene.place}:line", f"{there} number is dialled, as `line`."))
    elif known.lines and line not in known.lines:
        problems.append(Problem(f"{scene.place}:line", f"{line} is no line: there are {', '.join(known.lines)}."))
    if problems:
        raise Unreadable(problems)
    return Cast(people, line, scene.zone or known.zone)


def spoken_of(scene: Scene) -> Iterator[tuple[str, str]]:
    """(place, name) of everybody who is spoken of."""
    for step in scene.steps:
        place = f"steps.{step.number}"
        if step.who:
            yield place, step.who
        for value in step.values.values():
            yield from ((place, one) for one in _people_in(value))
    for check, value in scene.expect:
        yield from ((f"expect.{check.name}", one) for one in _people_in(value))


def _people_in(value: Any) -> Iterator[Name]:
    match value:
        case Name():
            yield value
        case tuple():
            for one in value:
                yield from _people_in(one)
        case BaseModel():
            for name in type(value).model_fields:
                yield from _people_in(getattr(value, name))
