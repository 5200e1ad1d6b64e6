"""The directory as one SQLite file, shared by the workers of a machine and read while PostgreSQL is away.

`Snapshots` keeps the file of the newest edition: whoever needs it first writes it under a lock, everybody
opens it read-only. `Directory` answers from it: small things from memory, municipalities and clients from the
file by index. A file's name holds database and edition, so that one is never mistaken for another.
"""

import asyncio
import fcntl
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from db.snapshot_file import Directory, Writer

__all__ = ["Directory", "Snapshots", "Source"]

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Source: TypeAlias = "asyncpg.Pool[asyncpg.Record] | Connection"

LOCK_PAUSE = 0.02  # seconds between two tries for the lock
BATCH = 2_000  # rows read and written at a time; the event loop runs in between
_NAME = re.compile(r"snapshot-(?P<database>\d+-\d+-\d+)-(?P<edition>\d+)\.sqlite")


class Snapshots:
    """The present `Directory` of one process; the files below `home` are the whole machine's."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._current: Directory | None = None
        self._loading = asyncio.Lock()

    async def current(self, source: Source, edition: int) -> Directory:
        """The directory of at least this edition, which a turn read with its floor.

        Costs nothing while the edition stays; otherwise one file is opened, or written first. Given a
        connection inside a transaction, it reads through that one: a turn needs no second connection.
        """
        current = self._current
        if current is not None and current.edition == edition:
            return current
        async with self._loading, _connection(source) as connection:
            database, newest = await get_database_and_edition(connection)
            current = self._current
            if current is None or (current.database, current.edition) != (database, newest):
                current = self._current = await self._open(connection, database, newest)
        return current

    def latest(self) -> Directory | None:
        """The directory without asking the database: the one in use, else the newest file, else None."""
        if self._current is None:
            for path in sorted(_files(self._home), key=_age):
                self._current = _opened(path)
                if self._current is not None:
                    break
        return self._current

    async def _open(self, connection: Connection, database: str, edition: int) -> Directory:
        there = _opened(self._home / _name(database, edition))
        if there is not None:
            return there
        self._home.mkdir(parents=True, exist_ok=True)
        async with _locked(self._home / "snapshot.lock"):
            there = _opened(self._home / _name(database, edition))
            return there if there is not None else await self._write(connection)

    async def _write(self, connection: Connection) -> Directory:
        """Under the lock: a new file in place of all others. Who has one of them open keeps it."""
        part = self._home / f"snapshot-{os.getpid()}.part"
        try:
            database, edition = await write_snapshot(connection, part)
            path = self._home / _name(database, edition)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        directory = Directory(path)
        for old in (*_files(self._home), *self._home.glob("snapshot-*.part")):
            if old != path:
                old.unlink(missing_ok=True)
        return directory


async def write_snapshot(connection: Connection, path: Path) -> tuple[str, int]:
    """Writes a new file and tells database and edition. All is read from one state of the database."""
    if connection.is_in_transaction():
        return await _write_within(connection, path)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await _write_within(connection, path)


async def _write_within(connection: Connection, path: Path) -> tuple[str, int]:
    # Under read committed, which a turn's transaction may be, each statement sees its own state. Whoever
    # changes the directory raises its edition in the same transaction: the same edition, the same directory.
    while True:
        database, edition = await get_database_and_edition(connection)
        with Writer(path) as writer:
            for table, query in _QUERIES.items():
                async for batch in _batches(connection, query):
                    await asyncio.to_thread(writer.add, table, batch)
            await asyncio.to_thread(writer.finish, database, edition)
        if (database, edition) == await get_database_and_edition(connection):
            return database, edition


async def get_database_and_edition(connection: Connection) -> tuple[str, int]:
    """Which database this is, told apart even from its own past before a restore, and its edition."""
    record = await connection.fetchrow(
        """
        SELECT
            system_identifier || '-' || timeline_id || '-' || pg_database.oid AS database,
            editions.directory AS edition
        FROM pg_control_system(), pg_control_checkpoint(), editions, pg_database
        WHERE datname = current_database()
        """
    )
    assert record is not None
    return record["database"], record["edition"]


# In the order of the file's tables; each row is its key columns and the fact as JSON, made by the database.
_QUERIES = {
    "pods": "SELECT pod, json_build_array(pod, name, strategy, timezone, wrap_up)::text FROM pods ORDER BY 1",
    "technicians": """
        SELECT technician, json_build_array(
            technician, name, phone, pod, position, languages, skills, hours, timezone, email, swarm
        )::text FROM technicians ORDER BY position, technician COLLATE "C"
    """,
    "lines": """
        SELECT line, json_build_array(line, name, voice_flow, text_flow, languages, fallback)::text
        FROM lines ORDER BY 1
    """,
    "holidays": """
        SELECT place, json_build_array(place, date, name)::text FROM holidays ORDER BY place, date
    """,
    "municipalities": """
        SELECT municipality, province, coalesce(served.clients, 0), name, json_build_array(
            municipality, name, name_fr, class, province, timezone, languages, coalesce(pod, ''), tier,
            aliases, hours, wanted, unwanted
        )::text
        FROM municipalities LEFT JOIN (
            SELECT municipality, count(*) AS clients FROM client_municipalities GROUP BY municipality
        ) AS served USING (municipality)
    """,
    "clients": """
        SELECT client, json_build_array(
            client, name, coalesce(numbered.phones, '{}'), coalesce(placed.municipalities, '{}'),
            language, channel, email, notes, wanted, unwanted
        )::text
        FROM clients
        LEFT JOIN (
            SELECT client, array_agg(phone ORDER BY place) AS phones FROM client_phones GROUP BY client
        ) AS numbered USING (client)
        LEFT JOIN (
            SELECT client, array_agg(municipality ORDER BY place) AS municipalities
            FROM client_municipalities GROUP BY client
        ) AS placed USING (client)
    """,
    "phones": "SELECT phone, client FROM client_phones",
    "emails": "SELECT lower(email), split_part(lower(email), '@', 2), client FROM clients WHERE email <> ''",
}


async def _batches(connection: Connection, query: str) -> AsyncIterator[list[tuple[object, ...]]]:
    cursor = await connection.cursor(query)
    while batch := await cursor.fetch(BATCH):
        yield [tuple(record) for record in batch]


@asynccontextmanager
async def _connection(source: Source) -> AsyncIterator[Connection]:
    if isinstance(source, asyncpg.Pool):
        async with source.acquire() as connection:
            yield connection
    else:
        yield source


def _name(database: str, edition: int) -> str:
    return f"snapshot-{database}-{edition}.sqlite"


def _files(home: Path) -> Iterator[Path]:
    return (path for path in home.glob("snapshot-*.sqlite") if _NAME.fullmatch(path.name))


def _age(path: Path) -> float:
    """Newest first; a file that another process has just removed comes last."""
    try:
        return -path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _opened(path: Path) -> Directory | None:
    """None when it is not there, went while we looked, or is no snapshot."""
    try:
        return Directory(path)
    except sqlite3.DatabaseError:
        return None


@asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[None]:
    """The machine's lock on writing; it ends with its holder. Asked for again and again: a thread that waits
    for it could not be called off."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(LOCK_PAUSE)
        yield
    finally:
        os.close(descriptor)
