"""Stories in a real browser: the page grows while a call goes on, and can be read on every screen, by everybody."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect
from quart import Quart

from podline.rehearsal import SECRET_KEY
from simulator.people.story import Run, StoryHandset
from tests.browser import SCREENS, chromium, grave_faults, is_too_wide, opened_browser, served
from tests.ground import StoryGround, fresh_ground
from tests.scenarios.by_mail import brings, written
from tests.world import World
from web.stories import stories_blueprint
from web.story_links import VALID, contact_address, story_address

__all__ = ["chromium"]

NO_CALL = "CA" + "0" * 32
SOON = 150  # seconds of the story: what the local Twilio may take for a text
PATIENCE = 20_000  # milliseconds, for a busy machine


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """One loop for the tests of this file, so that one browser serves them all."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def ground(run: Run) -> Iterator[StoryGround]:
    with fresh_ground(run) as ground:
        yield ground


@pytest.fixture(scope="module")
def browser(run: Run, chromium: str) -> Iterator[Browser]:  # the fixture
    opening = opened_browser(chromium)
    yield run(opening.__aenter__())
    run(opening.__aexit__(None, None, None))


@dataclass
class Desk:
    """The stories' pages, served on this machine."""

    world: World
    run: Run
    url: str = ""
    _serving: list[AbstractAsyncContextManager[str]] = field(default_factory=list)

    def starts(self) -> None:
        app = Quart("desk", static_folder=None)
        house = self.world.house
        app.register_blueprint(stories_blueprint(house.desk, house.clock, SECRET_KEY, "http://127.0.0.1"))
        self._serving.append(served(app, int(self.url.rpartition(":")[2] or 0)))
        self.url = self.run(self._serving[-1].__aenter__())

    def stops(self) -> None:
        if self._serving:
            self.run(self._serving.pop().__aexit__(None, None, None))

    def address(self, sid: str = NO_CALL, language: str = "en", *, age: timedelta = timedelta()) -> str:
        """`age`: of its key."""
        address = story_address(self.url, SECRET_KEY, self.world.clock.now() - age).replace("{call_sid}", sid)
        return f"{address}&lang={language}"


@pytest.fixture
def pages(world: World, run: Run) -> Iterator[Desk]:
    desk = Desk(world, run)
    desk.starts()
    yield desk
    desk.stops()


Opens = Callable[..., Page]


@pytest.fixture
def opens(run: Run, browser: Browser) -> Iterator[Opens]:
    """A page at an address, on a screen of that width; whatever breaks in its script is a fault."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def opened(url: str, width: int = 480, height: int = 800, **how: Any) -> Page:
        contexts.append(run(browser.new_context(viewport={"width": width, "height": height}, **how)))
        page: Page = run(contexts[-1].new_page())
        page.on("pageerror", lambda error: broken.append(str(error)))
        run(page.goto(url))
        return page

    yield opened
    for context in contexts:
        run(context.close())
    assert not broken


@pytest.fixture
def shows(run: Run) -> Callable[[Page, str, str], None]:
    """That a part of the page holds these words, now or within some seconds."""

    def shown(page: Page, part: str, words: str) -> None:
        run(expect(page.locator(part)).to_contain_text(words, timeout=PATIENCE))

    return shown


Shows = Callable[[Page, str, str], None]


def test_the_page_grows_while_a_call_goes_on(
    pages: Desk, opens: Opens, shows: Shows, run: Run, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    caller.dials(line)
    page = opens(pages.address(caller.phone.legs[-1].sid))
    shows(page, ".now", "Ringing Ana Ferreira")
    run(page.locator("summary").first.click())
    announced = run(page.locator("#moments").get_attribute("aria-live"))
    run(page.evaluate("document.querySelector('#moments > li').kept = true"))
    first.rings().accepts()
    shows(page, ".now", "On the line: Ana Ferreira")
    shows(page, "#rung", "took it, goes on")
    shows(page, "#moments > li:last-child", "Ana Ferreira pressed 1 and took the call.")
    assert run(page.locator("#moments > li.new").count()) == 1
    assert run(page.evaluate("document.querySelector('#moments > li').kept")), "what stays the same is left in place"
    caller.hangs_up()
    shows(page, ".now", "Ended: answered")
    shows(page, "#moments > li:last-child", "Ended: answered (the caller hung up).")
    assert announced == "polite"
    assert run(page.locator("details").first.get_attribute("open")) is not None


def test_a_page_that_waits_begins_as_the_call_arrives(
    pages: Desk, opens: Opens, shows: Shows, caller: StoryHandset, line: str, run: Run
) -> None:
    """The softphone shows the page before Twilio has told of the call."""
    caller.dials(line)
    sid = caller.phone.legs[-1].sid
    page = opens(pages.address())
    shows(page, "h1", "Waiting for the call")
    run(page.evaluate(f"live.dataset.now = live.dataset.now.replace('{NO_CALL}', '{sid}')"))
    shows(page, "h1", "Clara Whitfield")
    run(expect(page).to_have_title("Clara Whitfield – story of a call – Podline", timeout=PATIENCE))


def test_a_restart_of_the_service_is_survived_and_an_expired_link_is_told(
    pages: Desk, opens: Opens, shows: Shows, caller: StoryHandset, first: StoryHandset, line: str, run: Run
) -> None:
    caller.dials(line)
    page = opens(pages.address(caller.phone.legs[-1].sid, age=VALID - timedelta(minutes=1)))
    pages.stops()
    run(page.evaluate("follow()"))
    shows(page, "#lost", "The service does not answer. Trying again …")
    first.rings().accepts()
    pages.starts()
    run(page.evaluate("follow()"))
    shows(page, ".now", "On the line: Ana Ferreira")
    run(expect(page.locator("#lost")).to_be_empty(timeout=PATIENCE))
    caller.hangs_up()
    pages.world.story.clock.passes(minutes=2)
    run(page.evaluate("follow()"))
    shows(page, "#lost", "This link has expired.")
    shows(page, "h1", "Clara Whitfield")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_reads_well_on_every_screen(
    pages: Desk, opens: Opens, run: Run, caller: StoryHandset, first: StoryHandset, line: str, language: str
) -> None:
    caller.dials(line)
    first.rings().declines()
    page = opens(pages.address(caller.phone.legs[-1].sid, language))
    run(page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))"))
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for width, height in ((360, 600), *SCREENS):
        run(page.set_viewport_size({"width": width, "height": height}))
        assert not run(is_too_wide(page)), f"at {width} px one must scroll sideways"
    for scheme in schemes:
        run(page.emulate_media(color_scheme=scheme))
        assert run(grave_faults(page)) == []
    assert run(page.locator("html").get_attribute("lang")) == language


def test_the_keyboard_is_enough(
    pages: Desk, opens: Opens, shows: Shows, run: Run, caller: StoryHandset, line: str
) -> None:
    caller.dials(line)
    page = opens(pages.address(caller.phone.legs[-1].sid))
    run(page.keyboard.press("Tab"))
    run(page.keyboard.press("Tab"))
    run(page.keyboard.press("Enter"))
    assert run(page.locator("details").first.get_attribute("open")) is not None
    run(page.keyboard.press("Shift+Tab"))
    run(page.keyboard.press("Enter"))
    shows(page, ".now", "Ça sonne chez Ana Ferreira")


def test_another_page_of_this_machine_shows_it_in_a_frame(
    pages: Desk,
    browser: Browser,
    run: Run,
    caller: StoryHandset,
    first: StoryHandset,
    line: str,
) -> None:
    caller.dials(line)
    address = pages.address(caller.phone.legs[-1].sid)
    softphone = Quart("softphone")

    @softphone.get("/")
    async def frame() -> str:
        return f'<!doctype html><title>phone</title><iframe width="360" height="600" src="{address}"></iframe>'

    async def look() -> tuple[str, bool]:
        async with served(softphone) as url:
            page = await browser.new_page()
            await page.goto(url)
            inner = page.frame_locator("iframe")
            told = await inner.locator("h1").inner_text()
            fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            return told, bool(await inner.locator("body").evaluate(fits))

    assert run(look()) == ("Clara Whitfield", True)


def test_without_a_script_it_is_read_and_asked_again_by_a_link(
    pages: Desk, opens: Opens, shows: Shows, run: Run, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    caller.dials(line)
    page = opens(pages.address(caller.phone.legs[-1].sid), java_script_enabled=False)
    shows(page, ".now", "Ringing Ana Ferreira")
    first.rings().accepts()
    run(page.get_by_role("link", name="Reload this page").click())
    shows(page, ".now", "On the line: Ana Ferreira")


@pytest.fixture
def conversation(world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str) -> str:
    """Clara writes, Ana answers, Ben joins, and Clara writes again; the sid of her first text."""
    caller.sends_text(
        line, "Our tax roll is broken: https://example.org/a/very/long/address/that/has/no/place/to/break"
    )
    first.got_text("Our tax roll is broken", within=SOON).sends_text(line, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)
    second.sends_text(line, "join #1").got_text("I am on it", within=SOON)
    caller.sends_text(line, "Thank you! " * 20, media=["bridge.png"])
    first.got_text("Thank you!", within=SOON)
    sid: str = world.desk.thread("+14035550120")["provider_sid"]
    return sid


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_conversation_in_writing_reads_well_on_every_screen(
    pages: Desk, opens: Opens, shows: Shows, run: Run, conversation: str, language: str
) -> None:
    page = opens(pages.address(conversation, language))
    said = {
        "en": ("Answer owed by", "Who was given the words", "Ana Ferreira answered: “I am on it” (delivered)."),
        "fr": (
            "Réponse promise d'ici",
            "Qui a reçu les mots",
            "Ana Ferreira a répondu\u00a0: «\u00a0I am on it",
        ),
    }
    for part, words in zip((".now", "#rung", "#moments"), said[language], strict=True):
        shows(page, part, words)
    assert run(page.locator("#rung li").count()) == 2
    run(page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))"))
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for width, height in ((360, 600), *SCREENS):
        run(page.set_viewport_size({"width": width, "height": height}))
        assert not run(is_too_wide(page)), f"at {width} px one must scroll sideways"
    for scheme in schemes:
        run(page.emulate_media(color_scheme=scheme))
        assert run(grave_faults(page)) == []


def test_the_page_of_a_conversation_grows_as_people_write(
    pages: Desk, opens: Opens, shows: Shows, caller: StoryHandset, first: StoryHandset, line: str, conversation: str
) -> None:
    page = opens(pages.address(conversation))
    shows(page, ".now", "Answer owed by")
    first.sends_text(line, "#1 You are welcome")
    shows(page, ".now", "Answered by Ana Ferreira")
    shows(page, "#moments > li:last-child", "Ana Ferreira answered: “You are welcome”")
    first.sends_text(line, "close #1")
    shows(page, ".now", "Ended: replied")


def test_a_letter_keeps_its_lines_and_its_address_is_whole_on_a_telephone(
    pages: Desk, opens: Opens, run: Run, world: World, first: StoryHandset
) -> None:
    brings(world, written(body="The pump is dead.\r\n\r\nClara"))
    first.got_text("The pump is dead.", within=SOON)
    contact = world.desk.contacts("email")[0]["contact"]
    page = opens(contact_address(pages.url, SECRET_KEY, world.clock.now(), contact), width=360)
    said = run(page.locator(".what p", has_text="The pump is dead.").inner_text())
    assert said.splitlines()[1:] == ["The pump is dead.", "Clara”."]
    rows = "(one) => { const all = new Range(); all.selectNodeContents(one); return all.getClientRects().length }"
    assert run(page.get_by_text("clara@example.org").evaluate(rows)) == 1
