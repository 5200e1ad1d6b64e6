"""The cache of what GET requests answered (twilio.md 2.1): a document with an ETag or Last-Modified is asked for
again on condition, and an answer of 304 stands for the one that was kept. A POST is never cached."""

from __future__ import annotations

from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Kept:
    conditions: dict[str, str]  # headers of the next request
    content: bytes
    content_type: str


class Cache:
    """By URL, query included: the parameters of a GET are part of it."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def conditions(self, message: httpx.Request) -> Kept | None:
        """Makes the request conditional if its answer was kept."""
        kept = self._kept.get(str(message.url)) if message.method == "GET" else None
        if kept is not None:
            message.headers.update(kept.conditions)
        return kept

    def keeps(self, message: httpx.Request, answer: httpx.Response, content: bytes) -> None:
        is_private = "no-store" in answer.headers.get("cache-control", "")
        if message.method != "GET" or answer.status_code != 200 or is_private:
            return
        given = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
        conditions = {name: answer.headers[of] for name, of in given.items() if of in answer.headers}
        if conditions:
            self._kept[str(message.url)] = Kept(conditions, content, answer.headers.get("content-type", ""))
