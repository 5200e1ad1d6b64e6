"""The parameters of every voice webhook (twilio.md 1)."""

from __future__ import annotations

from simulator.people.scripted import CALLER, LINE, Stage

STANDARD = {
    "CallSid", "AccountSid", "From", "To", "CallStatus", "ApiVersion", "Direction", "CallToken", "StirVerstat",
    "FromCity", "FromState", "FromZip", "FromCountry", "ToCity", "ToState", "ToZip", "ToCountry",
    "Called", "Caller", "CalledCity", "CalledState", "CalledZip", "CalledCountry",
    "CallerCity", "CallerState", "CallerZip", "CallerCountry",
}  # fmt: skip


# 1.1: the table "Standard parameters".
def test_the_standard_set_of_an_inbound_call(stage: Stage) -> None:
    taber = stage.story.phone("+14032235500", "Town of Taber")
    stage.plays("<Hangup/>")
    taber.dials(stage.line)
    told = stage.told("/voice")
    assert set(told) == STANDARD
    assert told["CallSid"].startswith("CA")
    assert len(told["CallSid"]) == 34
    assert (told["From"], told["To"]) == ("+14032235500", LINE)
    assert (told["Direction"], told["ApiVersion"]) == ("inbound", "2010-04-01")
    assert told["AccountSid"] == stage.exchange.account_sid


# 1.1: "FromCity ...: may be empty strings; upper-case city; guess from the number"; "old names with the same
# values".
def test_places_are_guessed_from_the_number(stage: Stage) -> None:
    taber = stage.story.phone("+14032235500", "Town of Taber")
    stage.plays("<Hangup/>")
    taber.dials(stage.line)
    told = stage.told("/voice")
    assert (told["FromCity"], told["FromState"], told["FromZip"], told["FromCountry"]) == ("TABER", "AB", "", "CA")
    for end, old in (("From", "Caller"), ("To", "Called")):
        assert told[old] == told[end]
        for part in ("City", "State", "Zip", "Country"):
            assert told[old + part] == told[end + part]


# 1.1: "ForwardedFrom: forwarded calls, if the carrier says so".
def test_a_forwarded_call(stage: Stage) -> None:
    stage.plays("<Hangup/>")
    stage.caller.dials(stage.line, forwarded_from="+14035550133")
    assert stage.told("/voice")["ForwardedFrom"] == "+14035550133"


# 8 (19): "technician's number forwards back to our Twilio number".
def test_a_telephone_forwarded_to_our_own_number(stage: Stage) -> None:
    second = stage.exchange.add_number("+15875550101", voice_url="https://desk.example/loop")
    stage.plays('<Say>Hold.</Say><Dial action="/after">+14035550111</Dial>')
    stage.page("/loop", '<Reject reason="busy"/>')
    stage.first.phone.forwards_to(str(second))
    stage.caller.dials(stage.line).has_ended()
    told = stage.told("/loop")
    assert (told["From"], told["ForwardedFrom"], told["Direction"]) == (CALLER, "+14035550111", "inbound")
    assert stage.told("/after")["DialCallStatus"] == "busy"


# 5.5: "Adding a Twilio number as To makes that number's own webhook run".
def test_a_leg_to_a_number_of_the_account(stage: Stage) -> None:
    stage.exchange.add_number("+15875550101", voice_url="https://desk.example/other")
    stage.plays('<Say>Hold.</Say><Dial action="/after">+15875550101</Dial>')
    stage.page("/other", "<Say>The other line.</Say>")
    stage.caller.dials(stage.line).has_ended()
    assert stage.told("/other")["From"] == CALLER
    assert stage.told("/after")["DialCallStatus"] == "completed"


# 1.2: "Dial legs keep the text" of a withheld number.
def test_a_withheld_number_is_passed_on(stage: Stage) -> None:
    stage.plays('<Say>Hold.</Say><Dial action="/after">+14035550111</Dial>')
    stage.story.phone(None, "withheld").dials(stage.line)
    stage.first.rings(from_="anonymous")
