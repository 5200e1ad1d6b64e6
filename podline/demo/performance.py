"""The performance: the stage comes up, the scenes are played one after another, and a table says how they ended."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import httpx
from rich.console import Console
from rich.table import Table
from rich.text import Text

from podline.demo.desk import Otherwise
from podline.demo.progress import waiting
from podline.demo.scene import Ending, Scene
from podline.demo.stage import Stage, open_stage
from podline.demo.story import end_of_story, story
from podline.demo.town import read_names
from podline.demo.words import addresses
from podline.settings import Settings

SCENE_WITHIN = 120.0  # seconds
LOOKS = 0.3


async def perform(once: bool, scenes: Sequence[Scene], console: Console, settings: Settings) -> int:
    """The exit status. Raises DemoFailed when the stage does not come up or breaks down."""
    console.print(Text("Podline's demo: a telephone desk for municipalities, in real time.", "bold"))
    async with open_stage(console, settings) as stage:
        began = time.monotonic()
        endings = []
        for number, scene in enumerate(scenes, 1):
            console.print()
            console.print(Text(f"{number}/{len(scenes)}  {scene.headline}", "bold underline"))
            endings.append(await play(scene, stage, console))
        sum_up(endings, console, time.monotonic() - began)
        if not once:
            for line in addresses(stage):
                console.print(line)
            await stay(stage, console)
    return 0 if all(one.as_told for one in endings) else 1


async def play(scene: Scene, stage: Stage, console: Console) -> Ending:
    """One scene with its account; afterwards every telephone is on its hook."""
    console.print(Text(f"     {scene.tells}", "dim"))
    clock = stage.exchange.clock
    since, began = clock.now(), time.monotonic()
    stage.account.begin(since, brief=scene.brief)
    why = board = ""
    try:
        async with waiting(console, lambda: stage.account.now(clock.now())), _reading(stage, since):
            async with asyncio.timeout(SCENE_WITHIN):
                await scene.play(stage)
    except TimeoutError:
        why = f"the scene was not over after {SCENE_WITHIN:.0f} s"
    except httpx.TransportError as error:
        why = f"the service's API gave no answer ({type(error).__name__})"
    except AssertionError as error:
        why, _, board = str(error).partition("\n")
    stage.calm()
    stage.service.check()
    ending = Ending(scene, time.monotonic() - began, why, board)
    await _close(ending, since, stage, console)
    return ending


@asynccontextmanager
async def _reading(stage: Stage, since: datetime) -> AsyncIterator[None]:
    """Meanwhile, and once more at the end, what the service says of the calls goes into the account."""

    async def look() -> None:
        with suppress(httpx.TransportError, Otherwise):
            for contact in await stage.desk.contacts(since):
                stage.account.read(contact)

    async def looks() -> None:
        while True:
            await look()
            await asyncio.sleep(LOOKS)

    looking = asyncio.create_task(looks())
    try:
        yield
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await look()


async def _close(ending: Ending, since: datetime, stage: Stage, console: Console) -> None:
    """The story as the service tells it, and whether the scene ended as told."""
    with suppress(httpx.TransportError, Otherwise):
        zones = {key: one.zone for key, one in stage.people.items() if one.zone}
        names = read_names(stage.place.directory)
        for contact in await stage.desk.closed(since):
            for line in (end_of_story if ending.scene.brief else story)(contact, names, zones):
                console.print(Text(f"  │ {line}"))
    if ending.as_told:
        console.print(Text(f"  ✓  as told, {ending.seconds:.1f} s", "bold green"))
        return
    console.print(Text(f"  ✗  otherwise than told: {ending.why}", "bold red"))
    if ending.board:
        console.print(Text(ending.board, "dim"))


def sum_up(endings: Sequence[Ending], console: Console, seconds: float) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "scene", "ended"):
        table.add_column(heading)
    table.add_column("seconds", justify="right")
    for number, one in enumerate(endings, 1):
        ended = Text("as told", "green") if one.as_told else Text("otherwise", "bold red")
        table.add_row(str(number), one.scene.headline, ended, f"{one.seconds:.1f}")
    console.print()
    console.print(table)
    for one in endings:
        if not one.as_told:
            console.print(Text(f"{one.scene.headline}: {one.why}", "bold red"))
    told = sum(one.as_told for one in endings)
    console.print(Text(f"{told} of {len(endings)} scenes ended as told, in {seconds:.0f} s.", "bold"))


async def stay(stage: Stage, console: Console) -> None:
    """Until somebody asks us to end. Raises DemoFailed if the service ends first."""
    console.print(Text("\nEverything stays up. Ctrl-C ends it.", "bold"))
    try:
        await stage.service.ended()
    except asyncio.CancelledError:
        staying = asyncio.current_task()
        assert staying is not None
        staying.uncancel()
