"""The live stage: databases, the town, the real service and the local Twilio, up together and down together."""

import asyncio
import io
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from rich.console import Console

from podline import softphone
from podline.demo.account import Account
from podline.demo.databases import Databases
from podline.demo.desk import Desk
from podline.demo.place import DemoFailed, Place
from podline.demo.service import Service, free_port, is_free
from podline.demo.stage import Stage, furnish
from podline.demo.terminal import Terminal
from podline.demo.town import Person, read_people, read_zones, write_town
from podline.import_command import run_import
from podline.progress import step, waiting
from podline.settings import Settings
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.rest.app import RestApi
from simulator.softphone.app import Softphone
from simulator.softphone.people import Person as Player

HOST = "127.0.0.1"
# Characters a second: a brisk voice for those who read along, so that nobody waits long for the next line; and one
# for runs at which nobody looks before they are over.
SPEECH_RATE, UNWATCHED_SPEECH_RATE = 24.0, 240.0
BROWSERS_SPEECH_RATE = 15.0  # once the scenes are over, and somebody may listen to the softphone
LOOKS = 0.3  # seconds between two looks at what the service says


@dataclass(kw_only=True)
class LiveStage(Stage):
    """The service in processes of its own, in real time. `settings`: the service's whole environment."""

    console: Console
    place: Place
    databases: Databases
    service: Service
    settings: dict[str, str]

    @asynccontextmanager
    async def followed(self, since: datetime) -> AsyncIterator[None]:
        looking = asyncio.create_task(self._looks(since))
        try:
            async with waiting(self.console, lambda: self.account.now(self.clock.now())):
                yield
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
            await self.look(since)

    async def _looks(self, since: datetime) -> None:
        while True:
            await self.look(since)
            await asyncio.sleep(LOOKS)


@asynccontextmanager
async def open_live_stage(console: Console, settings: Settings, *, watched: bool) -> AsyncIterator[LiveStage]:
    """Everything up, in order; everything down again, whatever happens. `watched`: somebody reads along. Raises
    DemoFailed."""
    place = await _take_place(settings)
    stack = AsyncExitStack()
    stack.callback(place.leave)
    try:
        async with step(console, "Starting PostgreSQL", "PostgreSQL runs, with an empty, migrated database."):
            await asyncio.to_thread(place.clear)
            databases = await Databases.open(place.folder)
            stack.push_async_callback(databases.close)
        people = await _import_town(console, databases.url, place)
        chosen = _choose(place.folder)
        url = chosen["PODLINE_PUBLIC_URL"]
        known = await softphone.people_in(databases.url, place.folder)
        exchange = await _start_exchange(stack, chosen, known, SPEECH_RATE if watched else UNWATCHED_SPEECH_RATE)
        furnish(exchange, url, people)
        service = Service(place, url, chosen)
        async with step(console, "Starting the service", f"The service answers webhooks at {url}."):
            stack.push_async_callback(service.stop)
            await service.start()
            await service.ready()
        desk = Desk(url, chosen["PODLINE_API_TOKEN"], exchange.clock)
        stack.push_async_callback(desk.close)
        account = Account(console.print, people)
        exchange.watch(account.watch)
        yield LiveStage(
            exchange=exchange,
            desk=desk,
            people=people,
            directory=place.directory,
            account=account,
            zones=read_zones(place.directory),
            terminal=Terminal(place.folder / "supervisor", chosen),
            console=console,
            place=place,
            databases=databases,
            service=service,
            settings=chosen,
        )
    finally:
        console.print()
        async with step(console, "Stopping", "Everything is stopped."):
            await stack.aclose()


async def _take_place(settings: Settings) -> Place:
    return await asyncio.to_thread(Place.take, settings.home, wanted="home" in settings.model_fields_set)


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


async def _start_exchange(
    stack: AsyncExitStack, chosen: dict[str, str], known: Sequence[Player], speech_rate: float
) -> Exchange:
    """The local Twilio with its REST API and its softphone."""
    api = chosen["PODLINE_TWILIO_API_URL"]
    way = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
    exchange = Exchange(
        RealClock(),
        account_sid=chosen["PODLINE_TWILIO_ACCOUNT_SID"],
        auth_token=chosen["PODLINE_TWILIO_AUTH_TOKEN"],
        send=way,
        seed=None,
        speech_rate=speech_rate,
        rest_base=api,
    )
    story = softphone.story_page(chosen["PODLINE_PUBLIC_URL"], chosen["PODLINE_SECRET_KEY"], exchange.clock.now)
    page = Softphone(exchange, known, RestApi(exchange), story)
    config = Config()
    config.bind = [api.removeprefix("http://")]
    config.accesslog = config.errorlog = None
    config.graceful_timeout = 1
    ends = asyncio.Event()

    async def ended() -> None:
        await ends.wait()

    serving = asyncio.create_task(hypercorn_serve(cast(Any, page), config, shutdown_trigger=ended))

    async def end() -> None:
        page.feed.close()
        ends.set()
        await asyncio.gather(serving, return_exceptions=True)

    stack.push_async_callback(end)
    return exchange
