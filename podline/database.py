"""Which database: PODLINE_DATABASE_URL, else the embedded server under PODLINE_HOME; brought to the schema.

An empty database gets its schema from whoever opens it first, and the embedded one every later migration too.
Somebody else's database that holds data is migrated by nothing but `podline migrate`.
"""

import asyncio
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from db.embedded import Embedded
from db.migrate import MigrationFailed, migrate, migrations
from db.pool import AWAY
from db.publishing import publish_shipped
from podline.settings import Settings

CONNECT_SECONDS = 5.0


class DatabaseUnusable(Exception):
    """The database cannot be used; the message says in one sentence why and what to do."""


@dataclass(frozen=True, slots=True)
class State:
    """How far the schema is. `pending`: migrations that we know and the database doesn't."""

    is_empty: bool
    pending: tuple[str, ...]


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address of a database that is reachable and has the schema; the embedded server runs meanwhile."""
    with unmigrated(settings) as url:
        state = state_of(url)
        if state.pending:
            if settings.database_url is not None and not state.is_empty:
                raise DatabaseUnusable(
                    f"The database lacks {len(state.pending)} migration(s), from {state.pending[0]} on:"
                    " run `podline migrate`."
                )
            apply(url)
        if state.pending or settings.database_url is None:
            publish_shipped_flows(url)
        yield url


@contextlib.contextmanager
def unmigrated(settings: Settings) -> Iterator[str]:
    """The address alone, whatever the state of the schema; the embedded server runs meanwhile."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with Embedded.open(settings.home) as embedded:
        yield embedded.url


def apply(url: str) -> list[str]:
    """The names of the migrations applied; a password in the address is kept out of every message."""
    try:
        return migrate(url)
    except MigrationFailed as error:
        raise DatabaseUnusable(without_password(str(error), url)) from None


def publish_shipped_flows(url: str) -> dict[str, int]:
    """Contacts keep the version they began with: so what this release ships must be one. The numbers of new ones."""

    async def publish() -> dict[str, int]:
        connection = await connect(url)
        try:
            return await publish_shipped(connection, datetime.now(UTC))
        finally:
            await connection.close()

    return asyncio.run(publish())


def state_of(url: str) -> State:
    """Asked over one connection. Raises DatabaseUnusable."""
    return asyncio.run(read_state(url))


async def read_state(url: str, folder: Path | None = None) -> State:
    """The same for whoever is inside a loop; `folder` is another set of migrations than the shipped one."""
    connection = await connect(url)
    try:
        tables = await connection.fetchval(
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        kept = await connection.fetchval("SELECT to_regclass('public.schema_migrations') IS NOT null")
        rows = await connection.fetch("SELECT version FROM public.schema_migrations") if kept else []
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseUnusable(f"The role of PODLINE_DATABASE_URL may not read the database: {error}.") from None
    finally:
        await connection.close()
    applied = {row["version"] for row in rows}
    known = sorted(path.name for path in (folder or migrations()).glob("*.sql"))
    pending = tuple(name for name in known if name.partition("_")[0] not in applied)
    return State(is_empty=tables - bool(kept) == 0 and not applied, pending=pending)


async def connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection; raises DatabaseUnusable in words, never with the password."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise DatabaseUnusable("PODLINE_DATABASE_URL is no address of a PostgreSQL: it begins with postgresql://.")
    try:
        return await asyncpg.connect(url, timeout=CONNECT_SECONDS, command_timeout=30)
    except (*AWAY, asyncpg.PostgresError, ValueError) as error:
        why = without_password(why_not(error), url)
        raise DatabaseUnusable(
            f"The database at {place(url)} cannot be used ({why}): start it, or correct PODLINE_DATABASE_URL."
        ) from None


def why_not(error: BaseException) -> str:
    """The reason in a few words."""
    if isinstance(error, TimeoutError):
        return f"no answer within {CONNECT_SECONDS:.0f} s"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def place(url: str) -> str:
    """Host and database of an address, without user and password."""
    try:
        parts = urlsplit(url)
        host = re.search(r"[?&]host=([^&]+)", url)
        where = parts.hostname or (unquote(host[1]) if host else "the local socket")
        return f"{where}{f':{parts.port}' if parts.port else ''}, database {parts.path.lstrip('/') or 'of the user'}"
    except ValueError:
        return "an address that cannot be read"


def without_password(text: str, url: str) -> str:
    for secret in passwords(url):
        text = text.replace(secret, "…")
    return text


def passwords(url: str) -> set[str]:
    """The password of an address as it may show up: as written and decoded."""
    found = {match[1] for match in re.finditer(r"//[^/@:]*:([^@/]+)@|[?&]password=([^&]+)", url) if match[1]}
    found |= {match[2] for match in re.finditer(r"//[^/@:]*:([^@/]+)@|[?&]password=([^&]+)", url) if match[2]}
    return found | {unquote(one) for one in found}
