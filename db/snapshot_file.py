"""The snapshot's SQLite file: how it is written, and the `Directory` that reads it. No PostgreSQL here."""

import json
import sqlite3
import weakref
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from routing.directory import Client, Holiday, Line, Municipality, Pod, Technician

FORMAT = 4
MUNICIPALITIES_KEPT = 4096

# Facts are JSON arrays in the order of their dataclass's fields. Without row ids, a lookup is one descent.
_SCHEMA = """
    CREATE TABLE meta (format INTEGER, database TEXT, edition INTEGER);
    CREATE TABLE pods (pod TEXT, fact TEXT);
    CREATE TABLE technicians (technician TEXT, fact TEXT);
    CREATE TABLE lines (line TEXT, fact TEXT);
    CREATE TABLE holidays (place TEXT, fact TEXT);
    CREATE TABLE municipalities (
        municipality TEXT PRIMARY KEY, province TEXT, clients INTEGER, name TEXT, fact TEXT
    ) WITHOUT ROWID;
    CREATE INDEX municipalities_name ON municipalities (name);
    CREATE TABLE clients (client TEXT PRIMARY KEY, fact TEXT) WITHOUT ROWID;
    CREATE TABLE phones (phone TEXT, client TEXT, PRIMARY KEY (phone, client)) WITHOUT ROWID;
    CREATE TABLE emails (address TEXT, domain TEXT, client TEXT, PRIMARY KEY (address, client)) WITHOUT ROWID;
    CREATE INDEX emails_domain ON emails (domain);
"""

Fact = TypeVar("Fact")


class Directory:
    """One edition of the directory, unchanging; every question is answered at once, from any thread.

    The file stays readable through this object after it is removed. Raises sqlite3.OperationalError when
    there is no such file or it is of another format.
    """

    def __init__(self, path: Path) -> None:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        weakref.finalize(self, database.close)
        self._database = database
        form, self.database, self.edition = self._one("SELECT format, database, edition FROM meta")
        if form != FORMAT:
            raise sqlite3.OperationalError(f"{path.name} has format {form}, not {FORMAT}")
        self.pods = tuple(Pod(*fact) for fact in self._facts("SELECT fact FROM pods"))
        self.technicians = tuple(_built(Technician, fact) for fact in self._facts("SELECT fact FROM technicians"))
        self.lines = tuple(_built(Line, fact) for fact in self._facts("SELECT fact FROM lines"))
        self._holidays = tuple(Holiday(*fact) for fact in self._facts("SELECT fact FROM holidays"))
        self._pods = {pod.pod: pod for pod in self.pods}
        self._technicians = {one.technician: one for one in self.technicians}
        self._phones = {one.phone: one for one in self.technicians}
        self._lines = {line.line: line for line in self.lines}
        self._municipality = lru_cache(MUNICIPALITIES_KEPT)(self._find_municipality)
        self._namesakes = lru_cache(MUNICIPALITIES_KEPT)(self._find_namesakes)

    def line(self, number: str) -> Line | None:
        return self._lines.get(number)

    def pod(self, key: str) -> Pod | None:
        return self._pods.get(key)

    def technician(self, key: str) -> Technician | None:
        return self._technicians.get(key)

    def technician_with(self, phone: str) -> Technician | None:
        return self._phones.get(phone)

    def technicians_of(self, pod: str) -> tuple[Technician, ...]:
        """By position, then key."""
        return tuple(one for one in self.technicians if one.pod == pod)

    def municipality(self, key: str) -> Municipality | None:
        return self._municipality(key)

    def namesakes(self, place: Municipality) -> tuple[Municipality, ...]:
        """Other municipalities of exactly that name: two Tabers, two Lloydminsters."""
        return self._namesakes(place.municipality, place.name)

    def municipalities(self, province: str = "") -> tuple[Municipality, ...]:
        """All, or a province's: those with the most clients first, then by key. Reads the file each time."""
        facts = self._facts(
            "SELECT fact FROM municipalities WHERE ? IN ('', province) ORDER BY clients DESC, municipality",
            province,
        )
        return tuple(_built(Municipality, fact) for fact in facts)

    def client(self, key: str) -> Client | None:
        facts = self._facts("SELECT fact FROM clients WHERE client = ?", key)
        return _built(Client, facts[0]) if facts else None

    def first_clients(self, most: int) -> tuple[Client, ...]:
        """The first by key. Reads the file each time."""
        facts = self._facts("SELECT fact FROM clients ORDER BY client LIMIT ?", most)
        return tuple(_built(Client, fact) for fact in facts)

    def clients_with(self, phone: str) -> tuple[Client, ...]:
        """Everybody reachable at this number, by key: a town hall's people share one."""
        facts = self._facts(
            "SELECT fact FROM phones JOIN clients USING (client) WHERE phone = ? ORDER BY client", phone
        )
        return tuple(_built(Client, fact) for fact in facts)

    def clients_at(self, email: str) -> tuple[Client, ...]:
        """Everybody with this e-mail address (in small letters), by key."""
        facts = self._facts(
            "SELECT fact FROM emails JOIN clients USING (client) WHERE address = ? ORDER BY client", email
        )
        return tuple(_built(Client, fact) for fact in facts)

    def municipality_at(self, domain: str) -> str:
        """The one municipality of all clients with an e-mail address of this domain; empty if they differ."""
        if not domain:
            return ""
        shared = ""
        for (fact,) in self._database.execute(
            "SELECT fact FROM emails JOIN clients USING (client) WHERE domain = ?", (domain,)
        ):
            places = _built(Client, json.loads(fact)).municipalities
            if len(places) != 1 or shared not in ("", places[0]):
                return ""
            shared = places[0]
        return shared

    def holidays(self, province: str, municipality: str) -> tuple[Holiday, ...]:
        """Our own rows for either, by date; the `holidays` library's are `routing.due`'s."""
        found = (day for day in self._holidays if day.place in (province, municipality))
        return tuple(sorted(found, key=lambda day: day.date))

    def _find_municipality(self, key: str) -> Municipality | None:
        facts = self._facts("SELECT fact FROM municipalities WHERE municipality = ?", key)
        return _built(Municipality, facts[0]) if facts else None

    def _find_namesakes(self, key: str, name: str) -> tuple[Municipality, ...]:
        facts = self._facts("SELECT fact FROM municipalities WHERE name = ? AND municipality <> ?", name, key)
        return tuple(_built(Municipality, fact) for fact in facts)

    def _facts(self, query: str, *values: str | int) -> list[list[Any]]:
        return [json.loads(fact) for (fact,) in self._database.execute(query, values)]

    def _one(self, query: str) -> Sequence[Any]:
        found: Sequence[Any] | None = self._database.execute(query).fetchone()
        if found is None:
            raise sqlite3.OperationalError("the snapshot is not finished")
        return found


class Writer:
    """A new snapshot file; complete only after `finish`. May be used from any thread, by one at a time."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # Nobody sees the file before it is renamed: a crash leaves a part that nobody opens.
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("PRAGMA cache_size = -65536")
        self._database.executescript(_SCHEMA)
        self._database.execute("BEGIN")

    def add(self, table: str, rows: list[tuple[object, ...]]) -> None:
        places = ", ".join("?" * len(rows[0]))
        self._database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)

    def finish(self, database: str, edition: int) -> None:
        self._database.execute("INSERT INTO meta VALUES (?, ?, ?)", (FORMAT, database, edition))
        self._database.execute("COMMIT")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()


def _built(kind: type[Fact], fact: list[Any]) -> Fact:
    """The dataclass from its JSON array: lists were tuples."""
    return kind(*(tuple(value) if isinstance(value, list) else value for value in fact))
