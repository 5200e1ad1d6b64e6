"""Calls on the softphone's page, in a real browser, found by roles and labels as a person finds them."""

from __future__ import annotations

import httpx
import pytest
from playwright.async_api import Page, expect

from simulator.people.scripted import Reply
from tests.simulator.softphone.conftest import (
    ANA,
    CORA,
    FAST,
    GATHER,
    LINE,
    Desk,
    dials,
    heard_by,
    phone_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def focused(page: Page) -> str:
    """The name of what has the focus."""
    said = await page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    )
    return str(said)


async def test_a_call_by_keyboard_alone(desk: Desk) -> None:
    page = await desk.opens()
    await page.get_by_label("You are").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(heard_by(page, "Cora Bell")).to_contain_text("Welcome. Press 1 for taxes.")
    await expect(page.get_by_text("Keys and words are listened for.")).to_be_visible()
    assert await focused(page) == "Key 1", "after dialling one is on the keypad"
    await page.keyboard.press("1")

    ana = phone_of(page, "Ana Ruiz")
    await expect(ana.get_by_role("button", name="Answer")).to_be_visible()
    await expect(page.get_by_text("Ana Ruiz’s phone rings, from +1 403 555 0199.")).to_have_attribute("role", "status")
    await page.keyboard.press("F2")
    assert await focused(page) == "Answer"
    await page.keyboard.press("Enter")
    await expect(heard_by(page, "Ana Ruiz")).to_contain_text("A call from Taber.")
    assert await focused(page) == "Key 1", "who has answered is on her keypad"
    await page.keyboard.press("1")
    await expect(ana).to_contain_text("Talks with Cora Bell")

    await page.get_by_label("What Ana Ruiz says").fill("Hello Cora")
    await page.keyboard.press("Enter")
    await expect(heard_by(page, "Cora Bell")).to_contain_text("Ana Ruiz: Hello Cora")
    await page.get_by_label("What Cora Bell says").fill("A parcel is missing")
    await page.keyboard.press("Enter")
    await expect(heard_by(page, "Ana Ruiz")).to_contain_text("Cora Bell: A parcel is missing")

    await page.keyboard.press("Escape")
    await expect(page.get_by_text("The call is over: completed.").first).to_be_visible()
    assert await focused(page) == "Dial"
    assert all(leg.is_over for leg in desk.exchange.legs.values())


@pytest.mark.parametrize(("width", "then"), [(1440, "Ana Ruiz"), (360, "Idle phones")])
async def test_the_focus_is_not_lost_when_a_technicians_call_ends(desk: Desk, width: int, then: str) -> None:
    """Her phone goes back among the idle ones, which may be folded away."""
    page = await desk.opens()
    await page.set_viewport_size({"width": width, "height": 900})
    if width < 720:
        await page.reload()
    await dials(page)
    await page.get_by_role("button", name="Key 1", exact=True).click()
    await expect(phone_of(page, "Ana Ruiz").get_by_role("button", name="Answer")).to_be_visible()
    await page.keyboard.press("F2")
    await page.keyboard.press("Enter")
    await expect(heard_by(page, "Ana Ruiz")).to_contain_text("A call from Taber.")
    assert await focused(page) == "Key 1"
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("No phone rings.")).to_be_visible()
    await expect(phone_of(page, "Ana Ruiz").get_by_role("button", name="Key 1", exact=True)).to_be_hidden()
    assert then in await focused(page)


async def test_f2_goes_to_the_callers_own_phone_when_it_rings(desk: Desk) -> None:
    page = await desk.opens()
    await page.get_by_label("You are").select_option("Cora Bell · Taber")
    sids = (desk.exchange.account_sid, desk.exchange.auth_token)
    async with httpx.AsyncClient(auth=sids, trust_env=False) as client:
        path = f"/2010-04-01/Accounts/{desk.exchange.account_sid}/Calls.json"
        for to in (CORA, ANA):
            form = {"To": to, "From": LINE, "Twiml": "<Response><Pause/></Response>"}
            await client.post(desk.address + path, data=form)
    await expect(phone_of(page, "Ana Ruiz").get_by_role("button", name="Answer")).to_be_visible()
    caller = page.get_by_role("region", name="Caller")
    await page.keyboard.press("F2")
    await expect(caller.get_by_role("button", name="Answer")).to_be_focused()
    await page.keyboard.press("F2")
    await expect(phone_of(page, "Ana Ruiz").get_by_role("button", name="Answer")).to_be_focused()
    await page.keyboard.press("F2")
    await page.keyboard.press("Enter")
    await expect(caller.get_by_text("In a call with the service")).to_be_visible()


async def test_who_rejects_is_busy(desk: Desk) -> None:
    page = await desk.opens()
    await dials(page)
    await page.get_by_role("button", name="Key 1", exact=True).click()
    await phone_of(page, "Ana Ruiz").get_by_role("button", name="Reject").click()
    await expect(heard_by(page, "Cora Bell")).to_contain_text("The call is over")
    rung = next(leg for leg in desk.exchange.legs.values() if leg.to == ANA)
    assert rung.status == "busy"
    await expect(page.get_by_text("No phone rings.")).to_be_visible()


async def test_a_withheld_number(desk: Desk) -> None:
    page = await desk.opens()
    await dials(page, "Withheld number")
    await expect(heard_by(page, "Withheld number")).to_contain_text("Welcome")
    other = await desk.opens("fr-CA")
    await expect(other.get_by_role("article", name="Téléphone de Numéro masqué")).to_contain_text("Welcome")
    assert [request.params["From"] for request in desk.exchange.requests] == ["anonymous"]


async def test_an_unknown_number_is_typed_as_people_write_numbers(desk: Desk) -> None:
    page = await desk.opens()
    await page.get_by_label("You are").select_option("Unknown number …")
    await page.get_by_label("Number", exact=True).fill("(403) 555-0188")
    await page.keyboard.press("Enter")
    await expect(heard_by(page, "+1 403 555 0188")).to_contain_text("Welcome")
    assert desk.exchange.requests[0].params["From"] == "+14035550188"


async def test_a_number_that_is_none_is_refused_in_words(desk: Desk) -> None:
    page = await desk.opens("fr-CA")
    await page.get_by_label("Vous êtes").select_option("Numéro inconnu …")
    await page.get_by_label("Numéro", exact=True).fill("123")
    await page.get_by_role("button", name="Appeler").click()
    await expect(page.get_by_role("alert")).to_contain_text("Ce n’est pas un numéro de téléphone")
    assert not desk.exchange.legs


async def test_typed_words_answer_a_question_in_speech(desk: Desk) -> None:
    desk.script.pages["/chosen"] = lambda given: f"<Say>You want {given['SpeechResult']}.</Say>"
    page = await desk.opens()
    await dials(page)
    await expect(page.get_by_text("Keys and words are listened for.")).to_be_visible()
    await page.get_by_label("What Cora Bell says").fill("property tax")
    await page.get_by_role("button", name="Say", exact=True).click()
    await expect(heard_by(page, "Cora Bell")).to_contain_text("You want property tax.")


MICROPHONE = """
window.webkitSpeechRecognition = window.SpeechRecognition = class {
  start() {
    document.documentElement.dataset.listens = this.lang;
    this.onresult({ results: [[{ transcript: "taxe foncière" }]] });
    this.onend();
  }
};
"""


async def test_the_microphone_listens_in_the_language_of_the_question(desk: Desk) -> None:
    desk.script.pages["/voice"] = GATHER.replace("<Gather", '<Gather language="fr-CA"') + "</Gather>"
    desk.script.pages["/chosen"] = lambda given: f"<Say>You want {given['SpeechResult']}.</Say>"
    page = await desk.opens(script=MICROPHONE)
    await dials(page)
    await expect(page.get_by_text("Keys and words are listened for.")).to_be_visible()
    await page.get_by_role("button", name="Speak").click()
    await expect(heard_by(page, "Cora Bell")).to_contain_text("You want taxe foncière.")
    await expect(page.locator("html")).to_have_attribute("data-listens", "fr-CA")


RINGER = """
let rings = 0;
const part = () => ({
  connect() {}, stop() {}, gain: { linearRampToValueAtTime() {} }, frequency: {},
  start() { document.documentElement.dataset.rings = ++rings; },
});
window.AudioContext = class {
  state = "running";
  currentTime = 0;
  resume() {}
  createGain() { return part(); }
  createOscillator() { return part(); }
};
"""


async def test_a_soft_tone_while_a_phone_rings(desk: Desk) -> None:
    page, quiet = await desk.opens(script=RINGER), await desk.opens(script=RINGER)
    await quiet.get_by_role("button", name="Ring tone").click()
    await dials(page)
    await page.get_by_role("button", name="Key 1", exact=True).click()
    await expect(phone_of(quiet, "Ana Ruiz").get_by_role("button", name="Answer")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-rings", "2")  # its two pitches
    assert await quiet.locator("html").get_attribute("data-rings") is None


async def test_the_keypad_is_one_stop_of_the_tab_key(desk: Desk) -> None:
    page = await desk.opens()
    await dials(page)
    await expect(page.get_by_role("button", name="Key 1", exact=True)).to_be_focused()
    for key, name in (("ArrowDown", "Key 4"), ("ArrowRight", "Key 5"), ("ArrowUp", "Key 2"), ("ArrowUp", "Key 2")):
        await page.keyboard.press(key)
        assert await focused(page) == name
    await page.keyboard.press("Tab")
    assert (await focused(page)).startswith("Texts")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("*")
    await expect(heard_by(page, "Cora Bell")).to_contain_text("Pressed *")


async def test_words_for_which_nobody_listens(desk: Desk) -> None:
    desk.script.pages["/voice"] = '<Pause length="60"/>'
    page = await desk.opens()
    await dials(page)
    await page.get_by_label("What Cora Bell says").fill("Hello?")
    await page.get_by_role("button", name="Say", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Nobody listens at this moment.")


async def test_the_voice_speaks_each_sentence_once_in_its_language(desk: Desk) -> None:
    desk.script.pages["/voice"] = (
        '<Say language="fr-CA">Bonjour.</Say><Say language="en-CA">Hello.</Say><Pause length="60"/>'
    )
    page, other = await desk.opens(), await desk.opens()
    await dials(page)
    await expect(heard_by(page, "Cora Bell")).to_contain_text("Hello.")
    await expect(heard_by(other, "Cora Bell")).to_contain_text("Hello.")
    await expect(page.locator("html")).to_have_attribute("data-spoken", "2")
    assert await page.evaluate("spoken") == [["fr-CA", "Bonjour."], ["en-CA", "Hello."]]
    assert await other.evaluate("spoken") == [], "one voice is enough: that of the page on which it was dialled"
    await page.reload()
    await expect(heard_by(page, "Cora Bell")).to_contain_text("Hello.")
    assert await page.evaluate("spoken") == []


async def test_the_voice_stops_when_a_key_interrupts_it(desk: Desk) -> None:
    desk.exchange.speech_rate = 1.0
    page = await desk.opens()
    await dials(page)
    await expect(page.locator("html")).to_have_attribute("data-spoken", "1")
    desk.exchange.speech_rate = FAST
    await page.get_by_role("button", name="Key 1", exact=True).click()
    await expect(page.locator("html")).to_have_attribute("data-silenced", "1")
    await expect(heard_by(page, "Cora Bell").locator(".cut")).to_have_text("Welcome. Press 1 for taxes.")


async def test_the_voice_stops_when_one_hangs_up_and_is_silent_when_muted(desk: Desk) -> None:
    desk.exchange.speech_rate = 1.0
    page = await desk.opens()
    await dials(page)
    await expect(page.locator("html")).to_have_attribute("data-spoken", "1")
    await page.get_by_role("button", name="Hang up").click()
    await expect(page.locator("html")).to_have_attribute("data-silenced", "1")
    await page.get_by_role("button", name="Voice").click()
    await expect(page.get_by_role("button", name="Voice")).to_have_attribute("aria-pressed", "false")
    await dials(page)
    await expect(heard_by(page, "Cora Bell")).to_contain_text("Welcome")
    assert len(await page.evaluate("spoken")) == 1


async def test_two_pages_see_the_same(desk: Desk) -> None:
    first, second = await desk.opens(), await desk.opens()
    await dials(first)
    await first.get_by_role("button", name="Key 1", exact=True).click()
    await phone_of(second, "Ana Ruiz").get_by_role("button", name="Answer").click()
    await expect(heard_by(first, "Ana Ruiz")).to_contain_text("A call from Taber.")
    await phone_of(first, "Ana Ruiz").get_by_role("button", name="Key 1", exact=True).click()
    for page in (first, second):
        await expect(phone_of(page, "Ana Ruiz")).to_contain_text("Talks with Cora Bell")


async def test_a_client_who_is_rung_answers_as_well(desk: Desk) -> None:
    page = await desk.opens()
    desk.script.pages["/voice"] = "<Dial>+14185550157</Dial>"
    await dials(page)
    luc = phone_of(page, "Luc Pelletier")
    await luc.get_by_role("button", name="Answer").click()
    await expect(luc).to_contain_text("Talks with Cora Bell")


async def test_a_conference_is_told_with_its_name(desk: Desk) -> None:
    room = "<Dial><Conference>taber-1</Conference></Dial>"
    desk.script.pages |= {"/voice": room}
    page, other = await desk.opens(), await desk.opens()
    await dials(page)
    await expect(page.get_by_text("Alone in the conference · taber-1")).to_be_visible()
    await dials(other, "Luc Pelletier · Roberval")
    await expect(page.get_by_text("Talks with Luc Pelletier · conference taber-1")).to_be_visible()


async def test_a_service_that_does_not_answer_is_told(desk: Desk) -> None:
    desk.script.pages["/voice"] = Reply(status=500)
    page = await desk.opens()
    await dials(page)
    await expect(page.get_by_role("alert")).to_contain_text("HTTP status 500 · /voice (11200)")
    await expect(heard_by(page, "Cora Bell")).to_contain_text("an application error has occurred")


async def test_the_story_of_the_call_stands_beside_it(desk: Desk) -> None:
    page = await desk.opens()
    assert await page.get_by_role("heading", name="Story of this call").count() == 0
    desk.story = f"{desk.address}/page/words.js?call={{call_sid}}"
    await page.reload()
    await expect(page.get_by_role("heading", name="Story of this call")).to_be_visible()
    await dials(page)
    [leg] = desk.exchange.legs.values()
    await expect(page.get_by_title("Story of this call")).to_have_attribute(
        "src", desk.story.replace("{call_sid}", leg.sid)
    )


async def test_a_number_of_nobody_may_be_answered_too(desk: Desk) -> None:
    desk.script.pages["/voice"] = "<Dial>+17805550123</Dial>"
    page = await desk.opens()
    await dials(page)
    await phone_of(page, "+1 780 555 0123").get_by_role("button", name="Answer").click()
    await expect(phone_of(page, "+1 780 555 0123")).to_contain_text("Talks with Cora Bell")
