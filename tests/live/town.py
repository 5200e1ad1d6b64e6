"""The people of the live stories and the local Twilio between them and the service, over real HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx

from db.stories import Wanted, list_contacts, list_events
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.people.handsets import Handset
from simulator.rest.app import RestApi
from simulator.server import serve
from tests.live.service import Service
from tests.world import LINE, SID, TOKEN

TECHNICIANS = """technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,+1 403 555 0111,taber,1,en,,24/7,,no
ben,Ben Oduya,+1 403 555 0112,taber,2,en,,24/7,,no
cho,Cho Min-seo,+1 403 555 0113,taber,3,en,,24/7,,no
dev,Dev Sandhu,+1 403 555 0114,taber,4,en,,24/7,,no
eli,Eli Stone,+1 867 555 0115,north,1,fr,,24/7,,no
"""
CLIENTS = "".join(f"c{n},Client {n},+1 403 555 01{20 + n},4802022,en,voice,,\n" for n in range(15))
DIRECTORY = {
    "pods.csv": (
        "pod,name,strategy,timezone,wrap_up\n"
        "taber,Taber,linear,America/Edmonton,0\n"
        "north,North,linear,America/Edmonton,0\n"
    ),
    "lines.csv": f"line,name,voice_flow,text_flow,languages,fallback\n{LINE},Support,,,en,\n",
    "technicians.csv": TECHNICIANS,
    "municipalities.csv": (
        "municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases\n"
        "4802022,Taber,Taber,T,AB,America/Edmonton,en,taber,,\n"
        "6106023,Yellowknife,Yellowknife,CY,NT,America/Edmonton,en,north,,\n"
    ),
    "clients.csv": (
        "client,name,phones,municipality,language,channel,email,notes\n"
        f"{CLIENTS}nora,Nora Tsetta,+1 867 555 0130,6106023,en,voice,,\n"
    ),
}
PEOPLE = {"ana": "+14035550111", "ben": "+14035550112", "cho": "+14035550113", "dev": "+14035550114"}
NORA, ELI = "+18675550130", "+18675550115"


class Gate:
    """The local Twilio's REST API with a gate before it: while shut, requests to send wait."""

    def __init__(self, app: RestApi) -> None:
        self._app = app
        self._open = asyncio.Event()
        self._open.set()
        self.waiting: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and not self._open.is_set():
            # Read first, as Twilio would have: whoever asked may die meanwhile.
            first = await receive()
            self.waiting.append(first.get("body", b""))
            await self._open.wait()
            await self._app(scope, _again(first, receive), send)
        else:
            await self._app(scope, receive, send)

    def shut(self) -> None:
        self.waiting.clear()
        self._open.clear()

    def opens(self) -> None:
        self._open.set()


def _again(first: Any, receive: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    kept = [first]

    async def receive_again() -> Any:
        return kept.pop() if kept else await receive()

    return receive_again


class Town:
    def __init__(self, service: Service, pool: Any, exchange: Exchange) -> None:
        self.service = service
        self.pool = pool
        self.exchange = exchange
        self.clock = exchange.clock
        self.gate = Gate(RestApi(exchange))
        self._handsets: dict[str, Handset] = {}
        self._over = asyncio.Event()

    @classmethod
    async def open(cls, service: Service, database_url: str, twilio_port: int) -> "Town":
        pool = await asyncpg.create_pool(database_url, min_size=1, max_size=2)
        client = httpx.AsyncClient(timeout=20, limits=httpx.Limits(max_keepalive_connections=0))
        address = f"http://127.0.0.1:{twilio_port}"
        # People speak as fast as the machine allows: what is said is no part of these stories.
        exchange = Exchange(
            RealClock(),
            account_sid=SID,
            auth_token=TOKEN,
            send=client,
            speech_rate=400,
            recording_delay=0.2,
            rest_base=address,
        )
        town = cls(service, pool, exchange)
        town._client = client
        town._serving = asyncio.create_task(serve(town.gate, port=twilio_port, until=town._over))
        exchange.add_number(
            LINE,
            voice_url=f"{service.url}/voice/incoming",
            voice_fallback_url=f"{service.url}/voice/fallback",
            status_callback=f"{service.url}/voice/status",
        )
        for name, number in PEOPLE.items():
            town.phone(number, name)
        return town

    _client: httpx.AsyncClient
    _serving: asyncio.Task[None]

    def phone(self, number: str, name: str = "") -> Handset:
        """One handset a story: rings of earlier stories are none of its business."""
        if number not in self._handsets:
            hand = self._handsets[number] = Handset(self.exchange, self.exchange.phone(number, name))
            hand._seen.update(leg.sid for leg in hand.telephone.legs)
        return self._handsets[number]

    def people(self) -> list[Handset]:
        """The technicians of Taber, in the order of their list."""
        return [self.phone(number, name) for name, number in PEOPLE.items()]

    def client(self, number: int) -> Handset:
        return self.phone(f"+140355501{20 + number}", f"Client {number}")

    async def until(self, asked: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not await asked():  # noqa: ASYNC110  # what we wait for is in other processes
                await asyncio.sleep(0.03)

    async def contact(self, caller: Handset) -> dict[str, Any]:
        """What the service kept of a caller's last call, with its events."""
        sid = caller.telephone.legs[-1].sid
        async with self.pool.acquire() as connection:
            rows = await list_contacts(connection, Wanted(call_sid=sid))
            assert rows, f"nothing was kept of {sid}"
            events = await list_events(connection, [rows[0]["contact"]])
        return {**rows[0], "events": events[rows[0]["contact"]]}

    async def rung(self, caller: Handset) -> list[tuple[str, str]]:
        events = (await self.contact(caller))["events"]
        return [(one["technician"], one["detail"]["result"]) for one in events if one["kind"] == "ring_ended"]

    async def has_closed(self, caller: Handset) -> None:
        async def closed() -> bool:
            return bool((await self.contact(caller))["state"] == "closed")

        await self.until(closed)

    async def goes_quiet(self) -> None:
        """Everybody hangs up; then no contact is open, nobody is held, and no text is due."""
        self.gate.opens()
        self._handsets.clear()
        for leg in list(self.exchange.legs.values()):
            if not leg.is_over and leg.direction == "inbound":
                self.exchange.hang_up(leg)

        async def quiet() -> bool:
            return not await self.pool.fetchval(
                """
                SELECT (SELECT count(*) FROM contacts WHERE state = 'open' AND channel = 'voice')
                    + (SELECT count(*) FROM reservations WHERE expires_at > now())
                    + (SELECT count(*) FROM deeds WHERE state IN ('due', 'tried') AND due_at <= now())
                """
            )

        await self.until(quiet, 30)

    async def close(self) -> None:
        self._over.set()
        await self._serving
        await self._client.aclose()
        await self.pool.close()
