"""Requests to the service: signed, retried, timed and logged as Twilio does (twilio.md 2 and 3.1). What the
answer means is the asker's business. A Trouble lets a test make the way to the service slow or broken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode, urlsplit

import httpx

from simulator.calls.legs import Leg
from simulator.clock import Clock
from simulator.events import Event, WebhookAnswered, WebhookSent
from simulator.faults import Exchanged, Upset, Upsets
from simulator.switches import Switches
from simulator.twiml.reading import MOST_BYTES
from simulator.webhooks.caching import Cache
from simulator.webhooks.doubtful import without_doubtful
from simulator.webhooks.overrides import Overrides, split
from simulator.webhooks.signing import signature
from simulator.webhooks.urls import InvalidUrlError, joined, written

MOST_REDIRECTS = 10
CONVERSATION = timedelta(hours=4)
Kind = Literal["twiml", "status", "conference", "recording", "message", "amd", "speech", "transcription"]
TOKEN = "i-twilio-idempotency-token"
Way = httpx.AsyncBaseTransport | httpx.AsyncClient


@dataclass
class Request:
    """One attempt, with its answer as soon as there is one. `url` is what was requested and signed, `address` the same
    without the parameters of a GET: the URL of the document (4). `error` is a code of twilio.md 2.6."""

    at: datetime
    kind: Kind
    method: str
    url: str
    address: str
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
    is_kept: bool = False  # answered 304: the body is the one that was kept
    broke: Literal["", "ct", "rt"] = ""  # no connection, or no answer over it
    edge: str = ""  # from where it left, if the overrides say so

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def breaks(self, why: Literal["ct", "rt"], words: str) -> None:
        self.error, self.broke, self.body = 11205, why, words


@dataclass(frozen=True)
class Failure:
    code: int
    message: str
    url: str


@dataclass
class Trouble:
    """On the way to every URL that contains `part`, `times` times (0: always). slow waits `seconds` of the
    clock before the service is asked; refused is a failed connect, unreachable one that nobody answers; status
    answers instead of the service."""

    part: str
    kind: Literal["slow", "refused", "unreachable", "status"]
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
    upsets: Upsets
    requests: list[Request] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    _cookies: dict[str, httpx.Cookies] = field(default_factory=dict)
    _asked_at: dict[str, datetime] = field(default_factory=dict)
    _cache: Cache = field(default_factory=Cache)

    async def ask(
        self, kind: Kind, method: str, url: str, params: dict[str, str], leg: Leg | None = None
    ) -> Request | Failure:
        """One delivery, retries and redirects included. A Request with a 2xx status, or why there is none."""
        address, overrides = split(url)
        try:
            address = written(address)
        except InvalidUrlError as error:
            return Failure(11100, str(error), url)
        if overrides.complaint:
            return Failure(11243, overrides.complaint, url)
        if self.switches().doubtful_parameters == "not sent":
            params = without_doubtful(kind, params)
        params = params | ({"NewParam": "1"} if self.switches().unknown_parameter == "NewParam" else {})
        upset = self.upsets.befalling(Exchanged(kind, method, address, params, leg))
        delivery = replace(self._delivery(kind, leg, overrides), upset=upset, jar=self._jar(leg, params))
        with self.clock.working(f"webhook {method} {address}"):
            if self.switches().webhook_duplicate == "overlapping" or (upset and upset.what == "doubled"):
                twin = replace(delivery, is_duplicate=True, upset=None)
                self.clock.spawn(self._again(twin, method, address, params), f"second webhook {address}")
            return await self._retried(delivery, method, address, params)

    async def redelivers(self, request: Request) -> Request | Failure:
        """The same delivery once more, as after an answer that was lost: same parameters, same idempotency
        token. Its answer is for whoever asks here; the call goes on with the first one."""
        token = request.headers.get(TOKEN, "")
        delivery = replace(self._delivery(request.kind, request.leg, Overrides()), token=token, is_duplicate=True)
        delivery = replace(delivery, jar=self._jar(request.leg, request.params))
        with self.clock.working(f"webhook again {request.method} {request.url}"):
            return await self._retried(delivery, request.method, request.address, request.params)

    async def _again(self, twin: _Delivery, method: str, url: str, params: dict[str, str]) -> None:
        await self._retried(twin, method, url, params)

    def _jar(self, leg: Leg | None, params: dict[str, str]) -> httpx.Cookies:
        """Cookies are kept for a call, and for two who text each other until they have been silent for long (2.1)."""
        who = leg.sid if leg else " ".join(sorted((params.get("From", ""), params.get("To", ""))))
        now = self.clock.now()
        if leg is None and now - self._asked_at.get(who, now) > CONVERSATION:
            self._cookies.pop(who, None)
        self._asked_at[who] = now
        return self._cookies.setdefault(who, httpx.Cookies())

    def _delivery(self, kind: Kind, leg: Leg | None, overrides: Overrides) -> _Delivery:
        ends_at = self.clock.now() + timedelta(seconds=overrides.total)
        has_token = overrides.asks_retries or self.switches().idempotency_token == "always"
        return _Delivery(kind, leg, overrides, self.token() if has_token else "", ends_at)

    async def _retried(self, delivery: _Delivery, method: str, url: str, params: dict[str, str]) -> Request | Failure:
        """All attempts share the 15 seconds (2.2)."""
        tries = 0
        while True:
            answer, why = await self._followed(replace(delivery, tries=tries), method, url, params)
            is_last = tries >= delivery.overrides.retries or delivery.left(self.clock.now()) <= 0
            if isinstance(answer, Request) or is_last or not delivery.overrides.retry(why):
                return answer
            tries += 1

    async def _followed(
        self, delivery: _Delivery, method: str, url: str, params: dict[str, str]
    ) -> tuple[Request | Failure, str]:
        """Follows redirects. A redirected POST becomes a GET without its parameters (2.1)."""
        for _ in range(MOST_REDIRECTS + 1):
            try:
                request = await self._once(delivery, method, written(url), params)
            except InvalidUrlError as error:
                return Failure(11100, str(error), url), ""
            if request.status is None:
                return Failure(request.error or 11205, request.body, url), request.broke
            if request.location:
                url = joined(url, request.location)
                if request.status not in (307, 308):
                    method, params = "GET", {}
                continue
            if not 200 <= request.status < 300 and not request.is_kept:
                request.error = 11200
                return Failure(11200, f"HTTP status {request.status}", url), str(request.status)
            if request.error:
                return Failure(request.error, f"the answer is over {MOST_BYTES} bytes", url), ""
            return request, ""
        return Failure(11215, "too many redirects", url), ""

    async def _once(self, delivery: _Delivery, method: str, address: str, params: dict[str, str]) -> Request:
        form = list(params.items())
        url = written(address, params) if method == "GET" else address
        parts = urlsplit(url)
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Twilio-Signature": signature(self.auth_token, url, form if method == "POST" else ()),
        }
        if delivery.token:
            headers[TOKEN] = delivery.token
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        message = httpx.Request(
            method,
            url,
            headers=headers,
            content=urlencode(form).encode() if method == "POST" else None,
            extensions={"target": target.encode("ascii"), "timeout": delivery.timeouts()},
        )
        if delivery.jar:
            delivery.jar.set_cookie_header(message)
        _with_basic_credentials(message)
        request = Request(
            self.clock.now(), delivery.kind, method, url, address, params, dict(message.headers), delivery.leg,
            is_duplicate=delivery.is_duplicate, edge=delivery.edge,
        )  # fmt: skip
        self.requests.append(request)
        self.report(WebhookSent(request.at, delivery.leg, method, url, delivery.kind))
        await self.upsets.around(delivery.upset, request, self._carry(request, message, delivery))
        request.answered_at = self.clock.now()
        error = str(request.error) if request.error else None
        self.report(WebhookAnswered(request.answered_at, delivery.leg, url, delivery.kind, request.status, error))
        return request

    async def _carry(self, request: Request, message: httpx.Request, delivery: _Delivery) -> None:
        if await self._is_troubled(request, delivery):
            return
        kept = self._cache.conditions(message)
        left = delivery.left(self.clock.now())
        try:
            async with asyncio.timeout(left):
                response = await self._send(message)
                content = await response.aread()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            request.breaks("ct", f"no connection: {error}")
            return
        except (TimeoutError, httpx.TimeoutException):
            request.breaks("rt", f"no answer within {left:g} s")
            return
        except httpx.TransportError as error:
            request.breaks("rt", f"the connection broke: {error}")
            return
        if "set-cookie" in response.headers:
            delivery.jar.extract_cookies(response)
        request.status = response.status_code
        request.content_type = response.headers.get("content-type", "")
        request.location = response.headers["location"] if response.has_redirect_location else ""
        self._cache.keeps(message, response, content)
        if kept is not None and response.status_code == 304:
            request.is_kept, content, request.content_type = True, kept.content, kept.content_type
        if len(content) > MOST_BYTES:
            request.error = 11750
        request.body = content[: MOST_BYTES + 1].decode("utf-8", "replace")

    async def _is_troubled(self, request: Request, delivery: _Delivery) -> bool:
        """True if the request never reaches the service."""
        trouble, left = self._trouble(request.url, delivery.upset), delivery.left(self.clock.now())
        if trouble is None:
            return False
        if trouble.kind == "status":
            request.status, request.body = trouble.status, trouble.body
            request.content_type = trouble.content_type
        elif trouble.kind == "refused":
            request.breaks("ct", "connection refused")
        elif trouble.kind == "unreachable":
            limit = min(delivery.overrides.connect, left)
            await self.clock.sleep(limit)
            request.breaks("ct", f"no connection within {limit:g} s")
        else:
            limit = min(delivery.overrides.read, left)
            await self.clock.sleep(min(trouble.seconds, limit))
            if trouble.seconds < limit:
                return False
            request.breaks("rt", f"no answer within {limit:g} s")
        return True

    async def _send(self, message: httpx.Request) -> httpx.Response:
        """Answers a challenge for Digest credentials with those in the URL."""
        response = await self._sent(message)
        wants_digest = response.headers.get("www-authenticate", "").lower().startswith("digest")
        if response.status_code != 401 or not wants_digest or not message.url.username:
            return response
        del message.headers["Authorization"]
        flow = httpx.DigestAuth(message.url.username, message.url.password).sync_auth_flow(message)
        next(flow)
        return await self._sent(flow.send(response))

    async def _sent(self, message: httpx.Request) -> httpx.Response:
        if isinstance(self.way, httpx.AsyncClient):
            return await self.way.send(message, follow_redirects=False, auth=None)
        response = await self.way.handle_async_request(message)
        response.request = message
        return response

    def _trouble(self, url: str, upset: Upset | None) -> Trouble | None:
        if upset and upset.is_on and upset.what in ("slow", "refused", "unreachable", "status"):
            return Trouble("", upset.what, upset.seconds, upset.status)
        for trouble in self.troubles:
            if trouble.part in url:
                if trouble.times == 1:
                    self.troubles.remove(trouble)
                else:
                    trouble.times -= trouble.times > 0
                return trouble
        return None


def _with_basic_credentials(message: httpx.Request) -> None:
    if message.url.username:
        basic = httpx.BasicAuth(message.url.username, message.url.password)
        next(basic.sync_auth_flow(message))


@dataclass(frozen=True)
class _Delivery:
    """What all attempts of one delivery share; the idempotency token among it."""

    kind: Kind
    leg: Leg | None
    overrides: Overrides
    token: str
    ends_at: datetime
    is_duplicate: bool = False
    tries: int = 0
    upset: Upset | None = None
    jar: httpx.Cookies = field(default_factory=httpx.Cookies)

    def left(self, now: datetime) -> float:
        return (self.ends_at - now).total_seconds()

    @property
    def edge(self) -> str:
        edges = self.overrides.edges
        return edges[self.tries % len(edges)] if edges else ""

    def timeouts(self) -> dict[str, float]:
        limits = self.overrides
        return {"connect": limits.connect, "read": limits.read, "write": limits.read, "pool": limits.connect}
