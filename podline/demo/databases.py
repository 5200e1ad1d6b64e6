"""The demo's databases, made anew on one embedded PostgreSQL: the service's, and one for each rehearsal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import asyncpg

from db.embedded import Embedded, EmbeddedFailed
from db.migrate import MigrationFailed, migrate
from podline.demo.place import DemoFailed

SERVICE = "podline"
MIGRATED = "podline_migrated"  # nobody uses it: PostgreSQL copies no database to which others are connected
REHEARSAL = "podline_rehearsal"


class Databases:
    """Make it by `open`, give it back by `close`. `url` is the service's database, migrated and empty."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded
        self.url = embedded.url_of(SERVICE)

    @classmethod
    async def open(cls, home: Path) -> Self:
        """Not cancelled half way: a server would be left. Raises DemoFailed."""
        opening = asyncio.create_task(asyncio.to_thread(Embedded.open, home, durable=False))
        try:
            embedded = await asyncio.shield(opening)
        except asyncio.CancelledError:
            (await opening).close()
            raise
        except EmbeddedFailed as error:
            raise DemoFailed(str(error)) from error
        databases = cls(embedded)
        try:
            await databases._begin()
        except BaseException:
            embedded.close()
            raise
        return databases

    async def _begin(self) -> None:
        async with self._admin() as admin:
            for name in (SERVICE, MIGRATED, REHEARSAL):  # what an earlier demo left
                await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {MIGRATED}")
            try:
                await asyncio.to_thread(migrate, self._embedded.url_of(MIGRATED))
            except MigrationFailed as error:
                raise DemoFailed(str(error)) from error
            await admin.execute(f"CREATE DATABASE {SERVICE} TEMPLATE {MIGRATED}")

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator[str]:
        """The address of a migrated, empty database, dropped in the end; one at a time."""
        async with self._admin() as admin:
            await admin.execute(f"CREATE DATABASE {REHEARSAL} TEMPLATE {MIGRATED}")
            try:
                yield self._embedded.url_of(REHEARSAL)
            finally:
                await admin.execute(f"DROP DATABASE {REHEARSAL} WITH (FORCE)")

    async def close(self) -> None:
        await asyncio.to_thread(self._embedded.close)

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(self._embedded.url_of("postgres"))
        try:
            yield connection
        finally:
            await connection.close()
