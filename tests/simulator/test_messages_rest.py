"""POST, GET and DELETE of Messages and their Media (twilio.md 7.3, 2.6, 6.3)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from simulator.clock import VirtualClock
from simulator.exchange import Exchange
from simulator.people.scripted import BASE, FIRST, LINE, SECOND, START, Reply, Stage
from simulator.people.story import Run
from simulator.texts.messages import Draft, Message
from tests.simulator.asking import Rest

PICTURE = Reply("a picture", content_type="image/png")


def sends(rest: Rest, **form: Any) -> dict[str, Any]:
    answer = rest("POST", "/Messages.json", **({"To": FIRST, "From": LINE, "Body": "Hello."} | form))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(rest: Rest, **form: Any) -> tuple[int, int]:
    answer = rest("POST", "/Messages.json", **({"To": FIRST, "From": LINE, "Body": "Hello."} | form))
    code: int = answer.json()["code"]
    assert answer.json()["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert rest.stage.exchange.messages.all == []
    return answer.status_code, code


# 7.3: "Message: sid, status, body, from, to, num_segments, num_media (strings), direction, error_code (int or null),
# error_message, messaging_service_sid, date_sent, price, price_unit, uri, subresource_uris" and 201; "the resource
# never returns our StatusCallback URL".
def test_the_shape_of_a_message(stage: Stage, rest: Rest) -> None:
    body = sends(rest, StatusCallback=f"{BASE}/told")
    assert set(body) == {
        "sid", "account_sid", "status", "body", "from", "to", "num_segments", "num_media", "direction", "error_code",
        "error_message", "messaging_service_sid", "api_version", "date_created", "date_updated", "date_sent", "price",
        "price_unit", "uri", "subresource_uris",
    }  # fmt: skip
    assert (body["status"], body["num_segments"], body["num_media"]) == ("queued", "1", "0")
    assert (body["direction"], body["error_code"], body["date_sent"]) == ("outbound-api", None, None)
    stage.first.got_text("Hello.")
    stage.passes(1)
    fetched = rest("GET", f"/Messages/{body['sid']}.json").json()
    assert (fetched["status"], fetched["sid"]) == ("delivered", body["sid"])
    assert fetched["date_sent"] == "Mon, 02 Nov 2026 16:00:00 +0000"


# 2.6: "21211 invalid To", "21213 From missing", "21606 From not SMS-capable or not ours". 6.5: "Body over 1600 -> 400
# error (21617 (unverified))". 7.3: "MediaUrl* (≤ 10)"; "ValidityPeriod 1–36000 s".
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "911"}, 21211),
        ({"To": "4035550111"}, 21211),
        ({"To": "+1403555011"}, 21211),
        ({"To": "ACMEBANK"}, 21211),
        ({"To": "+99940355501"}, 21211),
        ({"From": "+99940355501"}, 21606),
        ({"To": "55501"}, 21265),
        ({"From": ""}, 21213),
        ({"From": "+14165550000"}, 21606),
        ({"To": LINE}, 21266),
        ({"To": f"whatsapp:{FIRST}"}, 21612),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"MediaUrl": [f"{BASE}/x.png"] * 11}, 21623),
        ({"MediaUrl": "x.png"}, 21620),
        ({"StatusCallback": "desk.example/told"}, 21609),
        ({"MessagingServiceSid": "MG" + "0" * 32}, 21701),
        ({"ApplicationSid": "AP" + "0" * 32}, 21218),
        ({"ValidityPeriod": "0"}, 20001),
        ({"ValidityPeriod": "36001"}, 20001),
        ({"SmartEncoded": "perhaps"}, 20001),
        ({"ContentRetention": "burn"}, 20001),
        ({"ScheduleType": "sometime"}, 20001),
    ],
)
def test_texts_that_are_refused(rest: Rest, form: dict[str, Any], code: int) -> None:
    assert refused(rest, **form) == (400, code)


# 2.6: "21606: From not SMS-capable or not ours"; "21614: To not a mobile number".
def test_what_cannot_send_and_what_cannot_get_texts(stage: Stage, rest: Rest) -> None:
    stage.first.is_a_landline(refused_at_once=True)
    assert refused(rest) == (400, 21614)
    stage.line.takes_texts = False
    assert refused(rest, To=SECOND) == (400, 21606)


# 2.6: "21408: no permission for region".
def test_a_region_without_permission(stage: Stage, rest: Rest) -> None:
    stage.exchange.closed_countries.add("FR")
    assert refused(rest, To="+33612345678") == (400, 21408)
    sends(rest)


# 7.3: what Twilio does not know it ignores; whoever wrote it is told. 9: "strict".
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("StatusCallbackUrl", "POST Messages has no parameter StatusCallbackUrl"),
        ("ContentSid", "ContentSid of POST Messages is not played yet"),
    ],
)
def test_parameters_that_nobody_knows(stage: Stage, rest: Rest, name: str, sentence: str) -> None:
    with pytest.raises(AssertionError, match=sentence):
        sends(rest, **{name: "x"})
        stage.settles()


# 7.3: "ProvideFeedback, ContentRetention, AddressRetention, ... RiskCheck"; "MaxPrice is obsolete".
def test_parameters_that_change_nothing(stage: Stage, rest: Rest) -> None:
    sends(
        rest, ProvideFeedback="true", ContentRetention="retain", AddressRetention="obfuscate", RiskCheck="disable",
        MaxPrice="0.1", ValidityPeriod="300", SmartEncoded="true",
    )  # fmt: skip
    stage.first.got_text("Hello.")


# 7.3: "From and/or MessagingServiceSid". 6.3: "accepted: ... sender not chosen; initial". 6.5: "num_segments is final
# only after sending".
def test_a_text_through_a_messaging_service(stage: Stage, rest: Rest) -> None:
    service = stage.exchange.services.add("Desk", [stage.line], smart_encoding=True)
    body = sends(rest, From="", MessagingServiceSid=service.sid, Body="“Hello”")
    assert (body["status"], body["from"], body["num_segments"]) == ("accepted", None, "0")
    assert body["messaging_service_sid"] == service.sid
    stage.first.got_text('"Hello"')
    fetched = rest("GET", f"/Messages/{body['sid']}.json").json()
    assert (fetched["from"], fetched["num_segments"]) == (LINE, "1")
    assert sends(rest, From=service.sid)["messaging_service_sid"] == service.sid


# 2.6: "21606: From ... not ours"; codes of services.
def test_services_that_cannot_send(stage: Stage, rest: Rest) -> None:
    stage.exchange.add_number("+15875550101")
    service = stage.exchange.services.add("Desk", [stage.line])
    assert refused(rest, From="+15875550101", MessagingServiceSid=service.sid) == (400, 21712)
    service.numbers.clear()
    assert refused(rest, From="", MessagingServiceSid=service.sid) == (400, 21703)


# 6.7: "Scheduling: ScheduleType=fixed + SendAt (ISO 8601), Messaging Service required; window 15 min–35 days".
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"MessagingServiceSid": ""}, 35118),
        ({"SendAt": ""}, 35111),
        ({"ScheduleType": ""}, 20001),
        ({"SendAt": "tomorrow"}, 35114),
        ({"SendAt": "2026-11-02T16:14:59Z"}, 35114),
        ({"SendAt": "2026-12-07T16:00:01Z"}, 35114),
    ],
)
def test_schedules_that_are_refused(stage: Stage, rest: Rest, form: dict[str, str], code: int) -> None:
    service = stage.exchange.services.add("Desk", [stage.line])
    good = {"MessagingServiceSid": service.sid, "ScheduleType": "fixed", "SendAt": "2026-11-02T17:00:00Z"}
    assert refused(rest, **(good | form)) == (400, code)


# 7.3: "POST Status=canceled cancels a scheduled one".
def test_a_scheduled_text_is_canceled(stage: Stage, rest: Rest) -> None:
    service = stage.exchange.services.add("Desk", [stage.line])
    form = {"MessagingServiceSid": service.sid, "ScheduleType": "fixed", "SendAt": "2026-11-02T16:15:00Z"}
    sid = sends(rest, **form)["sid"]
    kept = sends(rest, To=SECOND, **form)
    assert kept["status"] == "scheduled"
    assert rest("POST", f"/Messages/{sid}.json", Status="canceled").json()["status"] == "canceled"
    again = rest("POST", f"/Messages/{sid}.json", Status="canceled")
    assert (again.status_code, again.json()["code"]) == (409, 30409)
    stage.passes(1000)
    stage.first.got_no_text()
    stage.second.got_text("Hello.")


# 7.3: "POST Body="" redacts"; "DELETE 204".
def test_a_text_is_redacted_and_deleted(stage: Stage, rest: Rest) -> None:
    path = f"/Messages/{sends(rest)['sid']}.json"
    for method, form in (("POST", {"Body": ""}), ("DELETE", {})):
        early = rest(method, path, **form)
        assert (early.status_code, early.json()["code"]) == (409, 20009)
    stage.passes(5)
    assert rest("POST", path, Body="").json()["body"] == ""
    assert rest("GET", path).json()["body"] == ""
    assert rest("DELETE", path).status_code == 204
    assert rest("GET", path).status_code == 404
    assert rest("GET", "/Messages.json").json()["messages"] == []


# 7.3: "POST Body="" redacts; POST Status=canceled cancels".
@pytest.mark.parametrize(
    "form", [{}, {"Body": "Another text."}, {"Status": "sent"}, {"Body": "", "Status": "canceled"}]
)
def test_changes_that_are_refused(stage: Stage, rest: Rest, form: dict[str, str]) -> None:
    sid = sends(rest)["sid"]
    stage.passes(5)
    answer = rest("POST", f"/Messages/{sid}.json", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, 30400)


# 7.3: "GET /Messages: To, From, DateSent(< >), PageSize; newest first".
def test_the_list_of_messages(rest: Rest) -> None:
    for body in ("one", "two"):
        sends(rest, Body=body)
    sends(rest, To=SECOND, Body="three")

    def listed(**given: str) -> list[str]:
        return [message["body"] for message in rest("GET", "/Messages.json", **given).json()["messages"]]

    assert listed() == ["three", "two", "one"]
    assert listed(To=FIRST) == ["two", "one"]
    assert listed(From=SECOND) == []
    assert listed(DateSent="2026-11-02") == ["three", "two", "one"]
    assert listed(DateSent="2026-11-03") == []
    assert listed(**{"DateSent>": "2026-11-02T15:59:00Z"}) == ["three", "two", "one"]
    assert listed(**{"DateSent<": "2026-11-01"}) == []
    page = rest("GET", "/Messages.json", PageSize="2").json()
    assert (len(page["messages"]), page["page_size"], page["previous_page_uri"]) == (2, 2, None)
    assert listed(PageSize="2", Page="1") == ["one"]


# 7.3: "Body and/or MediaUrl* (≤ 10)"; identifier prefixes "MM message (MMS), ME media"; "GET, DELETE
# /Messages/{SM or MM}/Media[/{ME}]: media_list". 6.2: "Twilio fetches MediaUrl itself".
def test_a_text_with_pictures(stage: Stage, rest: Rest) -> None:
    stage.page("/one.png", PICTURE)
    stage.page("/two.png", PICTURE)
    urls = [f"{BASE}/one.png", f"{BASE}/two.png"]
    body = sends(rest, Body="", MediaUrl=urls)
    assert (body["sid"][:2], body["num_media"], body["num_segments"]) == ("MM", "2", "1")
    stage.passes(5)
    assert stage.first.texts[0].media == tuple(urls)
    folder = f"/Messages/{body['sid']}/Media"
    found = rest("GET", f"{folder}.json").json()["media_list"]
    assert [file["content_type"] for file in found] == ["image/png", "image/png"]
    assert set(found[0]) == {
        "sid", "account_sid", "parent_sid", "content_type", "date_created", "date_updated", "uri",
    }  # fmt: skip
    one = f"{folder}/{found[0]['sid']}"
    assert rest("GET", f"{one}.json").json() == found[0]
    picture = rest("GET", one)
    assert (picture.content, picture.headers["content-type"]) == (b"a picture", "image/png")
    assert rest("DELETE", f"{one}.json").status_code == 204
    assert rest("GET", one).status_code == 404
    assert len(rest("GET", f"{folder}.json").json()["media_list"]) == 1
    rest.auth = (rest.auth[0], "wrong")
    assert rest("GET", one).status_code == 401


# 2.6: "11751: media download or size failure". 6.2: "5 MB for jpeg/png/gif, 500 kB others ..., total 5 MB
# (unverified)".
@pytest.mark.parametrize(
    ("page", "count"),
    [
        (Reply(status=404), 1),
        (Reply("x" * 500_001, content_type="application/pdf"), 1),
        (Reply("x" * 5_000_001, content_type="image/png"), 1),
        (Reply("x" * 3_000_000, content_type="image/png"), 2),
    ],
)
def test_pictures_that_cannot_be_sent(stage: Stage, rest: Rest, page: Reply, count: int) -> None:
    stage.page("/file", page)
    sid = sends(rest, MediaUrl=[f"{BASE}/file"] * count, StatusCallback=f"{BASE}/told")["sid"]
    stage.passes(5)
    message = rest("GET", f"/Messages/{sid}.json").json()
    assert (message["status"], message["error_code"]) == ("failed", 11751)
    assert stage.told("/told")["MessageStatus"] == "failed"
    stage.first.got_no_text()


# 6.2: "media must be re-sent as public URLs of ours (Twilio fetches MediaUrl itself ...)".
def test_a_picture_that_nobody_serves(run: Run) -> None:
    def refuses(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody is there", request=request)

    exchange = Exchange(VirtualClock(START), send=httpx.AsyncClient(transport=httpx.MockTransport(refuses)))
    exchange.add_number(LINE)

    async def sent() -> Message:
        draft = Draft(to=FIRST, from_=LINE, media=(f"{BASE}/one.png",))
        message = exchange.messages.send(draft)
        await exchange.clock.passes(5)
        return message

    assert run(sent()).error[0] == 11751
    assert "cannot be fetched" in exchange.alerts[0].message


# 7.3: "SendAsMms".
def test_a_text_sent_as_an_mms(rest: Rest) -> None:
    body = sends(rest, SendAsMms="true", Body="x" * 1000)
    assert (body["sid"][:2], body["num_media"], body["num_segments"]) == ("MM", "0", "1")


# 7.3: "ApplicationSid": its message status callback; StatusCallback comes first.
def test_the_status_callback_of_an_application(stage: Stage, rest: Rest) -> None:
    application = stage.exchange.applications.add("Desk", message_status_callback=f"{BASE}/app")
    sends(rest, ApplicationSid=application.sid)
    sends(rest, ApplicationSid=application.sid, StatusCallback=f"{BASE}/told")
    stage.passes(10)
    assert (len(stage.asked("/app")), len(stage.asked("/told"))) == (3, 3)


# 6.7: "beyond: ... 21611 at creation".
def test_a_queue_that_is_full(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.texts.messages.LONGEST_QUEUE", 2.0)
    for _ in range(3):
        sends(rest)
    answer = rest("POST", "/Messages.json", To=FIRST, From=LINE, Body="One too many.")
    assert (answer.status_code, answer.json()["code"]) == (400, 21611)
    assert len(rest.stage.exchange.messages.all) == 3


# 7: "404 -> 20404".
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/Messages/SM1.json"),
        ("POST", "/Messages/SM1.json"),
        ("DELETE", "/Messages/SM1.json"),
        ("GET", "/Messages/SM1/Media.json"),
        ("GET", "/Messages/SM1/Media/ME1.json"),
        ("GET", "/Messages/SM1/Media/ME1"),
        ("DELETE", "/Messages/SM1/Media/ME1.json"),
    ],
)
def test_texts_that_are_not_there(rest: Rest, method: str, path: str) -> None:
    answer = rest(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


# 6.1: "From, To: E.164, ..., `whatsapp:+…`".
def test_other_channels(stage: Stage, rest: Rest) -> None:
    body = sends(rest, To=f"whatsapp:{FIRST}", From=f"whatsapp:{LINE}")
    assert (body["to"], body["from"]) == (f"whatsapp:{FIRST}", f"whatsapp:{LINE}")
    stage.first.got_text("Hello.")
