"""A real Chromium, for what people see.

It lives in the loop that opens it, `async with opened_browser(chromium) as browser`: once a module, as it takes a
second. Without Chromium such tests are skipped, and fail where CI=true.
"""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from hypercorn.asyncio import serve
from hypercorn.config import Config
from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A telephone, a tablet, a desk: (width, height) in CSS pixels.
SCREENS = ((375, 812), (768, 1024), (1440, 900))
GRAVE = ("serious", "critical")


@pytest.fixture(scope="session")
def chromium(lacking: Callable[[str], NoReturn]) -> str:
    """Where the machine's own browser is."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        lacking("Chromium")
    return found


@asynccontextmanager
async def opened_browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def served(app: Any, port: int = 0) -> AsyncIterator[str]:
    """An ASGI application on a loopback port, in this loop; yields its address. `port`: a certain one."""
    ends = asyncio.Event()

    async def ended() -> None:
        await ends.wait()

    config = Config()
    config.accesslog = config.errorlog = None
    config.graceful_timeout = 0.2
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen()  # so that whoever comes before the server is ready waits
    taken: int = listening.getsockname()[1]
    config.bind = [f"fd://{listening.detach()}"]  # from here on it is the server's, which closes it
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=ended))
    try:
        yield f"http://127.0.0.1:{taken}"
    finally:
        ends.set()
        await serving


async def grave_faults(page: Page) -> list[str]:
    """What axe finds serious or worse, each as one line: the rule, and where."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {one['help']}: {', '.join(str(node['target']) for node in one['nodes'])}"
        for one in found.response["violations"]
        if one["impact"] in GRAVE
    ]


async def is_too_wide(page: Page) -> bool:
    """Whether one must scroll sideways."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
