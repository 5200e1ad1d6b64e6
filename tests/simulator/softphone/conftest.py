"""A softphone in a real browser: a service that answers from a table, an exchange in real time on which people speak
very fast, and the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from simulator.asgi import AsgiTransport
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.people.scripted import BASE, Script
from simulator.rest.app import RestApi
from simulator.softphone.app import Softphone
from simulator.softphone.people import Person
from tests.browser import chromium, opened_browser, served

__all__ = ["chromium"]

LINE, LINE_FR = "+15875550100", "+14185550100"
CORA, LUC, ANA, BEN = "+14035550199", "+14185550157", "+14035550111", "+14035550112"
PEOPLE = (
    Person("Cora Bell", CORA, note="Taber"),
    Person("Luc Pelletier", LUC, language="fr", note="Roberval"),
    Person("Ana Ruiz", ANA, "technician", note="Prairie"),
    Person("Ben Okafor", BEN, "technician", note="Prairie"),
)
FAST = 2000.0  # characters a second
GATHER = '<Gather input="dtmf speech" numDigits="1" timeout="20" speechTimeout="1" action="/chosen">'
MENU = f"{GATHER}<Say>Welcome. Press 1 for taxes.</Say></Gather>"
RING_ANA = f'<Dial timeout="30"><Number url="/screen">{ANA}</Number></Dial>'
# What page scripts see instead of a voice, which a headless browser has none of.
VOICE = """
window.spoken = [];
let silenced = 0;
const told = () => Object.assign(document.documentElement.dataset, { spoken: window.spoken.length, silenced });
const synthesis = {
  speak: (one) => told(window.spoken.push([one.lang, one.text])),
  cancel: () => told(silenced++),
  getVoices: () => [],
};
Object.defineProperty(window, "speechSynthesis", { value: synthesis });
"""

SIZE: ViewportSize = {"width": 1440, "height": 900}
expect.set_options(timeout=20_000)  # milliseconds: a machine may be busy


class Browsers:
    """Pages that are used again, one browser profile a locale: to begin a fresh one costs more than most tests."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._profiles: dict[str, BrowserContext] = {}
        self._idle: dict[str, list[Page]] = {}
        self.failures: list[str] = []  # of the page's own code

    async def page(self, locale: str) -> Page:
        if self._idle.get(locale):
            return self._idle[locale].pop()
        if locale not in self._profiles:
            profile = await self._browser.new_context(locale=locale, viewport=SIZE, reduced_motion="reduce")
            await profile.add_init_script(VOICE)
            self._profiles[locale] = profile
        page = await self._profiles[locale].new_page()
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        return page

    async def leaves(self, page: Page, locale: str) -> None:
        """Nothing of it is left for whoever uses it next."""
        await page.evaluate("localStorage.clear(); sessionStorage.clear()")
        await page.goto("about:blank")
        await page.set_viewport_size(SIZE)
        await page.emulate_media(color_scheme="light")
        self._idle.setdefault(locale, []).append(page)


@dataclass
class Desk:
    """The service's pages, the exchange, and browsers that look at its softphone."""

    browsers: Browsers
    script: Script
    exchange: Exchange
    softphone: Softphone
    stack: AsyncExitStack
    address: str = ""
    story: str = ""

    async def opens(self, locale: str = "en-CA", script: str = "") -> Page:
        """Somebody with a browser of their own. `script` runs before the page's."""
        page = await self.browsers.page(locale)
        if script:
            await page.add_init_script(script)
        await page.goto(self.address)
        if script:
            self.stack.push_async_callback(page.close)
        else:
            self.stack.push_async_callback(self.browsers.leaves, page, locale)
        await expect(page.locator("#link")).to_have_text("Connecté" if locale.startswith("fr") else "Connected")
        return page


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers(chromium: str) -> AsyncIterator[Browsers]:
    async with opened_browser(chromium) as browser:
        yield Browsers(browser)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browsers: Browsers) -> AsyncIterator[Desk]:
    script = Script({"/voice": MENU, "/chosen": RING_ANA, "/screen": SCREEN, "/taken": "", "/text": ""})
    exchange = Exchange(
        RealClock(), send=AsgiTransport(script), speech_rate=FAST, calls_per_second=1000, strict=False, seed=None
    )
    for line in (LINE, LINE_FR):
        exchange.add_number(line, voice_url=f"{BASE}/voice", sms_url=f"{BASE}/text")
    async with AsyncExitStack() as stack:
        softphone = Softphone(exchange, PEOPLE, RestApi(exchange), lambda: made.story)
        made = Desk(browsers, script, exchange, softphone, stack)
        made.address = await stack.enter_async_context(served(softphone))
        yield made
        for leg in list(exchange.legs.values()):
            exchange.hang_up(leg)
    failures, browsers.failures = browsers.failures, []
    assert failures == [], "the page's own code failed"


SCREEN = '<Gather numDigits="1" action="/taken"><Say>A call from Taber. Press 1 to take it.</Say></Gather><Hangup/>'


def phone_of(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=f"Phone of {name}")


def heard_by(page: Page, name: str) -> Locator:
    return page.get_by_role("log", name=f"What {name} hears")


async def dials(page: Page, who: str = "Cora Bell · Taber") -> None:
    """Returns when the call is there."""
    await page.get_by_label("You are").select_option(who)
    async with page.expect_response("**/deeds/dial"):
        await page.get_by_role("button", name="Dial").click()
