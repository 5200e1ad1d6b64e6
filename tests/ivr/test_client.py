"""Twilio's no: some of it is about what was asked, and some about now."""

from typing import Any

import pytest
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from ivr.client import Api, TwilioBusy, TwilioRefused, TwilioSilent


class Answering(AsyncHttpClient):  # type: ignore[misc]  # the package ships no types
    def __init__(self, status: int, code: int) -> None:
        super().__init__(logger=None, is_async=True, timeout=10)
        self._answer = Response(status, f'{{"code": {code}, "message": "No", "status": {status}}}')

    async def request(self, *_: Any, **__: Any) -> Response:
        return self._answer


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
    api = Api("AC" + "0" * 32, "token", "https://twilio.example", http=Answering(status, code))
    with pytest.raises(means):
        await api.send_text(to="+14035550120", sender="+15875550100", body="Hello", status_callback="https://x.example")
