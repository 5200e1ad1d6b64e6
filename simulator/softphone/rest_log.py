"""The REST API with a log: each request and its answer is an item of the feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from simulator.softphone.shown import instant

if TYPE_CHECKING:
    from simulator.asgi import Asgi
    from simulator.exchange import Exchange
    from simulator.softphone.feed import Feed

MOST = 4000  # characters of an answer that are kept


class RestLog:
    def __init__(self, rest: Asgi, exchange: Exchange, feed: Feed) -> None:
        self._rest, self._exchange, self._feed = rest, exchange, feed

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        asked, answered = bytearray(), bytearray()
        status: int | None = None
        is_text = True
        begins, number = self._exchange.clock.now(), self._feed.number()
        self._feed.rest_in_hand[number] = scope["path"]

        async def receives() -> Any:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def sends(message: Any) -> None:
            nonlocal status, is_text
            status = message.get("status", status)
            for name, value in message.get("headers", ()):
                if bytes(name).lower() == b"content-type":
                    is_text = bytes(value).startswith((b"text/", b"application/"))
            answered.extend(message.get("body", b"")[:MOST])
            await send(message)

        try:
            await self._rest(scope, receives, sends)
        finally:
            del self._feed.rest_in_hand[number]
            given = parse_qsl(scope["query_string"].decode()) + parse_qsl(asked.decode("utf-8", "replace"))
            ends = self._exchange.clock.now()
            self._feed.tells(
                {
                    "what": "rest",
                    "id": number,
                    "at": instant(begins),
                    "call": self._call(scope["path"], bytes(answered)),
                    "kind": "rest",
                    "method": scope["method"],
                    "path": scope["path"],
                    "url": scope["path"],
                    "params": dict(given),
                    "status": status,
                    "error": None,
                    "seconds": (ends - begins).total_seconds(),
                    "body": answered[:MOST].decode("utf-8", "replace") if is_text else "",
                    "duplicate": False,
                }
            )

    def _call(self, path: str, answered: bytes) -> str:
        """The call that it was about: named in the path, or made by it."""
        found = [sid for sid in self._exchange.legs if sid in path]
        if not found and path.endswith("/Calls.json"):
            found = [sid for sid in self._exchange.legs if f'"sid":"{sid}"'.encode() in answered.replace(b" ", b"")]
        return found[0] if len(found) == 1 else ""
