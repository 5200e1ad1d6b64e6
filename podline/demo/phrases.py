"""How the account puts things: durations, lists of people, reasons."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text


def lasting(seconds: float, places: int = 0) -> str:
    """As people say it; tenths count only while the whole is short."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.{places}f} s"


def since(began: datetime | None, at: datetime) -> str:
    return lasting((at - began).total_seconds(), 1) if began else "no time"


def as_line(said: Text) -> Text:
    """As a line begins with it: "the caller" is a name as well."""
    line = said.copy()
    line.plain = said.plain[:1].upper() + said.plain[1:]
    return line


def listed(names: Sequence[Text]) -> Text:
    """One, two and three."""
    said = Text()
    for place, name in enumerate(names, 1):
        said.append_text(name).append({len(names): "", len(names) - 1: " and "}.get(place, ", "))
    return said


def listed_names(names: Sequence[str]) -> str:
    return listed([Text(name) for name in names]).plain


def reason_of(skipped: str) -> str:
    return {"reserved": "rung by another call", "on_call": "on a call"}.get(skipped, skipped.replace("_", " "))
