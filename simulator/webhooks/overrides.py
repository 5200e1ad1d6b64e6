"""Connection overrides (twilio.md 2.3): what a URL's fragment may say about time limits and retries."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

_RANGES = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
_EDGES = frozenset({"ashburn", "dublin", "frankfurt", "sao-paulo", "singapore", "sydney", "tokyo", "umatilla"})
_POLICIES = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True)
class Overrides:
    """Times in seconds. `retry_on` holds 4xx, 5xx, ct, rt or all. `edges` are those from which the attempts leave,
    one after the other. `complaint` is a bad rp (error 11243)."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})
    edges: tuple[str, ...] = ()
    sni: bool = True
    asks_retries: bool = False  # rc was given
    complaint: str | None = None

    def retry(self, why: str) -> bool:
        """`why` is ct, rt or the status code of the answer."""
        kind = f"{why[0]}xx" if why.isdigit() else why
        return "all" in self.retry_on or kind in self.retry_on


def split(url: str) -> tuple[str, Overrides]:
    """The URL that is requested and signed, and what its fragment asked for. Values out of range are
    ignored."""
    address, _, fragment = url.partition("#")
    said = {key: unquote(value) for key, _, value in (part.partition("=") for part in fragment.split("&"))}
    numbers = {key: _number(said.get(key, ""), key) for key in _RANGES}
    policies = frozenset(said["rp"].split(",")) if "rp" in said else Overrides.retry_on
    edges = tuple(said["e"].split(",")) if "e" in said else ()
    is_sound = policies <= _POLICIES
    return address, Overrides(
        connect=(numbers["ct"] or 5000) / 1000,
        read=(numbers["rt"] or 15000) / 1000,
        total=(numbers["tt"] or 15000) / 1000,
        retries=1 if numbers["rc"] is None else numbers["rc"],
        retry_on=policies if is_sound else Overrides.retry_on,
        edges=edges if all(edge.removesuffix("-ix") in _EDGES for edge in edges) else (),
        sni=said.get("sni") != "n",
        asks_retries=numbers["rc"] is not None,
        complaint=None if is_sound else f"rp={said['rp']} is not a list of {', '.join(sorted(_POLICIES))}",
    )


def _number(value: str, key: str) -> int | None:
    low, high = _RANGES[key]
    return int(value) if value.isascii() and value.isdigit() and low <= int(value) <= high else None
