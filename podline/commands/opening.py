"""What most commands begin with: the settings, the desk of a database, a moment in words, a table."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Annotated, TypeVar
from zoneinfo import ZoneInfo

from cyclopts import Parameter

if TYPE_CHECKING:
    from db.desk import Desk
    from podline.settings import Settings

Result = TypeVar("Result")
Flag = Annotated[bool, Parameter(negative=(), show_default=False)]

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class CommandFailed(Exception):
    """The command can't do what was asked; the message says why and what to do."""


def with_desk(act: "Callable[[Desk], Awaitable[Result]]") -> Result:
    """Runs `act` with an up-to-date desk of the database that the settings name."""
    from podline.database import database
    from podline.settings import read_settings

    settings = read_settings()

    async def run(url: str) -> Result:
        async with open_desk(settings, url) as desk:
            return await act(desk)

    with database(settings) as url:
        return asyncio.run(run(url))


@asynccontextmanager
async def open_desk(settings: "Settings", url: str) -> "AsyncIterator[Desk]":
    from db.desk import Desk
    from db.pool import open_pool
    from db.snapshot import Snapshots

    pool = await open_pool(url, size=2)
    try:
        desk = Desk(pool, Snapshots(settings.home))
        await desk.refresh()
        yield desk
    finally:
        await pool.close()


def read_instant(text: str, now: datetime, zone: tzinfo | None, *, ahead: bool) -> datetime:
    """`90m`, `2h`, `3d` (from now, `ahead` or back), `17:30` (the next or the last one), or ISO 8601.

    `zone` is meant when none is written; None is this machine's. Raises CommandFailed.
    """
    here = now.astimezone(zone)
    if span := re.fullmatch(r"(\d{1,5})([mhd])", text.strip()):
        length = timedelta(**{UNITS[span[2]]: int(span[1])})
        return now + length if ahead else now - length
    if hour := re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip()):
        try:
            at = here.replace(hour=int(hour[1]), minute=int(hour[2]), second=0, microsecond=0)
        except ValueError:
            raise CommandFailed(f'"{text}" is no time of a day.') from None
        if ahead and at <= now:
            return at + timedelta(days=1)
        return at if ahead or at <= now else at - timedelta(days=1)
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise CommandFailed(
            f'"{text}" is no moment: write it like 2h, 17:30, 2026-11-03 or 2026-11-03T17:30.'
        ) from None
    if at.tzinfo:
        return at
    return at.replace(tzinfo=zone) if zone else at.astimezone()


def local(at: datetime, zone: str) -> str:
    """Date, time and the zone's own short name."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %Z")


def show_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns on a terminal as wide as it is, elsewhere as wide as they need."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    wide = None if sys.stdout.isatty() else 400
    table = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in table.columns:
        column.no_wrap = wide is not None
    for row in rows:
        table.add_row(*map(Text, row))
    Console(width=wide, highlight=False).print(table)
