"""Requests to the service: signed, retried, timed and logged as Twilio does (twilio.md 2 and 3.1). What the
answer means is the asker's business. A Trouble lets a test make the way to the service slow or broken."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import unquote, urlencode, urljoin, urlsplit

import httpx

from simulator.clock import Clock
from simulator.events import Event, WebhookAnswered, WebhookSent
from simulator.legs import Leg
from simulator.overrides import Overrides, split
from simulator.signing import signature
from simulator.switches import Switches
from simulator.twiml import MOST_BYTES

MOST_REDIRECTS = 10
Kind = Literal["twiml", "status", "conference", "recording", "message"]
Way = httpx.AsyncBaseTransport | httpx.AsyncClient


@dataclass
class Request:
    """One attempt, with its answer as soon as there is one. `error` is a code of twilio.md 2.6."""

    at: datetime
    kind: Kind
    method: str
    url: str
    params: dict[str, str]
    headers: dict[str, str]
    leg: Leg | None = None
    status: int | None = None
    body: str = ""
    content_type: str = ""
    location: str = ""
    error: int | None = None
    answered_at: datetime | None = None
    is_duplicate: bool = False

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass(frozen=True)
class Failure:
    code: int
    message: str
    url: str


@dataclass
class Trouble:
    """On the way to every URL that contains `part`, `times` times (0: always). slow waits `seconds` of the
    clock before the service is asked; refused is a failed connect; status answers instead of the service."""

    part: str
    kind: Literal["slow", "refused", "status"]
    seconds: float = 0.0
    status: int = 500
    body: str = ""
    content_type: str = "text/xml; charset=utf-8"
    times: int = 1


@dataclass
class Webhooks:
    way: Way
    clock: Clock
    auth_token: str
    switches: Callable[[], Switches]
    token: Callable[[], str]  # a fresh idempotency token
    report: Callable[[Event], None]
    requests: list[Request] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    _cookies: dict[str, httpx.Cookies] = field(default_factory=dict)

    async def ask(
        self, kind: Kind, method: str, url: str, params: dict[str, str], leg: Leg | None = None
    ) -> Request | Failure:
        """One delivery, retries and redirects included. A Request with a 2xx status, or why there is none."""
        address, overrides = split(url)
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
            return Failure(11100, f"invalid URL: {url!r}", url)
        if overrides.complaint:
            return Failure(11243, overrides.complaint, url)
        params = params | ({"NewParam": "1"} if self.switches().unknown_parameter == "NewParam" else {})
        delivery = _Delivery(kind, leg, overrides, self.token())
        with self.clock.working(f"webhook {method} {address}"):
            if self.switches().webhook_duplicate == "overlapping":
                twin = _Delivery(kind, leg, overrides, delivery.token, is_duplicate=True)
                self.clock.spawn(self._again(twin, method, address, params), f"second webhook {address}")
            return await self._retried(delivery, method, address, params)

    async def redelivers(self, request: Request) -> Request | Failure:
        """The same delivery once more, as after an answer that was lost: same parameters, same idempotency
        token. Its answer is for whoever asks here; the call goes on with the first one."""
        token = request.headers["i-twilio-idempotency-token"]
        delivery = _Delivery(request.kind, request.leg, Overrides(), token, is_duplicate=True)
        with self.clock.working(f"webhook again {request.method} {request.url}"):
            # A GET's address already holds its parameters.
            params = request.params if request.method == "POST" else {}
            return await self._retried(delivery, request.method, request.url, params)

    async def _again(self, twin: _Delivery, method: str, url: str, params: dict[str, str]) -> None:
        await self._retried(twin, method, url, params)

    async def _retried(self, delivery: _Delivery, method: str, url: str, params: dict[str, str]) -> Request | Failure:
        tries = 0
        while True:
            answer, why = await self._followed(delivery, method, url, params)
            if isinstance(answer, Request) or tries >= delivery.overrides.retries:
                return answer
            if not delivery.overrides.retry(why):
                return answer
            tries += 1

    async def _followed(
        self, delivery: _Delivery, method: str, url: str, params: dict[str, str]
    ) -> tuple[Request | Failure, str]:
        """Follows redirects. A redirected POST becomes a GET without its parameters (2.1)."""
        for _ in range(MOST_REDIRECTS + 1):
            request = await self._once(delivery, method, url, params)
            if request.status is None:
                why = "ct" if request.error == 11200 else "rt"
                return Failure(request.error or 11200, request.body, url), why
            if request.location:
                url = urljoin(url, request.location)
                if request.status not in (307, 308):
                    method, params = "GET", {}
                continue
            if not 200 <= request.status < 300:
                request.error = 11200
                return Failure(11200, f"HTTP status {request.status}", url), str(request.status)
            if request.error:
                return Failure(request.error, f"the answer is over {MOST_BYTES} bytes", url), ""
            return request, ""
        return Failure(11215, "too many redirects", url), ""

    async def _once(self, delivery: _Delivery, method: str, url: str, params: dict[str, str]) -> Request:
        form = list(params.items())
        if method == "GET" and form:
            url += ("&" if urlsplit(url).query else "?") + urlencode(form)
        parts = urlsplit(url)
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Twilio-Signature": signature(self.auth_token, url, form if method == "POST" else ()),
            "I-Twilio-Idempotency-Token": delivery.token,
        }
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        message = httpx.Request(
            method,
            url,
            headers=headers,
            content=urlencode(form).encode() if method == "POST" else None,
            extensions={"target": target.encode("ascii", "replace"), "timeout": delivery.timeouts()},
        )
        if parts.username:
            credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            message.headers["Authorization"] = "Basic " + b64encode(credentials.encode()).decode()
        jar = self._cookies.setdefault(delivery.leg.sid if delivery.leg else "", httpx.Cookies())
        jar.set_cookie_header(message)
        request = Request(
            self.clock.now(), delivery.kind, method, url, params, dict(message.headers), delivery.leg,
            is_duplicate=delivery.is_duplicate,
        )  # fmt: skip
        self.requests.append(request)
        self.report(WebhookSent(request.at, delivery.leg, method, url, delivery.kind))
        await self._carry(request, message, delivery.overrides, jar)
        request.answered_at = self.clock.now()
        error = str(request.error) if request.error else None
        self.report(WebhookAnswered(request.answered_at, delivery.leg, url, delivery.kind, request.status, error))
        return request

    async def _carry(self, request: Request, message: httpx.Request, overrides: Overrides, jar: httpx.Cookies) -> None:
        limit = min(overrides.total, overrides.connect + overrides.read)
        trouble = self._trouble(request.url)
        if trouble and trouble.kind == "refused":
            request.error, request.body = 11200, "connection refused"
            return
        if trouble and trouble.kind == "slow":
            await self.clock.sleep(min(trouble.seconds, limit))
            if trouble.seconds >= limit:
                request.error, request.body = 11205, f"no answer within {limit:g} s"
                return
        if trouble and trouble.kind == "status":
            request.status, request.body = trouble.status, trouble.body
            request.content_type = trouble.content_type
            return
        try:
            async with asyncio.timeout(limit):
                response = await self._send(message)
                content = await response.aread()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            request.error, request.body = 11200, f"no connection: {error}"
            return
        except (TimeoutError, httpx.TimeoutException):
            request.error, request.body = 11205, f"no answer within {limit:g} s"
            return
        except httpx.TransportError as error:
            request.error, request.body = 11205, f"the connection broke: {error}"
            return
        jar.extract_cookies(response)
        request.status = response.status_code
        request.content_type = response.headers.get("content-type", "")
        request.location = response.headers["location"] if response.has_redirect_location else ""
        if len(content) > MOST_BYTES:
            request.error = 11750
        request.body = content[: MOST_BYTES + 1].decode("utf-8", "replace")

    async def _send(self, message: httpx.Request) -> httpx.Response:
        if isinstance(self.way, httpx.AsyncClient):
            return await self.way.send(message, follow_redirects=False)
        response = await self.way.handle_async_request(message)
        response.request = message
        return response

    def _trouble(self, url: str) -> Trouble | None:
        for trouble in self.troubles:
            if trouble.part in url:
                if trouble.times == 1:
                    self.troubles.remove(trouble)
                else:
                    trouble.times -= trouble.times > 0
                return trouble
        return None


@dataclass(frozen=True)
class _Delivery:
    """What all attempts of one delivery share; the idempotency token among it."""

    kind: Kind
    leg: Leg | None
    overrides: Overrides
    token: str
    is_duplicate: bool = False

    def timeouts(self) -> dict[str, float]:
        limits = self.overrides
        return {"connect": limits.connect, "read": limits.read, "write": limits.read, "pool": limits.connect}
