"""Single cells: text to value, or a ValueError whose sentence is shown beside file, line and column."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TypeVar
from zoneinfo import available_timezones

from callflows.check import shipped_problems
from db.importing.reading import Row
from db.importing.report import Problem
from routing.hours import Week

STRATEGIES = ("linear", "circular", "longest_idle", "simultaneous")
CHANNELS = ("voice", "text", "email")

# What other telephone systems call our four.
_OTHER_STRATEGIES = {
    "ring_all": "simultaneous",
    "broadcast": "simultaneous",
    "top_down": "linear",
    "regular": "linear",
    "round_robin": "circular",
    "uniform": "longest idle",
    "most_idle": "longest idle",
}
_YES = frozenset({"yes", "y", "true", "1", "oui", "o"})
_NO = frozenset({"no", "n", "false", "0", "non", ""})

T = TypeVar("T")


@dataclass(slots=True)
class Cells:
    """One row being read; every problem of the row is gathered, so that it is put right in one go."""

    file: str
    row: Row
    problems: list[Problem] = field(default_factory=list)

    def text(self, column: str) -> str:
        return self.row.cells[column]

    def filled(self, column: str) -> str:
        if not self.row.cells[column]:
            self.refuse(column, "is empty, but has to be filled in.")
        return self.row.cells[column]

    def many(self, column: str) -> tuple[str, ...]:
        """The values between semicolons, each once."""
        parts = (part.strip() for part in self.row.cells[column].split(";"))
        return tuple(dict.fromkeys(part for part in parts if part))

    def read(self, column: str, reader: Callable[[str], T], default: T) -> T:
        """The cell's value, or `default` when it is empty or (with a problem noted) cannot be read."""
        return self.convert(column, self.row.cells[column], reader, default)

    def read_many(self, column: str, reader: Callable[[str], str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.convert(column, part, reader, part) for part in self.many(column)))

    def convert(self, column: str, value: str, reader: Callable[[str], T], default: T) -> T:
        try:
            return reader(value) if value else default
        except ValueError as error:
            self.refuse(column, str(error))
            return default

    def refuse(self, column: str, reason: str) -> None:
        self.problems.append(Problem(self.file, self.row.line, column, reason, self.row.cells[column]))


def read_strategy(text: str) -> str:
    word = re.sub(r"[\s_-]+", "_", text.lower())
    if word in STRATEGIES:
        return word
    near = [_OTHER_STRATEGIES[word]] if word in _OTHER_STRATEGIES else get_close_matches(word, STRATEGIES, 1)
    hint = f" Did you mean {near[0].replace('_', ' ')}?" if near else ""
    raise ValueError(f'"{text}" is not a strategy; write linear, circular, longest idle or simultaneous.{hint}')


def read_timezone(text: str) -> str:
    zones = _zones()
    name = zones.get(text.lower().replace(" ", "_"))
    if name is None:
        near = get_close_matches(text.lower(), zones, 1)
        hint = f" Did you mean {zones[near[0]]}?" if near else ""
        raise ValueError(f'"{text}" is not a time zone; write one such as America/Edmonton.{hint}')
    return name


@lru_cache(maxsize=256)
def read_language(text: str) -> str:
    code = text.lower()
    problems = shipped_problems()
    if code not in problems:
        spoken = " or ".join(sorted(problems))
        raise ValueError(f'"{text}" is not a language spoken here; write {spoken}, several with ; between.')
    if problems[code]:  # before it is published, not when somebody is on the line
        first, count = problems[code][0], len(problems[code])
        raise ValueError(f'"{text}" cannot be spoken yet, {count} problem(s). {first.place}: {first.sentence}')
    return code


def read_channel(text: str) -> str:
    if text.lower() not in CHANNELS:
        raise ValueError(f'"{text}" is not a channel; write voice, text or email.')
    return text.lower()


def read_yes(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise ValueError(f'"{text}" is neither yes nor no.')
    return word in _YES


def read_count(text: str) -> int:
    """A whole number from 0 to what fits the column."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f'"{text}" is not a whole number, such as 0 or 30.')
    return int(text)


def read_hours(text: str) -> str:
    """The text itself, if it can be read: a supervisor's spelling is kept."""
    Week.read(text)
    return text


def read_date(text: str) -> str:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise ValueError(f'"{text}" is not a date; write year-month-day, such as 2026-07-01.')


def read_email(text: str) -> str:
    if not re.fullmatch(r"[^@\s,;]+@[^@\s,;]+", text):
        raise ValueError(f'"{text}" is not one e-mail address.')
    return text


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}
