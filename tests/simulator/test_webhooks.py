"""HTTP behaviour towards the service (twilio.md 2)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pytest

from simulator.calls.documents import APOLOGY
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.people.scripted import BASE, CALLER, FIRST, LINE, Reply, Stage
from simulator.webhooks.overrides import Overrides, split
from simulator.webhooks.webhooks import Trouble

Staged = Callable[..., Stage]


# 2.1: "POST body application/x-www-form-urlencoded; charset=UTF-8. User-Agent TwilioProxy/1.1. Header
# X-Twilio-Signature always".
def test_the_request_itself(stage: Stage) -> None:
    stage.plays("<Hangup/>")
    stage.caller.dials(stage.line)
    headers = dict(stage.script.scopes[0]["headers"])
    assert headers[b"content-type"] == b"application/x-www-form-urlencoded; charset=UTF-8"
    assert headers[b"user-agent"] == b"TwilioProxy/1.1"
    assert headers[b"x-twilio-signature"]
    assert headers[b"i-twilio-idempotency-token"]
    assert parse_qs(stage.script.bodies[0].decode())["From"] == [CALLER]


# 1.1: "POST body form-urlencoded, or query string when the method is GET".
def test_a_get_carries_its_parameters_in_the_query(stage: Stage) -> None:
    stage.line.voice_method = "GET"
    stage.line.voice_url = f"{BASE}/voice?line=7"
    stage.plays("<Hangup/>")
    stage.caller.dials(stage.line)
    assert stage.script.bodies == [b""]
    assert stage.script.scopes[0]["query_string"].startswith(b"line=7&")
    assert b"CallStatus=ringing" in stage.script.scopes[0]["query_string"]


# 2.1: "keeps cookies (per call ...)".
def test_cookies_are_kept_per_call(stage: Stage) -> None:
    stage.page("/voice", Reply(_gather(), headers=(("set-cookie", "seen=yes; Path=/"),)))
    stage.page("/after", "<Hangup/>")
    stage.caller.dials(stage.line).presses("1").has_ended()
    cookies = [dict(scope["headers"]).get(b"cookie") for scope in stage.script.scopes]
    assert cookies == [None, b"seen=yes"]
    stage.caller.dials(stage.line)
    assert dict(stage.script.scopes[-1]["headers"]).get(b"cookie") is None


def _gather() -> str:
    return '<Response><Gather numDigits="1" action="/after"/></Response>'


# 2.1: "A 301/302 turns the POST into a GET or drops the body: Digits are NOT resent after a redirect."
def test_a_redirect_loses_the_parameters(stage: Stage) -> None:
    stage.page("/voice", Reply("", 302, headers=(("location", "/elsewhere?x=1"),)))
    stage.page("/elsewhere", "<Say>Here.</Say>")
    stage.caller.dials(stage.line).hears("Here.")
    assert stage.asked("/elsewhere")[0].method == "GET"
    assert stage.asked("/elsewhere")[0].params == {}


# 2.1: "follows up to 10 redirects (then 11215)".
def test_too_many_redirects(stage: Stage) -> None:
    stage.page("/voice", Reply("", 302, headers=(("location", "/voice"),)))
    stage.caller.dials(stage.line).hears("application error").has_ended()
    assert stage.exchange.alerts[0].code == 11215
    assert len(stage.asked("/voice")) == 11


# 2.3: "Default for every webhook: retry count 1, policy ct: one more attempt only when TCP connect or TLS
# handshake failed." "I-Twilio-Idempotency-Token: equal on all attempts of one delivery".
def test_one_retry_after_a_failed_connect(stage: Stage) -> None:
    stage.plays("<Say>Hello.</Say>")
    stage.exchange.disturb(Trouble("/voice", "refused"))
    stage.caller.dials(stage.line).hears("Hello.")
    first, second = stage.asked("/voice")
    assert first.status is None
    assert second.status == 200
    assert first.headers["i-twilio-idempotency-token"] == second.headers["i-twilio-idempotency-token"]


# 2.3: "Answer a duplicate with the SAME TwiML as the first time"; the token "is equal on all attempts of one delivery".
def test_a_delivery_can_be_repeated(stage: Stage) -> None:
    stage.line.voice_method = "GET"
    stage.plays('<Gather numDigits="1" action="/after"/>')
    stage.caller.dials(stage.line).presses("1").has_ended()
    for first in list(stage.exchange.requests):
        again = stage.run(stage.exchange.webhooks.redelivers(first))
        assert (again.url, again.status, again.body) == (first.url, first.status, first.body)
        for name in ("x-twilio-signature", "i-twilio-idempotency-token"):
            assert again.headers[name] == first.headers[name]
        assert again.is_duplicate


# 2.3: "A 4xx/5xx or a slow answer is not retried by default".
def test_a_server_error_is_not_retried(stage: Stage) -> None:
    stage.page("/voice", Reply("", 500))
    stage.caller.dials(stage.line).hears(APOLOGY).has_ended()
    assert len(stage.asked("/voice")) == 1
    assert stage.exchange.alerts[0].code == 11200


# 2.3: "rc retries 0-5", "rp what to retry: list of 4xx, 5xx, ct, rt, all"; "not sent to the server; NOT part
# of the signature".
def test_overrides_in_the_fragment(stage: Stage) -> None:
    stage.line.voice_url = f"{BASE}/voice#rc=2&rp=5xx,ct,rt&rt=4000&ct=2000"
    stage.plays("<Say>Third time.</Say>")
    stage.exchange.disturb(Trouble("/voice", "status", status=503, times=2))
    stage.caller.dials(stage.line).hears("Third time.")
    assert [request.status for request in stage.asked("/voice")] == [503, 503, 200]
    assert {request.url for request in stage.asked("/voice")} == {f"{BASE}/voice"}


# 2.3: the table of keys, ranges and defaults; "Invalid rp: error 11243".
def test_the_fragment_is_read_by_its_ranges() -> None:
    assert split("https://h/x") == ("https://h/x", Overrides())
    assert split("https://h/x#ct=2000&rt=4000&tt=9000&rc=3&rp=all")[1] == Overrides(
        2.0, 4.0, 9.0, 3, frozenset({"all"}), asks_retries=True
    )
    assert split("https://h/x#sni=n&e=dublin,tokyo-ix")[1] == Overrides(edges=("dublin", "tokyo-ix"), sni=False)
    assert split("https://h/x#e=atlantis")[1] == Overrides()
    assert split("https://h/x#ct=1&rt=99999&rc=9")[1] == Overrides()
    assert split("https://h/x#rc=0")[1].retries == 0
    assert split("https://h/x#rp=5xx%2Crt")[1].retry_on == {"5xx", "rt"}
    assert split("https://h/x#rp=sometimes")[1].complaint


# 2.6: "11243: bad rp in overrides".
def test_a_bad_retry_policy_is_an_error(stage: Stage) -> None:
    stage.line.voice_url = f"{BASE}/voice#rp=never"
    stage.caller.dials(stage.line).hears(APOLOGY)
    assert stage.exchange.alerts[0].code == 11243
    assert stage.asked("/voice") == []


# 2.2: "Response: 15 s in total, including connect; hard ceiling".
@pytest.mark.parametrize(("seconds", "is_too_slow"), [(14, False), (15, True)])
def test_fifteen_seconds_are_the_limit(stage: Stage, seconds: float, is_too_slow: bool) -> None:
    stage.plays("<Say>Hello.</Say>")
    stage.exchange.disturb(Trouble("/voice", "slow", seconds=seconds))
    stage.caller.dials(stage.line)
    stage.caller.hears("application error" if is_too_slow else "Hello.", within=60)
    assert [alert.code for alert in stage.exchange.alerts] == ([11205] if is_too_slow else [])


# 2.4 (2): "If there is a fallback URL: immediate request to it with the standard set plus ErrorCode and
# ErrorUrl. Its TwiML continues the call."
def test_the_fallback_url(stage: Stage) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.page("/voice", Reply("", 500))
    stage.page("/fallback", "<Say>Please hold.</Say>")
    stage.caller.dials(stage.line).hears("Please hold.")
    told = stage.told("/fallback")
    assert (told["ErrorCode"], told["ErrorUrl"]) == ("11200", f"{BASE}/voice")
    assert set(told) - set(stage.told("/voice")) == {"ErrorCode", "ErrorUrl"}


# 2.4: "Twilio says it serves any failure to retrieve or execute TwiML on the call".
def test_the_fallback_serves_a_later_document_too(stage: Stage) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.plays('<Gather numDigits="1" action="/broken"/>')
    stage.page("/broken", Reply("<Response><Say>", 200))
    stage.page("/fallback", "<Say>Please hold.</Say>")
    stage.caller.dials(stage.line).presses("1").hears("Please hold.")
    assert stage.told("/fallback")["ErrorCode"] == "12100"
    assert stage.told("/fallback")["CallStatus"] == "in-progress"


# 2.4 (3): "No fallback, or fallback fails: voice caller hears a recorded application-error message in English
# and the call ends."
def test_a_fallback_that_fails_too(stage: Stage) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.page("/voice", Reply("", 500))
    stage.page("/fallback", Reply("", 500))
    stage.caller.dials(stage.line).hears("We're sorry, an application error has occurred. Goodbye.").has_ended()


# 2.4: "for a screening url failing on the child leg: assume child hangs up, DialBridged=false".
def test_a_failing_screening_hangs_up_the_child(stage: Stage) -> None:
    stage.plays(f'<Dial action="/after"><Number url="/screen">{FIRST}</Number></Dial>', "<Say>After.</Say>")
    stage.page("/screen", Reply("", 500))
    stage.caller.dials(stage.line)
    stage.first.rings().answers().hears("application error").has_ended()
    stage.caller.hears("After.")
    assert stage.told("/after")["DialBridged"] == "false"


# 2.2: "TwiML body 64 kB (11750)".
def test_a_document_over_64_kilobytes(stage: Stage) -> None:
    stage.plays(f"<Say>{'a' * 4000}</Say>" * 17)
    stage.caller.dials(stage.line).hears(APOLOGY)
    assert stage.exchange.alerts[0].code == 11750


# 2.5: "text/xml, application/xml, text/html: parsed as TwiML"; "audio/*: played, then hang up"; "text/plain:
# TwiML if it parses, else read aloud then hang up"; "Empty 200 body on a TwiML request: treat as error".
@pytest.mark.parametrize(
    ("reply", "heard"),
    [
        (Reply("<Response><Say>Parsed.</Say></Response>", content_type="application/xml"), "Parsed."),
        (Reply("<Response><Say>Parsed.</Say></Response>", content_type="text/html"), "Parsed."),
        (Reply("<Response><Say>Parsed.</Say></Response>", content_type="text/plain"), "Parsed."),
        (Reply("Read me aloud.", content_type="text/plain"), "Read me aloud."),
        (Reply("RIFF", content_type="audio/wav"), f"{BASE}/voice"),
        (Reply("", content_type="text/xml"), APOLOGY),
        (Reply("{}", content_type="application/json"), APOLOGY),
        (Reply(" <?xml version='1.0'?><Response/>"), APOLOGY),
        (Reply("<Say>No root.</Say>"), APOLOGY),
    ],
)
def test_content_types(stage: Stage, reply: Reply, heard: str) -> None:
    stage.page("/voice", reply)
    stage.caller.dials(stage.line).hears(heard).has_ended()


# 2.5: "<Response/>: nothing to do. Voice: call ends."
def test_an_empty_response_ends_the_call(stage: Stage) -> None:
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays("")
    stage.caller.dials(stage.line).has_ended()
    assert stage.told("/ended")["CallStatus"] == "completed"


# 2.3: "Status callbacks: a 4xx/5xx gives warning 15003"; 2.5: "TwiML in them is ignored".
def test_a_refused_status_callback_is_only_noted(stage: Stage) -> None:
    stage.line.status_callback = f"{BASE}/ended"
    stage.page("/ended", Reply("", 500))
    stage.plays("<Hangup/>")
    stage.caller.dials(stage.line).has_ended()
    assert [alert.code for alert in stage.exchange.alerts] == [15003]


# 2.3: "Default for every webhook: ... one more attempt only when TCP connect ... failed", over a real socket.
async def test_a_real_connection_that_is_refused() -> None:
    exchange = Exchange(RealClock(), send=httpx.AsyncHTTPTransport())
    exchange.add_number(LINE, voice_url="http://127.0.0.1:9/voice")
    leg = exchange.calls.comes_in(exchange.phone(CALLER, "Cora"), LINE)
    assert await exchange.clock.until(lambda: APOLOGY[:5] in leg.heard(), 10)
    assert [request.error for request in exchange.requests] == [11205, 11205]
    leg.ends("completed")
    await exchange.clock.settle()
