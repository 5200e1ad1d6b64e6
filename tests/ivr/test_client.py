"""Twilio's no: some of it is about what was asked, and some about now."""

import json
from typing import Any

import pytest
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from ivr.client import Api, Sent, TwilioBusy, TwilioRefused, TwilioSilent


class Answering(AsyncHttpClient):  # type: ignore[misc]  # the package ships no types
    def __init__(self, status: int, body: Any) -> None:
        super().__init__(logger=None, is_async=True, timeout=10)
        self._answer = Response(status, json.dumps(body))

    async def request(self, *_: Any, **__: Any) -> Response:
        return self._answer


def api_with(status: int, body: Any) -> Api:
    return Api("AC" + "0" * 32, "token", "https://twilio.example", http=Answering(status, body))


@pytest.mark.parametrize(
    ("status", "code", "means"),
    [
        (429, 20429, TwilioBusy),
        (401, 20003, TwilioBusy),  # a token that is just being replaced
        (400, 21611, TwilioBusy),  # our queue at Twilio is full (twilio.md 6.7)
        (400, 21610, TwilioRefused),
        (400, 21614, TwilioRefused),
        (503, 20503, TwilioSilent),
    ],
)
async def test_what_is_about_now_is_tried_again(status: int, code: int, means: type[Exception]) -> None:
    api = api_with(status, {"code": code, "message": "No", "status": status})
    with pytest.raises(means):
        await api.send_text(to="+14035550120", sender="+15875550100", body="Hello", status_callback="https://x.example")


async def test_a_text_that_did_not_arrive_is_listed_with_its_code() -> None:
    """An error stands for failed and undelivered alone, as in reports (twilio.md 6.4)."""
    told = [("undelivered", 30006), ("failed", 30008), ("delivered", None), ("sent", 30003)]
    listed = [
        {"sid": f"SM{place}", "body": "Hello", "status": status, "error_code": code, "error_message": "in words"}
        for place, (status, code) in enumerate(told)
    ]
    api = api_with(200, {"messages": listed, "page": 0, "page_size": 50, "next_page_uri": None})
    assert await api.list_texts(to="+14035550120", sender="+15875550100") == [
        Sent("SM0", "Hello", "undelivered", "30006"),
        Sent("SM1", "Hello", "failed", "30008"),
        Sent("SM2", "Hello", "delivered"),
        Sent("SM3", "Hello", "sent"),
    ]
