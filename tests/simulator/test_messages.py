"""The life of a text out of the account (twilio.md 6.3 to 6.7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simulator.numbers import addresses
from simulator.people.scripted import BASE, FIRST, LINE, SECOND, Stage
from simulator.texts.messages import Draft, Message, QueueFullError
from simulator.texts.services import MessagingService

TOLL_FREE, SHORT_CODE = "+18885550100", "55501"


def sends(stage: Stage, body: str = "Hello.", to: str = FIRST, **others: Any) -> Message:
    given: dict[str, Any] = {"to": to, "from_": LINE, "body": body, "callback": f"{BASE}/told"} | others
    draft = Draft(**given)

    async def sent() -> Message:
        return stage.exchange.messages.send(draft)

    message: Message = stage.run(sent())
    return message


def statuses(stage: Stage, path: str = "/told") -> list[str]:
    return [request.params["MessageStatus"] for request in stage.asked(path)]


def a_service(stage: Stage, **settings: Any) -> MessagingService:
    second = stage.exchange.add_number("+15875550101")
    return stage.exchange.services.add("Desk", [stage.line, second], **settings)


# 6.3: "queued: initial without service"; "sending, sent: being given / given to carrier"; "No callback is sent for
# the initial status of a new message".
def test_a_text_reaches_the_phone_and_its_statuses_are_told(stage: Stage) -> None:
    message = sends(stage)
    assert (message.status, message.direction, message.sent_at) == ("queued", "outbound-api", None)
    stage.first.got_text("hello")
    stage.passes(5)
    assert statuses(stage) == ["sending", "sent", "delivered"]
    assert message.sent_at is not None


# 6.3: "accepted: Messaging Service took it, sender not chosen; initial"; "No callback is sent for the initial status
# (... accepted/scheduled with one)". 6.4: "MessagingServiceSid".
def test_a_text_of_a_messaging_service(stage: Stage) -> None:
    service = a_service(stage)
    message = sends(stage, from_="", service=service)
    assert (message.status, message.from_) == ("accepted", "")
    stage.passes(5)
    assert statuses(stage) == ["queued", "sending", "sent", "delivered"]
    assert (stage.told("/told")["From"], stage.told("/told")["MessagingServiceSid"]) == (LINE, service.sid)
    assert stage.first.texts[0].from_ == LINE


# 6.4: "Message-level StatusCallback beats the service-level one."
def test_whose_status_callback(stage: Stage) -> None:
    service = a_service(stage, status_callback=f"{BASE}/service")
    sends(stage, service=service)
    stage.passes(5)
    assert (len(stage.asked("/told")), stage.asked("/service")) == (4, [])
    sends(stage, service=service, callback="")
    stage.passes(5)
    assert (len(stage.asked("/told")), len(stage.asked("/service"))) == (4, 4)


# A choice: a service's sender that is free first takes a text, and whoever was texted by it stays with it.
def test_the_senders_of_a_service_share_its_texts(stage: Stage) -> None:
    service = a_service(stage)
    for to in (FIRST, SECOND, FIRST):
        sends(stage, to=to, from_="", service=service)
    stage.passes(10)
    assert [text.from_ for text in stage.first.texts] == [LINE, LINE]
    assert [text.from_ for text in stage.second.texts] == ["+15875550101"]


# 6.4: "MessageSid SmsSid MessageStatus SmsStatus To From AccountSid ApiVersion", "RawDlrDoneDate (YYMMDDhhmm)
# with delivered/undelivered".
def test_the_status_callback(stage: Stage) -> None:
    sends(stage)
    stage.passes(5)
    told = stage.told("/told")
    assert set(told) == {
        "MessageSid", "SmsSid", "MessageStatus", "SmsStatus", "To", "From", "AccountSid", "ApiVersion",
        "RawDlrDoneDate",
    }  # fmt: skip
    assert (told["To"], told["From"], told["RawDlrDoneDate"]) == (FIRST, LINE, "2611021600")
    assert told["MessageSid"] == told["SmsSid"] == stage.exchange.messages.all[0].sid
    assert told["MessageSid"].startswith("SM")
    assert "RawDlrDoneDate" not in stage.asked("/told")[1].params


# 6.3: "undelivered: carrier refused; ErrorCode". 2.6: "30003 30004 30005 30006 30007: handset unreachable, blocked,
# unknown handset, landline or unreachable carrier, filtered".
@pytest.mark.parametrize("code", [30003, 30004, 30005, 30006, 30007])
def test_a_phone_that_loses_texts(stage: Stage, code: int) -> None:
    stage.first.loses_texts(code)
    message = sends(stage)
    stage.passes(5)
    told = stage.told("/told")
    assert (told["MessageStatus"], told["ErrorCode"]) == ("undelivered", str(code))
    assert (message.error or (0, ""))[0] == code
    assert told["RawDlrDoneDate"]
    assert stage.first.texts == []


# 6.7: "SMS to a landline: 400 (21614 or finer code) or 30006 later."
def test_a_landline_found_out_late(stage: Stage) -> None:
    stage.first.is_a_landline()
    sends(stage)
    stage.passes(5)
    assert (stage.told("/told")["MessageStatus"], stage.told("/told")["ErrorCode"]) == ("undelivered", "30006")
    stage.first.is_well()
    sends(stage)
    stage.first.got_text("Hello.")


# 6.7: "US: unregistered 10DLC → 30034; unverified toll-free → 30032 (US and Canada)."
@pytest.mark.parametrize("code", [30032, 30034])
def test_a_number_whose_texts_no_carrier_takes(stage: Stage, code: int) -> None:
    stage.line.loses_texts_as = code
    sends(stage)
    stage.passes(5)
    assert (stage.told("/told")["MessageStatus"], stage.told("/told")["ErrorCode"]) == ("undelivered", str(code))
    stage.first.got_no_text()


# 2.6: "30003: handset unreachable".
def test_a_phone_that_cannot_be_reached_at_all(stage: Stage) -> None:
    stage.first.fails()
    sends(stage)
    stage.passes(5)
    assert stage.told("/told")["ErrorCode"] == "30003"


# 6.3: "Without receipts `sent` is the last one."
def test_a_carrier_without_receipts(stage: Stage) -> None:
    stage.first.gives_no_receipts()
    sends(stage)
    stage.first.got_text("Hello.")
    stage.passes(600)
    assert statuses(stage) == ["sending", "sent"]


# 6.3: "read: WhatsApp/RCS only". 6.4: "Other channels: ... ChannelPrefix, EventType".
def test_a_text_that_is_read(stage: Stage) -> None:
    sends(stage, to=f"whatsapp:{FIRST}", from_=f"whatsapp:{LINE}")
    sends(stage, callback=f"{BASE}/sms")
    stage.passes(5)
    stage.first.reads_texts()
    assert statuses(stage) == ["sending", "sent", "delivered", "read"]
    assert (stage.told("/told")["ChannelPrefix"], stage.told("/told")["EventType"]) == ("whatsapp", "READ")
    assert statuses(stage, "/sms") == ["sending", "sent", "delivered"]


# 6.7: "long code: 1 segment per second"; "Excess is queued."
def test_one_segment_a_second(stage: Stage) -> None:
    for _ in range(3):
        sends(stage)
    sends(stage, "x" * 200, SECOND)
    sends(stage)
    stage.passes(60)
    times = [message.sent_at.timestamp() for message in stage.exchange.messages.all if message.sent_at]
    assert [round(each - times[0]) for each in times] == [0, 1, 2, 3, 5]


# 6.7: "toll-free: 3"; "short code: 100+".
@pytest.mark.parametrize(("sender", "seconds"), [(TOLL_FREE, 10.0), (SHORT_CODE, 0.3), (LINE, 30.0)])
def test_the_rates_of_senders(stage: Stage, sender: str, seconds: float) -> None:
    if sender != LINE:
        stage.exchange.add_number(sender)
    for _ in range(31):
        sends(stage, from_=sender)
    stage.passes(60)
    times = [message.sent_at for message in stage.exchange.messages.all if message.sent_at]
    assert (times[-1] - times[0]).total_seconds() == pytest.approx(seconds)


# 6.7: "Queue holds 10 h; beyond: 30001 (service) or 21611 at creation."
def test_a_queue_that_is_full(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(addresses.RATES, "long code", 1 / 3600)
    for _ in range(11):
        sends(stage)
    with pytest.raises(QueueFullError):
        sends(stage)
    alone = stage.exchange.services.add("Desk", [stage.line])
    sends(stage, service=alone, callback=f"{BASE}/service")
    stage.passes(1)
    assert statuses(stage, "/service") == ["failed"]
    assert stage.told("/service")["ErrorCode"] == "30001"


# 6.7: "ValidityPeriod 1–36000 s ...; expiry 30036". 6.3: "failed: never left Twilio; ErrorCode".
def test_a_text_that_expires(stage: Stage) -> None:
    sends(stage, "x" * 1530)  # ten segments
    late = sends(stage, validity=5)
    after = sends(stage)
    stage.passes(4)
    assert late.status == "queued"
    stage.passes(2)
    assert (late.status, late.error) == ("failed", (30036, "Validity period expired"))
    stage.passes(30)
    assert after.sent_at is not None
    assert (after.sent_at - after.created_at).total_seconds() == pytest.approx(10.5)
    assert len(stage.first.texts) == 2


# 6.3: "scheduled: SendAt; initial; cancel by Status=canceled"; "canceled: out, final".
def test_a_scheduled_text(stage: Stage) -> None:
    service = a_service(stage)
    at = stage.clock.now() + timedelta(hours=1)
    kept = sends(stage, service=service, send_at=at)
    dropped = sends(stage, to=SECOND, service=service, send_at=at, callback=f"{BASE}/dropped")
    assert (kept.status, dropped.status) == ("scheduled", "scheduled")

    async def cancels() -> None:
        stage.exchange.messages.cancel(dropped)

    stage.run(cancels())
    stage.passes(3590)
    assert (kept.status, stage.first.texts) == ("scheduled", [])
    stage.passes(20)
    assert statuses(stage) == ["queued", "sending", "sent", "delivered"]
    assert (statuses(stage, "/dropped"), stage.second.texts) == (["canceled"], [])


# 1.1, 6.1: a text to one of our own numbers comes in there.
def test_a_text_from_one_line_to_another(stage: Stage) -> None:
    other = stage.exchange.add_number("+15875550101", sms_url=f"{BASE}/text")
    stage.page("/text", "")
    sends(stage, to=other.phone_number)
    stage.passes(5)
    assert (stage.told("/text")["From"], stage.told("/text")["To"]) == (LINE, other.phone_number)
    assert statuses(stage)[-1] == "delivered"
