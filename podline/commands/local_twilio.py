"""`podline simulator`: the local Twilio on a port of this machine, with our lines on it."""

import asyncio
import signal
from collections.abc import Sequence

from podline.commands.opening import CommandFailed, open_desk
from podline.database import database
from podline.serve import check_port, shown_host
from podline.settings import Settings, read_settings
from routing.numbers import BadNumber, read_number
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.rest import RestApi
from simulator.server import serve


def run_simulator(lines: Sequence[str], host: str, port: int) -> None:
    settings = read_settings()
    missing = settings.missing_for_serving()
    if missing:
        raise CommandFailed("\n".join(f"{one.partition(':')[0]}: the local Twilio signs with it." for one in missing))
    try:
        numbers = tuple(read_number(line) for line in lines) or lines_of_directory(settings)
    except BadNumber as error:
        raise CommandFailed(str(error)) from error
    check_port(host, port)
    asyncio.run(stay_up(settings, numbers, host, port))


def lines_of_directory(settings: Settings) -> tuple[str, ...]:
    async def read(url: str) -> tuple[str, ...]:
        async with open_desk(settings, url) as desk:
            return tuple(line.line for line in desk.directory.lines)

    with database(settings) as url:
        found = asyncio.run(read(url))
    if not found:
        raise CommandFailed("The directory has no lines: import one, or name a line like +15875550100.")
    return found


async def stay_up(settings: Settings, numbers: Sequence[str], host: str, port: int) -> None:
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
        for number in numbers:
            exchange.add_number(
                number,
                voice_url=f"{settings.url}/voice/incoming",
                voice_fallback_url=f"{settings.url}/voice/fallback",
                status_callback=f"{settings.url}/voice/status",
                sms_url=f"{settings.url}/messages/incoming",
                sms_fallback_url=f"{settings.url}/messages/fallback",
            )
        print(f"The local Twilio is at {address} with {', '.join(numbers)}; it calls {settings.url}.", flush=True)
        await serve(RestApi(exchange), host, port, until=until)
