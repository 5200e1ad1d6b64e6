"""Clara sends a picture of what is wrong, and gets one back: over the desk's own links, in both directions."""

import re

import httpx

from simulator.people.story import StoryHandset
from simulator.texts.media import Attachment
from tests.world import World

BRIDGE, FORM = Attachment("image/jpeg", b"\xff\xd8 a bridge"), Attachment("application/pdf", b"%PDF a form")
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute


def opened(world: World, link: str) -> httpx.Response:
    """By whoever has the link, without any login."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=world.transport) as browser:
            return await browser.get(link)

    answer: httpx.Response = world.run(ask())
    return answer


def links_in(phone: StoryHandset) -> list[str]:
    return re.findall(r"https://\S+/files/\S+", phone.phone.texts[-1].body)


def test_a_technician_opens_what_the_client_sent(
    caller: StoryHandset, first: StoryHandset, world: World, line: str
) -> None:
    caller.sends_text(line, "Look at this", media=[BRIDGE, FORM])
    first.got_text("Clara Whitfield: Look at this")
    picture, form = (opened(world, link) for link in links_in(first))
    assert (picture.status_code, picture.content, picture.headers["Content-Type"]) == (
        200,
        BRIDGE.content,
        "image/jpeg",
    )
    assert (form.status_code, form.content, form.headers["Content-Type"]) == (200, FORM.content, "application/pdf")


# twilio.md 6.2: "media must be re-sent as public URLs of ours (Twilio fetches MediaUrl itself ...)".
def test_a_client_gets_what_the_technician_sent(
    caller: StoryHandset, first: StoryHandset, world: World, line: str
) -> None:
    caller.sends_text(line, "Which form is it?")
    first.got_text("Which form is it?", within=SOON)
    first.sends_text(line, "#1 This one", media=[FORM, Attachment("text/html", b"<script>")])
    caller.got_text("This one", within=SOON)
    sent = next(one for one in world.exchange.messages.all if one.to == caller.phone.number and one.media)
    assert [(file.content_type, file.content) for file in sent.media] == [("application/pdf", FORM.content)]
