"""Whoever is asked for files over the network, and the house's pages that ask."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
from quart import Quart

from db.rows import Rows
from ivr.file_pages import blueprint
from ivr.file_sources import Source, TwilioFiles
from ivr.files import FileLinks
from simulator.asgi import AsgiTransport
from tests.ivr.swarms import ID, NOW, House
from tests.world import LINE

DESK, KEY = "https://desk.example", "signs the links to files"
SID, TOKEN = "AC" + "0" * 32, "12345678901234567890123456789012"
API, ELSEWHERE = "https://api.twilio.com", "https://media.example"
FOLDER = f"{API}/2010-04-01/Accounts/{SID}/Messages/MM{'1' * 32}/Media"
PICTURE, PDF = f"{FOLDER}/ME{'1' * 32}", f"{FOLDER}/ME{'2' * 32}"
CONTENT = b"\xff\xd8 a bridge"


@dataclass
class Body(httpx.AsyncByteStream):
    """A body in pieces, that knows whether it was closed. `goes_on`: after them nothing comes, and no end."""

    pieces: list[bytes]
    goes_on: bool = False
    closed: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece
        if self.goes_on:
            await asyncio.Event().wait()

    async def aclose(self) -> None:
        self.closed = True


Answer = httpx.Response | Exception


@dataclass
class Far:
    """Whoever is asked over the network. `answers`: by address; what isn't there is a picture."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)
    stalls: bool = False

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.stalls:
            await asyncio.Event().wait()
        answer = self.answers.get(str(request.url), httpx.Response(200, content=CONTENT))
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def addresses(self) -> list[str]:
        return [str(one.url) for one in self.asked]

    @property
    def credentials(self) -> list[bool]:
        """Of each request: whether it had any."""
        return ["Authorization" in one.headers for one in self.asked]


class Pages:
    """The house's web side, as far as files go."""

    def __init__(self, house: House, far: Far, *others: Source, way: httpx.AsyncBaseTransport | None = None) -> None:
        self.house, self.far, self.now = house, far, NOW
        self.links = FileLinks(DESK, KEY, lambda: self.now)
        self.twilio = TwilioFiles(SID, TOKEN, API, way=way or httpx.MockTransport(far))
        self.app = Quart("files", static_folder=None)
        self.app.register_blueprint(blueprint(house.desk, self.links, [self.twilio, *others]))
        self.transport = AsgiTransport(self.app)

    async def keeps(self, *files: tuple[str, str]) -> int:
        """A client's message that came with these."""
        rows = Rows(NOW)
        rows.message(contact=ID, direction="in", party="client", line=LINE, peer="+14035550120", files=files)
        async with self.house.pool.acquire() as connection:
            await rows.add(connection)
            return int(await connection.fetchval("SELECT max(message) FROM messages"))

    async def linked(self, address: str = PICTURE, kind: str = "image/jpeg") -> str:
        """The link to the only file of a message."""
        return self.links.to(await self.keeps((address, kind)), 0)

    async def get(self, link: str, method: str = "GET", **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=self.transport) as client:
            return await client.request(method, link, headers=headers)
