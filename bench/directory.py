"""The directory at scale: `python -m bench.directory`.

Import of all of Canada's municipalities and 20,000 clients; the snapshot of 1,000 and of 1,000,000 numbers: time
to write, to open and to look up, and the memory of a worker that only reads it. Both sizes are measured in one
run, so that their ratio holds on any machine.
"""

import argparse
import asyncio
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import ParamSpec, TypeAlias, TypeVar

import asyncpg
from rich.console import Console
from rich.table import Table

from db.embedded import Embedded
from db.importing import import_directory
from db.migrate import migrate
from db.snapshot import Directory, Snapshots
from podline.municipalities import convert_municipalities
from podline.world import generate_clients
from podline.world.crowd import invented_numbers

SOURCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "municipalities_ca.csv"
PODS = "pod,name,strategy,timezone\na,A,linear,America/Edmonton\nb,B,circular,America/Toronto\n"
LOOKUPS = 20_000
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Measured:
    """Seconds, MiB and bytes; `lookup` is the time of one known number with its municipality."""

    numbers: int
    build: float
    writer_memory: float
    file: int
    open: float
    lookup: float
    unknown: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=20_000)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    chosen = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="podline-bench-") as name:
        home = Path(name)
        home.chmod(0o711)  # under root the server belongs to another user, who must get in
        with Embedded.open(home) as server:
            asyncio.run(_bench_import(console, server, home, chosen.clients))
            few, many = (asyncio.run(_bench_snapshot(server, home, size)) for size in (chosen.few, chosen.many))
    console.print(_snapshot_table(few, many))


async def _bench_import(console: Console, server: Embedded, home: Path, clients: int) -> None:
    if not SOURCE.is_file():
        console.print("No import was measured: ../shared/data/municipalities_ca.csv is not there.")
        return
    folder = home / "folder"
    convert_municipalities(SOURCE, folder, ["a", "b"])
    (folder / "pods.csv").write_text(PODS)
    generate_clients(folder, clients)
    connection = await _fresh(server, "imported")
    table = Table("import", "rows", "seconds", title="Import of one folder")
    for word in ("first", "again, unchanged"):
        begun = time.perf_counter()
        report = await import_directory(connection, folder, now=datetime.now(UTC))
        seconds = time.perf_counter() - begun
        assert not report.problems
        table.add_row(word, f"{sum(file.rows for file in report.files):,}", f"{seconds:.2f}")
    begun = time.perf_counter()
    directory = await Snapshots(home / "imported").current(connection, 3)
    table.add_row("snapshot of it", f"{directory.edition} editions", f"{time.perf_counter() - begun:.2f}")
    await connection.close()
    console.print(table)


async def _bench_snapshot(server: Embedded, home: Path, numbers: int) -> Measured:
    connection = await _fresh(server, f"numbers_{numbers}")
    await _fill(connection, numbers)
    await connection.close()
    place = home / f"numbers_{numbers}"
    url = server.url_of(f"numbers_{numbers}")
    build, writer_memory = await asyncio.to_thread(_in_a_process, _write, url, place)
    (path,) = place.glob("snapshot-*.sqlite")
    known = random.Random(1).sample(list(islice(invented_numbers(), numbers)), min(numbers, LOOKUPS))
    opened, lookup, unknown, memory = await asyncio.to_thread(_in_a_process, _read, path, known)
    return Measured(numbers, build, writer_memory, path.stat().st_size, opened, lookup, unknown, memory)


async def _fill(connection: Connection, numbers: int) -> None:
    """One client a number, by COPY: the import itself is measured elsewhere."""
    places = [str(4_800_000 + number) for number in range(3_594)]
    await connection.copy_records_to_table(
        "municipalities",
        columns=["municipality", "name", "province", "timezone", "languages"],
        records=((place, f"Place {place}", "AB", "America/Edmonton", ["en"]) for place in places),
    )
    await connection.copy_records_to_table(
        "clients",
        columns=["client", "name", "language", "channel"],
        records=((f"c{n:07}", f"Client {n}", "en", "voice") for n in range(numbers)),
    )
    await connection.copy_records_to_table(
        "client_phones",
        columns=["client", "phone", "place"],
        records=((f"c{n:07}", phone, 1) for n, phone in enumerate(islice(invented_numbers(), numbers))),
    )
    await connection.copy_records_to_table(
        "client_municipalities",
        columns=["client", "municipality", "place"],
        records=((f"c{n:07}", places[n % len(places)], 1) for n in range(numbers)),
    )
    await connection.execute("ANALYZE")


async def _fresh(server: Embedded, database: str) -> Connection:
    admin: Connection = await asyncpg.connect(server.url)
    await admin.execute(f"CREATE DATABASE {database}")
    await admin.close()
    url = server.url_of(database)
    migrate(url)
    connection: Connection = await asyncpg.connect(url)
    return connection


def _write(url: str, place: Path) -> tuple[float, float]:
    """In a process of its own: what the worker pays that comes first. Seconds, and MiB it keeps."""

    async def write() -> tuple[float, float]:
        connection = await asyncpg.connect(url)
        before = _memory()
        begun = time.perf_counter()
        directory = await Snapshots(place).current(connection, 0)
        seconds = time.perf_counter() - begun
        assert directory.edition == 0
        await connection.close()
        return seconds, _memory() - before

    return asyncio.run(write())


def _read(path: Path, known: list[str]) -> tuple[float, float, float, float]:
    """In a process of its own: what every other worker pays. Seconds to open, to look up, to miss; MiB kept."""
    chance = random.Random(2)
    asked = [chance.choice(known) for _ in range(LOOKUPS)]
    missed = [f"+1403{chance.randrange(2_000_000, 9_999_999)}" for _ in range(LOOKUPS)]
    before = _memory()
    begun = time.perf_counter()
    directory = Directory(path)
    opened = time.perf_counter() - begun
    lookup = _each(asked, lambda phone: _answer(directory, phone))
    unknown = _each(missed, directory.clients_with)
    return opened, lookup, unknown, _memory() - before


def _answer(directory: Directory, phone: str) -> None:
    (client,) = directory.clients_with(phone)
    assert directory.municipality(client.municipalities[0]) is not None


def _each(values: list[str], ask: Callable[[str], object]) -> float:
    begun = time.perf_counter()
    for value in values:
        ask(value)
    return (time.perf_counter() - begun) / len(values)


def _memory() -> float:
    """Resident memory of this process in MiB; where /proc does not tell, the most it ever was."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (2**20 if sys.platform == "darwin" else 2**10)


def _in_a_process(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, args, named)


def _snapshot_table(few: Measured, many: Measured) -> Table:
    table = Table("snapshot", f"{few.numbers:,} numbers", f"{many.numbers:,} numbers", "ratio", title="Snapshot")

    def row(word: str, show: str, unit: float, of: Callable[[Measured], float]) -> None:
        low, high = of(few), of(many)
        ratio = f"{high / low:.2f}" if low else "-"
        table.add_row(word, f"{low * unit:{show}}", f"{high * unit:{show}}", ratio)

    row("write it, s", ".2f", 1, lambda one: one.build)
    row("file, MiB", ".1f", 1 / 2**20, lambda one: float(one.file))
    row("memory it leaves the writer, MiB", ".1f", 1, lambda one: one.writer_memory)
    row("open it, ms", ".2f", 1e3, lambda one: one.open)
    row("known number, µs", ".1f", 1e6, lambda one: one.lookup)
    row("unknown number, µs", ".1f", 1e6, lambda one: one.unknown)
    row("memory of a reader for it, MiB", ".1f", 1, lambda one: one.memory)
    return table


if __name__ == "__main__":
    main()
