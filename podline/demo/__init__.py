"""`podline demo`: calls played against the real service, on a stage of its own, with a live account of them."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence

from rich.console import Console

from podline.demo.performance import perform
from podline.demo.place import DemoFailed
from podline.demo.scene import Scene
from podline.demo.scenes import SCENES
from podline.settings import BadSettings, Settings, read_settings

INTERRUPTED = 130


def run(once: bool, scenes: Sequence[Scene] = SCENES, console: Console | None = None) -> int:
    """Play the scenes, then stay up unless `once`. The exit status: 0 all ended as told, 1 one did not or the
    stage did not come up, 130 interrupted before the end."""
    console = console or Console(highlight=False, soft_wrap=True)
    try:
        settings = read_settings()
        with asyncio.Runner() as runner:
            return runner.run(_until_told(once, scenes, console, settings))
    except BadSettings as error:
        console.print(f"The demo reads the same settings as the service, and they are wrong:\n{error}", markup=False)
    except DemoFailed as error:
        if error.tail:
            console.print(f"{error.tail}\n", style="dim", markup=False)
        console.print(str(error), style="bold red", markup=False)
    return 1


async def _until_told(once: bool, scenes: Sequence[Scene], console: Console, settings: Settings) -> int:
    """The performance, ended in good order by Ctrl-C, SIGTERM or a closed terminal."""
    performing = asyncio.create_task(perform(once, scenes, console, settings))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with contextlib.suppress(RuntimeError, ValueError):  # not in the main thread: nobody signals us there
            loop.add_signal_handler(number, _ask_to_end, performing, console)
    try:
        return await performing
    except asyncio.CancelledError:
        return INTERRUPTED


def _ask_to_end(performing: "asyncio.Task[int]", console: Console) -> None:
    """Once: what is taken down must not be interrupted in the middle."""
    if not performing.cancelling():
        console.print("\nStopping …", markup=False)
        performing.cancel()
