"""HTTP behaviour towards the service (twilio.md 2): time, caches, credentials, fallbacks of every leg."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import Callable

import httpx
import pytest

from simulator.calls.documents import APOLOGY
from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.people.scripted import BASE, CALLER, FIRST, LINE, Reply, Stage
from simulator.rest.app import RestApi
from simulator.server import serve
from simulator.switches import Switches
from simulator.webhooks.webhooks import Trouble
from tests.simulator.asking import Rest

Staged = Callable[..., Stage]
DOCUMENT = "<Response><Say>Kept.</Say></Response>"


# 2.1: "caches GET responses by ETag/Last-Modified".
@pytest.mark.parametrize(
    ("header", "condition"),
    [(("etag", '"v1"'), b"if-none-match"), (("last-modified", "Mon, 02 Nov 2026 00:00:00 GMT"), b"if-modified-since")],
)
def test_a_get_is_cached(stage: Stage, header: tuple[str, str], condition: bytes) -> None:
    stage.plays('<Redirect method="GET">/kept?CallSid=one</Redirect>')
    replies = [Reply(DOCUMENT, headers=(header,)), Reply(status=304)]
    # The parameters of a GET are part of its address: only the very same request is a hit.
    stage.page("/kept", lambda _: replies.pop(0))
    stage.caller.dials(stage.line).hears("Kept.").has_ended()
    (first,) = stage.asked("/kept")
    again = stage.run(stage.exchange.webhooks.redelivers(first))
    assert (again.status, again.body, again.is_kept) == (304, DOCUMENT, True)
    assert dict(stage.script.scopes[-1]["headers"])[condition] == header[1].encode()


# 2.1: "never caches POST".
def test_a_post_is_never_cached(stage: Stage) -> None:
    stage.page("/voice", Reply(DOCUMENT, headers=(("etag", '"v1"'),)))
    for _ in range(2):
        stage.caller.dials(stage.line).hears("Kept.").has_ended()
    assert b"if-none-match" not in dict(stage.script.scopes[-1]["headers"])


# 2.1: "Basic/Digest credentials in the URL (https://user:pass@host/...) are supported."
def test_basic_credentials_in_the_url(stage: Stage) -> None:
    stage.line.voice_url = "https://desk:open%20door@desk.example/voice"
    stage.plays("<Say>Let in.</Say>")
    stage.caller.dials(stage.line).hears("Let in.")
    sent = dict(stage.script.scopes[0]["headers"])[b"authorization"]
    assert base64.b64decode(sent.removeprefix(b"Basic ")) == b"desk:open door"
    assert dict(stage.script.scopes[0]["headers"])[b"host"] == b"desk.example"


# 2.1: "Basic/Digest credentials".
def test_digest_credentials_in_the_url(stage: Stage) -> None:
    stage.line.voice_url = "https://desk:door@desk.example/voice"
    challenge = 'Digest realm="desk", nonce="abc", qop="auth", algorithm=MD5'
    replies = [Reply(status=401, headers=(("www-authenticate", challenge),)), Reply(DOCUMENT)]
    stage.page("/voice", lambda _: replies.pop(0))
    stage.caller.dials(stage.line).hears("Kept.")
    sent = dict(stage.script.scopes[1]["headers"])[b"authorization"].decode()
    assert sent.startswith('Digest username="desk", realm="desk", nonce="abc"')
    assert stage.script.bodies[0] == stage.script.bodies[1]


# 2.1: "Host names with underscores are refused for status callbacks" and for nothing else. 2.6: 11100.
def test_a_host_with_an_underscore(stage: Stage) -> None:
    stage.line.voice_url = "https://my_desk.example/voice"
    stage.line.status_callback = "https://my_desk.example/ended"
    stage.plays("<Say>Hello.</Say>")
    stage.caller.dials(stage.line).hears("Hello.").has_ended()
    stage.settles()
    assert stage.asked("/ended") == []
    assert [alert.code for alert in stage.exchange.alerts] == [11100]


# 2.2: "TCP connect: 5 s per attempt; one retry, so about 10 s". 2.6: "11205: HTTP connection failure / timeout".
def test_a_service_that_cannot_be_reached(stage: Stage) -> None:
    stage.exchange.disturb(Trouble("/voice", "unreachable", times=0))
    stage.caller.dials(stage.line)
    stage.passes(9.9)
    stage.caller.hears_not("error")
    stage.passes(0.2)
    stage.caller.hears("We're")
    assert [request.error for request in stage.asked("/voice")] == [11205, 11205]


# 2.2: "Response: 15 s in total ...; hard ceiling for every call-related request, overrides cannot exceed it". 2.3:
# "tt: total time with retries".
def test_all_attempts_share_the_time(stage: Stage) -> None:
    stage.line.voice_url = f"{BASE}/voice#rc=5&rp=rt&rt=4000"
    stage.exchange.disturb(Trouble("/voice", "slow", seconds=20, times=0))
    stage.caller.dials(stage.line)
    stage.passes(15.5)
    stage.caller.hears("We're")
    began = stage.asked("/voice")[0].at
    assert [(request.at - began).total_seconds() for request in stage.asked("/voice")] == [0, 4, 8, 12]
    stage.line.voice_url = f"{BASE}/short#rc=5&rp=rt&tt=3000"
    stage.exchange.disturb(Trouble("/short", "slow", seconds=20, times=0))
    stage.caller.hangs_up().dials(stage.line)
    stage.passes(3.5)
    stage.caller.hears("We're")
    assert len(stage.asked("/short")) == 1


# 2.3: "rt: read timeout": the answer must come that soon.
@pytest.mark.parametrize(("seconds", "heard"), [(3.9, "Hello."), (4, APOLOGY)])
def test_the_read_timeout_of_the_overrides(stage: Stage, seconds: float, heard: str) -> None:
    stage.line.voice_url = f"{BASE}/voice#rt=4000"
    stage.plays("<Say>Hello.</Say>")
    stage.exchange.disturb(Trouble("/voice", "slow", seconds=seconds))
    stage.caller.dials(stage.line).hears(heard)


# 2.3: "rp: what to retry: list of 4xx, 5xx, ct, rt, all", "rc: retries 0-5".
@pytest.mark.parametrize(
    ("fragment", "trouble", "attempts"),
    [
        ("", Trouble("/voice", "status", status=404, times=0), 1),
        ("rc=2&rp=4xx", Trouble("/voice", "status", status=404, times=0), 3),
        ("rc=2&rp=4xx", Trouble("/voice", "status", status=503, times=0), 1),
        ("rc=5&rp=all", Trouble("/voice", "status", status=503, times=0), 6),
        ("rc=0", Trouble("/voice", "refused", times=0), 1),
        ("rp=5xx", Trouble("/voice", "refused", times=0), 1),
        ("rp=rt", Trouble("/voice", "slow", seconds=15, times=0), 1),
        ("rp=rt&rt=1000", Trouble("/voice", "slow", seconds=15, times=0), 2),
    ],
)
def test_what_is_tried_again(stage: Stage, fragment: str, trouble: Trouble, attempts: int) -> None:
    stage.line.voice_url = f"{BASE}/voice#{fragment}"
    stage.exchange.disturb(trouble)
    stage.caller.dials(stage.line).hears("We're")
    assert len(stage.asked("/voice")) == attempts


# 2.3: "e: egress edge, list rotated on retries".
def test_the_edges_take_turns(stage: Stage) -> None:
    stage.line.voice_url = f"{BASE}/voice#rc=2&rp=5xx&e=dublin,tokyo"
    stage.exchange.disturb(Trouble("/voice", "status", times=0))
    stage.caller.dials(stage.line).hears("We're")
    assert [request.edge for request in stage.asked("/voice")] == ["dublin", "tokyo", "dublin"]


# 2.3: overrides work "in API properties and TwiML attributes; not sent to the server; NOT part of the signature".
def test_overrides_in_an_attribute(stage: Stage) -> None:
    stage.plays("<Redirect>/next?x=1#rc=1&amp;rp=5xx</Redirect>")
    stage.page("/next", "<Say>Second try.</Say>")
    stage.exchange.disturb(Trouble("/next", "status"))
    stage.caller.dials(stage.line).hears("Second try.")
    assert {request.url for request in stage.asked("/next")} == {f"{BASE}/next?x=1"}


# 2.3: "Default for every webhook: ... one more attempt only when TCP connect ... failed": a status callback too.
def test_a_status_callback_is_tried_again(stage: Stage) -> None:
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays("<Hangup/>")
    stage.exchange.disturb(Trouble("/ended", "refused"))
    stage.caller.dials(stage.line).has_ended()
    stage.settles()
    assert [request.status for request in stage.asked("/ended")] == [None, 204]


# 2.3: "slow endpoints make queued callbacks expire (15002)".
def test_callbacks_expire_behind_a_slow_receiver(stage: Stage) -> None:
    stage.plays('<Dial><Conference statusCallback="/conf" statusCallbackEvent="mute">desk</Conference></Dial>')
    stage.exchange.disturb(Trouble("/conf", "slow", seconds=14, times=0))
    stage.caller.dials(stage.line)
    room = stage.caller.room
    assert room is not None
    (one,) = room.present

    async def mutes() -> None:
        for turn in range(6):
            room.mutes(one, turn % 2 == 0)

    stage.run(mutes())
    stage.passes(100)
    assert len(stage.asked("/conf")) == 5
    assert [alert.code for alert in stage.exchange.alerts] == [15002]


# 2.3: "Status callbacks: ... a 4xx/5xx gives warning 15003"; a timeout is the failure of the connection itself.
@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble("/ended", "status", status=404), 15003),
        (Trouble("/ended", "status", status=503), 15003),
        (Trouble("/ended", "slow", seconds=15), 11205),
    ],
)
def test_what_a_failed_status_callback_is_noted_as(stage: Stage, trouble: Trouble, code: int) -> None:
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays("<Hangup/>")
    stage.exchange.disturb(trouble)
    stage.caller.dials(stage.line).has_ended()
    stage.passes(20)
    assert [alert.code for alert in stage.exchange.alerts] == [code]
    assert len(stage.asked("/ended")) == 1


# 2.5: "Status callbacks: 204 with empty body, or 200 with <Response/>. TwiML in them is ignored."
def test_twiml_in_a_status_callback_is_ignored(stage: Stage) -> None:
    stage.page("/leg", "<Hangup/>")
    stage.plays(f'<Dial><Number statusCallback="/leg" statusCallbackEvent="answered">{FIRST}</Number></Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.settles()
    assert len(stage.asked("/leg")) == 1
    stage.caller.is_connected_to(stage.first).is_still_on()
    assert stage.exchange.alerts == []


# 2.4 (2): "FallbackUrl of POST Calls or of the last Calls update".
def test_the_fallback_of_a_call_by_rest(stage: Stage, rest: Rest) -> None:
    stage.page("/out", Reply(status=500))
    stage.page("/first", '<Gather numDigits="1" action="/broken" timeout="60"/>')
    stage.page("/second", "<Say>The other fallback.</Say>")
    sid = rest.calls(FallbackUrl=f"{BASE}/first", FallbackMethod="GET")["sid"]
    stage.first.rings().answers()
    assert stage.asked("/first")[0].method == "GET"
    assert stage.told("/first")["ErrorUrl"] == f"{BASE}/out"
    rest("POST", f"/Calls/{sid}.json", FallbackUrl=f"{BASE}/second")
    stage.page("/broken", Reply("<Response><Dial></Response>"))
    stage.first.presses("1").hears("The other fallback.")
    assert (stage.told("/second")["ErrorCode"], stage.told("/second")["ErrorUrl"]) == ("12100", f"{BASE}/broken")


# 2.4: "it serves any failure to retrieve or execute TwiML on the call": each kind of failure, with its code.
@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(status=404), "11200"),
        (Reply(status=503), "11200"),
        (Reply(status=302, headers=(("location", "/broken"),)), "11215"),
        (Reply(f"<Response>{'<Pause/>' * 9000}</Response>"), "11750"),
        (Reply("<Response>"), "12100"),
        (Reply("<Nothing/>"), "12100"),
        (Reply(""), "12100"),
        (Reply("{}", content_type="application/json"), "12300"),
    ],
)
@pytest.mark.parametrize("by", ["Gather", "Redirect", "Record", "Dial"])
def test_the_fallback_serves_every_failing_document(stage: Stage, by: str, reply: Reply, code: str) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.plays(
        {
            "Gather": '<Gather action="/broken" timeout="1" actionOnEmptyResult="true"/>',
            "Redirect": "<Redirect>/broken</Redirect>",
            "Record": '<Record action="/broken" timeout="1"/>',
            "Dial": f'<Dial action="/broken" timeout="5">{FIRST}</Dial>',
        }[by]
    )
    stage.page("/broken", reply)
    stage.page("/fallback", "<Say>Please hold.</Say>")
    stage.caller.dials(stage.line).hears("Please hold.", within=60)
    assert stage.told("/fallback")["ErrorCode"] == code
    # GET, as a redirect makes it, has the parameters in its address.
    assert stage.told("/fallback")["ErrorUrl"].startswith(f"{BASE}/broken")


# 2.5: "Always text/xml; no blank before <?xml (12100)"; 2.4: the timer of 15 s leads to the fallback too.
def test_a_slow_document_goes_to_the_fallback(stage: Stage) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.exchange.disturb(Trouble("/voice", "slow", seconds=16))
    stage.page("/fallback", "<Say>Please hold.</Say>")
    stage.caller.dials(stage.line).hears("Please hold.")
    assert stage.told("/fallback")["ErrorCode"] == "11205"


# 2.1: "A 301/302 turns the POST into a GET or drops the body: Digits are NOT resent after a redirect."
@pytest.mark.parametrize(("status", "method", "digits"), [(301, "GET", None), (302, "GET", None), (307, "POST", "1")])
def test_digits_after_a_redirect(stage: Stage, status: int, method: str, digits: str | None) -> None:
    stage.plays('<Gather numDigits="1" action="/key"/>')
    stage.page("/key", Reply("", status, headers=(("location", "/key/"),)))
    stage.page("/key/", "<Say>Slash.</Say>")
    stage.caller.dials(stage.line).presses("1").hears("Slash.")
    (request,) = stage.asked("/key/")
    assert (request.method, request.params.get("Digits")) == (method, digits)


# 2.1: "follows up to 10 redirects".
def test_ten_redirects_are_followed(stage: Stage) -> None:
    for step in range(10):
        stage.page(f"/{step}", Reply("", 302, headers=(("location", f"/{step + 1}"),)))
    stage.page("/10", "<Say>Arrived.</Say>")
    stage.line.voice_url = f"{BASE}/0"
    stage.caller.dials(stage.line).hears("Arrived.")


# 2.1: cookies "(per call ...)": those of a redirect too, and a child leg's are its own.
def test_cookies_of_a_redirect_and_of_a_child(stage: Stage) -> None:
    stage.page("/voice", Reply("", 302, headers=(("location", "/next"), ("set-cookie", "seen=yes; Path=/"))))
    stage.page("/next", f'<Dial><Number url="/screen">{FIRST}</Number></Dial>')
    stage.page("/screen", "<Hangup/>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers().has_ended()
    cookies = {scope["path"]: dict(scope["headers"]).get(b"cookie") for scope in stage.script.scopes}
    assert cookies == {"/voice": None, "/next": b"seen=yes", "/screen": None}


# 2.5: "audio/*: played, then hang up".
def test_an_audio_answer_is_played_once(stage: Stage) -> None:
    stage.page("/voice", Reply("RIFF", content_type="audio/mpeg"))
    stage.caller.dials(stage.line).hears(f"{BASE}/voice").has_ended()
    (sound,) = stage.caller.leg.sounds
    assert sound.seconds == stage.exchange.play_seconds


# 2.5: "an unknown verb is skipped or ends the document depending on place (unverified) ... lenient mode warns and
# skips". 2.4: a schema warning is "not an HTTP failure".
def test_a_schema_warning_is_no_failure(staged: Staged) -> None:
    stage = staged(strict=False)
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    stage.plays("<say>No.</say><Say>Yes.</Say>")
    stage.caller.dials(stage.line).hears("Yes.").has_ended().hears_not("No.")
    assert stage.asked("/fallback") == []


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


# 2.3: "TCP connect or TLS handshake failed"; 2.1: "Self-signed certificates are refused": a port that speaks no TLS
# fails the handshake in the same way.
async def test_a_failed_handshake_is_a_failed_connect() -> None:
    exchange = Exchange(RealClock(), send=httpx.AsyncHTTPTransport())
    port, ends = _free_port(), asyncio.Event()
    server = asyncio.create_task(serve(RestApi(exchange), port=port, until=ends))
    await asyncio.sleep(0.3)
    exchange.add_number(LINE, voice_url=f"https://127.0.0.1:{port}/voice")
    leg = exchange.calls.comes_in(exchange.phone(CALLER, "Cora"), LINE)
    try:
        assert await exchange.clock.until(lambda: APOLOGY[:5] in leg.heard(), 10)
        assert [(request.error, request.broke) for request in exchange.requests] == [(11205, "ct")] * 2
    finally:
        ends.set()
        await server
    leg.ends("completed")
    await exchange.clock.settle()


# 2.3: the token's header is sent or not when no retry is configured: see the switch idempotency_token.
def test_a_delivery_without_a_token_can_be_repeated(staged: Staged) -> None:
    stage = staged(Switches(idempotency_token="with retries"))
    stage.plays("<Hangup/>")
    stage.caller.dials(stage.line)
    again = stage.run(stage.exchange.webhooks.redelivers(stage.asked("/voice")[0]))
    assert again.status == 200
    assert "i-twilio-idempotency-token" not in again.headers
