"""The words of one language, and how it writes moments, lists, amounts of time and ordinal numbers."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.dates import format_datetime, get_timezone_name
from babel.lists import format_list

DEFAULT = "en"
Table = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Words:
    """One file of `telling.languages`; each table is a field. Sentences have places for names, in braces."""

    language: Table
    instants: Table
    ordinals: Table
    lengths: Table
    languages: Table
    sentences: Table
    rings: Table
    helpers: Table
    refusals: Table
    outcomes: Table
    orders: Table
    reasons: Table
    texts: Table
    arrived: Table
    unsent: Table
    failures: Table
    ends: Table
    faults: Table
    why: Table
    exits: Table
    helped: Table
    endings: Table
    headings: Table
    page: Table

    @property
    def code(self) -> str:
        return self.language["code"]

    @property
    def locale(self) -> str:
        return self.language["locale"]

    def say(self, sentence: str, **params: object) -> str:
        return self.sentences[sentence].format_map(params)

    def explain(self, sentence: str, **params: object) -> str:
        return self.why[sentence].format_map(params)

    def length(self, seconds: object) -> str:
        """An amount of time as people say it."""
        whole = int(seconds) if isinstance(seconds, int | float | str) and str(seconds).strip() else 0
        minutes, rest = divmod(whole, 60)
        return self.lengths["minutes" if minutes else "seconds"].format(minutes=minutes, seconds=rest)

    def any_of(self, names: Sequence[str]) -> str:
        """Taber, Barons or Vulcan."""
        return format_list(list(names), style="or", locale=self.locale)

    def all_of(self, names: Sequence[str]) -> str:
        """Taber, Barons and Vulcan."""
        return format_list(list(names), style="standard", locale=self.locale)

    def nth(self, number: int) -> str:
        return self.ordinals[Locale.parse(self.locale).ordinal_form(number)].format(number=number)

    def instant(self, known: str, at: datetime) -> str:
        """`at` is in the zone of whoever reads it; `known` names a pattern."""
        return str(format_datetime(at, self.instants[known], locale=self.locale))

    def zone(self, name: str) -> str:
        """A time zone as people call it: Mountain Time."""
        return str(get_timezone_name(name, locale=self.locale))

    def end(self, why: object) -> str:
        """Why something ended, which the story keeps in English."""
        return self.ends.get(str(why), str(why))

    def named(self, language: object) -> str:
        """A language by its name in this one."""
        return self.languages.get(str(language), str(language))


# At the end of a sentence's name: it is said instead where people write, or write e-mail.
IN_WRITING, BY_MAIL = "_text", "_email"
INSTEAD: Mapping[str, tuple[str, ...]] = {"voice": (), "text": (IN_WRITING,), "email": (IN_WRITING, BY_MAIL)}


@cache
def words(code: str = DEFAULT, channel: str = "voice") -> Words:
    """The words of that language, or of the default for one that we don't tell in."""
    found = all_words().get(code) or all_words()[DEFAULT]
    for suffix in INSTEAD[channel]:
        found = instead(found, suffix)
    return found


def instead(found: Words, suffix: str) -> Words:
    """The same words, with those of a channel in place of those for people who call."""
    tables: dict[str, Table] = {one.name: getattr(found, one.name) for one in fields(found)}
    return Words(
        **{name: {key: table.get(key + suffix, text) for key, text in table.items()} for name, table in tables.items()}
    )


@cache
def all_words() -> Mapping[str, Words]:
    """Every language that stories are told in, by its code."""
    found = {}
    for entry in sorted(files("telling.languages").iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".toml"):
            words = Words(**typeset(tomllib.loads(entry.read_text(encoding="utf-8"))))
            found[words.code] = words
    return found


def typeset(read: Mapping[str, Any]) -> dict[str, Table]:
    """French puts a space before a colon and within its quotation marks; no line may break there."""
    return {
        name: {key: re.sub(r" (?=[:»])|(?<=«) ", "\u00a0", text) for key, text in table.items()}
        for name, table in read.items()
    }


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
