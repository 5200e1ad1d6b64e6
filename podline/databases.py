"""Databases for trying something out, made anew and dropped at will on an embedded PostgreSQL of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import asyncpg

from db.embedded import Embedded
from db.migrate import migrate

MIGRATED = "podline_migrated"  # nobody uses it: PostgreSQL copies no database to which others are connected


class Databases:
    """Make it by `open`, give it back by `close`. Whoever opens it is alone below that home."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    @classmethod
    async def open(cls, home: Path) -> Self:
        """Not cancelled half way: a server would be left. Raises EmbeddedFailed, MigrationFailed."""
        opening = asyncio.create_task(asyncio.to_thread(Embedded.open, home, durable=False))
        try:
            embedded = await asyncio.shield(opening)
        except asyncio.CancelledError:
            (await opening).close()
            raise
        databases = cls(embedded)
        try:
            url = await databases.make(MIGRATED, like="")
            await asyncio.to_thread(migrate, url)
        except BaseException:
            embedded.close()
            raise
        return databases

    async def make(self, name: str, *, like: str = MIGRATED) -> str:
        """The address of a database of that name: a copy of another one to which nobody is connected, or empty. One
        that is there already is dropped."""
        async with self._admin() as admin:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
        return self._embedded.url_of(name)

    @asynccontextmanager
    async def passing(self, name: str, *, like: str = MIGRATED) -> AsyncIterator[str]:
        """The same, dropped in the end."""
        url = await self.make(name, like=like)
        try:
            yield url
        finally:
            async with self._admin() as admin:
                await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def close(self) -> None:
        await asyncio.to_thread(self._embedded.close)

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(self._embedded.url_of("postgres"))
        try:
            yield connection
        finally:
            await connection.close()
