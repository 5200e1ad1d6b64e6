"""What the system itself says: one TOML file a language, read once; actions name a prompt, never a sentence."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

DEFAULT = "en"


@dataclass(frozen=True)
class Language:
    """`speech` is Twilio's language tag, `voice` one that Twilio has for it; `instant` a CLDR date pattern."""

    code: str
    name: str
    locale: str
    voice: str
    speech: str
    instant: str
    names: Mapping[str, str]
    prompts: Mapping[str, str]

    def text(self, prompt: str, params: Mapping[str, str] | None = None) -> str:
        """The sentence; a missing parameter is left out rather than spoken as a brace."""
        said = " ".join(self.prompts[prompt].format_map(_Forgiving(params or {})).split())
        return said.replace("..", ".")  # "11:00 a.m." may end a sentence

    def spoken_instant(self, at: datetime, zone: str) -> str:
        """A due time as people say it, in the listener's own time zone: "Monday at 9:30 a.m."."""
        return format_datetime(at.astimezone(ZoneInfo(zone)), self.instant, locale=self.locale)


class _Forgiving(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


@cache
def languages() -> Mapping[str, Language]:
    """Every language that ships, by its code."""
    found = {}
    for entry in files(__package__).iterdir():
        if entry.name.endswith(".toml"):
            read = tomllib.loads(entry.read_text(encoding="utf-8"))
            language = Language(**read["language"], names=read["names"], prompts=read["prompts"])
            found[language.code] = language
    return found


def language(code: str) -> Language:
    """The language of that code, or the default for one that we don't speak."""
    return languages().get(code) or languages()[DEFAULT]
