"""The performance: the stage comes up, the scenes are played one after another, and a table says how they ended."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime
from itertools import filterfalse

import httpx
from rich.console import Console
from rich.table import Table
from rich.text import Text

from podline.demo.live import BROWSERS_SPEECH_RATE, LiveStage, open_live_stage
from podline.demo.scene import Ending, Scene
from podline.demo.stage import Stage
from podline.demo.story import end_of_story, is_technicians_own, story
from podline.demo.town import RELIEF, read_names
from podline.demo.virtual import open_virtual_stage
from podline.demo.words import addresses
from podline.settings import Settings
from simulator.clock import NotQuietError

SCENE_WITHIN = 120.0  # seconds


async def perform(once: bool, scenes: Sequence[Scene], console: Console, settings: Settings) -> int:
    """The exit status. Raises DemoFailed when the stage does not come up or breaks down."""
    console.print(Text(f"Podline's demo: a telephone desk for municipalities. {_outlook(scenes)}", "bold"))
    async with open_live_stage(console, settings, watched=console.is_terminal or not once) as live:
        began = time.monotonic()
        endings = []
        for number, scene in enumerate(scenes, 1):
            console.print()
            console.print(Text(f"{number}/{len(scenes)}  {scene.headline}", "bold underline"))
            endings.append(await play(scene, live, console))
        sum_up(endings, console, time.monotonic() - began)
        if not once:
            await live.are_available(*RELIEF)
            live.exchange.speech_rate = BROWSERS_SPEECH_RATE
            for line in addresses(live):
                console.print(line)
            await stay(live, console)
    return 0 if all(one.as_told for one in endings) else 1


def _outlook(scenes: Sequence[Scene]) -> str:
    ahead = sum(one.clock == "virtual" for one in scenes)
    return f"{len(scenes)} scenes, {len(scenes) - ahead} in real time, {ahead} on a clock that runs ahead."


async def play(scene: Scene, live: LiveStage, console: Console) -> Ending:
    """One scene on its stage, with its account; afterwards every telephone is on its hook."""
    console.print(Text(f"     {scene.tells}", "dim"))
    began = time.monotonic()
    stage: Stage
    async with AsyncExitStack() as stack:
        if scene.clock == "virtual":
            stage = await stack.enter_async_context(open_virtual_stage(scene, live, console))
        else:
            stage = live
        since = stage.clock.now()
        stage.account.begin(since, brief=scene.brief)
        why, board = await _act(scene, stage, since)
        await stage.calm()
        live.service.check()
        ending = Ending(scene, time.monotonic() - began, stage.clock.now() - since, why, board)
        await _close(ending, since, stage, console)
    return ending


async def _act(scene: Scene, stage: Stage, since: datetime) -> tuple[str, str]:
    """Why it did not end as told, if it did not, and what every telephone did then."""
    try:
        async with stage.followed(since), asyncio.timeout(SCENE_WITHIN):
            await scene.play(stage)
    except TimeoutError:
        return f"the scene was not over after {SCENE_WITHIN:.0f} s", ""
    except httpx.TransportError as error:
        return f"the service's API gave no answer ({type(error).__name__})", ""
    except NotQuietError as error:
        return f"the clock could not go on: {error}", ""
    except AssertionError as error:
        why, _, board = str(error).partition("\n")
        return why, board
    return "", ""


async def _close(ending: Ending, since: datetime, stage: Stage, console: Console) -> None:
    """The story as the service tells it, and whether the scene ended as told."""
    with suppress(httpx.TransportError, AssertionError, NotQuietError):
        known = read_names(stage.directory)
        for contact in filterfalse(is_technicians_own, await stage.desk.closed(since)):
            names = replace(known, zone=stage.zone_of(contact).key)
            for line in (end_of_story if ending.scene.brief else story)(contact, names):
                console.print(Text(f"  │ {line}"))
    if ending.as_told:
        console.print(Text(f"  ✓  as told, {ending.lasted()}", "bold green"))
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


async def stay(live: LiveStage, console: Console) -> None:
    """Until somebody asks us to end. Raises DemoFailed if the service ends first."""
    console.print(Text("\nEverything stays up. Ctrl-C ends it.", "bold"))
    try:
        await live.service.ended()
    except asyncio.CancelledError:
        staying = asyncio.current_task()
        assert staying is not None
        staying.uncancel()
