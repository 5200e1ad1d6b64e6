"""The URL of a document, and URLs that nobody can ask for (twilio.md 2.1, 2.6, 3.1, 4)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from simulator.people.scripted import BASE, LINE, Reply, Stage, twiml
from simulator.webhooks.urls import InvalidUrlError, written
from tests.simulator.asking import Rest

Staged = Callable[..., Stage]
BAD = [
    "http://desk.example:PORT/x",
    "http://[::1/x",
    "http:///x",
    "http://desk..example/x",
    "ftp://x/y",
]


def names(query: str) -> list[str]:
    return [name for name, _ in parse_qsl(query, keep_blank_values=True)]


def validates(stage: Stage) -> bool:
    """What came over the line last, as the service's own validator sees it."""
    scope = stage.script.scopes[-1]
    query = scope["query_string"].decode()
    url = BASE + scope["raw_path"].decode() + (f"?{query}" if query else "")
    form = dict(parse_qsl(stage.script.bodies[-1].decode(), keep_blank_values=True))
    signed = dict(scope["headers"])[b"x-twilio-signature"].decode()
    return bool(RequestValidator(stage.exchange.auth_token).validate(url, form, signed))


# 4.1: Redirect "blank = same document"; 1.1: "query string when the method is GET".
def test_a_blank_redirect_of_a_get_asks_for_the_same_document(stage: Stage) -> None:
    stage.line.voice_url, stage.line.voice_method = f"{BASE}/voice?step=1", "GET"
    pages = ['<Say>One.</Say><Redirect method="GET"/>', '<Say>Two.</Say><Redirect method="GET"/>', "<Say>Three.</Say>"]
    stage.page("/voice", lambda _: pages.pop(0))
    stage.caller.dials(stage.line).hears("Three.").has_ended()
    asked = stage.asked("/voice")
    assert {request.address for request in asked} == {f"{BASE}/voice?step=1"}
    for request in asked:
        found = names(urlsplit(request.url).query)
        assert found[0] == "step"
        assert len(found) == len(set(found))
    assert [dict(parse_qsl(urlsplit(request.url).query))["CallStatus"] for request in asked] == [
        "ringing",
        "in-progress",
        "in-progress",
    ]


# 4.2: Gather action's default is the "current document URL", its method's POST.
# 4.6: Record action the same.
@pytest.mark.parametrize("verb", ['<Gather numDigits="1"/>', '<Record finishOnKey="1" playBeep="false"/>'])
def test_the_default_action_of_a_document_that_was_got(stage: Stage, verb: str) -> None:
    stage.line.voice_method = "GET"
    pages = [verb, "<Say>Thanks.</Say>"]
    stage.page("/voice", lambda _: pages.pop(0))
    stage.caller.dials(stage.line).presses("1").hears("Thanks.").has_ended()
    got, posted = stage.asked("/voice")
    assert (got.method, posted.method, posted.url) == ("GET", "POST", f"{BASE}/voice")


# 4.5: "end it with an empty <Redirect/>", waitMethod "GET for static audio"; 2.1: "caches GET responses by ETag".
def test_music_by_get_stays_the_same_url_and_is_cached(stage: Stage) -> None:
    stage.plays('<Dial><Conference waitUrl="/wait" waitMethod="GET">room</Conference></Dial>')
    stage.page("/wait", Reply(twiml('<Play>/a.mp3</Play><Redirect method="GET"/>'), headers=(("etag", '"v1"'),)))
    stage.caller.dials(stage.line)
    stage.passes(1300)
    rounds = stage.asked("/wait")
    assert len(rounds) > 121
    assert len({request.url for request in rounds}) == 1
    conditions = [
        dict(scope["headers"]).get(b"if-none-match") for scope in stage.script.scopes if scope["path"] == "/wait"
    ]
    assert conditions == [None, *[b'"v1"'] * (len(rounds) - 1)]


# 2.4: the fallback is asked with "ErrorCode and ErrorUrl".
@pytest.mark.parametrize("reply", [Reply("no XML"), Reply(status=500), Reply("{}", content_type="application/json")])
def test_the_error_url_of_a_get_is_the_documents(stage: Stage, reply: Reply) -> None:
    stage.line.voice_method, stage.line.voice_fallback_url = "GET", f"{BASE}/fallback"
    stage.page("/voice", reply)
    stage.page("/fallback", "<Say>Saved.</Say>")
    stage.caller.dials(stage.line).hears("Saved.")
    assert stage.told("/fallback")["ErrorUrl"] == f"{BASE}/voice"


# 4.7 Redirect of a text, and 1.1: "query string when the method is GET".
def test_a_blank_redirect_of_a_text_by_get(stage: Stage) -> None:
    stage.line.sms_url, stage.line.sms_method = f"{BASE}/sms", "GET"
    pages = ['<Redirect method="GET"/>', "<Message>Hello.</Message>"]
    stage.page("/sms", lambda _: pages.pop(0))
    stage.caller.sends_text(stage.line, "Hi").got_text("Hello.")
    first, second = stage.asked("/sms")
    assert first.url == second.url


# 2.6: "11100 invalid URL"; 2.4: "Error -> Debugger entry", then the fallback.
@pytest.mark.parametrize("url", BAD)
@pytest.mark.parametrize("verb", ["<Redirect>{}</Redirect>", '<Gather action="{}" actionOnEmptyResult="true"/>'])
def test_a_document_nobody_can_ask_for_goes_to_the_fallback(stage: Stage, verb: str, url: str) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.plays(verb.format(url))
    stage.page("/fallback", "<Say>Saved.</Say>")
    stage.caller.dials(stage.line).hears("Saved.", within=10).has_ended()
    assert [alert.code for alert in stage.exchange.alerts] == [11100]
    assert (stage.told("/fallback")["ErrorCode"], stage.told("/fallback")["ErrorUrl"]) == ("11100", url)


# 2.1: "follows up to 10 redirects". 2.6: 11100.
@pytest.mark.parametrize("location", ["http://desk.example:PORT/", "http://[::1/", "mailto:x@y"])
def test_a_location_nobody_can_ask_for(stage: Stage, location: str) -> None:
    stage.page("/voice", Reply(status=302, headers=(("location", location),)))
    stage.caller.dials(stage.line).hears("application error").has_ended()
    assert [alert.code for alert in stage.exchange.alerts] == [11100]


# 2.3: status callbacks are "best effort". 2.6: 11100.
@pytest.mark.parametrize("url", BAD)
def test_a_callback_nobody_can_ask_for_is_noted(stage: Stage, url: str) -> None:
    stage.line.status_callback = url
    stage.plays("<Hangup/>")
    stage.caller.dials(stage.line).has_ended()
    stage.settles()
    assert [alert.code for alert in stage.exchange.alerts] == [11100]


# 2.4: SMS: the fallback, then "logged, nothing is sent". 2.6: 11100.
def test_a_text_is_led_to_a_url_nobody_can_ask_for(stage: Stage) -> None:
    stage.line.sms_url, stage.line.sms_fallback_url = f"{BASE}/sms", f"{BASE}/fallback"
    stage.page("/sms", "<Redirect>http://desk.example:PORT/x</Redirect>")
    stage.page("/fallback", "<Message>Saved.</Message>")
    stage.caller.sends_text(stage.line, "Hi").got_text("Saved.")
    assert [alert.code for alert in stage.exchange.alerts] == [11100]


# 7.3: the media of a message are URLs.
def test_a_file_nobody_can_ask_for_is_left_out(staged: Staged) -> None:
    stage = staged(strict=False)
    stage.line.sms_url = f"{BASE}/sms"
    stage.page("/sms", "<Message><Body>Look</Body><Media>http://[::1/x</Media></Message>")
    stage.caller.sends_text(stage.line, "Hi")
    stage.settles()
    assert stage.exchange.alerts
    assert "http://[::1/x" in stage.exchange.alerts[-1].message


# 7: "error bodies": 400 with a code; from memory (2.6) "21205 invalid URL".
@pytest.mark.parametrize("url", [*BAD, "http://x y/z"])
def test_a_call_by_rest_with_such_a_url_is_refused(stage: Stage, rest: Rest, url: str) -> None:
    new = rest("POST", "/Calls.json", To="+14035550111", From=LINE, Url=url)
    assert (new.status_code, new.json()["code"]) == (400, 21205)
    stage.plays('<Pause length="20"/>')
    stage.caller.dials(stage.line)
    moved = rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Url=url)
    assert (moved.status_code, moved.json()["code"]) == (400, 21205)


# 7.2: AnnounceUrl. 7.3: the URLs of a number.
@pytest.mark.parametrize("url", BAD)
def test_other_urls_by_rest_are_refused(stage: Stage, rest: Rest, url: str) -> None:
    stage.plays("<Dial><Conference>room</Conference></Dial>")
    stage.caller.dials(stage.line)
    (room,) = stage.exchange.rooms.all.values()
    told = rest("POST", f"/Conferences/{room.sid}.json", AnnounceUrl=url)
    assert (told.status_code, told.json()["code"]) == (400, 21205)
    changed = rest("POST", f"/IncomingPhoneNumbers/{stage.line.sid}.json", SmsUrl=url)
    assert (changed.status_code, changed.json()["code"]) == (400, 21402)
    assert stage.line.sms_url == ""


# 3.1: S is the "full URL that Twilio requested"; 3.3: "TwiML attribute URLs are signed as Twilio requests them."
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_url_beyond_ascii_is_percent_encoded_and_signed_so(stage: Stage, method: str) -> None:
    stage.plays(f'<Redirect method="{method}">/next/Ève?name=Ève</Redirect>')
    stage.page("/next/Ève", "<Say>Welcome.</Say>")
    stage.caller.dials(stage.line).hears("Welcome.")
    scope = stage.script.scopes[1]
    assert scope["raw_path"] == b"/next/%C3%88ve"
    assert scope["query_string"].startswith(b"name=%C3%88ve")
    assert stage.exchange.requests[1].address == f"{BASE}/next/%C3%88ve?name=%C3%88ve"
    assert validates(stage)


# 3.1: the URL "exactly as configured; without the #... fragment".
@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("HTTPS://Desk.Example/A?b=%zz&c=+|#rc=2", "HTTPS://Desk.Example/A?b=%zz&c=+|"),
        ("https://desk.example/a b?c=d e", "https://desk.example/a%20b?c=d%20e"),
        ("https://u:pä@exämple.com:8443/x", "https://u:p%C3%A4@xn--exmple-cua.com:8443/x"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("http://my_desk.example./x", "http://my_desk.example./x"),
    ],
)
def test_all_else_of_a_url_is_left_as_it_is(url: str, asked: str) -> None:
    assert written(url) == asked


def test_an_endless_url_is_none() -> None:
    with pytest.raises(InvalidUrlError, match="too long"):
        written(f"{BASE}/{'a' * 70_000}")
