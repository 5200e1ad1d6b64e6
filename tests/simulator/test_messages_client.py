"""Texts, numbers and Lookup through Twilio's own client (twilio.md 7.3, 7.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from simulator.asgi import AsgiTransport
from simulator.clock import VirtualClock
from simulator.exchange import Exchange
from simulator.people.handsets import Handset
from simulator.people.scripted import BASE, FIRST, LINE, START, Reply, Script
from simulator.rest.app import RestApi
from simulator.texts.optout import STOP_TEXT


class InProcess(AsyncHttpClient):  # type: ignore[misc]  # the package ships no types
    """Carries the client's requests to the simulator in the same loop."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(logger=None, is_async=True, timeout=10)
        self._client = httpx.AsyncClient(transport=AsgiTransport(RestApi(exchange)))

    async def request(self, method: str, url: str, *given: Any, **named: Any) -> Response:
        names = ("params", "data", "headers", "auth")
        told = dict(zip(names, given, strict=False)) | {name: named[name] for name in names if name in named}
        answer = await self._client.request(method, url, **told | {"auth": tuple(told["auth"])})
        return Response(answer.status_code, answer.text)


class Desk:
    def __init__(self) -> None:
        self.script = Script()
        self.clock = VirtualClock(START)
        self.exchange = Exchange(self.clock, send=AsgiTransport(self.script))
        self.line = self.exchange.add_number(LINE)
        self.ana = Handset(self.exchange, self.exchange.phone(FIRST, "Ana"))
        self.client = Client(self.exchange.account_sid, self.exchange.auth_token, http_client=InProcess(self.exchange))


@pytest.fixture
async def desk() -> Desk:
    return Desk()


# 7.4: "create_async, fetch_async, update_async, delete_async, list_async"; 7.3: Messages and Media.
async def test_messages(desk: Desk) -> None:
    desk.script.pages["/one.png"] = Reply("a picture", content_type="image/png")
    messages = desk.client.messages
    sent = await messages.create_async(to=FIRST, from_=LINE, body="hello", media_url=[f"{BASE}/one.png"])
    assert (sent.status, sent.num_media, sent.date_sent) == ("queued", "1", None)
    await desk.ana.got_text("hello")
    await desk.clock.passes(1)
    fetched = await messages(sent.sid).fetch_async()
    assert (fetched.status, fetched.error_code, fetched.date_sent) == (
        "delivered",
        None,
        datetime(2026, 11, 2, 16, tzinfo=UTC),
    )
    (file,) = await messages(sent.sid).media.list_async()
    assert (file.content_type, file.parent_sid, file.sid[:2]) == ("image/png", sent.sid, "ME")
    assert (await messages(sent.sid).media(file.sid).fetch_async()).uri == file.uri
    assert await messages(sent.sid).media(file.sid).delete_async()
    assert (await messages(sent.sid).update_async(body="")).body == ""
    assert [each.sid for each in await messages.list_async(to=FIRST, date_sent_after=START)] == [sent.sid]
    assert await messages(sent.sid).delete_async()
    assert await messages.list_async() == []


# 6.7: "ScheduleType=fixed + SendAt (ISO 8601), Messaging Service required".
async def test_a_scheduled_message(desk: Desk) -> None:
    service = desk.exchange.services.add("Desk", [desk.line])
    sent = await desk.client.messages.create_async(
        to=FIRST, messaging_service_sid=service.sid, body="hello", schedule_type="fixed",
        send_at=START + timedelta(hours=1), validity_period=300, smart_encoded=True,
    )  # fmt: skip
    assert (sent.status, sent.messaging_service_sid) == ("scheduled", service.sid)
    assert (await desk.client.messages(sent.sid).update_async(status="canceled")).status == "canceled"
    await desk.clock.passes(4000)
    await desk.ana.got_no_text()


# 6.6: "Later sends fail with 400/21610 until START."
async def test_a_refusal(desk: Desk) -> None:
    await desk.ana.sends_text(desk.line, "STOP")
    await desk.ana.got_text(STOP_TEXT)
    with pytest.raises(TwilioRestException) as refused:
        await desk.client.messages.create_async(to=FIRST, from_=LINE, body="hello")
    assert (refused.value.status, refused.value.code) == (400, 21610)


# 7.3: "GET /IncomingPhoneNumbers"; "POST /IncomingPhoneNumbers/{PN}".
async def test_numbers(desk: Desk) -> None:
    (number,) = await desk.client.incoming_phone_numbers.list_async(phone_number="+1587*******")
    changed = await desk.client.incoming_phone_numbers(number.sid).update_async(
        sms_url=f"{BASE}/text", sms_method="GET", voice_caller_id_lookup=True
    )
    assert (changed.sms_url, changed.sms_method, changed.voice_caller_id_lookup) == (f"{BASE}/text", "GET", True)
    assert changed.date_created == START


# 7.3: "GET https://lookups.twilio.com/v2/PhoneNumbers/{E.164}: Fields, CountryCode".
async def test_lookup(desk: Desk) -> None:
    desk.ana.is_a_landline().is_listed_as("FERREIRA ANA")
    numbers = desk.client.lookups.v2.phone_numbers
    found = await numbers(FIRST).fetch_async(fields="line_type_intelligence,caller_name")
    assert (found.valid, found.validation_errors, found.national_format) == (True, [], "(403) 555-0111")
    assert (found.line_type_intelligence["type"], found.caller_name["caller_name"]) == ("landline", "FERREIRA ANA")
    assert (await numbers("4035550111").fetch_async(country_code="CA")).phone_number == FIRST
    assert not (await numbers("+1403").fetch_async()).valid
