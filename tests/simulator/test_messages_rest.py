"""POST and GET Messages (twilio.md 7.3 and 2.6)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from simulator.rest import RestApi
from simulator.scripted import FIRST, LINE, Stage


def ask(stage: Stage, method: str, path: str = "/Messages.json", **form: Any) -> httpx.Response:
    exchange = stage.exchange

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=RestApi(exchange)), auth=(exchange.account_sid, exchange.auth_token)
        ) as client:
            url = f"https://api.twilio.com/2010-04-01/Accounts/{exchange.account_sid}{path}"
            return await client.request(method, url, data=form if method == "POST" else None, params=form or None)

    answer: httpx.Response = stage.run(asked())
    return answer


# 7.3: "Message: sid, status, body, from, to, num_segments, num_media (strings), direction, error_code, ..."
# and 201.
def test_the_shape_of_a_message(stage: Stage) -> None:
    answer = ask(stage, "POST", To=FIRST, From=LINE, Body="Hello.")
    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["num_segments"], body["num_media"]) == ("queued", "1", "0")
    assert (body["direction"], body["error_code"], body["date_sent"]) == ("outbound-api", None, None)
    stage.first.got_text("Hello.")
    stage.passes(1)
    fetched = ask(stage, "GET", f"/Messages/{body['sid']}.json").json()
    assert (fetched["status"], fetched["sid"]) == ("delivered", body["sid"])


# 2.6: "21211 invalid To", "21213 From missing", "21606 From not SMS-capable or not ours". 6.5: "Body over
# 1600 -> 400".
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "911"}, 21211),
        ({"From": ""}, 21213),
        ({"From": "+14165550000"}, 21606),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
    ],
)
def test_texts_that_are_refused(stage: Stage, form: dict[str, str], code: int) -> None:
    answer = ask(stage, "POST", **({"To": FIRST, "From": LINE, "Body": "Hello."} | form))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert stage.exchange.messages.all == []


# 7.3: "GET /Messages: To, From, DateSent(< >), PageSize; newest first".
def test_the_list_of_messages(stage: Stage) -> None:
    for body in ("one", "two"):
        ask(stage, "POST", To=FIRST, From=LINE, Body=body)
    listed = ask(stage, "GET", To=FIRST).json()["messages"]
    assert [message["body"] for message in listed] == ["two", "one"]
    assert ask(stage, "GET", To="+14035550999").json()["messages"] == []
    assert len(ask(stage, "GET", **{"DateSent>": "2026-11-02T15:59:00Z"}).json()["messages"]) == 2
