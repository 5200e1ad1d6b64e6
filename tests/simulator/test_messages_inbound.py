"""Texts into the account (twilio.md 6.1, 2.4, 2.5)."""

from __future__ import annotations

import pytest

from simulator.numbers.addresses import Channel
from simulator.people.scripted import BASE, CALLER, LINE, Reply, Stage
from simulator.texts.media import Attachment
from tests.simulator.asking import Rest


@pytest.fixture
def desk(stage: Stage) -> Stage:
    stage.line.sms_url = f"{BASE}/text"
    stage.page("/text", "")
    return stage


STANDARD = {
    "MessageSid", "SmsSid", "SmsMessageSid", "SmsStatus", "AccountSid", "ApiVersion", "From", "To", "Body",
    "NumMedia", "NumSegments", "FromCity", "FromState", "FromZip", "FromCountry", "ToCity", "ToState", "ToZip",
    "ToCountry",
}  # fmt: skip


# 6.1: "MessageSid, SmsSid, SmsMessageSid: same value", "SmsStatus received", "NumMedia, NumSegments: text digits",
# "FromCity ... ToCountry".
def test_a_text_from_a_telephone(desk: Stage) -> None:
    desk.caller.sends_text(desk.line, " The bridge is out. ")
    told = desk.told("/text")
    assert set(told) == STANDARD
    assert told["MessageSid"] == told["SmsSid"] == told["SmsMessageSid"]
    assert (told["Body"], told["SmsStatus"], told["NumMedia"], told["NumSegments"]) == (
        " The bridge is out. ", "received", "0", "1",
    )  # fmt: skip
    assert (told["From"], told["To"], told["ToCountry"]) == (CALLER, LINE, "CA")


# 6.1: "Body ≤ 1600 chars; ... long messages arrive joined"; "NumSegments".
def test_a_long_text_arrives_joined(desk: Stage) -> None:
    desk.caller.sends_text(desk.line, "x" * 1600)
    assert (len(desk.asked("/text")), len(desk.told("/text")["Body"])) == (1, 1600)
    assert desk.told("/text")["NumSegments"] == "11"
    with pytest.raises(ValueError, match="at most 1600 characters"):
        desk.caller.sends_text(desk.line, "x" * 1601)


# 6.1: "MediaUrl0…9, MediaContentType0…9: order matches; fetch with Basic auth"; "SM… or MM…"; "Body ... may be empty
# with media". 7.3: "GET /Messages/{SM or MM}/Media[/{ME}]".
def test_a_text_with_files(desk: Stage, rest: Rest) -> None:
    desk.caller.sends_text(desk.line, media=["bridge.jpg", Attachment("audio/amr", b"a voice")])
    told = desk.told("/text")
    assert set(told) - STANDARD == {"MediaUrl0", "MediaContentType0", "MediaUrl1", "MediaContentType1"}
    assert (told["NumMedia"], told["Body"], told["MessageSid"][:2]) == ("2", "", "MM")
    assert (told["MediaContentType0"], told["MediaContentType1"]) == ("image/jpeg", "audio/amr")
    path = told["MediaUrl1"].partition(desk.exchange.account_sid)[2]
    assert path == f"/Messages/{told['MessageSid']}/Media/{path.rpartition('/')[2]}"
    assert rest("GET", path).content == b"a voice"
    rest.auth = (rest.auth[0], "wrong")
    assert rest("GET", path).status_code == 401


# 6.1: "From, To: ... `whatsapp:+…`, `rcs:…`"; "ProfileName, WaId, ...: other channels".
@pytest.mark.parametrize(
    ("channel", "more"),
    [
        ("whatsapp", {"ProfileName": "Cora", "WaId": CALLER[1:], "ReferralNumMedia": "0"}),
        ("rcs", {}),
        ("messenger", {}),
    ],
)
def test_other_channels(desk: Stage, channel: Channel, more: dict[str, str]) -> None:
    desk.caller.sends_text(desk.line, "Hello.", channel=channel)
    told = desk.told("/text")
    assert (told["From"], told["To"]) == (f"{channel}:{CALLER}", f"{channel}:{LINE}")
    assert {name: told[name] for name in set(told) - STANDARD} == more
    desk.page("/text", "<Message>Thank you.</Message>")
    desk.caller.sends_text(desk.line, "Hello again.", channel=channel).got_text("Thank you.")
    assert desk.caller.texts[0].from_ == f"{channel}:{LINE}"


# 6.1: "From, To: E.164, short code (5–6 digits), alphanumeric sender". Trap 22: "no reply to short
# codes/alphanumerics".
@pytest.mark.parametrize("sender", ["25392", "255392", "ACMEBANK"])
def test_senders_that_cannot_be_answered(desk: Stage, sender: str) -> None:
    bank = desk.story.phone(sender, "the bank")
    bank.sends_text(desk.line, "Your code is 1234.")
    told = desk.told("/text")
    assert (told["From"], told["FromCountry"]) == (sender, "")
    desk.page("/text", "<Message>Thank you.</Message>")
    with pytest.raises(AssertionError, match="'To' number"):
        bank.sends_text(desk.line, "Your code is 5678.")
    assert desk.exchange.alerts[-1].code == 14101


# 6.1: "MessagingServiceSid (if in a service)"; "Messaging Service setting may override the number's SmsUrl."
def test_a_number_in_a_messaging_service(desk: Stage) -> None:
    service = desk.exchange.services.add("Desk", [desk.line])
    desk.caller.sends_text(desk.line, "Hello.")
    assert desk.told("/text")["MessagingServiceSid"] == service.sid
    service.inbound_url, service.fallback_url = f"{BASE}/service", f"{BASE}/service-fallback"
    desk.page("/service", Reply(status=500))
    desk.page("/service-fallback", "<Message>Thank you.</Message>")
    desk.caller.sends_text(desk.line, "Hello.").got_text("Thank you.")
    assert desk.told("/service-fallback")["ErrorUrl"] == f"{BASE}/service"
    assert len(desk.asked("/text")) == 1


def test_a_number_is_in_one_service_alone(desk: Stage) -> None:
    desk.exchange.services.add("Desk", [desk.line])
    with pytest.raises(ValueError, match="one Messaging Service alone"):
        desk.exchange.services.add("Another", [desk.line])


# 7.3: "An ApplicationSid ... overrides the URLs". 1.1: "ApplicationSid: number bound to a TwiML application".
def test_a_number_bound_to_an_application(desk: Stage) -> None:
    application = desk.exchange.applications.add("Texts", sms_url=f"{BASE}/app", sms_fallback_url=f"{BASE}/app-2")
    desk.line.sms_application_sid = application.sid
    desk.page("/app", Reply(status=500))
    desk.page("/app-2", "")
    desk.caller.sends_text(desk.line, "Hello.")
    assert desk.told("/app")["ApplicationSid"] == application.sid
    assert desk.told("/app-2")["ErrorCode"] == "11200"
    assert desk.asked("/text") == []


# 2.1: "keeps cookies (per call; SMS conversations about 4 h (unverified))".
def test_the_cookies_of_a_conversation(desk: Stage) -> None:
    desk.page("/text", lambda told: Reply("<Response/>", headers=(("set-cookie", f"from={told['From'][1:]}; Path=/"),)))

    def cookie() -> str | None:
        return desk.asked("/text")[-1].headers.get("cookie")

    for handset, expected in ((desk.caller, None), (desk.first, None), (desk.caller, f"from={CALLER[1:]}")):
        handset.sends_text(desk.line, "Hello.")
        assert cookie() == expected
    desk.passes(4 * 3600 + 1)
    desk.caller.sends_text(desk.line, "Hello.")
    assert cookie() is None


# 6.1: "POST form". 2.1: "POST default, GET possible".
def test_a_webhook_by_get(desk: Stage) -> None:
    desk.line.sms_method = "GET"
    desk.caller.sends_text(desk.line, "Hello.")
    assert desk.asked("/text")[0].method == "GET"
    assert desk.told("/text")["Body"] == "Hello."


# 2.4: "SmsFallbackUrl: immediate request to it with the standard set plus ErrorCode and ErrorUrl"; "SMS: logged,
# nothing is sent".
def test_the_fallback_of_a_text(desk: Stage) -> None:
    desk.line.sms_fallback_url = f"{BASE}/text-fallback"
    desk.page("/text", Reply("", 500))
    desk.page("/text-fallback", Reply("no XML"))
    desk.caller.sends_text(desk.line, "hello")
    told = desk.told("/text-fallback")
    assert set(told) - STANDARD == {"ErrorCode", "ErrorUrl"}
    assert (told["ErrorCode"], told["ErrorUrl"]) == ("11200", f"{BASE}/text")
    assert [alert.code for alert in desk.exchange.alerts] == [11200, 12100]
    assert desk.exchange.messages.all[0].direction == "inbound"
    assert len(desk.exchange.messages.all) == 1


# 2.4: "fallback: ... Its TwiML continues".
def test_what_the_fallback_says_is_sent(desk: Stage) -> None:
    desk.line.sms_fallback_url = f"{BASE}/text-fallback"
    desk.page("/text", Reply("<Response>"))
    desk.page("/text-fallback", "<Message>We will call you.</Message>")
    desk.caller.sends_text(desk.line, "hello").got_text("We will call you.")
    assert desk.told("/text-fallback")["ErrorCode"] == "12100"


# 6.1: a number without a webhook keeps the text.
def test_a_number_without_a_webhook(stage: Stage, rest: Rest) -> None:
    stage.caller.sends_text(stage.line, "hello")
    (kept,) = rest("GET", "/Messages.json").json()["messages"]
    assert (kept["direction"], kept["status"], kept["from"]) == ("inbound", "received", CALLER)
    assert (kept["num_segments"], kept["num_media"]) == ("1", "0")
    assert stage.exchange.requests == []


def test_who_cannot_send_a_text(stage: Stage) -> None:
    with pytest.raises(ValueError, match="cannot send a text to"):
        stage.story.phone(None, "Nobody").sends_text(stage.line, "hello")
    with pytest.raises(ValueError, match="take texts"):
        stage.caller.sends_text("+14035550000", "hello")
