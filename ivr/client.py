"""Twilio's REST API: the one client, and the one place that tells its refusals from its absence.

The package's async client ignores its own timeout and, told to retry, would send a POST twice (twilio.md 7.4):
so every call here has a limit, and whether to try again is the job's decision, never the client's.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

OFFICIAL = "https://api.twilio.com"
SECONDS = 10.0
QUEUE_FULL = 21611
UNSENT = frozenset({"failed", "undelivered"})  # statuses of a message that has an error (twilio.md 6.3)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Twilio has. `error`: Twilio's code, if it did not arrive."""

    sid: str
    body: str
    status: str
    error: str = ""


class TwilioRefused(Exception):
    """Twilio said no: the same request would be refused again. `code` is Twilio's, `status` HTTP's."""

    def __init__(self, status: int, code: int | None, message: str) -> None:
        super().__init__(f"Twilio refused ({status}, {code}): {message}")
        self.status = status
        self.code = code


class TwilioBusy(Exception):
    """No fault of what was asked, and certainly not done: 429, a full queue, a token that is just being replaced, no
    connection. Safe to try again."""


class TwilioAway(TwilioBusy):
    """No connection: nobody is there to be asked."""


class TwilioSilent(Exception):
    """No answer, or a 5xx: whether it was done is not known."""


class Api:
    """What the deeds use of Twilio. Make it inside the running loop; `http` replaces the transport in tests."""

    def __init__(self, account_sid: str, token: str, base_url: str, *, http: Any = None) -> None:
        self._http = http or AsyncTwilioHttpClient(timeout=SECONDS)
        self._client = Client(account_sid, token, http_client=self._http)
        if base_url != OFFICIAL:
            self._client.api.base_url = base_url

    async def close(self) -> None:
        closing = getattr(self._http, "close", None)
        if closing is not None:
            await closing()

    async def send_text(
        self, *, to: str, sender: str, body: str, status_callback: str, files: Sequence[str] = ()
    ) -> Sent:
        """The message that Twilio took. `files`: addresses from which Twilio fetches them."""
        with_files = {"media_url": list(files)} if files else {}
        return _sent(
            await _within(
                self._client.messages.create_async(
                    to=to, from_=sender, body=body, status_callback=status_callback, **with_files
                )
            )
        )

    async def list_texts(self, *, to: str, sender: str) -> list[Sent]:
        """The newest messages of that pair, newest first."""
        found = await _within(self._client.messages.list_async(to=to, from_=sender, limit=50, page_size=50))
        return [_sent(one) for one in found]

    async def call(
        self, *, to: str, sender: str, url: str, fallback_url: str, status_callback: str, seconds: int
    ) -> str:
        """The sid of the leg that Twilio will ring; `url` is asked for when it is picked up."""
        made = await _within(
            self._client.calls.create_async(
                to=to,
                from_=sender,
                url=url,
                fallback_url=fallback_url,
                status_callback=status_callback,
                status_callback_event=["completed"],
                timeout=seconds,
            )
        )
        return str(made.sid)

    async def list_calls(self, *, to: str, sender: str, since: datetime) -> list[tuple[str, str]]:
        """(sid, status) of the newest calls of that pair from that second on, newest first."""
        second = since.replace(microsecond=0)  # finer than that Twilio tells no time
        found = await _within(
            self._client.calls.list_async(to=to, from_=sender, start_time_after=since.date(), limit=20, page_size=20)
        )
        return [(one.sid, str(one.status)) for one in found if one.date_created is None or one.date_created >= second]

    async def call_status(self, sid: str) -> str | None:
        """Twilio's word on a call; None if Twilio doesn't know it."""
        try:
            return str((await _within(self._client.calls(sid).fetch_async())).status)
        except TwilioRefused as refused:
            if refused.status == 404:
                return None
            raise

    async def move(self, sid: str, url: str, fallback_url: str = "") -> None:
        """A living call leaves what it is doing, and asks for that URL at once. `fallback_url`: from now on."""
        fallback = {"fallback_url": fallback_url} if fallback_url else {}
        await _within(self._client.calls(sid).update_async(url=url, method="POST", **fallback))

    async def cancel(self, sid: str) -> str:
        """End a call that nobody has picked up; one that somebody has goes on. Twilio's word on it."""
        return str((await _within(self._client.calls(sid).update_async(status="canceled"))).status)

    async def hang_up(self, sid: str) -> None:
        await _within(self._client.calls(sid).update_async(status="completed"))

    async def recordings(self, call_sid: str) -> list[tuple[str, str, int]]:
        """(sid, url, seconds) of what was recorded on a call and is ready."""
        found = await _within(self._client.recordings.list_async(call_sid=call_sid, limit=20))
        base = f"{self._client.api.base_url}/2010-04-01/Accounts/{self._client.account_sid}/Recordings/"
        return [(one.sid, base + one.sid, int(one.duration or 0)) for one in found if str(one.status) == "completed"]


def _sent(one: Any) -> Sent:
    status = str(one.status)
    error = str(one.error_code) if one.error_code and status in UNSENT else ""
    return Sent(one.sid, one.body or "", status, error)


async def _within(call: Awaitable[Any]) -> Any:
    try:
        async with asyncio.timeout(SECONDS):
            return await call
    except TwilioRestException as error:
        if error.status in (401, 429) or error.code == QUEUE_FULL:
            raise TwilioBusy(str(error.msg)) from error
        if error.status >= 500:
            raise TwilioSilent(f"{error.status}: {error.msg}") from error
        raise TwilioRefused(error.status, error.code, str(error.msg)) from error
    except aiohttp.ClientConnectorError as error:
        raise TwilioAway(str(error)) from error
    except TwilioException as error:
        # Lists report every failure this way, without a status.
        raise TwilioSilent(str(error)) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise TwilioSilent(type(error).__name__) from error
