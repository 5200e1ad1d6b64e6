"""`python -m simulator.scenes`: scenes played on an application of one's own, which answers at a URL.

python -m simulator.scenes mine.yaml --number +15875550100 --voice-url http://127.0.0.1:8000/voice

Time is virtual: it stands still while the application answers. Status 0: all happened as written; 1: some did not;
2: a file or an option cannot be read.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from simulator.account import account_arguments, check_account, furnish
from simulator.clock import VirtualClock
from simulator.exchange import Exchange
from simulator.rest.app import RestApi
from simulator.scenes import Ending, Known, Problem, Scene, Unreadable, cast, play, read_scenes
from simulator.scenes.account import Account
from simulator.server import serve

PATIENCE = 30.0  # real seconds that the application may take for an answer


def main(words: list[str] | None = None) -> int:
    given = _arguments().parse_args(words)
    known = Known(lines=tuple(given.number))
    try:
        check_account(given)
        found = _read(given.files)
        casts = [(scene, cast(scene, known)) for scene in found]
    except ValueError as error:
        sys.stdout.write(f"{error}\n")
        return 2
    endings = asyncio.run(_Theatre(given).plays(casts))
    told = sum(one.as_written for one in endings)
    sys.stdout.write(f"{told} of {len(endings)} scenes happened as written.\n")
    return 0 if told == len(endings) else 1


def _arguments() -> argparse.ArgumentParser:
    told = argparse.ArgumentParser(
        "python -m simulator.scenes", description="Play scenes on an application that speaks TwiML."
    )
    told.add_argument("files", nargs="+", metavar="FILE", help="scenes as YAML; - for what is piped in")
    account_arguments(told)
    told.add_argument("--port", type=int, default=8900, help="of the REST API, on this machine")
    told.add_argument("--verbose", action="store_true", help="show the calls as they go")
    return told


def _read(files: Sequence[str]) -> list[Scene]:
    found: list[Scene] = []
    problems: list[Problem] = []
    for file in files:
        try:
            found += read_scenes(_text_of(file), "standard input" if file == "-" else file)
        except Unreadable as error:
            problems += error.problems
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(file, f"This file cannot be read: {error}."))
    if problems:
        raise Unreadable(problems)
    return found


def _text_of(file: str) -> str:
    return sys.stdin.buffer.read().decode("utf-8-sig") if file == "-" else Path(file).read_text("utf-8-sig")


class _Theatre:
    """Plays one scene after another, each on an exchange of its own behind one REST API."""

    def __init__(self, given: Any) -> None:
        self._given = given
        self._api: RestApi | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert self._api is not None
        await self._api(scope, receive, send)

    async def plays(self, casts: Sequence[tuple[Scene, Any]]) -> list[Ending]:
        until = asyncio.Event()
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as way:
            self._api = RestApi(self._exchange(way, datetime.now(UTC)))
            serving = asyncio.create_task(serve(self, port=self._given.port, until=until))
            try:
                return [await self._play(scene, cast, way) for scene, cast in casts]
            finally:
                until.set()
                await serving

    def _exchange(self, way: httpx.AsyncClient, start: datetime) -> Exchange:
        given = self._given
        exchange = Exchange(
            VirtualClock(start, PATIENCE),
            account_sid=given.account_sid,
            auth_token=given.auth_token,
            send=way,
            seed=None,
            rest_base=f"http://127.0.0.1:{given.port}",
        )
        furnish(exchange, given)
        return exchange

    async def _play(self, scene: Scene, cast: Any, way: httpx.AsyncClient) -> Ending:
        exchange = self._exchange(way, scene.starts_at(datetime.now(UTC), "UTC"))
        self._api = RestApi(exchange)
        account = Account(lambda line: _say(f"  {line}"), cast)
        if self._given.verbose:
            _say(scene.title)
            account.follows(exchange)
        ending = await play(scene, cast, exchange, told=account.begins_step if self._given.verbose else lambda _: None)
        await exchange.clock.ends()
        _say(f"✓  {scene.title}" if ending.as_written else f"✗  {scene.title}\n   {ending.why}\n{ending.board}")
        return ending


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
