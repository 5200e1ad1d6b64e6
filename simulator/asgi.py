"""Calls an ASGI application in the same loop as if over HTTP. Unlike httpx's own transport it hands the path
and query on byte for byte as the URL was written: a signature covers those bytes."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import httpx

Message = MutableMapping[str, Any]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class AsgiTransport(httpx.AsyncBaseTransport):
    """An exception of the application is a 500, as its server would make it; it is kept in `crashes`."""

    def __init__(self, app: Asgi) -> None:
        self._app = app
        self.crashes: list[Exception] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        # A task with a context of its own: what the application binds there must not stay with the caller.
        answer = asyncio.get_running_loop().create_task(
            self._answer(request, body), context=contextvars.Context(), name=f"{request.method} {request.url}"
        )
        try:
            return await answer
        finally:
            answer.cancel()

    async def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        target = request.extensions.get("target") or request.url.raw_path
        raw_path, _, query = bytes(target).partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": unquote(raw_path.decode("ascii")),
            "raw_path": raw_path,
            "query_string": query,
            "server": (request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)),
            "client": ("127.0.0.1", 40_000),
            "root_path": "",
        }
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        gone = asyncio.Event()

        async def receive() -> Message:
            if waiting:
                return waiting.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        status, headers, parts = 500, list[tuple[bytes, bytes]](), list[bytes]()

        async def send(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message.get("headers", []))
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    gone.set()

        try:
            await self._app(scope, receive, send)
        except Exception as error:
            self.crashes.append(error)
            return httpx.Response(500, text=f"the application raised {error!r}", request=request)
        return httpx.Response(status, headers=headers, content=b"".join(parts), request=request)
