"""Texts out of the account and into it (twilio.md 6.1 to 6.7, 7.3)."""

from __future__ import annotations

import pytest

from simulator.messages import segments
from simulator.scripted import BASE, FIRST, LINE, SECOND, Reply, Stage


def sends(stage: Stage, body: str = "Hello.", to: str = FIRST) -> None:
    async def sent() -> None:
        stage.exchange.messages.send(LINE, to, body, f"{BASE}/told")

    stage.run(sent())


# 6.3: "queued, sending, sent, delivered"; "No callback is sent for the initial status of a new message".
def test_a_text_reaches_the_phone_and_its_statuses_are_told(stage: Stage) -> None:
    sends(stage)
    stage.first.got_text("hello")
    stage.passes(5)
    assert [request.params["MessageStatus"] for request in stage.asked("/told")] == ["sent", "delivered"]


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


# 6.3: "undelivered: carrier refused; ErrorCode". 6.4: "ErrorCode on failed/undelivered".
def test_a_phone_that_cannot_be_reached(stage: Stage) -> None:
    stage.first.phone.fails()
    sends(stage)
    stage.passes(5)
    told = stage.told("/told")
    assert (told["MessageStatus"], told["ErrorCode"]) == ("undelivered", "30003")
    assert stage.first.texts == []


# 6.7: "long code: 1 segment per second"; "Excess is queued."
def test_one_segment_a_second(stage: Stage) -> None:
    for _ in range(3):
        sends(stage)
    sends(stage, "x" * 200, SECOND)
    sends(stage)
    stage.passes(60)
    times = [message.sent_at.timestamp() for message in stage.exchange.messages.all if message.sent_at]
    assert [round(each - times[0]) for each in times] == [0, 1, 2, 3, 5]


# 6.5: "GSM-7: one 160, per part 153; UCS-2: 70, 67"; "^{}[]~| and backslash count 2"; "emoji = 2 units".
@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("é" * 160, 1), ("ê" * 70, 1), ("ê" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2), ("", 1),
    ],
)  # fmt: skip
def test_segments(body: str, count: int) -> None:
    assert segments(body) == count


# 6.1: "MessageSid, SmsSid, SmsMessageSid: same value", "SmsStatus received", "NumMedia, NumSegments: text digits",
# "FromCity ... ToCountry".
def test_a_text_from_a_telephone(stage: Stage) -> None:
    stage.line.sms_url = f"{BASE}/text"
    stage.page("/text", "")
    stage.caller.sends_text(stage.line, " The bridge is out. ")
    told = stage.told("/text")
    assert set(told) == {
        "MessageSid", "SmsSid", "SmsMessageSid", "SmsStatus", "AccountSid", "ApiVersion", "From", "To", "Body",
        "NumMedia", "NumSegments", "FromCity", "FromState", "FromZip", "FromCountry", "ToCity", "ToState", "ToZip",
        "ToCountry",
    }  # fmt: skip
    assert told["MessageSid"] == told["SmsSid"] == told["SmsMessageSid"]
    assert (told["Body"], told["SmsStatus"], told["NumMedia"], told["NumSegments"]) == (
        " The bridge is out. ", "received", "0", "1",
    )  # fmt: skip


# 2.4: "SmsFallbackUrl: immediate request to it with the standard set plus ErrorCode and ErrorUrl"; "SMS: logged,
# nothing is sent".
def test_the_fallback_of_a_text(stage: Stage) -> None:
    stage.line.sms_url, stage.line.sms_fallback_url = f"{BASE}/text", f"{BASE}/text-fallback"
    stage.page("/text", Reply("", 500))
    stage.page("/text-fallback", Reply("no XML"))
    stage.caller.sends_text(stage.line, "hello")
    assert stage.told("/text-fallback")["ErrorCode"] == "11200"
    assert stage.told("/text-fallback")["ErrorUrl"] == f"{BASE}/text"
    assert [alert.code for alert in stage.exchange.alerts] == [11200, 12100]


# 9: what is not played yet is "a clear fault sentence, never silence".
def test_a_reply_in_twiml_is_not_played_yet(stage: Stage) -> None:
    stage.line.sms_url = f"{BASE}/text"
    stage.page("/text", "<Message>Thank you.</Message>")
    with pytest.raises(AssertionError, match="<Message> in answer to a text is not played yet"):
        stage.caller.sends_text(stage.line, "hello")
