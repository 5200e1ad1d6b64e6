"""What the system itself says: one TOML file a language, read once; actions name a prompt, never a sentence."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from callflows.wording import spoken

DEFAULT = "en"
WEEK = 7  # days


@dataclass(frozen=True)
class Language:
    """`speech` is Twilio's language tag, `voice` one that Twilio has for it.

    `day`, `date` (`first`: of the first of a month), `time` and `hour` (a full one) are CLDR date patterns.
    `words`: what callers say, by its meaning.
    """

    code: str
    name: str
    locale: str
    voice: str
    speech: str
    day: str
    date: str
    first: str
    time: str
    hour: str
    names: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    prompts: Mapping[str, str]

    def text(self, prompt: str, params: Mapping[str, str] | None = None) -> str:
        """The sentence; a missing parameter is left out."""
        return spoken(self.prompts[prompt], params or {})

    def tokens(self, said: str) -> frozenset[str]:
        """The words of what was said, without case and accents."""
        return frozenset(in_order(said))

    def spoken_instant(self, at: datetime, zone: str, now: datetime | None = None) -> str:
        """A due time as people say it, in the listener's own time zone: "Monday at 9:30 a.m.".

        With its date if that is a week or more from `now`, where the day alone would mean another one.
        """
        there = at.astimezone(ZoneInfo(zone))
        far = now is not None and abs((there.date() - now.astimezone(there.tzinfo).date()).days) >= WEEK
        day = self.day if not far else self.first if there.day == 1 else self.date
        time = self.time if there.minute else self.hour
        return format_datetime(there, f"{day} {time}", locale=self.locale)


def in_order(said: str) -> list[str]:
    """The words of what was said or written, without case and accents."""
    folded = unicodedata.normalize("NFKD", said.casefold())
    return re.findall(r"[^\W_]+", "".join(one for one in folded if not unicodedata.combining(one)))


@cache
def languages() -> Mapping[str, Language]:
    """Every language that ships, by its code."""
    found = {}
    for entry in sorted(files(__package__).iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".toml"):
            read = tomllib.loads(entry.read_text(encoding="utf-8"))
            words = {meaning: tuple(said) for meaning, said in read["words"].items()}
            language = Language(**read["language"], names=read["names"], words=words, prompts=read["prompts"])
            found[language.code] = language
    return found


def language(code: str) -> Language:
    """The language of that code, or the default for one that we don't speak."""
    return languages().get(code) or languages()[DEFAULT]


def words(code: str, meaning: str) -> tuple[str, ...]:
    """What callers of a language say for `yes` or `no`."""
    return language(code).words[meaning]
