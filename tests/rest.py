"""Twilio's REST API for the service under test: the local Twilio's own server, called in the same loop."""

from typing import Any

import httpx
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from simulator.asgi import AsgiTransport


class TwilioOverAsgi(AsyncHttpClient):  # type: ignore[misc]  # the package ships no types
    """What the twilio package asks of a transport. `lost`: how many answers will not arrive, though done."""

    def __init__(self, server: Any) -> None:
        super().__init__(logger=None, is_async=True, timeout=10)
        self._client = httpx.AsyncClient(transport=AsgiTransport(server))

    async def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        names = ("params", "data", "headers", "auth")
        given = dict(zip(names, args, strict=False)) | {key: options.get(key) for key in names if key in options}
        answer = await self._client.request(
            method,
            url,
            params=given.get("params"),
            data=given.get("data"),
            headers=given.get("headers"),
            auth=tuple(given["auth"]) if given.get("auth") else None,
        )
        return Response(answer.status_code, answer.text)

    async def close(self) -> None:
        await self._client.aclose()
