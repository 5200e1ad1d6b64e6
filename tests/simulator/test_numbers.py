"""The account's own numbers by REST (twilio.md 7.3)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.people.scripted import BASE, LINE, Stage
from tests.simulator.asking import Rest

OTHER = "+14165550100"


def changes(rest: Rest, **form: str) -> dict[str, Any]:
    answer = rest("POST", f"/IncomingPhoneNumbers/{rest.stage.line.sid}.json", **form)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


# 7.3: "POST /IncomingPhoneNumbers/{PN}: VoiceUrl, VoiceMethod, VoiceFallbackUrl, VoiceFallbackMethod, StatusCallback,
# StatusCallbackMethod, VoiceCallerIdLookup, VoiceReceiveMode, ..., SmsUrl, SmsMethod, SmsFallbackUrl,
# SmsFallbackMethod, ..., FriendlyName, EmergencyAddressSid".
def test_every_field_of_a_number(stage: Stage, rest: Rest) -> None:
    urls = ("VoiceUrl", "VoiceFallbackUrl", "StatusCallback", "SmsUrl", "SmsFallbackUrl")
    methods = ("VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod", "SmsMethod", "SmsFallbackMethod")
    form = {name: f"{BASE}/{name}" for name in urls} | dict.fromkeys(methods, "GET")
    form |= {"FriendlyName": "Sales", "VoiceCallerIdLookup": "true", "VoiceReceiveMode": "fax"}
    form |= {"EmergencyAddressSid": "AD1"}
    stage.passes(60)
    body = changes(rest, **form)
    named = {"".join(word.capitalize() for word in name.split("_")): value for name, value in body.items()}
    assert {name: named[name] for name in (*urls, *methods)} == {name: form[name] for name in (*urls, *methods)}
    assert (body["friendly_name"], body["voice_caller_id_lookup"], body["voice_receive_mode"]) == ("Sales", True, "fax")
    assert body["emergency_address_sid"] == "AD1"
    assert (body["date_created"][-14:-6], body["date_updated"][-14:-6]) == ("16:00:00", "16:01:00")
    assert rest("GET", f"/IncomingPhoneNumbers/{stage.line.sid}.json").json() == body


# 7: "Empty values null" for sids; an empty URL stays an empty text.
def test_the_shape_of_a_number(stage: Stage, rest: Rest) -> None:
    body = changes(rest)
    assert (body["sid"][:2], body["phone_number"], body["status"]) == ("PN", LINE, "in-use")
    assert body["capabilities"] == {"voice": True, "sms": True, "mms": True, "fax": False}
    assert [body[name] for name in ("voice_application_sid", "sms_application_sid", "trunk_sid")] == [None] * 3
    assert body["sms_url"] == ""
    stage.line.takes_texts = False
    assert changes(rest)["capabilities"]["sms"] is False


# 7.3: "GET /IncomingPhoneNumbers: PhoneNumber (wildcard *), FriendlyName".
@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, [LINE, OTHER]),
        ({"PhoneNumber": LINE}, [LINE]),
        ({"PhoneNumber": "5550100"}, [LINE, OTHER]),
        ({"PhoneNumber": "+1416*******"}, [OTHER]),
        ({"PhoneNumber": "+1***5550100"}, [LINE, OTHER]),
        ({"PhoneNumber": "1416*"}, [OTHER]),
        ({"PhoneNumber": "999"}, []),
        ({"FriendlyName": "Toronto"}, [OTHER]),
        ({"FriendlyName": "Tor"}, []),
        ({"PageSize": "1", "Page": "1"}, [OTHER]),
    ],
)
def test_the_list_of_numbers(stage: Stage, rest: Rest, given: dict[str, str], found: list[str]) -> None:
    stage.exchange.add_number(OTHER, friendly_name="Toronto")
    listed = rest("GET", "/IncomingPhoneNumbers.json", **given).json()["incoming_phone_numbers"]
    assert [each["phone_number"] for each in listed] == found


# 7.3: "An ApplicationSid ... overrides the URLs: clear it".
def test_an_application_overrides_the_urls(stage: Stage, rest: Rest) -> None:
    application = stage.exchange.applications.add(
        "Another desk", voice_url=f"{BASE}/app-voice", status_callback=f"{BASE}/app-ended", sms_url=f"{BASE}/app-text"
    )
    stage.page("/app-voice", "<Hangup/>")
    stage.page("/app-text", "")
    stage.page("/voice", "<Hangup/>")
    body = changes(rest, VoiceApplicationSid=application.sid, SmsApplicationSid=application.sid)
    assert (body["voice_application_sid"], body["sms_application_sid"]) == (application.sid, application.sid)
    stage.caller.dials(stage.line).has_ended()
    stage.caller.sends_text(stage.line, "Hello.")
    assert stage.told("/app-voice")["ApplicationSid"] == stage.told("/app-text")["ApplicationSid"] == application.sid
    assert stage.asked("/app-ended")
    changes(rest, VoiceApplicationSid="")
    assert stage.asked("/voice") == []
    stage.caller.dials(stage.line).has_ended()
    assert len(stage.asked("/voice")) == 1


# 7.3: "An ApplicationSid or TrunkSid overrides the URLs"; setting one deletes the other.
def test_a_trunk_overrides_the_urls(stage: Stage, rest: Rest) -> None:
    application = stage.exchange.applications.add("Another desk")
    changes(rest, VoiceApplicationSid=application.sid)
    body = changes(rest, TrunkSid="TK" + "0" * 32)
    assert (body["trunk_sid"], body["voice_application_sid"]) == ("TK" + "0" * 32, None)
    with pytest.raises(AssertionError, match="is bound to the trunk TK0"):
        stage.caller.dials(stage.line)
    assert stage.asked("/voice") == []
    body = changes(rest, VoiceApplicationSid=application.sid)
    assert (body["trunk_sid"], body["voice_application_sid"]) == (None, application.sid)


# 2.6: invalid URLs; 7: error bodies. What is refused changes nothing at all.
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"VoiceUrl": "desk.example/voice"}, 21402),
        ({"SmsUrl": "ftp://desk.example/text"}, 21402),
        ({"VoiceMethod": "PUT"}, 20001),
        ({"VoiceReceiveMode": "pigeon"}, 20001),
        ({"VoiceCallerIdLookup": "perhaps"}, 20001),
        ({"VoiceApplicationSid": "AP1"}, 21420),
    ],
)
def test_changes_that_are_refused(stage: Stage, rest: Rest, form: dict[str, str], code: int) -> None:
    answer = rest("POST", f"/IncomingPhoneNumbers/{stage.line.sid}.json", FriendlyName="Sales", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert stage.line.friendly_name == LINE


# 9: "strict": a parameter that Twilio would ignore is told.
def test_a_parameter_that_nobody_knows(stage: Stage, rest: Rest) -> None:
    changes(rest, VoiceURL=f"{BASE}/voice")
    with pytest.raises(AssertionError, match="POST IncomingPhoneNumbers has no parameter VoiceURL"):
        stage.settles()


# 7: "404 -> 20404".
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_number_that_is_not_ours(rest: Rest, method: str) -> None:
    answer = rest(method, "/IncomingPhoneNumbers/PN1.json")
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_what_is_no_number(stage: Stage) -> None:
    with pytest.raises(ValueError, match=r"neither E\.164 nor a short code"):
        stage.exchange.add_number("5875550100")
