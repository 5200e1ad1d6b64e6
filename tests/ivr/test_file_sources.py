"""Files at Twilio: who is asked for them, and who is told our credentials."""

import httpx
import pytest

from ivr.file_sources import MOST_REDIRECTS, FileGone, TwilioFiles
from simulator.asgi import AsgiTransport
from simulator.clock import VirtualClock
from simulator.exchange import Exchange
from simulator.people.handsets import Handset
from simulator.rest.app import RestApi
from simulator.texts.media import Attachment
from tests.ivr.far_files import API, CONTENT, DESK, ELSEWHERE, PDF, PICTURE, SID, TOKEN, Far, Pages
from tests.ivr.swarms import NOW, House
from tests.world import LINE


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com.evil.example/ME1",
        "https://eviltwilio.com/ME1",
        "https://twilio.com@evil.example/ME1",
        "https://somebody:else@api.twilio.com/ME1",
        "https://api.twilio.com:8443/ME1",
        "http://api.twilio.com/ME1",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:5432/",
        "ftp://api.twilio.com/ME1",
        "//api.twilio.com/ME1",
        "https://[::1",
        "mail:1",
        "",
    ],
)
async def test_nobody_but_twilio_is_ever_asked(far: Far, address: str) -> None:
    files = TwilioFiles(SID, TOKEN, API, way=httpx.MockTransport(far))
    assert not files.holds(address)
    with pytest.raises(FileGone):
        await files.fetch(address)
    assert not far.asked
    await files.close()


async def test_a_file_that_lies_with_somebody_else_is_not_fetched(pages: Pages, far: Far) -> None:
    answer = await pages.get(await pages.linked("https://evil.example/ME1"))
    assert (answer.status_code, "no longer kept" in answer.text) == (404, True)
    assert not far.asked


@pytest.mark.parametrize(
    ("base", "address", "holds"),
    [
        (API, "https://api.dublin.ie1.twilio.com/x/ME1", True),
        (API, "https://API.twilio.com:443/x/ME1", True),
        ("http://127.0.0.1:8900", "http://127.0.0.1:8900/x/ME1", True),
        ("http://127.0.0.1:8900", "https://api.twilio.com/x/ME1", True),
        ("http://127.0.0.1:8900", "http://127.0.0.1:8901/x/ME1", False),
        ("http://127.0.0.1:8900", "https://127.0.0.1:8900/x/ME1", False),
        ("http://127.0.0.1:8900", "http://127.0.0.1:8900@evil.example/ME1", False),
        ("https://proxy.example/twilio", "https://proxy.example/twilio/x/ME1", True),
        ("https://proxy.example/twilio", "https://proxy.example/twilio-not/x/ME1", False),
        ("https://proxy.example/twilio", "https://proxy.example/twilio/../admin", False),
        ("https://proxy.example/twilio", "https://proxy.example/twilio/%2e%2e/admin", False),
    ],
)
async def test_what_lies_at_twilio(base: str, address: str, holds: bool) -> None:
    files = TwilioFiles(SID, TOKEN, base, way=httpx.MockTransport(Far()))
    assert files.holds(address) is holds
    await files.close()


async def test_a_redirect_is_followed_without_our_credentials(pages: Pages, far: Far) -> None:
    far.answers = {
        PICTURE: httpx.Response(307, headers={"Location": f"{ELSEWHERE}/one"}),
        f"{ELSEWHERE}/one": httpx.Response(302, headers={"Location": "/two?signed=1"}),
    }
    answer = await pages.get(await pages.linked())
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert far.addresses == [PICTURE, f"{ELSEWHERE}/one", f"{ELSEWHERE}/two?signed=1"]
    assert far.credentials == [True, False, False]


async def test_a_redirect_back_to_twilio_gets_no_credentials_either(pages: Pages, far: Far) -> None:
    far.answers = {PICTURE: httpx.Response(307, headers={"Location": PDF})}
    assert (await pages.get(await pages.linked())).status_code == 200
    assert (far.addresses, far.credentials) == ([PICTURE, PDF], [True, False])


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest", "http://media.example/one", "ftp://media.example/one", "https://[::1"]
)
async def test_a_redirect_to_where_nobody_proves_who_they_are_is_not_followed(
    pages: Pages, far: Far, location: str
) -> None:
    far.answers = {PICTURE: httpx.Response(307, headers={"Location": location})}
    answer = await pages.get(await pages.linked())
    assert answer.status_code == 502
    assert far.addresses == [PICTURE]


async def test_a_circle_of_redirects_ends(pages: Pages, far: Far) -> None:
    far.answers = {PICTURE: httpx.Response(307, headers={"Location": PICTURE})}
    assert (await pages.get(await pages.linked())).status_code == 502
    assert len(far.asked) == MOST_REDIRECTS + 1


# twilio.md 6.1: "fetch with Basic auth (required or not by account setting (unverified))": the local Twilio requires
# it, the far end of the other tests doesn't.
async def test_the_local_twilio_gives_what_a_telephone_sent(house: House) -> None:
    told: list[dict[str, str]] = []

    async def webhook(request: httpx.Request) -> httpx.Response:
        told.append(dict(httpx.QueryParams(request.content.decode())))
        return httpx.Response(200, text="<Response/>", headers={"Content-Type": "text/xml"})

    exchange = Exchange(VirtualClock(NOW), account_sid=SID, auth_token=TOKEN, send=httpx.MockTransport(webhook))
    exchange.add_number(LINE, sms_url=f"{DESK}/messages/incoming")
    caller = Handset(exchange, exchange.phone("+14035550120", "Clara"))
    await caller.sends_text(LINE, media=[Attachment("image/jpeg", CONTENT)])
    address, kind = told[0]["MediaUrl0"], told[0]["MediaContentType0"]

    for token, status in ((TOKEN, 200), ("wrong", 502)):
        exchange.auth_token = token
        pages = Pages(house, Far(), way=AsgiTransport(RestApi(exchange)))
        answer = await pages.get(await pages.linked(address, kind))
        assert answer.status_code == status
        assert (answer.content == CONTENT) is (status == 200)
        await pages.twilio.close()
