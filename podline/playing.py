"""Plays files of scenes: each in a rehearsal of its own, on the operator's directory and flow, in virtual time.

The directory is copied once, into a database that is only a mould; every scene gets a fresh copy of it. All of them
are on an embedded PostgreSQL that nobody else uses, so that nothing is ever written where the desk works.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import asyncpg

from callflows.turn import DEFAULT_ZONE
from db.copying import copy_directory
from db.embedded_lock import FileLock
from db.importing import import_directory
from db.publishing import publish_new
from podline.databases import Databases
from podline.ground import Ground
from podline.logging import logging_to
from podline.rehearsal import BadDirectory, Rehearsal
from podline.scene_words import Desk
from simulator.clock import NotQuietError
from simulator.exchange import Exchange
from simulator.scenes import Cast, Ending, Known, Person, Scene, Step, play
from simulator.switches import Switches

MOULD, REHEARSAL = "podline_mould", "podline_rehearsal"
PATIENCE = 30.0  # real seconds in which whatever is due at one moment must be done

Furnish = Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[None]]


@dataclass
class Told:
    """Whoever wants to follow a scene sees the exchange first, hears of each step before it is played, and of the end
    before what is left is hung up."""

    exchange: Callable[[Exchange], None] = lambda _: None
    step: Callable[[Step], None] = lambda _: None
    end: Callable[[], None] = lambda: None


@dataclass
class Playhouse:
    """Make it by `open_playhouse`. `known`: who and what is in the directory."""

    databases: Databases
    log: Path
    known: Known
    switches: Switches = field(default_factory=Switches)

    async def play(self, scene: Scene, cast: Cast, now: datetime, told: Told | None = None) -> Ending:
        """`now`: when a scene begins that does not say it."""
        told = told or Told()
        start = scene.starts_at(now, self.known.zone)
        with tempfile.TemporaryDirectory(prefix="podline-scene-") as home, logging_to(self.log):
            async with self.databases.passing(REHEARSAL, like=MOULD) as url, Ground.on(url) as ground:
                rehearsal = await Rehearsal.open(
                    ground, Path(home), start=start, switches=self.switches, patience=PATIENCE
                )
                try:
                    for line in self.known.lines:
                        rehearsal.add_line(line)
                    told.exchange(rehearsal.exchange)
                    ending = await play(scene, cast, rehearsal.exchange, Desk(rehearsal), told.step)
                    told.end()
                    await calm(rehearsal.exchange)
                    return ending
                finally:
                    await rehearsal.close()
                    await rehearsal.clock.ends()


async def calm(exchange: Exchange) -> None:
    """Whatever a scene has left is hung up."""
    for leg in list(exchange.legs.values()):
        if not leg.is_over:
            exchange.hang_up(leg)
    with suppress(AssertionError, NotQuietError):  # of a scene that has failed already
        await exchange.clock.settle()


@asynccontextmanager
async def open_playhouse(home: Path, furnish: Sequence[Furnish], switches: Switches) -> AsyncIterator[Playhouse]:
    """Below `home`, in a folder that one play at a time may use; another one waits. Raises EmbeddedFailed,
    MigrationFailed, and what `furnish` raises, which fills the mould one after another."""
    folder = make_place(home)
    with closing(FileLock(folder / "play.lock")) as lock:
        await asyncio.to_thread(lock.wait)
        databases = await Databases.open(folder)
        try:
            connection = await asyncpg.connect(await databases.make(MOULD))
            try:
                for one in furnish:
                    await one(connection)
                known = await read_known(connection)
            finally:
                await connection.close()
            yield Playhouse(databases, folder / "play.log", known, switches)
        finally:
            await databases.close()


def make_place(home: Path) -> Path:
    folder = home.absolute() / "rehearsals"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def copied(url: str) -> Furnish:
    """The directory and the live flows of another database."""

    async def furnish(mould: "asyncpg.Connection[asyncpg.Record]") -> None:
        source = await asyncpg.connect(url)
        try:
            await copy_directory(source, mould)
        finally:
            await source.close()

    return furnish


def imported(folder: Path, now: datetime) -> Furnish:
    """A folder of CSV files. Raises BadDirectory."""

    async def furnish(mould: "asyncpg.Connection[asyncpg.Record]") -> None:
        report = await import_directory(mould, folder, now=now)
        if report.problems:
            raise BadDirectory("\n".join(report.lines()))

    return furnish


def published(flow: str, document: dict[str, object], now: datetime) -> Furnish:
    """A flow, tried before anybody publishes it. Raises Blocked and Unreadable."""

    async def furnish(mould: "asyncpg.Connection[asyncpg.Record]") -> None:
        await publish_new(mould, flow, document, by="play", note="tried", now=now)

    return furnish


async def read_known(connection: "asyncpg.Connection[asyncpg.Record]") -> Known:
    """Whoever is technician and client by the same key is nobody here; a client calls from the first number. Times
    are meant in the zone of most pods."""
    technicians = await connection.fetch("SELECT technician AS key, name, phone AS number FROM technicians")
    clients = await connection.fetch(
        """
        SELECT DISTINCT ON (client) client AS key, name, phone AS number
        FROM clients JOIN client_phones USING (client) ORDER BY client, place
        """
    )
    lines = await connection.fetch("SELECT line FROM lines ORDER BY line")
    zones = Counter(row["timezone"] for row in await connection.fetch("SELECT timezone FROM pods ORDER BY pod"))
    rows = [*technicians, *clients]
    times = Counter(row["key"].lower() for row in rows)
    return Known(
        people={
            row["key"]: Person(number=row["number"], name=row["name"]) for row in rows if times[row["key"].lower()] == 1
        },
        lines=tuple(row["line"] for row in lines),
        zone=zones.most_common(1)[0][0] if zones else DEFAULT_ZONE,
    )
