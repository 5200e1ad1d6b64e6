"""Where the files of messages are kept, and how one is fetched: at Twilio, until it is deleted there.

Only what lies at Twilio is asked for, and only Twilio is told our credentials: what it redirects to is asked without
them (twilio.md 6.1: whether a file needs them is the account's setting).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import httpx

LARGEST = 10_000_000  # bytes
SECONDS = 10.0  # until an answer begins, redirects included; and then between two of its pieces
MOST_REDIRECTS = 3
MOST_AT_ONCE = 20
# Nothing compressed: what we count and hand on are the file's own bytes.
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}


class FileGone(Exception):
    """It isn't kept there any more, or never was."""


class FileAway(Exception):
    """It couldn't be fetched now; later it may be."""


class FileTooLarge(Exception):
    """More than LARGEST bytes."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file on its way; `close` must be awaited, also when it was not read.

    `length`: in bytes, if known. `part`: the Content-Range if these are a part of it, as was asked; else empty.
    """

    pieces: AsyncIterator[bytes]
    close: Callable[[], Awaitable[None]]
    length: int | None = None
    part: str = ""


class Source(Protocol):
    """One place where files are kept."""

    def holds(self, address: str) -> bool:
        """Whether a file of that address is kept here, by the address alone."""

    async def fetch(self, address: str, part: str = "") -> Fetched:
        """`part`: a Range header, which may be left out of account. Raises FileGone, FileAway, FileTooLarge."""


class TwilioFiles:
    """Make it inside the running loop, and close it. `base_url`: of Twilio's REST API; `way` replaces the network."""

    def __init__(
        self, account_sid: str, token: str, base_url: str, *, way: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._base = httpx.URL(base_url)
        self._credentials = httpx.BasicAuth(account_sid, token)
        self._client = httpx.AsyncClient(
            transport=way,
            trust_env=False,
            timeout=SECONDS,
            headers=HEADERS,
            limits=httpx.Limits(max_connections=MOST_AT_ONCE),
        )

    async def close(self) -> None:
        await self._client.aclose()

    def holds(self, address: str) -> bool:
        """Below the REST API that we use, or Twilio's own."""
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL:
            return False
        if url.userinfo or "/.." in url.path:
            return False
        return self._is_below_base(url) or _is_twilio(url)

    async def fetch(self, address: str, part: str = "") -> Fetched:
        if not self.holds(address):
            raise FileGone(f"{address} is no address at Twilio")
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._answer(httpx.URL(address), {"Range": part} if part else {})
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise FileAway(type(error).__name__) from error
        try:
            return _fetched(answer)
        except BaseException:
            await answer.aclose()
            raise

    async def _answer(self, url: httpx.URL, headers: dict[str, str]) -> httpx.Response:
        """The last one, after redirects."""
        answer = await self._ask(url, headers, self._credentials)
        for _ in range(MOST_REDIRECTS):
            if not answer.has_redirect_location:
                break
            await answer.aclose()
            url = url.join(answer.headers["Location"])
            if not self._may_follow(url):
                raise FileAway(f"redirected to {url.scheme}://{url.host}, which is not safe")
            answer = await self._ask(url, headers, None)
        return answer

    async def _ask(self, url: httpx.URL, headers: dict[str, str], auth: httpx.Auth | None) -> httpx.Response:
        return await self._client.send(self._client.build_request("GET", url, headers=headers), auth=auth, stream=True)

    def _may_follow(self, url: httpx.URL) -> bool:
        """Whoever answers for another must prove who they are, as Twilio did; a local Twilio only answers itself."""
        return not url.userinfo and (url.scheme == "https" or _origin(url) == _origin(self._base))

    def _is_below_base(self, url: httpx.URL) -> bool:
        return _origin(url) == _origin(self._base) and url.path.startswith(self._base.path.rstrip("/") + "/")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # a scheme's own port counts as none


def _is_twilio(url: httpx.URL) -> bool:
    return url.scheme == "https" and url.port is None and url.host.endswith(".twilio.com")


def _fetched(answer: httpx.Response) -> Fetched:
    if answer.status_code in (404, 410):
        raise FileGone(str(answer.status_code))
    if answer.status_code not in (200, 206):
        raise FileAway(str(answer.status_code))
    told = answer.headers.get("Content-Length", "")
    as_it_is = answer.headers.get("Content-Encoding", "identity") == "identity"
    length = int(told) if told.isdecimal() and as_it_is else None
    part = answer.headers.get("Content-Range", "") if answer.status_code == 206 else ""
    whole = part.rpartition("/")[2]
    if max(length or 0, int(whole) if whole.isdecimal() else 0) > LARGEST:
        raise FileTooLarge
    return Fetched(_counted(answer), answer.aclose, length, part)


async def _counted(answer: httpx.Response) -> AsyncIterator[bytes]:
    """Not all who answer tell the size before."""
    size = 0
    async for piece in answer.aiter_bytes():
        size += len(piece)
        if size > LARGEST:
            raise FileTooLarge
        yield piece
