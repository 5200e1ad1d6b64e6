"""The stage: a database, the town, the real service and the local Twilio, up together and down together."""

import asyncio
import io
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from rich.console import Console

from db.embedded import Embedded, EmbeddedFailed
from db.migrate import MigrationFailed, migrate
from podline.demo.account import Account
from podline.demo.desk import Desk, Kept
from podline.demo.place import DemoFailed, Place
from podline.demo.progress import step
from podline.demo.service import Service, free_port, is_free
from podline.demo.town import LINE, LINE_FR, Person, read_people, write_town
from podline.import_command import run_import
from podline.settings import Settings
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.handsets import Handset
from simulator.rest import RestApi

HOST = "127.0.0.1"
SPEECH_RATE = 24.0  # characters a second: a brisk voice, so that nobody waits long for the next line


@dataclass
class Stage:
    """What the scenes act on. `line` and `line_fr` are the desk's two numbers."""

    place: Place
    service: Service
    exchange: Exchange
    desk: Desk
    people: dict[str, Person]
    account: Account
    settings: dict[str, str]
    line: str = LINE
    line_fr: str = LINE_FR
    _handsets: dict[str, Handset] = field(default_factory=dict)

    def handset(self, key: str) -> Handset:
        if key not in self._handsets:
            person = self.people[key]
            self._handsets[key] = Handset(self.exchange, self.exchange.phone(person.number, person.name))
        return self._handsets[key]

    def cast(self, *keys: str) -> list[Handset]:
        return [self.handset(key) for key in keys]

    async def passes(self, seconds: float) -> None:
        """A moment goes by, as it does between a ring and a hand at the telephone."""
        await self.exchange.clock.passes(seconds)

    async def kept(self, caller: Handset, when: Callable[[Kept], bool] | None = None) -> Kept:
        """What the service kept of that caller's last call."""
        return await self.desk.kept(caller.telephone.legs[-1].sid, caller.telephone.name, when)

    def calm(self) -> None:
        """Whatever a scene left: calls are hung up, telephones are well again."""
        for leg in list(self.exchange.legs.values()):
            if not leg.is_over:
                self.exchange.hang_up(leg)
        for phone in self.exchange.phones:
            phone.is_well()


@asynccontextmanager
async def open_stage(console: Console, settings: Settings) -> AsyncIterator[Stage]:
    """Everything up, in order; everything down again, whatever happens. Raises DemoFailed."""
    place = await _take_place(settings)
    stack = AsyncExitStack()
    stack.callback(place.leave)
    try:
        async with step(console, "Starting PostgreSQL", "PostgreSQL runs, with an empty, migrated database."):
            await asyncio.to_thread(place.clear)
            embedded = await _start_database(place.folder)
            stack.push_async_callback(asyncio.to_thread, embedded.close)
            await _migrate(embedded)
        people = await _import_town(console, embedded.url, place)
        chosen = _choose(place.folder)
        url = chosen["PODLINE_PUBLIC_URL"]
        exchange = await _start_exchange(stack, chosen, people)
        service = Service(place, url, chosen)
        async with step(console, "Starting the service", f"The service answers webhooks at {url}."):
            stack.push_async_callback(service.stop)
            await service.start()
            await service.ready()
        desk = Desk(url, chosen["PODLINE_API_TOKEN"])
        stack.push_async_callback(desk.close)
        account = Account(console, people)
        exchange.watch(account.watch)
        yield Stage(place, service, exchange, desk, people, account, chosen)
    finally:
        console.print()
        async with step(console, "Stopping", "Everything is stopped."):
            await stack.aclose()


async def _take_place(settings: Settings) -> Place:
    return await asyncio.to_thread(Place.take, settings.home, wanted="home" in settings.model_fields_set)


async def _start_database(home: Path) -> Embedded:
    """The server of this home with our database made anew. Not cancelled half way: a server would be left."""
    opening = asyncio.create_task(asyncio.to_thread(Embedded.open, home, durable=False))
    try:
        embedded = await asyncio.shield(opening)
    except asyncio.CancelledError:
        (await opening).close()
        raise
    except EmbeddedFailed as error:
        raise DemoFailed(str(error)) from error
    try:
        admin = await asyncpg.connect(embedded.url_of("postgres"))
        try:
            await admin.execute("DROP DATABASE IF EXISTS podline WITH (FORCE)")
            await admin.execute("CREATE DATABASE podline")
        finally:
            await admin.close()
    except BaseException:
        embedded.close()
        raise
    return embedded


async def _migrate(embedded: Embedded) -> None:
    try:
        await asyncio.to_thread(migrate, embedded.url)
    except MigrationFailed as error:
        raise DemoFailed(str(error)) from error


async def _import_town(console: Console, url: str, place: Place) -> dict[str, Person]:
    """The town's directory through the import that `podline import` runs."""
    write_town(place.directory, datetime.now(UTC))
    people = read_people(place.directory)
    said = Console(file=io.StringIO(), soft_wrap=True, highlight=False)
    done = f"A directory of {len(people)} people and their municipalities is imported."
    async with step(console, "Importing the directory", done):
        status = await run_import(url, place.directory, False, True, datetime.now(UTC), said)
    if status != 0:
        assert isinstance(said.file, io.StringIO)
        raise DemoFailed(f"The directory in {place.directory} was not imported.", said.file.getvalue().strip())
    return people


def _choose(home: Path) -> dict[str, str]:
    """The service's whole environment: accounts and tokens are invented for this run."""
    wanted = os.environ.get("PODLINE_PORT", "")
    if wanted and not (wanted.isdigit() and is_free(HOST, int(wanted))):
        raise DemoFailed(f"PODLINE_PORT is {wanted}, which is not free here: unset it, or choose another port.")
    port = wanted or str(free_port())
    return {
        "PODLINE_HOME": str(home),
        "PODLINE_HOST": HOST,
        "PODLINE_PORT": port,
        "PODLINE_PUBLIC_URL": f"http://{HOST}:{port}",
        "PODLINE_TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "PODLINE_TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "PODLINE_TWILIO_API_URL": f"http://{HOST}:{free_port()}",
        "PODLINE_API_TOKEN": secrets.token_urlsafe(16),
        "PODLINE_SECRET_KEY": secrets.token_urlsafe(32),
    }


async def _start_exchange(stack: AsyncExitStack, chosen: dict[str, str], people: dict[str, Person]) -> Exchange:
    """The local Twilio with its REST API, both lines and everybody's telephone."""
    url, api = chosen["PODLINE_PUBLIC_URL"], chosen["PODLINE_TWILIO_API_URL"]
    way = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
    exchange = Exchange(
        RealClock(),
        account_sid=chosen["PODLINE_TWILIO_ACCOUNT_SID"],
        auth_token=chosen["PODLINE_TWILIO_AUTH_TOKEN"],
        send=way,
        seed=None,
        speech_rate=SPEECH_RATE,
        rest_base=api,
    )
    for line in (LINE, LINE_FR):
        exchange.add_number(
            line,
            voice_url=f"{url}/voice/incoming",
            voice_fallback_url=f"{url}/voice/fallback",
            status_callback=f"{url}/voice/status",
        )
    for person in people.values():
        exchange.phone(person.number, person.name)
    config = Config()
    config.bind = [api.removeprefix("http://")]
    config.accesslog = config.errorlog = None
    config.graceful_timeout = 1
    ends = asyncio.Event()

    async def ended() -> None:
        await ends.wait()

    serving = asyncio.create_task(hypercorn_serve(RestApi(exchange), config, shutdown_trigger=ended))

    async def end() -> None:
        ends.set()
        await asyncio.gather(serving, return_exceptions=True)

    stack.push_async_callback(end)
    return exchange
