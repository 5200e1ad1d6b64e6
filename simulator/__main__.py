"""`python -m simulator`: the local Twilio by itself, with numbers, people and the softphone.

python -m simulator --number +15875550100 --voice-url http://127.0.0.1:8000/voice --people people.yaml
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import httpx

from simulator.account import account_arguments, check_account, furnish
from simulator.clock import RealClock
from simulator.debugger import tells_alerts
from simulator.exchange import Exchange
from simulator.rest.app import RestApi
from simulator.server import serve
from simulator.softphone.app import Softphone
from simulator.softphone.people import BadPeople, Person, read_people


def main(words: list[str] | None = None) -> int:
    given = _arguments().parse_args(words)
    try:
        check_account(given)
        people = read_people(given.people) if given.people else ()
        asyncio.run(_stays_up(given, people))
    except (BadPeople, ValueError, OSError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 1
    return 0


def _arguments() -> argparse.ArgumentParser:
    told = argparse.ArgumentParser("python -m simulator", description="A local Twilio with a softphone in the browser.")
    account_arguments(told)
    told.add_argument("--people", type=Path, metavar="FILE", help="who one can be on the softphone: YAML or JSON")
    told.add_argument("--story-page", default="", metavar="URL", help="shown beside a call; {call_sid} is put in")
    told.add_argument("--host", default="127.0.0.1")
    told.add_argument("--port", type=int, default=8900)
    return told


async def _stays_up(given: argparse.Namespace, people: tuple[Person, ...]) -> None:
    """Until SIGTERM or SIGINT."""
    until = asyncio.Event()
    for sent in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sent, until.set)
    address = f"http://{given.host}:{given.port}"
    async with httpx.AsyncClient(timeout=30) as way:
        exchange = Exchange(
            RealClock(), account_sid=given.account_sid, auth_token=given.auth_token, send=way, strict=False, seed=None,
            rest_base=address,
        )  # fmt: skip
        furnish(exchange, given)
        softphone = Softphone(exchange, people, RestApi(exchange), lambda: given.story_page)
        tells_alerts(exchange, _say)
        _say(f"The softphone is at {address}, the REST API at {address}/2010-04-01.")
        await serve(softphone, given.host, given.port, until=until, leaving=softphone.feed.close)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
