"""The virtual stage: a rehearsal for one scene, whose clock runs ahead whenever nothing happens and stands still
while what has happened is read."""

import asyncio
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from podline.demo.account import Account
from podline.demo.desk import Desk
from podline.demo.live import LiveStage
from podline.demo.mailbox import Mailbox, open_mail_server
from podline.demo.scene import Scene
from podline.demo.stage import Stage, furnish
from podline.demo.terminal import Terminal
from podline.demo.town import Person, write_town
from podline.ground import Ground
from podline.logging import logging_to
from podline.rehearsal import API_TOKEN, BASE, Rehearsal
from simulator.clock import NotQuietError

READ_IN = 0.25  # real seconds that a watcher has for a line
# Real seconds: the lines of one moment are read within them as well, and they may be many.
PATIENCE = 30.0


@dataclass
class Lines:
    """Shown one after another, `seconds` of real time apart. A source of the clock: what has happened is read before
    time goes on, and before it has, `look` may find more to be shown."""

    console: Console
    seconds: float
    look: Callable[[], Awaitable[None]] | None = None
    _waiting: deque[Text] = field(default_factory=deque)
    _showing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def add(self, line: Text) -> None:
        self._waiting.append(line)

    async def show(self) -> bool:
        """All that wait; whether there were any."""
        async with self._showing:
            some = bool(self._waiting)
            while self._waiting:
                self.console.print(self._waiting.popleft())
                await asyncio.sleep(self.seconds)
        return some

    async def busy(self) -> str | None:
        return "somebody who reads along" if await self.show() else None

    async def next_due(self) -> datetime | None:
        return None

    async def moved(self, now: datetime) -> None:
        if self.look is not None:
            await self.look()


@dataclass(kw_only=True)
class VirtualStage(Stage):
    lines: Lines

    @asynccontextmanager
    async def followed(self, since: datetime) -> AsyncIterator[None]:
        self.lines.look = lambda: self.look(since)
        try:
            yield
            await self.clock.settle()
        finally:
            self.lines.look = None
            await self.look(since)
            await self.lines.show()

    async def calm(self) -> None:
        await super().calm()
        with suppress(AssertionError, NotQuietError):  # of a scene that has failed already
            await self.clock.settle()


@asynccontextmanager
async def open_virtual_stage(scene: Scene, live: LiveStage, console: Console) -> AsyncIterator[VirtualStage]:
    """A rehearsal with the live stage's people, on a database beside the service's; gone afterwards."""
    zone = _zone_of(scene.place, live.people)
    start = (scene.start or datetime.now(UTC)).astimezone(zone)
    set_to = f"{start:%A} {start.day} {start:%B} {start.year}, {start:%H:%M} in {scene.place}"
    console.print(Text(f"     (the clock is set to {set_to}, and runs ahead)", "dim"))
    async with AsyncExitStack() as stack:
        stack.enter_context(logging_to(live.place.rehearsal_log))
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rehearsal-", dir=live.place.folder)))
        directory = home / "directory"
        write_town(directory, start)
        url = await stack.enter_async_context(live.databases.rehearsal())
        ground = await stack.enter_async_context(Ground.on(url))
        server = await stack.enter_async_context(open_mail_server())
        rehearsal = await Rehearsal.open(
            ground, home, start=start, directory=directory, patience=PATIENCE, seed=None, smtp_url=server.url
        )
        stack.push_async_callback(rehearsal.close)
        furnish(rehearsal.exchange, BASE, live.people)
        desk = Desk(BASE, API_TOKEN, rehearsal.clock, rehearsal.transport)
        stack.push_async_callback(desk.close)
        lines = Lines(console, READ_IN if console.is_terminal else 0)
        rehearsal.clock.add_source(lines)
        account = Account(lines.add, live.people, zone)
        rehearsal.exchange.watch(account.watch)
        mailbox = Mailbox(server, rehearsal.clock, account, live.people, rehearsal.transport)
        stack.push_async_callback(mailbox.close)
        yield VirtualStage(
            exchange=rehearsal.exchange,
            desk=desk,
            people=live.people,
            directory=directory,
            account=account,
            zones=live.zones,
            terminal=Terminal(home / "supervisor", {"PODLINE_HOME": str(home), "PODLINE_DATABASE_URL": url}),
            lines=lines,
            mailbox=mailbox,
        )


def _zone_of(place: str, people: dict[str, Person]) -> ZoneInfo:
    zones = {one.place: one.zone for one in people.values()}
    if not place or place not in zones:
        raise ValueError(f"a scene is told in the time of a client's municipality, and {place!r} is none of them")
    return ZoneInfo(zones[place])
