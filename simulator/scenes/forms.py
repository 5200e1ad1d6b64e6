"""How sentences are written. A form such as `rings [within TIME] [from NUMBER]` says it once, for the reader of a
scene, for its documentation and for the people who write one: small words stand as they are, words in capitals
stand for something, brackets may be left out and may come in any order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Values = Mapping[str, Any]

SPACE = r":?\s+"  # a colon before what follows does no harm
UNITS = {"s": 1, "m": 60, "h": 3600}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAME = r"[A-Za-z][\w-]*"
FILE = r"[\w-]+\.\w+"


class Name(str):
    """The name of somebody in the scene, as it was written."""

    __slots__ = ()


@dataclass(frozen=True)
class Kind:
    """What a word in capitals stands for. `like`: for the documentation."""

    pattern: str
    read: Callable[[str], Any]
    like: str


def read_time(text: str) -> float:
    """In seconds."""
    number, unit = re.fullmatch(r"([\d.]+)\s*([a-z]*)", text.lower()).groups()  # type: ignore[union-attr]
    return float(number) * UNITS[unit[:1] or "s"]


def read_number(text: str) -> str:
    """A number as E.164, `the line`, or the name of somebody whose number it is."""
    if text.startswith("+"):
        return "+" + re.sub(r"\D", "", text)
    return "the line" if text.lower() == "the line" else Name(text)


def read_words(text: str) -> str:
    inside = re.fullmatch(r'"(.*)"|“(.*)”|«\s*(.*?)\s*»', text, re.DOTALL)
    return next(one for one in inside.groups() if one is not None) if inside else text


def read_listed(text: str) -> tuple[str, ...]:
    return tuple(re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", text.strip()))


def read_people(text: str) -> tuple[Name, ...]:
    return tuple(map(Name, read_listed(text)))


def read_times(text: str) -> int:
    """How often; 0 is always."""
    said = text.lower()
    return {"once": 1, "twice": 2, "always": 0}[said] if not said[0].isdigit() else int(said.split()[0])


KINDS: dict[str, Kind] = {
    "TIME": Kind(
        r"\d+(?:\.\d+)?\s*(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?)?",
        read_time,
        "`20` or `20 seconds`, `5 minutes`, `2 hours`",
    ),
    "MOMENT": Kind(
        rf"(?:(?:\d{{4}}-\d\d-\d\d|{'|'.join(DAYS)})\s+)?\d{{1,2}}:\d\d",
        str.lower,
        "`17:00`, `Tuesday 9:00`, `2026-11-04 09:00`: the next such moment in the scene's zone",
    ),
    "NUMBER": Kind(
        rf"\+\d[\d ().-]*\d|the line|{NAME}",
        read_number,
        "`+1 403 555 0120`, `the line`, or a person, whose number it is then",
    ),
    "WORDS": Kind(
        r'"[^"]*"|“[^”]*”|«[^»]*»|.+?', read_words, '`"your team"`; without quotes they reach to the end of the step'
    ),
    "KEYS": Kind(
        r"[0-9*#][0-9*# ]*",
        lambda text: text.replace(" ", ""),
        "`1`, `4032`, `12*`; a step with ` #` in it stands in quotes",
    ),
    "PERSON": Kind(NAME, Name, "`ben`"),
    "PEOPLE": Kind(
        rf"{NAME}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){NAME})*", read_people, "`ben`, `ben and cho`, `ana, ben and cho`"
    ),
    "FILES": Kind(
        rf"{FILE}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){FILE})*", read_listed, "`photo.jpg`, `plan.pdf and roll.csv`"
    ),
    "PATH": Kind(r"\S+", str, "a part of the address that is asked, such as `/voice`"),
    "STATUS": Kind(r"[1-5]\d\d", int, "`500`"),
    "TIMES": Kind(r"once|twice|always|\d+ times", read_times, "`once` (also if nothing is said), `3 times`, `always`"),
    "SWITCH": Kind(r"[a-z_]+", str, "the name of a switch"),
    "VALUE": Kind(r".+?", read_words, "the value of a switch"),
}


@dataclass(frozen=True)
class Form:
    """`text` as in the module's first lines. What stands for something is found under the small words before it
    inside its brackets (`within`, `forwarded from`), else under its own name (`words`)."""

    text: str

    def __str__(self) -> str:
        return self.text

    @cached_property
    def head(self) -> str:
        """The small words with which it begins."""
        words = re.split(r"[ \[]*(?:[A-Z]{2,}|\[)", self.text, maxsplit=1)
        return words[0].strip()

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(re.findall(r"[A-Z]{2,}", self.text)))

    def read(self, sentence: str) -> Values | None:
        """What stands for what; None if the sentence is written otherwise."""
        pattern, groups = self._compiled
        found = pattern.fullmatch(sentence.strip())
        if found is None:
            return None
        values: dict[str, Any] = {}
        for number, (key, kind) in enumerate(groups):
            text = found.group(f"g{number}")
            if text is not None:
                values[key] = KINDS[kind].read(text.strip()) if kind else True
        return values

    @cached_property
    def _compiled(self) -> tuple[re.Pattern[str], list[tuple[str, str]]]:
        groups: list[tuple[str, str]] = []
        needed = re.sub(r"\s*\[[^\]]*\]", "", self.text)
        pattern = _pattern(needed, groups, lambda kind, _: kind.lower())
        options = re.findall(r"\[([^\]]*)\]", self.text)
        # What begins with a word of its own is tried before what has none.
        ordered = sorted(options, key=lambda option: option.isupper())
        if ordered:
            wanted = [_pattern(one, groups, lambda kind, small: small or kind.lower()) for one in ordered]
            pattern += f"(?:{SPACE}(?:{'|'.join(wanted)}))*"
        return re.compile(pattern, re.IGNORECASE | re.DOTALL), groups


def _pattern(words: str, groups: list[tuple[str, str]], key: Callable[[str, str], str]) -> str:
    """The words as a pattern; each group's name and kind go into `groups`. Small words alone are a group, too, if
    they are an option: whether they stand there is what they say."""
    parts = words.split()
    small = " ".join(one for one in parts if one not in KINDS)
    if len(parts) == len(small.split()) and key("", small) == small:
        groups.append((small, ""))
        return f"(?P<g{len(groups) - 1}>{SPACE.join(map(re.escape, parts))})"
    made = []
    for part in parts:
        if part in KINDS:
            groups.append((key(part, small), part))
            made.append(f"(?P<g{len(groups) - 1}>{KINDS[part].pattern})")
        else:
            made.append(re.escape(part))
    return SPACE.join(made)
