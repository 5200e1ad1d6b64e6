"""Connection overrides (twilio.md 2.3): what a URL's fragment may say about time limits and retries."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

_RANGES = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
_POLICIES = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True)
class Overrides:
    """Times in seconds. `retry_on` holds 4xx, 5xx, ct, rt or all. `complaint` is a bad rp (error 11243)."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})
    complaint: str | None = None

    def retry(self, why: str) -> bool:
        """`why` is ct, rt or the status code of the answer."""
        kind = f"{why[0]}xx" if why.isdigit() else why
        return "all" in self.retry_on or kind in self.retry_on


def split(url: str) -> tuple[str, Overrides]:
    """The URL that is requested and signed, and what its fragment asked for. Values out of range are
    ignored."""
    address, _, fragment = url.partition("#")
    numbers: dict[str, int] = {}
    retry_on, complaint = Overrides.retry_on, None
    for part in filter(None, fragment.split("&")):
        key, _, value = part.partition("=")
        if key == "rp":
            policies = frozenset(unquote(value).split(","))
            if policies <= _POLICIES:
                retry_on = policies
            else:
                complaint = f"rp={value} is not a list of {', '.join(sorted(_POLICIES))}"
        elif key in _RANGES and value.isdigit():
            low, high = _RANGES[key]
            if low <= int(value) <= high:
                numbers[key] = int(value)
    return address, Overrides(
        connect=numbers.get("ct", 5000) / 1000,
        read=numbers.get("rt", 15000) / 1000,
        total=numbers.get("tt", 15000) / 1000,
        retries=numbers.get("rc", 1),
        retry_on=retry_on,
        complaint=complaint,
    )
