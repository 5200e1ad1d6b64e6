"""Lookup v2 (twilio.md 7.3), on the same application as the rest of the API."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any, Literal

import httpx
import pytest

from simulator.people.scripted import FIRST, LINE, Stage
from tests.simulator.asking import Rest


def ask(rest: Rest, number: str, **given: str) -> httpx.Response:
    token = base64.b64encode(":".join(rest.auth).encode()).decode()

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=rest.api)) as client:
            url = f"https://lookups.twilio.com/v2/PhoneNumbers/{number}"
            return await client.get(url, params=given, headers={"Authorization": f"Basic {token}"})

    answer: httpx.Response = rest.stage.run(asked())
    return answer


def found(rest: Rest, number: str = FIRST, **given: str) -> dict[str, Any]:
    answer = ask(rest, number, **given)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


# 7.3: "Lookup answer: valid, validation_errors, calling_country_code, country_code, national_format, phone_number, and
# objects ..."; what is not asked for is null.
def test_the_shape_of_an_answer(rest: Rest) -> None:
    body = found(rest)
    assert body == dict.fromkeys(
        (
            "caller_name", "sim_swap", "call_forwarding", "line_type_intelligence", "line_status", "identity_match",
            "reassigned_number", "sms_pumping_risk", "phone_number_quality_score", "pre_fill",
        )
    ) | {
        "valid": True,
        "validation_errors": [],
        "calling_country_code": "1",
        "country_code": "CA",
        "national_format": "(403) 555-0111",
        "phone_number": FIRST,
        "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{FIRST}",
    }  # fmt: skip


# 7.3: "CountryCode for national input".
@pytest.mark.parametrize(
    ("number", "country", "e164"),
    [
        ("4035550111", "CA", FIRST),
        ("(403) 555-0111", "ca", FIRST),
        ("4035550111", "", FIRST),  # without one it is +1
        ("0123456789", "FR", "+33123456789"),
        ("+33123456789", "CA", "+33123456789"),
    ],
)
def test_national_numbers(rest: Rest, number: str, country: str, e164: str) -> None:
    body = found(rest, number, **({"CountryCode": country} if country else {}))
    assert (body["valid"], body["phone_number"]) == (True, e164)


# 7.3: "validation_errors (TOO_SHORT TOO_LONG INVALID_BUT_POSSIBLE INVALID_COUNTRY_CODE INVALID_LENGTH NOT_A_NUMBER)";
# "An invalid number is 200 with valid=false."
@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("+140355501", "TOO_SHORT"),
        ("+1", "NOT_A_NUMBER"),
        ("+14035550111222", "TOO_LONG"),
        ("+14031550111", "INVALID_BUT_POSSIBLE"),
        ("+9994035550", "INVALID_COUNTRY_CODE"),
        ("+3761234567", "INVALID_LENGTH"),
        ("anonymous", "NOT_A_NUMBER"),
    ],
)
def test_invalid_numbers(rest: Rest, number: str, error: str) -> None:
    body = found(rest, number, Fields="line_type_intelligence,caller_name")
    assert (body["valid"], body["validation_errors"]) == (False, [error])
    assert (body["line_type_intelligence"], body["caller_name"]) == (None, None)


# 7.3: "line_type_intelligence {type, carrier_name, mobile_country_code, mobile_network_code, error_code} (type
# landline, mobile, fixedVoip, nonFixedVoip, ..., tollFree, premium, ...)".
def test_line_types(stage: Stage, rest: Rest) -> None:
    def kind(number: str) -> str:
        told = found(rest, number, Fields="line_type_intelligence")["line_type_intelligence"]
        assert set(told) == {
            "type", "carrier_name", "mobile_country_code", "mobile_network_code", "error_code",
        }  # fmt: skip
        return str(told["type"])

    assert kind(FIRST) == "mobile"
    stage.first.is_a_landline()
    assert kind(FIRST) == "landline"
    assert kind(LINE) == "nonFixedVoip"
    assert kind("+18885550123") == "tollFree"
    assert kind("+33612345678") == "mobile"
    assert kind("+33123456789") == "landline"


# 7.3: "caller_name {caller_name, caller_type CONSUMER/BUSINESS, error_code}".
def test_caller_names(stage: Stage, rest: Rest) -> None:
    asked = {"Fields": "caller_name, validation"}
    assert found(rest, **asked)["caller_name"] == {"caller_name": None, "caller_type": None, "error_code": None}
    stage.first.is_listed_as("FERREIRA ANA")
    assert found(rest, **asked)["caller_name"]["caller_name"] == "FERREIRA ANA"
    assert found(rest, **asked)["caller_name"]["caller_type"] == "CONSUMER"
    stage.first.is_listed_as("TOWN OF TABER", business=True)
    assert found(rest, **asked)["caller_name"]["caller_type"] == "BUSINESS"


# 7.3: "Fields = comma list: validation, line_type_intelligence, caller_name, call_forwarding, ...".
def test_fields(stage: Stage, rest: Rest) -> None:
    answer = ask(rest, FIRST, Fields="carrier")
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert found(rest, Fields="sim_swap")["sim_swap"] is None
    with pytest.raises(AssertionError, match="the field sim_swap of Lookup is not played yet"):
        stage.settles()


# 7: "HTTP Basic (AC:AuthToken or API key SK:secret)"; "401 -> 20003".
def test_who_may_ask(stage: Stage, rest: Rest) -> None:
    rest.auth = (rest.auth[0], "wrong")
    answer = ask(rest, FIRST)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    stage.exchange.api_keys["SK1"] = "secret"
    rest.auth = ("SK1", "secret")
    assert ask(rest, FIRST).status_code == 200


# 7: "429 → 20429"; 9: "rest_error: none | 429, 500".
@pytest.mark.parametrize(("error", "code"), [("429", 20429), ("500", 20500)])
def test_lookup_is_refused_as_all_else_is(stage: Stage, rest: Rest, error: Literal["429", "500"], code: int) -> None:
    stage.exchange.switches = replace(stage.exchange.switches, rest_error=error)
    answer = ask(rest, FIRST)
    assert (answer.status_code, answer.json()["code"]) == (int(error), code)
    assert ask(rest, FIRST).status_code == 200
