"""The files of a text (twilio.md 6.1, 6.2): what a telephone attached, and what is fetched from a MediaUrl when the
text is sent. Both are kept until they are deleted, and given out by the REST API."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from simulator.exchange import Exchange

MOST_FILES = 10
FETCH_SECONDS = 15.0
_LARGE_TYPES = ("image/jpeg", "image/png", "image/gif")
MOST_BYTES, MOST_BYTES_OF_OTHERS = 5_000_000, 500_000  # 5 MB for pictures, 500 kB for all else, 5 MB in total


@dataclass(frozen=True)
class Attachment:
    """A file that a person sends. `attachment("photo.jpg")` makes one of a name."""

    content_type: str
    content: bytes


def attachment(file: str | Attachment) -> Attachment:
    """A name alone is a file of that type, whose content is its name."""
    return file if isinstance(file, Attachment) else Attachment(type_of(file), file.encode())


def type_of(name: str) -> str:
    return mimetypes.guess_type(name.partition("?")[0])[0] or "application/octet-stream"


@dataclass(eq=False)
class Media:
    """`source` is the MediaUrl it is fetched from; empty for what a telephone sent."""

    sid: str
    created_at: datetime
    content_type: str
    content: bytes = b""
    source: str = ""


async def fetch_all(exchange: Exchange, files: list[Media]) -> str | None:
    """Fetches what a text is to carry. The sentence of the first failure (11751), or None."""
    total = 0
    for file in files:
        if failure := await _fetch(exchange, file):
            return failure
        total += len(file.content)
        if total > MOST_BYTES:
            return f"the files have more than {MOST_BYTES} bytes together"
    return None


async def _fetch(exchange: Exchange, file: Media) -> str | None:
    way = exchange.webhooks.way
    # Not closed: the way belongs to whoever made the exchange.
    client = way if isinstance(way, httpx.AsyncClient) else httpx.AsyncClient(transport=way, trust_env=False)
    with exchange.clock.working(f"media {file.source}"):
        try:
            answer = await client.get(file.source, follow_redirects=True, timeout=FETCH_SECONDS)
        except httpx.HTTPError as error:
            return f"{file.source} cannot be fetched: {error!r}"
    if answer.status_code != 200:
        return f"{file.source} answers with the HTTP status {answer.status_code}"
    file.content_type = answer.headers.get("content-type", "").partition(";")[0] or file.content_type
    file.content = answer.content
    most = MOST_BYTES if file.content_type in _LARGE_TYPES else MOST_BYTES_OF_OTHERS
    return f"{file.source} has more than {most} bytes" if len(file.content) > most else None
