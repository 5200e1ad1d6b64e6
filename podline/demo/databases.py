"""The demo's databases on one embedded PostgreSQL: the service's, and one for each rehearsal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from db.embedded import EmbeddedFailed
from db.migrate import MigrationFailed
from podline import databases
from podline.demo.place import DemoFailed

SERVICE = "podline"
REHEARSAL = "podline_rehearsal"


class Databases:
    """Make it by `open`, give it back by `close`. `url` is the service's database, migrated and empty."""

    def __init__(self, made: databases.Databases, url: str) -> None:
        self._made = made
        self.url = url

    @classmethod
    async def open(cls, home: Path) -> Self:
        """Raises DemoFailed."""
        try:
            made = await databases.Databases.open(home)
        except (EmbeddedFailed, MigrationFailed) as error:
            raise DemoFailed(str(error)) from error
        try:
            return cls(made, await made.make(SERVICE))
        except BaseException:
            await made.close()
            raise

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator[str]:
        """The address of a migrated, empty database, dropped in the end; one at a time."""
        async with self._made.passing(REHEARSAL) as url:
            yield url

    async def close(self) -> None:
        await self._made.close()
