"""What came in writing and could not be taken up: one SQLite file under PODLINE_HOME, for all the machine's processes.

Whoever acknowledges a request puts it here first; the job process takes a row out only after the commit that kept what
was in it. There is no file before the first row. It holds what clients wrote, so nobody else may read it.
"""

import json
import os
import sqlite3
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from db.embedded_lock import locked

NAME = "spool.sqlite3"
BUSY_SECONDS = 1.0  # that another process may be writing
Kind = Literal["text", "report"]

# A row kept aside has met a fault of ours again and again (`aside`: its name), and holds up nobody.
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS spool (
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        lane TEXT NOT NULL,
        came_at TEXT NOT NULL,
        form TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        aside TEXT
    );
    CREATE INDEX IF NOT EXISTS spool_lane ON spool (lane) WHERE aside IS NULL;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. `key` is the same for every delivery of it (twilio.md 2.3); those of one `lane` are taken up in the
    order in which they came. `form`: what was sent, its query too; never its signature."""

    key: str
    kind: Kind
    lane: str
    came_at: datetime
    form: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    row: int
    entry: Entry
    tries: int


@dataclass(frozen=True, slots=True)
class Counts:
    """`since`: when the oldest of those that wait came."""

    waiting: int = 0
    aside: int = 0
    since: datetime | None = None


class Spool:
    """One process's way to the file. Every method raises sqlite3.Error when the file can't be read or written, and may
    be called from any thread; those that write wait for the disk."""

    def __init__(self, home: Path) -> None:
        self.path = home / NAME
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None

    # Whoever can't take a turn.

    def put(self, entry: Entry) -> None:
        """On the disk when this returns; a second delivery changes nothing."""
        self._write(
            "INSERT INTO spool (key, kind, lane, came_at, form) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            entry.key,
            entry.kind,
            entry.lane,
            entry.came_at.isoformat(),
            json.dumps(dict(entry.form), ensure_ascii=False),
        )

    def holds(self, lane: str) -> bool:
        """Whether something of that lane waits: what comes now is behind it."""
        return bool(self._read("SELECT 1 FROM spool WHERE lane = ? AND aside IS NULL LIMIT 1", lane))

    # Whoever takes up what waits.

    def has_waiting(self) -> bool:
        return bool(self._read("SELECT 1 FROM spool WHERE aside IS NULL LIMIT 1"))

    def list_waiting(self, after: int, most: int) -> list[Row]:
        """The oldest first, behind that row."""
        found = self._read(
            """
            SELECT row, key, kind, lane, came_at, form, tries FROM spool
            WHERE row > ? AND aside IS NULL ORDER BY row LIMIT ?
            """,
            after,
            most,
        )
        return [
            Row(row, Entry(key, kind, lane, datetime.fromisoformat(came_at), json.loads(form)), tries)
            for row, key, kind, lane, came_at, form, tries in found
        ]

    def remove(self, row: int) -> None:
        self._write("DELETE FROM spool WHERE row = ?", row)

    def save_failure(self, row: int, *, aside: str | None) -> None:
        """It was tried in vain; `aside`: why it is not tried again for now."""
        self._write("UPDATE spool SET tries = tries + 1, aside = ? WHERE row = ?", aside, row)

    def try_all_again(self) -> None:
        """What was kept aside too: whatever was wrong may have been put right."""
        if self._read("SELECT 1 FROM spool WHERE aside IS NOT NULL LIMIT 1"):
            self._write("UPDATE spool SET tries = 0, aside = NULL WHERE aside IS NOT NULL")

    # Whoever watches.

    def count(self) -> Counts:
        found = self._read(
            """
            SELECT count(*) FILTER (WHERE aside IS NULL), count(aside), min(came_at) FILTER (WHERE aside IS NULL)
            FROM spool
            """
        )
        for waiting, aside, since in found:
            return Counts(waiting, aside, datetime.fromisoformat(since) if since else None)
        return Counts()

    def _read(self, query: str, *values: str | int) -> list[Any]:
        """No file, no rows."""
        if self._reader is None:
            if not self.path.exists():
                return []
            self._reader = self._open()
        return self._reader.execute(query, values).fetchall()

    def _write(self, statement: str, *values: str | int | None) -> None:
        if self._writer is None:
            self._writer = self._open()
        self._writer.execute(statement, values)

    def _open(self) -> sqlite3.Connection:
        """Each statement is a transaction, and on the disk when it ends, also if the power fails then."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with locked(self.path.with_suffix(".opening")):  # two at once would be in each other's way, and not wait
            # Never opened beside SQLite: to close a file gives up all locks that the process has on it.
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            database = sqlite3.connect(self.path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = FULL")
                database.executescript(_SCHEMA)
            except BaseException:
                database.close()
                raise
        weakref.finalize(self, database.close)
        return database
