"""`podline simulator`: the local Twilio on a port of this machine, with our lines on it and a softphone."""

import asyncio
import signal
from collections.abc import Mapping, Sequence

from db.embedded import EmbeddedFailed
from db.pool import AWAY
from podline.clock import wall_clock
from podline.commands.opening import CommandFailed, open_desk
from podline.database import DatabaseUnusable, database
from podline.serve import check_port, shown_host
from podline.settings import Settings, read_settings
from podline.softphone import people_of, story_page
from routing.numbers import BadNumber, read_number
from simulator.clock import RealClock
from simulator.debugger import tells_alerts
from simulator.exchange import Exchange
from simulator.rest.app import RestApi
from simulator.server import serve
from simulator.softphone.app import Softphone
from simulator.softphone.people import Person


def run_simulator(lines: Sequence[str], host: str, port: int) -> None:
    settings = read_settings()
    missing = settings.missing_for_serving()
    if missing:
        raise CommandFailed("\n".join(f"{one.partition(':')[0]}: the local Twilio signs with it." for one in missing))
    try:
        named = tuple(read_number(line) for line in lines)
    except BadNumber as error:
        raise CommandFailed(str(error)) from error
    numbers, people = in_directory(settings, named)
    check_port(host, port)
    asyncio.run(stay_up(settings, numbers, people, host, port))


def in_directory(settings: Settings, named: tuple[str, ...]) -> tuple[dict[str, str], tuple[Person, ...]]:
    """The lines with their names, and the people. With lines that are `named` the directory may be out of reach: then
    nobody is known."""

    async def read(url: str) -> tuple[dict[str, str], tuple[Person, ...]]:
        async with open_desk(settings, url) as desk:
            return {line.line: line.name for line in desk.directory.lines}, people_of(desk.directory)

    try:
        with database(settings) as url:
            lines, people = asyncio.run(read(url))
    except (DatabaseUnusable, EmbeddedFailed, *AWAY) as error:
        if not named:
            raise
        print(f"The softphone knows nobody, as the directory cannot be read: {error}", flush=True)
        return dict.fromkeys(named, ""), ()
    if not named and not lines:
        raise CommandFailed("The directory has no lines: import one, or name a line like +15875550100.")
    return ({line: lines.get(line, "") for line in named} or lines), people


async def stay_up(
    settings: Settings, numbers: Mapping[str, str], people: Sequence[Person], host: str, port: int
) -> None:
    """Until SIGTERM or SIGINT."""
    import httpx

    until = asyncio.Event()
    for sent in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sent, until.set)
    address = f"http://{shown_host(host)}:{port}"
    async with httpx.AsyncClient(timeout=30) as way:
        exchange = Exchange(
            RealClock(),
            account_sid=settings.twilio_account_sid,
            auth_token=settings.tokens[0],
            send=way,
            strict=False,
            seed=None,
            rest_base=address,
        )
        for number, name in numbers.items():
            exchange.add_number(
                number,
                friendly_name=name,
                voice_url=f"{settings.url}/voice/incoming",
                voice_fallback_url=f"{settings.url}/voice/fallback",
                status_callback=f"{settings.url}/voice/status",
                sms_url=f"{settings.url}/messages/incoming",
                sms_fallback_url=f"{settings.url}/messages/fallback",
            )
        tells_alerts(exchange, lambda line: print(line, flush=True))
        key = settings.secret_key.get_secret_value() if settings.secret_key else ""
        softphone = Softphone(exchange, people, RestApi(exchange), story_page(settings.url, key, wall_clock))
        print(f"The local Twilio is at {address} with {', '.join(numbers)}; it calls {settings.url}.", flush=True)
        print(f"Its softphone is the page {address}/ in a browser.", flush=True)
        await serve(softphone, host, port, until=until, leaving=softphone.feed.close)
