"""Something is being done: one line while it lasts longer than a second, one line when it is done."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from rich.console import Console
from rich.text import Text

PATIENCE = 1.0  # seconds without a word before something is said
REPEATED = 5.0  # seconds between such words where lines cannot be replaced
DRAWN = 0.25


@asynccontextmanager
async def step(console: Console, doing: str, done: str) -> AsyncIterator[None]:
    """A step of bringing everything up or down; `doing` is said only if it takes its time."""
    began = time.monotonic()
    async with waiting(console, lambda: (f"{doing} … {time.monotonic() - began:.0f} s", began)):
        yield
    console.print(Text.assemble("  ", done, (f"  {time.monotonic() - began:.1f} s", "dim")))


@asynccontextmanager
async def waiting(console: Console, told: Callable[[], tuple[str, float]]) -> AsyncIterator[None]:
    """`told` gives what is going on, and since when nothing else was printed (`time.monotonic`)."""
    showing = asyncio.create_task(_shows(console, told) if console.is_terminal else _says(console, told))
    try:
        yield
    finally:
        showing.cancel()
        with suppress(asyncio.CancelledError):
            await showing


async def _shows(console: Console, told: Callable[[], tuple[str, float]]) -> None:
    """On a terminal: a last line that moves, and is gone as soon as something is printed."""
    status = console.status("", spinner="dots")
    try:
        while True:
            words, since = told()
            if words and time.monotonic() - since >= PATIENCE:
                status.update(Text(words, "dim"))
                status.start()
            else:
                status.stop()
            await asyncio.sleep(DRAWN)
    finally:
        status.stop()


async def _says(console: Console, told: Callable[[], tuple[str, float]]) -> None:
    """Elsewhere: a line after a second of silence, and then every few seconds."""
    said = 0.0
    while True:
        words, since = told()
        now = time.monotonic()
        if words and now - since >= PATIENCE and (said < since or now - said >= REPEATED):
            console.print(Text(f"  {words}", "dim"))
            said = now
        await asyncio.sleep(DRAWN)
