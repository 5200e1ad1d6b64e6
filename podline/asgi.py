"""One web process of `podline serve`: the application as Granian loads it, from settings and from our parent."""

import asyncio
import os

import asyncpg
import structlog
from quart import Quart

from db.pool import AWAY
from podline.app import House, create_app, open_house
from podline.children import DATABASE, Draining, follow_parent, leave_terminal
from podline.clock import wall_clock
from podline.database import why_not
from podline.logging import log_as_told
from podline.settings import Settings, read_settings

log = structlog.get_logger()

POOLED = 64  # connections of all web processes together; PostgreSQL's default limit is 100
LONGEST_PAUSE = 2.0


def pool_size(workers: int) -> int:
    """Connections of one web process; a turn holds one, for milliseconds."""
    return max(2, min(8, POOLED // workers))


def application() -> Quart:
    """Called once in each web process; its parent says which database."""
    leave_terminal()
    follow_parent()
    settings = read_settings()
    log_as_told(settings)
    url = os.environ.get(DATABASE) or (settings.database_url.get_secret_value() if settings.database_url else "")
    if not url:
        raise RuntimeError("a web process was told no database: start it with `podline serve`")

    async def open_it() -> House:
        return await open_patiently(settings, url)

    draining = Draining.of_parent()
    return create_app(open_it, draining.is_on if draining else lambda: False)


async def open_patiently(settings: Settings, url: str) -> House:
    """The house, as soon as the database is there: a process that starts while it is away waits for it."""
    pause = 0.1
    while True:
        try:
            return await open_house(settings, url, wall_clock, size=pool_size(settings.workers))
        except (*AWAY, asyncpg.PostgresError) as error:
            log.warning("database_away", why=why_not(error), again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
