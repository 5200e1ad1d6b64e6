"""A known caller's first webhook, and a known client's text: `python -m bench.webhook`.

All of it (check, decide, reserve, keep, answer) against a floor on the same server (`bench.floor`), in
turns over several rounds; then its delay at a steady 50 calls a second. Server, generator and PostgreSQL share this
machine, so ratios within one run are the figures, times are not.
"""

import argparse
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count, islice
from pathlib import Path
from statistics import median

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from bench.floor import TABLE, Served, cpu_seconds, parent_of, served_alone, served_whole
from bench.load import ACCOUNT, CLIENTS, PLACES, PODS, Run, closed_loop, open_loop, write_world
from db.embedded import Embedded
from db.importing import import_directory
from db.migrate import migrate
from simulator.clock import RealClock

ALONE, TOGETHER, CONNECTIONS = 150, 450, 8  # a round's requests over one connection, then over several
WARMING = 400
RATE, STEADY_SECONDS, PIECE, WORKERS = 50, 20, 5, 2
# Nobody ends these calls: whoever is held for one may be rung again in the next round.
FREE = "UPDATE reservations SET expires_at = since WHERE expires_at > since"

console = Console()


@dataclass(frozen=True, slots=True)
class Kind:
    """What is sent, and what the answer must hold."""

    title: str
    one: str
    wish: bytes
    make: Callable[[str, int], bytes]


CALL = Kind("First webhook of a known caller", "call", b"<Dial", partial(ACCOUNT.incoming, RealClock()))
TEXT = Kind("Webhook of a known client's text", "text", b"<Response", ACCOUNT.text)
KINDS = (CALL, TEXT)


@dataclass
class Side:
    """One of the two applications and what came of its rounds. `web`, `database`: CPU seconds of their processes."""

    served: Served
    alone: list[Run] = field(default_factory=list)
    together: list[Run] = field(default_factory=list)
    web: float = 0.0
    database: float = 0.0

    def each(self) -> list[float]:
        """A call's time over one connection, round by round."""
        return [median(run.seconds) for run in self.alone]

    def rates(self) -> list[float]:
        return [len(run.seconds) / run.wall for run in self.together]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--steady", type=int, default=STEADY_SECONDS, help="seconds of steady load; 0 for none")
    parser.add_argument("--only", choices=[kind.one for kind in KINDS], help="measure these alone")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="podline-bench-") as name:
        home = Path(name)
        home.chmod(0o711)  # under root the server belongs to another user, who must get in
        console.print(f"Importing {PLACES:,} municipalities, {CLIENTS:,} clients and {PODS} pods ...")
        with Embedded.open(home) as server:
            kinds = [kind for kind in KINDS if chosen.only in (None, kind.one)]
            uvloop.run(measure(home, server.url, kinds, chosen.rounds, chosen.steady))


async def measure(home: Path, url: str, kinds: Iterable[Kind], rounds: int, steady: int) -> None:
    migrate(url)
    callers = write_world(home / "world")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(TABLE)
        report = await import_directory(connection, home / "world", now=datetime.now(UTC))
        assert not report.problems, report.problems
        bench = Bench(connection, callers, environment(home, url))
        for kind in kinds:
            if rounds:
                await bench.against_floor(kind, rounds)
            if steady:
                await bench.steadily(kind, steady)
    finally:
        await connection.close()


class Bench:
    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", callers: Iterator[str], env: dict[str, str]):
        self._connection = connection
        self._callers = callers
        self._environment = env
        self._serial = count(1)

    async def against_floor(self, kind: Kind, rounds: int) -> None:
        console.print(f"{kind.title}: starting the floor and the whole, one process each ...")
        with ExitStack() as stack:
            sides = [
                Side(stack.enter_context(served_alone(f"{target}:application", self._environment)))
                for target in ("bench.floor", "podline.asgi")
            ]
            for side in sides:
                await closed_loop(side.served.port, await self._sent(kind, WARMING), CONNECTIONS, kind.wish)
            await self._connection.execute("VACUUM ANALYZE")
            for number in range(rounds):
                in_turn = sides[::-1] if number % 2 else sides
                for side in in_turn:
                    side.alone.append(await self._measured(kind, side, ALONE, 1))
                for side in in_turn:
                    side.together.append(await self._measured(kind, side, TOGETHER, CONNECTIONS))
                console.print(f"Round {number + 1} of {rounds}: {told(*sides)}")
        console.print(floor_table(kind, *sides))
        tell_wrong(kind, (run for side in sides for run in (*side.alone, *side.together)))

    async def steadily(self, kind: Kind, seconds: int) -> None:
        """In turns with the floor, piece by piece, because a machine that others use has stalls of its own."""
        console.print(f"{RATE} {kind.one}s a second for {seconds} s at `podline serve`, as long at the floor ...")
        names = ("the floor, 1 web process", f"podline serve, {WORKERS} web processes")
        runs = (Run(), Run())
        with (
            served_alone("bench.floor:application", self._environment) as floor,
            served_whole(self._environment, WORKERS) as whole,
        ):
            for served in (floor, whole):
                await closed_loop(served.port, await self._sent(kind, WARMING), CONNECTIONS, kind.wish)
            for begun in range(0, seconds, PIECE):
                for served, run in zip((floor, whole), runs, strict=True):
                    sent = await self._sent(kind, RATE * min(PIECE, seconds - begun))
                    run.add(await open_loop(served.port, sent, RATE, kind.wish))
                longest = " and ".join(f"{max(run.seconds) * 1e3:.0f} ms" for run in runs)
                console.print(f"{min(begun + PIECE, seconds)} s of {seconds}: the longest so far {longest}.")
        console.print(steady_table(kind, dict(zip(names, runs, strict=True))))
        tell_wrong(kind, runs)

    async def _measured(self, kind: Kind, side: Side, number: int, connections: int) -> Run:
        sent = await self._sent(kind, number)
        database = parent_of(await self._connection.fetchval("SELECT pg_backend_pid()"))
        before = cpu_seconds(side.served.process), cpu_seconds(database)
        run = await closed_loop(side.served.port, sent, connections, kind.wish)
        side.web += cpu_seconds(side.served.process) - before[0]
        side.database += cpu_seconds(database) - before[1]
        return run

    async def _sent(self, kind: Kind, number: int) -> list[bytes]:
        """New calls or texts, one pod's after another's; everybody is free again."""
        await self._connection.execute(FREE)
        return [kind.make(caller, next(self._serial)) for caller in islice(self._callers, number)]


def environment(home: Path, url: str) -> dict[str, str]:
    """Without any setting of whoever measures."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PODLINE_")}
    return kept | {
        "PODLINE_HOME": str(home),
        "PODLINE_DATABASE_URL": url,
        "PODLINE_PUBLIC_URL": ACCOUNT.public_url,
        "PODLINE_TWILIO_ACCOUNT_SID": ACCOUNT.sid,
        "PODLINE_TWILIO_AUTH_TOKEN": ACCOUNT.token,
        "PODLINE_TWILIO_API_URL": "http://127.0.0.1:9",  # nobody listens on the discard port
    }


def told(floor: Side, whole: Side) -> str:
    each, rate = whole.each()[-1] / floor.each()[-1], floor.rates()[-1] / whole.rates()[-1]
    return f"{each:.2f} x the floor's time over one connection, {rate:.2f} x over {CONNECTIONS}."


def floor_table(kind: Kind, floor: Side, whole: Side) -> Table:
    rounds = len(floor.alone)
    calls = rounds * (ALONE + TOGETHER)
    title = f"{kind.title}, {rounds} rounds"
    table = Table("", "floor", "whole", "times the floor", title=title)

    def row(word: str, shown: str, low: float, high: float, times: float) -> None:
        table.add_row(word, f"{low:{shown}}", f"{high:{shown}}", f"{times:.2f}")

    each, rates = (floor.each(), whole.each()), (floor.rates(), whole.rates())
    row(f"one connection: ms a {kind.one}", ".2f", median(each[0]) * 1e3, median(each[1]) * 1e3, ratio(*each))
    row(
        f"{CONNECTIONS} connections: {kind.one}s a second",
        ",.0f",
        median(rates[0]),
        median(rates[1]),
        ratio(*rates[::-1]),
    )
    if floor.web and floor.database:  # told by /proc alone
        for word, low, high in (
            ("the web process", floor.web, whole.web),
            ("PostgreSQL", floor.database, whole.database),
            ("both", floor.web + floor.database, whole.web + whole.database),
        ):
            row(f"CPU of {word}: ms a {kind.one}", ".2f", low / calls * 1e3, high / calls * 1e3, high / low)
    return table


def ratio(low: list[float], high: list[float]) -> float:
    """The median of the rounds' own ratios: the machine's mood changes from round to round."""
    return median(b / a for a, b in zip(low, high, strict=True))


def steady_table(kind: Kind, runs: dict[str, Run]) -> Table:
    columns = ("", "sent", "dropped", "p50", "p90", "p99", "longest")
    table = Table(*columns, title=f"{RATE} {kind.one}s a second: ms from due to answered")
    for name, run in runs.items():
        delays = (*(run.percentile(one) for one in (50, 90, 99)), max(run.seconds))
        table.add_row(name, f"{len(run.seconds):,}", str(run.dropped), *(f"{one * 1e3:.1f}" for one in delays))
    return table


def tell_wrong(kind: Kind, runs: Iterable[Run]) -> None:
    wrong = sum((run.wrong for run in runs), Counter[str]())
    console.print(f"Every answer was 200 with {kind.wish.decode()}>." if not wrong else f"Other answers: {dict(wrong)}")


if __name__ == "__main__":
    main()
