"""Databases for tests: one server a run, one migrated template, copies of it made before they are asked for.

`fresh_database()` gives the address of an empty, migrated database and takes it away afterwards. The workers
of one run share server and template; each has a thread that keeps a few copies ready and drops used ones.
With PODLINE_TEST_DATABASE_URL (of a role that may create databases) an outside server is used instead.
"""

import asyncio
import contextlib
import os
import queue
import shutil
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, urlsplit

import asyncpg

from db.embedded import Embedded
from db.embedded_lock import FileLock, is_held, locked
from db.migrate import migrate

RUN = "PODLINE_TEST_RUN"  # the folder of this run: workers inherit it from the process that starts them
OUTSIDE = "PODLINE_TEST_DATABASE_URL"
FOLDERS = "podline-tests-"
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2_000_000_000
READY = 2
# ext4 is slow to make files for minutes after others were removed (measured: 260 ms a copy instead of 15), so
# a disk is cleared seldom, and memory sooner.
DROPPED_TOGETHER_ON_DISK, DROPPED_TOGETHER_IN_MEMORY = 200, 20
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Databases:
    """What one process of a run holds: the server and the thread that makes template and copies."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._outside = os.environ.get(OUTSIDE)
        self._embedded: Embedded | None = None
        self._prefix = _prefix(run)
        self._kept = DROPPED_TOGETHER_IN_MEMORY if run.parent == MEMORY else DROPPED_TOGETHER_ON_DISK
        self._ready: queue.Queue[str | BaseException] = queue.Queue()
        self._used: queue.Queue[str] = queue.Queue()
        self._wake = threading.Event()
        self._over = False
        self._copier = threading.Thread(target=self._work, name="databases", daemon=True)
        self._copier.start()

    def take(self) -> str:
        """The address of a fresh copy."""
        made = self._ready.get(timeout=60)
        self._wake.set()
        if isinstance(made, BaseException):
            self._ready.put(made)  # for whoever asks next
            raise made
        return self._url_of(made)

    def give_back(self, url: str) -> None:
        """Have it dropped, soon, with whatever connections are left."""
        self._used.put(urlsplit(url).path.removeprefix("/"))
        self._wake.set()

    def close(self) -> None:
        self._over = True
        self._wake.set()
        self._copier.join(60)
        if self._embedded is not None:
            self._embedded.close()

    def _url_of(self, database: str) -> str:
        if self._embedded is not None:
            return self._embedded.url_of(database)
        return urlsplit(self._outside or "")._replace(path=f"/{quote(database)}").geturl()

    def _work(self) -> None:
        try:
            if self._outside is None:
                self._embedded = Embedded.open(self._run, durable=False)
            asyncio.run(self._keep_ready())
        except BaseException as problem:  # nobody listens here: whoever asks for a copy shall hear it
            self._ready.put(problem)

    async def _keep_ready(self) -> None:
        async with _connected(self._outside or self._url_of("postgres")) as admin:
            with locked(self._run / "template.lock"):
                await self._make_template(admin)
            # Half the time, where the server was built for it (measured: 15 ms a copy instead of 34).
            with contextlib.suppress(asyncpg.PostgresError):
                await admin.execute("SET file_copy_method = 'clone'")
            made = 0
            while not self._over:
                self._wake.clear()
                if self._ready.qsize() < READY:
                    made += 1
                    name = f"{self._prefix}_{os.getpid()}_{made}"
                    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {self._prefix} STRATEGY FILE_COPY")
                    self._ready.put(name)
                elif self._used.qsize() >= self._kept:
                    while not self._used.empty():
                        await admin.execute(f"DROP DATABASE IF EXISTS {self._used.get()} WITH (FORCE)")
                else:
                    self._wake.wait()

    async def _make_template(self, admin: Connection) -> None:
        if await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", self._prefix):
            return
        new = f"{self._prefix}_new"
        await admin.execute(f"DROP DATABASE IF EXISTS {new} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {new}")
        migrate(self._url_of(new))
        await admin.execute(f"ALTER DATABASE {new} RENAME TO {self._prefix}")


_databases: Databases | None = None
_run_lock: FileLock | None = None


@contextlib.contextmanager
def fresh_database() -> Iterator[str]:
    """The address of a migrated, empty database of one's own."""
    global _databases
    if _databases is None:
        _databases = Databases(Path(os.environ[RUN]))
    url = _databases.take()
    try:
        yield url
    finally:
        _databases.give_back(url)


def begin_run() -> None:
    """Called once a run, before its workers start; clears away what killed runs left."""
    global _run_lock
    place = _place()
    for left in place.glob(f"{FOLDERS}*"):
        with contextlib.suppress(OSError):
            old = time.time() - left.stat().st_mtime > 60
            if old and left.stat().st_uid == os.geteuid() and not is_held(left / "run.lock"):
                _remove(left)
    run = Path(tempfile.mkdtemp(prefix=FOLDERS, dir=place))
    run.chmod(0o711)  # under root the server belongs to another user, who must get in
    _run_lock = FileLock(run / "run.lock")
    _run_lock.wait()
    os.environ[RUN] = str(run)
    if place == MEMORY and "TMPDIR" not in os.environ:
        _all_files_in(run)


def leave_run() -> None:
    """Called in each process of a run at its end."""
    global _databases
    if _databases is not None:
        _databases.close()
        _databases = None


def end_run() -> None:
    """Called once a run, after its workers ended."""
    leave_run()
    run = Path(os.environ.pop(RUN))
    if outside := os.environ.get(OUTSIDE):
        asyncio.run(_drop_all(outside, _prefix(run)))
    _remove(run)
    if _run_lock is not None:
        _run_lock.close()
    if os.environ.get("TMPDIR") == str(run):
        del os.environ["TMPDIR"]
        tempfile.tempdir = None


def _all_files_in(run: Path) -> None:
    """Also those of servers and services that tests start: where they are made, half of what those cost is the disk."""
    os.environ["TMPDIR"] = str(run)
    tempfile.tempdir = None


def _place() -> Path:
    """Memory where there is enough of it: twice as fast as a disk, which is the system's temporary folder."""
    try:
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
            return MEMORY
    except OSError:
        pass
    return Path(tempfile.gettempdir())


def _remove(run: Path) -> None:
    if any(run.glob("postgres-*/data/postmaster.pid")):
        Embedded.open(run, durable=False).close()  # a killed worker left it running: the last one out stops it
    shutil.rmtree(run, ignore_errors=True)


async def _drop_all(url: str, prefix: str) -> None:
    async with _connected(url) as admin:
        for row in await admin.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix):
            await admin.execute(f"DROP DATABASE IF EXISTS {row['datname']} WITH (FORCE)")


@contextlib.asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Connection]:
    connection: Connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _prefix(run: Path) -> str:
    """The run's own names on a shared server; `tempfile` draws from letters, digits and the underscore."""
    return f"podline_test_{run.name.removeprefix(FOLDERS)}"
