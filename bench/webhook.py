"""A known caller's first webhook: `python -m bench.webhook`.

All of it (check, decide, reserve, keep, answer `<Dial>`) against a floor on the same server (`bench.floor`), in
turns over several rounds; then its delay at a steady 50 calls a second. Server, generator and PostgreSQL share this
machine, so ratios within one run are the figures, times are not.
"""

import argparse
import csv
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count, cycle, islice, zip_longest
from pathlib import Path
from statistics import median

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from bench.floor import ROOT, TABLE, Served, cpu_seconds, parent_of, served_alone, served_whole
from bench.load import Account, Run, closed_loop, open_loop
from db.embedded import Embedded
from db.importing import import_directory
from db.migrate import migrate
from podline.municipalities import convert_municipalities
from podline.world import generate_clients
from podline.world.crowd import invented_numbers
from simulator.clock import RealClock

SOURCE = ROOT.parent / "shared" / "data" / "municipalities_ca.csv"
PODS, PLACES, CLIENTS = 400, 3_594, 20_000
PROVINCES = ("AB", "BC", "MB", "ON", "QC", "SK")
ACCOUNT = Account("AC" + "0" * 31 + "1", "1" * 32, "https://desk.example.org", "+18335550100")

ALONE, TOGETHER, CONNECTIONS = 400, 1_200, 8  # a round's requests over one connection, then over several
WARMING = 400
RATE, STEADY_SECONDS, WORKERS = 50, 20, 2
WISH = b"<Dial"
# Nobody ends these calls: whoever is held for one may be rung again in the next round.
FREE = "UPDATE reservations SET expires_at = since WHERE expires_at > since"

console = Console()


@dataclass(frozen=True)
class Round:
    """One application's share of a round. `web` and `database`: CPU seconds that their processes took."""

    alone: Run
    together: Run
    web: float
    database: float

    @property
    def each(self) -> float:
        return median(self.alone.seconds)

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
        console.print(f"Importing {PLACES:,} municipalities, {CLIENTS:,} clients and {PODS} pods ...")
        with Embedded.open(home) as server:
            uvloop.run(measure(home, server.url, chosen.rounds, chosen.steady))


async def measure(home: Path, url: str, rounds: int, steady: int) -> None:
    migrate(url)
    callers = write_world(home / "world")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(TABLE)
        report = await import_directory(connection, home / "world", now=datetime.now(UTC))
        assert not report.problems, report.problems
        bench = Bench(connection, callers, environment(home, url))
        if rounds:
            await bench.against_floor(rounds)
        if steady:
            await bench.steadily(steady)
    finally:
        await connection.close()


class Bench:
    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", callers: Iterator[str], env: dict[str, str]):
        self._connection = connection
        self._callers = callers
        self._environment = env
        self._serial = count(1)

    async def against_floor(self, rounds: int) -> None:
        console.print("Starting the floor and the whole, one process each ...")
        with ExitStack() as stack:
            both = {
                name: stack.enter_context(served_alone(f"{target}:application", self._environment))
                for name, target in (("floor", "bench.floor"), ("whole", "podline.asgi"))
            }
            for served in both.values():
                await closed_loop(served.port, await self._calls(WARMING), CONNECTIONS, WISH)
            await self._connection.execute("VACUUM ANALYZE")
            found: dict[str, list[Round]] = {name: [] for name in both}
            for number in range(rounds):
                for name in sorted(both, reverse=bool(number % 2)):
                    found[name].append(await self._round(both[name]))
                floor, whole = found["floor"][-1], found["whole"][-1]
                console.print(
                    f"Round {number + 1} of {rounds}: {whole.each / floor.each:.2f} x the time over one connection,"
                    f" {floor.rate / whole.rate:.2f} x over {CONNECTIONS}."
                )
        console.print(floor_table(found["floor"], found["whole"]))
        tell_wrong(run for one in chain(*found.values()) for run in (one.alone, one.together))

    async def steadily(self, seconds: int) -> None:
        console.print(f"A steady {RATE} calls a second for {seconds} s at `podline serve`, {WORKERS} web processes ...")
        with served_whole(self._environment, WORKERS) as served:
            await closed_loop(served.port, await self._calls(WARMING), CONNECTIONS, WISH)
            run = await open_loop(served.port, await self._calls(RATE * seconds), RATE, WISH)
        table = Table(
            "sent", "dropped", "p50", "p90", "p99", "longest", title=f"{RATE} calls a second, from due to answered"
        )
        delays = (*(run.percentile(one) for one in (50, 90, 99)), max(run.seconds))
        table.add_row(f"{len(run.seconds):,}", str(run.dropped), *(f"{one * 1e3:.1f} ms" for one in delays))
        console.print(table)
        tell_wrong([run])

    async def _round(self, served: Served) -> Round:
        alone, together = await self._calls(ALONE), await self._calls(TOGETHER)
        database = parent_of(await self._connection.fetchval("SELECT pg_backend_pid()"))
        web_before, database_before = cpu_seconds(served.process), cpu_seconds(database)
        first = await closed_loop(served.port, alone, 1, WISH)
        second = await closed_loop(served.port, together, CONNECTIONS, WISH)
        spent = cpu_seconds(served.process) - web_before, cpu_seconds(database) - database_before
        return Round(first, second, *spent)

    async def _calls(self, number: int) -> list[bytes]:
        """New calls, one pod's after another's; everybody is free again."""
        await self._connection.execute(FREE)
        clock = RealClock()
        return [ACCOUNT.incoming(clock, caller, next(self._serial)) for caller in islice(self._callers, number)]


def write_world(folder: Path) -> Iterator[str]:
    """A directory of realistic size; the callers' numbers, each pod's in its turn, without end."""
    folder.mkdir()
    pods = [f"pod{number:03}" for number in range(PODS)]
    strategies = ("linear", "circular", "longest idle")
    lines = (f"{pod},Pod {pod},{strategies[n % 3]},America/Edmonton,0\n" for n, pod in enumerate(pods))
    (folder / "pods.csv").write_text("pod,name,strategy,timezone,wrap_up\n" + "".join(lines))
    (folder / "lines.csv").write_text(
        f"line,name,voice_flow,text_flow,languages,fallback\n{ACCOUNT.line},Support,,,en;fr,\n"
    )
    if SOURCE.is_file():
        convert_municipalities(SOURCE, folder, pods)
    else:
        write_places(folder / "municipalities.csv", pods)
    generate_clients(folder, CLIENTS)
    numbers = islice(invented_numbers(), CLIENTS, None)  # the clients have those before
    people = "".join(
        f"{pod}-{place},Technician {place} of {pod},{next(numbers)},{pod},{place},en;fr,,24/7,,yes\n"
        for n, pod in enumerate(pods)
        for place in range(1, 5 + n % 3)
    )
    head = "technician,name,phone,pod,position,languages,skills,hours,email,swarm\n"
    (folder / "technicians.csv").write_text(head + people)
    return callers_of(folder)


def write_places(path: Path, pods: list[str]) -> None:
    places = (
        f"{4_800_000 + n},Place {n},,T,{PROVINCES[n % 6]},America/Edmonton,en,{pods[n % PODS]},,\n"
        for n in range(PLACES)
    )
    path.write_text("municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases\n" + "".join(places))


def callers_of(folder: Path) -> Iterator[str]:
    with (folder / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        pod_of = {row["municipality"]: row["pod"] for row in csv.DictReader(file)}
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    with (folder / "clients.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers[pod_of[row["municipality"]]].append(row["phones"])
    return cycle([number for turn in zip_longest(*numbers.values()) for number in turn if number])


def environment(home: Path, url: str) -> dict[str, str]:
    """Without any setting of whoever measures."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PODLINE_")} | {
        "PODLINE_HOME": str(home),
        "PODLINE_DATABASE_URL": url,
        "PODLINE_PUBLIC_URL": ACCOUNT.public_url,
        "PODLINE_TWILIO_ACCOUNT_SID": ACCOUNT.sid,
        "PODLINE_TWILIO_AUTH_TOKEN": ACCOUNT.token,
        "PODLINE_TWILIO_API_URL": "http://127.0.0.1:9",  # nobody listens on the discard port
    }


def floor_table(floor: list[Round], whole: list[Round]) -> Table:
    title = f"First webhook of a known caller, {len(floor)} rounds of {ALONE} + {TOGETHER} calls"
    table = Table("median of the rounds", "floor", "whole", "times the floor", title=title)

    def row(word: str, shown: str, of: Callable[[Round], float], *, more_is_better: bool = False) -> None:
        pairs = [(of(low), of(high)) for low, high in zip(floor, whole, strict=True)]
        ratios = [low / high if more_is_better else high / low for low, high in pairs if low and high]
        values = (f"{median(side):{shown}}" for side in zip(*pairs, strict=True))
        table.add_row(word, *values, f"{median(ratios):.2f}" if ratios else "-")

    row("one connection: ms a call", ".2f", lambda one: one.each * 1e3)
    row(f"{CONNECTIONS} connections: calls a second", ",.0f", lambda one: one.rate, more_is_better=True)
    row("CPU of the web process: ms a call", ".2f", lambda one: one.web / (ALONE + TOGETHER) * 1e3)
    row("CPU of PostgreSQL: ms a call", ".2f", lambda one: one.database / (ALONE + TOGETHER) * 1e3)
    return table


def tell_wrong(runs: Iterable[Run]) -> None:
    wrong = sum((run.wrong for run in runs), Counter[str]())
    console.print("Every answer was 200 with <Dial>." if not wrong else f"Answers without <Dial>: {dict(wrong)}")


if __name__ == "__main__":
    main()
