"""The signature (twilio.md 3.1), against its vectors and against Twilio's own validator."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from simulator.people.scripted import Stage
from simulator.webhooks.signing import signature

TOKEN = "12345678901234567890123456789012"
FORM = [
    ("CallSid", "CA00000000000000000000000000000001"),
    ("From", "+14165550100"),
    ("To", "+16475550199"),
    ("CallStatus", "ringing"),
    ("Digits", ""),
]


# 3.1: "Test vectors: form BG1Ld5nQErszb2xCAvoayIEcJyU=".
def test_the_form_vector() -> None:
    url = "https://hooks.example.org/voice/in?line=7"
    assert signature(TOKEN, url, FORM) == "BG1Ld5nQErszb2xCAvoayIEcJyU="


# 3.1: "GET, or empty body: S is the URL alone": m/cK4kSDC2k1UtIPP+AwljyuXrk=.
def test_the_get_vector() -> None:
    url = "https://hooks.example.org/voice/in?line=7&CallSid=CA00000000000000000000000000000001"
    assert signature(TOKEN, url) == "m/cK4kSDC2k1UtIPP+AwljyuXrk="


# 3.1: "JSON body: S is the URL with [bodySHA256]": 2uf/zhSzEe9ea3szZ6B4Tb91rX8=.
def test_the_json_vector() -> None:
    body = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    assert signature(TOKEN, f"https://hooks.example.org/ev?bodySHA256={body}") == "2uf/zhSzEe9ea3szZ6B4Tb91rX8="


# 3.1: "for each distinct parameter name in ascending code-point order ... append name + value, decoded, no
# separators, no trimming".
@given(st.dictionaries(st.text(string.ascii_letters + "_é0", min_size=1), st.text(max_size=20), max_size=8))
def test_twilios_own_validator_agrees(form: dict[str, str]) -> None:
    url = "https://desk.example/voice?x=%C3%A9&y=a%20b"
    validator = RequestValidator(TOKEN)
    assert validator.validate(url, form, signature(TOKEN, url, form.items()))
    assert not validator.validate(url, form, signature(TOKEN + "0", url, form.items()))


# 3.1: "for each distinct value of it in ascending order"; "a repeated equal value counts once".
def test_repeated_names() -> None:
    url = "https://desk.example/voice"
    form = [("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b"), ("A", "1")]
    assert signature(TOKEN, url, form) == signature(TOKEN, url, [("A", "1"), ("MediaUrl", "a"), ("MediaUrl", "b")])
    assert signature(TOKEN, url, form) == signature(TOKEN, url + "A1MediaUrlaMediaUrlb")


# 3.1: S is the URL "exactly as configured", credentials too. 3.3: "extra unknown parameter (must pass)"; "altered body,
# altered query, http/https mix-up" must not.
def test_what_the_signature_covers(stage: Stage) -> None:
    stage.line.voice_url = "https://desk:door@desk.example/voice?line=7"
    stage.plays("<Hangup/>")
    stage.caller.dials(stage.line)
    (request,) = stage.exchange.requests
    validator = RequestValidator(stage.exchange.auth_token)
    signed = request.headers["x-twilio-signature"]
    assert validator.validate(stage.line.voice_url, request.params, signed)
    assert not validator.validate(stage.line.voice_url, request.params | {"From": "+14035550100"}, signed)
    assert not validator.validate(stage.line.voice_url + "1", request.params, signed)
    assert not validator.validate("http://desk:door@desk.example/voice?line=7", request.params, signed)
    assert not validator.validate("https://desk.example/voice?line=7", request.params, signed)


# 3.1: "full URL that Twilio requested ... exactly as configured; without the #... fragment". 3.3: "raw_path
# and query_string keep the original bytes".
def test_every_request_passes_the_validator_and_arrives_as_written(stage: Stage) -> None:
    stage.line.voice_url = "https://desk.example/voice/caf%C3%A9?step=a%20b%2Fc#rc=2&rp=5xx"
    stage.page("/voice/café", '<Gather action="/key?x=%C3%A9" method="GET" numDigits="1"/>')
    stage.page("/key", "<Hangup/>")
    stage.caller.dials(stage.line).presses("1").has_ended()
    validator = RequestValidator(stage.exchange.auth_token)
    posted, got = stage.exchange.requests
    assert posted.url == "https://desk.example/voice/caf%C3%A9?step=a%20b%2Fc"
    assert validator.validate(posted.url, posted.params, posted.headers["x-twilio-signature"])
    assert got.method == "GET"
    assert validator.validate(got.url, {}, got.headers["x-twilio-signature"])
    assert stage.script.scopes[0]["raw_path"] == b"/voice/caf%C3%A9"
    assert stage.script.scopes[0]["query_string"] == b"step=a%20b%2Fc"
    assert stage.script.scopes[1]["query_string"].startswith(b"x=%C3%A9&AccountSid=")
