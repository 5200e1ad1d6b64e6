"""A known caller's first webhook: `python -m bench.webhook`.

The whole of it (check, decide, reserve, keep, answer `<Dial>`) against a floor on the same server (`bench.floor`),
one after the other in several rounds; and its delay under a steady 50 calls a second. Server, generator and
PostgreSQL share this machine, so ratios within one run are the figures, times are not.
"""

import argparse
import asyncio
import contextlib
import csv
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count, cycle, islice, zip_longest
from pathlib import Path
from statistics import median

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from bench.floor import TABLE
from bench.load import Account, Connection, Run, closed_loop, open_loop
from db.embedded import Embedded
from db.importing import import_directory
from db.migrate import migrate
from podline.municipalities import convert_municipalities
from podline.world import generate_clients
from podline.world.crowd import invented_numbers
from simulator.clock import RealClock

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT.parent / "shared" / "data" / "municipalities_ca.csv"
ACCOUNT = Account("AC" + "0" * 31 + "1", "1" * 32, "https://desk.example.org", "+15875550100")
PODS, CLIENTS, PLACES = 400, 20_000, 3_594
ALONE, TOGETHER, CONNECTIONS = 400, 1_200, 8  # requests of a round over one connection, and over several
RATE, STEADY_SECONDS = 50, 20
STARTED = "Podline is ready"
# Nobody ends these calls; whoever is held for one may ring again in the next round.
FREE = "UPDATE reservations SET expires_at = since WHERE expires_at > since"

console = Console()


@dataclass(frozen=True)
class Round:
    """One application's share of a round. `web` and `database`: CPU seconds of their processes."""

    alone: Run
    together: Run
    web: float
    database: float

    @property
    def requests(self) -> int:
        return len(self.alone.seconds) + len(self.together.seconds)

    @property
    def rate(self) -> float:
        return len(self.together.seconds) / self.together.wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steady", type=int, default=STEADY_SECONDS, help="seconds of steady load; 0 for none")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="podline-bench-") as name:
        home = Path(name)
        home.chmod(0o711)  # under root the server belongs to another user, who must get in
        with Embedded.open(home) as server:
            uvloop.run(Bench(home, server.url).run(chosen.rounds, chosen.steady))


class Bench:
    def __init__(self, home: Path, url: str) -> None:
        self._home = home
        self._url = url
        self._serial = count(1)

    async def run(self, rounds: int, steady: int) -> None:
        console.print(f"Importing {PLACES:,} municipalities, {CLIENTS:,} clients, {PODS} pods ...")
        migrate(self._url)
        self._callers = write_world(self._home / "world")
        self._database = await asyncpg.connect(self._url)
        await self._database.execute(TABLE)
        report = await import_directory(self._database, self._home / "world", now=datetime.now(UTC))
        assert not report.problems, report.problems
        console.print("Starting both applications ...")
        with self.granian("bench.floor:application") as floor, self.granian("podline.asgi:application") as whole:
            both = {"floor": floor, "whole": whole}
            for one in both.values():
                await self.one(one, 400)
            await self._database.execute("VACUUM ANALYZE")
            found: dict[str, list[Round]] = {name: [] for name in both}
            for number in range(rounds):
                for name in sorted(both, reverse=bool(number % 2)):
                    found[name].append(await self.one(both[name], ALONE, TOGETHER))
                console.print(f"Round {number + 1} of {rounds}: {compared(found['floor'][-1], found['whole'][-1])}")
        if rounds:
            console.print(floor_table(found["floor"], found["whole"]))
        if steady:
            console.print(f"A steady {RATE} calls a second for {steady} s at `podline serve` ...")
            with self.serve() as (port, _):
                await closed_loop(port, await self.calls(400), 2, b"<Dial")
                console.print(steady_table(await open_loop(port, await self.calls(RATE * steady), RATE, b"<Dial")))
        await self._database.close()

    async def one(self, served: tuple[int, int], alone: int, together: int = 0) -> Round:
        port, pid = served
        backend = parent_of(await self._database.fetchval("SELECT pg_backend_pid()"))
        requests, more = await self.calls(alone), await self.calls(together)
        web, database = cpu_seconds(pid), cpu_seconds(backend)
        first = await closed_loop(port, requests, 1, b"<Dial")
        second = await closed_loop(port, more, CONNECTIONS, b"<Dial")
        return Round(first, second, cpu_seconds(pid) - web, cpu_seconds(backend) - database)

    async def calls(self, number: int) -> list[bytes]:
        """New calls, one pod's after another's, with everybody free again."""
        await self._database.execute(FREE)
        clock = RealClock()
        return [ACCOUNT.incoming(clock, caller, next(self._serial)) for caller in islice(self._callers, number)]

    def environment(self, port: int, workers: int) -> dict[str, str]:
        """Without any setting of whoever measures."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PODLINE_")}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "PODLINE_HOME": str(self._home),
            "PODLINE_DATABASE_URL": self._url,
            "PODLINE_PUBLIC_URL": ACCOUNT.public_url,
            "PODLINE_TWILIO_ACCOUNT_SID": ACCOUNT.sid,
            "PODLINE_TWILIO_AUTH_TOKEN": ACCOUNT.token,
            "PODLINE_TWILIO_API_URL": "http://127.0.0.1:9",  # nobody listens on the discard port
            "PODLINE_PORT": str(port),
            "PODLINE_WORKERS": str(workers),
        }

    @contextlib.contextmanager
    def granian(self, target: str) -> Iterator[tuple[int, int]]:
        """(port, process): one worker, served as `podline.serve` would."""
        like_ours = "--interface asgi --loop uvloop --http 1 --no-ws --backlog 1024 --log-level error --workers 1"
        with self.started(["granian", *like_ours.split(), "--factory", target], 1) as served:
            yield served

    @contextlib.contextmanager
    def serve(self) -> Iterator[tuple[int, int]]:
        with self.started(["podline.cli", "serve"], 2) as served:
            yield served

    @contextlib.contextmanager
    def started(self, words: list[str], workers: int) -> Iterator[tuple[int, int]]:
        port = free_port()
        where = [] if STARTED else ["--port", str(port)]
        with subprocess.Popen(
            [sys.executable, "-P", "-m", *words, *where], env=self.environment(port, workers), cwd=self._home
        ) as process:
            try:
                yield port, process.pid
            finally:
                process.terminate()
