"""The file of the people whom one can be: callers, and technicians whose telephones ring on the page. YAML or JSON:

people:
  - name: Cora Bell
    number: "+14035550199"     # or `withheld: true`
    kind: caller               # or technician
    language: en
    note: Taber
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from simulator.numbers.places import is_e164

Kind = Literal["caller", "technician"]
_FIELDS = {"name": str, "number": str, "withheld": bool, "kind": str, "language": str, "note": str}


class BadPeople(ValueError):
    """The file cannot be used; the message names the entry and says what to change."""


@dataclass(frozen=True)
class Person:
    """`number` is None for one who withholds it; `note` is shown beside the name: a municipality, a team."""

    name: str
    number: str | None
    kind: Kind = "caller"
    language: str = "en"
    note: str = ""


def read_people(path: Path) -> tuple[Person, ...]:
    """Raises BadPeople, or OSError if there is no such file."""
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadPeople(f"{path} is neither YAML nor JSON: {' '.join(str(error).split())}") from error
    if not isinstance(said, dict) or not isinstance(said.get("people"), list) or len(said) > 1:
        raise BadPeople(f"{path} must hold `people:` with a list of people, and nothing else.")
    people: list[Person] = []
    for place, entry in enumerate(said["people"], 1):
        person = _person(entry, f"{path}, person {place}")
        if person.number is not None and any(person.number == other.number for other in people):
            raise BadPeople(f"{path}, person {place}: {person.number} is somebody else's already; give each their own.")
        people.append(person)
    return tuple(people)


def _person(entry: Any, where: str) -> Person:
    if not isinstance(entry, dict):
        raise BadPeople(f"{where}: write name, number, kind, language and note, not {entry!r}.")
    for name, value in entry.items():
        if name not in _FIELDS:
            raise BadPeople(f"{where}: {name!r} is unknown; there are {', '.join(_FIELDS)}.")
        if not isinstance(value, _FIELDS[name]):
            hint = ' (write it in quotes: "+14035550199")' if name == "number" else ""
            raise BadPeople(f"{where}: {name} must not be {value!r}{hint}.")
    name, kind, withheld = entry.get("name", ""), entry.get("kind", "caller"), entry.get("withheld", False)
    if not name.strip():
        raise BadPeople(f"{where}: the name is missing.")
    if kind not in ("caller", "technician"):
        raise BadPeople(f"{where}: kind is caller or technician, not {kind!r}.")
    number = entry.get("number")
    if withheld == (number is not None):
        raise BadPeople(f"{where}: give either a number or `withheld: true`.")
    if withheld and kind == "technician":
        raise BadPeople(f"{where}: a technician needs a number that can be rung.")
    if number is not None and not is_e164(number):
        raise BadPeople(f'{where}: {number!r} is no number like "+14035550199".')
    return Person(name.strip(), number, kind, entry.get("language", "en"), entry.get("note", ""))
