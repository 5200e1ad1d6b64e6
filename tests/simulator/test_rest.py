"""The REST API (twilio.md 7, 5.6, 5.8), in process and over a socket with Twilio's own client."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.people.scripted import BASE, FIRST, LINE, SECOND, Stage
from simulator.rest.app import RestApi
from simulator.server import serve
from tests.simulator.asking import Rest

EVENTS = ["initiated", "ringing", "answered", "completed"]


# 7: "Error body: {code, message, more_info, status}"; "401 -> 20003, 404 -> 20404".
def test_authentication_and_unknown_things(rest: Rest) -> None:
    rest.auth = (rest.auth[0], "wrong")
    refused = rest("GET", "/Calls.json")
    assert refused.status_code == 401
    assert refused.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }
    rest.auth = (rest.auth[0], rest.stage.exchange.auth_token)
    assert rest("GET", "/Calls/CA1.json").json()["code"] == 20404
    assert rest("GET", "/Nothing.json").json()["code"] == 20404


# 5.8: "POST Calls -> 201, status queued, queue_time. Events initiated, ringing, answered, completed to
# StatusCallback. Url is fetched on answer." 1.1: "first request of a REST call in-progress".
def test_a_call_by_rest(stage: Stage, rest: Rest) -> None:
    stage.page("/out", "<Say>This is the desk.</Say>")
    created = rest.calls(StatusCallback=f"{BASE}/status", StatusCallbackEvent=EVENTS)
    assert (created["status"], created["direction"], created["queue_time"]) == ("queued", "outbound-api", "0")
    stage.first.rings(from_=LINE).answers().hears("This is the desk.").has_ended()
    told = [request.params for request in stage.asked("/status")]
    assert [each["CallStatus"] for each in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [each["SequenceNumber"] for each in told] == ["0", "1", "2", "3"]
    assert stage.told("/out")["CallStatus"] == "in-progress"
    assert stage.told("/out")["Direction"] == "outbound-api"
    done = rest("GET", f"/Calls/{created['sid']}.json").json()
    assert (done["status"], done["duration"]) == ("completed", told[-1]["CallDuration"])


# 7.1: "Response: sid, parent_call_sid, account_sid, ... Empty values null. Dates RFC 2822." "REST status has
# no initiated."
def test_the_shape_of_a_call(rest: Rest) -> None:
    created = rest.calls()
    assert set(created) == {
        "sid", "parent_call_sid", "account_sid", "to", "to_formatted", "from", "from_formatted", "phone_number_sid",
        "status", "start_time", "end_time", "duration", "price", "price_unit", "direction", "answered_by",
        "api_version", "forwarded_from", "caller_name", "group_sid", "queue_time", "trunk_sid", "date_created",
        "date_updated", "uri", "subresource_uris",
    }  # fmt: skip
    assert created["parent_call_sid"] is None
    assert created["to_formatted"] == "(403) 555-0111"
    assert created["date_created"] == "Mon, 02 Nov 2026 16:00:00 +0000"


# 7.5: "CPS: 1 by default; excess is queued (status queued, queue_time), not refused"; "Dial child legs,
# inbound calls do NOT count".
def test_calls_per_second(stage: Stage, rest: Rest) -> None:
    stage.plays(f"<Dial>{SECOND}</Dial>")
    sids = [rest.calls(to=f"+1403555020{index}")["sid"] for index in range(4)]
    stage.caller.dials(stage.line)
    stage.second.rings()
    assert [stage.exchange.legs[sid].status for sid in sids] == ["ringing", "queued", "queued", "queued"]
    stage.passes(2.1)
    assert [stage.exchange.legs[sid].status for sid in sids] == ["ringing", "ringing", "ringing", "queued"]
    stage.passes(1)
    assert rest("GET", f"/Calls/{sids[3]}.json").json()["queue_time"] == "3000"


# 5.8: "Timeout 60 (max 600, ~5 s added). Ends: busy, no-answer, failed, canceled, completed."
def test_how_a_call_by_rest_ends_unanswered(stage: Stage, rest: Rest) -> None:
    rest.calls(Timeout=20, StatusCallback=f"{BASE}/status")
    stage.first.rings(for_seconds=25)
    assert stage.told("/status")["CallStatus"] == "no-answer"
    rest.calls(StatusCallback=f"{BASE}/status")
    stage.first.rings().rejects()
    assert stage.told("/status")["CallStatus"] == "busy"
    stage.first.phone.fails()
    rest.calls(StatusCallback=f"{BASE}/status")
    stage.passes(2)
    assert stage.told("/status")["CallStatus"] == "failed"


# 5.8: "Url/Twiml/ApplicationSid: one needed; Url wins over Twiml." 4: with Twiml= "there is no base".
def test_a_document_given_as_text(stage: Stage, rest: Rest) -> None:
    call = {
        "Url": "",
        "Twiml": '<Response><Gather numDigits="1" action="/relative"><Say>Press.</Say></Gather></Response>',
    }
    rest.calls(**call)
    stage.first.rings().answers().presses("1").hears("application error").has_ended()
    assert stage.exchange.alerts[0].code == 11100


# 2.2: "Twiml= parameter of REST: 4000 characters (32018)". 2.6: 21211, 21213, 21210.
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "4035550111"}, 21211),
        ({"From": ""}, 21213),
        ({"From": "+14165550000"}, 21210),
        ({"Url": ""}, 21205),
        ({"Url": "", "Twiml": "x" * 4001}, 32018),
    ],
)
def test_calls_that_are_refused(rest: Rest, form: dict[str, str], code: int) -> None:
    good = {"To": FIRST, "From": LINE, "Url": f"{BASE}/out"}
    answer = rest("POST", "/Calls.json", **(good | form))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert rest.stage.exchange.legs == {}


# 5.6: "queued or ringing REST call: Status=canceled: ended; queued -> no callbacks".
def test_cancelling(stage: Stage, rest: Rest) -> None:
    ringing = rest.calls(StatusCallback=f"{BASE}/ringing")["sid"]
    queued = rest.calls(to=SECOND, StatusCallback=f"{BASE}/queued")["sid"]
    stage.first.rings()
    for sid in (queued, ringing):
        assert rest("POST", f"/Calls/{sid}.json", Status="canceled").json()["status"] == "canceled"
    stage.passes(10)
    stage.second.does_not_ring()
    assert stage.told("/ringing")["CallStatus"] == "canceled"
    assert stage.asked("/queued") == []


# 5.6: "in-progress call: Status=canceled: no effect"; "any live call: Status=completed: hung up"; "finished
# call: anything: 400, code 21220".
def test_ending(stage: Stage, rest: Rest) -> None:
    stage.page("/out", '<Pause length="600"/>')
    sid = rest.calls()["sid"]
    stage.first.rings().answers()
    assert rest("POST", f"/Calls/{sid}.json", Status="canceled").json()["status"] == "in-progress"
    assert rest("POST", f"/Calls/{sid}.json", Status="completed").json()["status"] == "completed"
    stage.first.has_ended()
    late = rest("POST", f"/Calls/{sid}.json", Url=f"{BASE}/out")
    assert (late.status_code, late.json()["code"]) == (400, 21220)


RING = '<Say>Hold.</Say><Dial action="/after" timeout="30"><Number statusCallback="/leg">+14035550111</Number></Dial>'


# 5.6: "child ringing inside a Dial: Status=completed (canceled does not work: it counts as in progress): Dial
# ends, action canceled".
def test_ending_a_child_that_rings(stage: Stage, rest: Rest) -> None:
    stage.plays(RING, "<Say>After.</Say>")
    stage.caller.dials(stage.line)
    stage.first.rings()
    rest("POST", f"/Calls/{stage.child().sid}.json", Status="canceled")
    assert stage.first.phone.ringing is not None
    rest("POST", f"/Calls/{stage.child().sid}.json", Status="completed")
    stage.caller.hears("After.")
    assert stage.told("/after")["DialCallStatus"] == "canceled"
    assert stage.told("/leg")["CallStatus"] == "canceled"


# 5.6: "parent, in Dial: Url: new document runs at once; children hung up and Dial action not requested".
def test_moving_a_parent_out_of_its_dial(stage: Stage, rest: Rest) -> None:
    stage.plays(RING)
    stage.page("/room", "<Say>A new document.</Say>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Url=f"{BASE}/room")
    stage.caller.hears("A new document.")
    stage.first.has_ended()
    assert stage.asked("/after") == []


# 5.6: "child, bridged: Url: child runs the new document alone; parent's Dial ends: action without
# DialCallDuration".
def test_moving_a_bridged_child(stage: Stage, rest: Rest) -> None:
    stage.plays(RING, '<Say>The caller goes on.</Say><Pause length="60"/>')
    stage.page("/room", '<Say>The callee goes on.</Say><Pause length="60"/>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.caller.is_connected_to(stage.first)
    rest("POST", f"/Calls/{stage.child().sid}.json", Url=f"{BASE}/room")
    stage.first.hears("The callee goes on.").is_still_on()
    stage.caller.hears("The caller goes on.").hears_not("The callee").is_still_on()
    assert "DialCallDuration" not in stage.told("/after")
    assert stage.told("/room")["CallSid"] == stage.child().sid


# 5.6: "parent, in Gather/Record: new document runs at once"; "New Url replaces the base for relative URLs".
def test_moving_a_leg_out_of_a_gather(stage: Stage, rest: Rest) -> None:
    stage.plays('<Gather action="/after"><Play loop="0">music.mp3</Play></Gather>')
    stage.page("/deep/room", '<Gather action="key" numDigits="1"><Say>Moved.</Say></Gather>')
    stage.page("/deep/key", "<Hangup/>")
    stage.caller.dials(stage.line)
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Url=f"{BASE}/deep/room")
    stage.caller.hears("Moved.").presses("1").has_ended()
    assert stage.asked("/after") == []
    assert stage.told("/deep/key")["Digits"] == "1"


# 5.6: "FallbackUrl and StatusCallback can be replaced too."
def test_replacing_the_callbacks(stage: Stage, rest: Rest) -> None:
    stage.plays('<Pause length="60"/>')
    stage.caller.dials(stage.line)
    form = {"Twiml": "<Response><Say>x</Say></Response>", "StatusCallback": f"{BASE}/told"}
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", **form)
    stage.caller.has_ended()
    assert stage.told("/told")["CallStatus"] == "completed"


# 7: "Lists: {calls: [...], page, page_size, start, end, uri, first_page_uri, next_page_uri,
# previous_page_uri}". 7.1: "GET /Calls: To, From, ParentCallSid, Status, StartTime, PageSize".
def test_lists(stage: Stage, rest: Rest) -> None:
    stage.plays(RING)
    stage.caller.dials(stage.line)
    stage.first.rings()
    parent = stage.caller.leg.sid
    page = rest("GET", "/Calls.json", PageSize="1").json()
    assert set(page) == {
        "calls", "page", "page_size", "start", "end", "uri", "first_page_uri", "next_page_uri", "previous_page_uri",
    }  # fmt: skip
    assert (len(page["calls"]), page["previous_page_uri"]) == (1, None)
    assert page["next_page_uri"].startswith("/2010-04-01/Accounts/")
    (child,) = rest("GET", "/Calls.json", ParentCallSid=parent).json()["calls"]
    assert child["status"] == "ringing"
    assert len(rest("GET", "/Calls.json", Status="in-progress").json()["calls"]) == 1
    assert rest("GET", "/Calls.json", To="+14035550999").json()["calls"] == []
    assert len(rest("GET", "/Calls.json", **{"StartTime>": "2026-11-02T15:00:00Z"}).json()["calls"]) == 2
    assert rest("GET", "/Calls.json", **{"StartTime<": "2026-11-01"}).json()["calls"] == []


# 7.3: "GET, DELETE /Recordings/{RE}; GET /Recordings: CallSid; Media: same path without .json, + .wav or
# .mp3". 5.7: "RecordingUrl in the action may 404 for seconds".
def test_recordings(stage: Stage, rest: Rest) -> None:
    stage.plays('<Record action="/after"/>')
    stage.caller.dials(stage.line).speaks(3).presses("#").has_ended()
    path = stage.told("/after")["RecordingUrl"].partition(stage.exchange.account_sid)[2]
    assert rest("GET", path + ".wav").status_code == 404
    stage.passes(5)
    assert rest("GET", path + ".wav").content.startswith(b"RIFF")
    assert rest("GET", path).headers["content-type"] == "audio/x-wav"
    assert rest("GET", path + ".mp3").headers["content-type"] == "audio/mpeg"
    (listed,) = rest("GET", "/Recordings.json", CallSid=stage.caller.leg.sid).json()["recordings"]
    assert (listed["status"], listed["duration"], listed["source"]) == ("completed", "3", "RecordVerb")
    assert rest("GET", path + ".json").json() == listed
    assert rest("DELETE", path + ".json").status_code == 204
    assert rest("GET", path + ".json").status_code == 404


# 7.3: "GET /IncomingPhoneNumbers: PhoneNumber"; "POST /IncomingPhoneNumbers/{PN}: VoiceUrl, ...
# StatusCallback ...".
def test_incoming_phone_numbers(stage: Stage, rest: Rest) -> None:
    (number,) = rest("GET", "/IncomingPhoneNumbers.json", PhoneNumber=LINE).json()["incoming_phone_numbers"]
    form = {"VoiceUrl": f"{BASE}/new", "StatusCallback": f"{BASE}/ended", "FriendlyName": "Sales"}
    changed = rest("POST", f"/IncomingPhoneNumbers/{number['sid']}.json", **form).json()
    assert (changed["voice_url"], changed["friendly_name"]) == (f"{BASE}/new", "Sales")
    stage.page("/new", "<Say>The new page.</Say>")
    stage.caller.dials(stage.line).hears("The new page.").has_ended()
    assert stage.asked("/ended")


# 5.8: "SendDigits", "TimeLimit".
def test_send_digits_and_time_limit(stage: Stage, rest: Rest) -> None:
    stage.page("/out", '<Pause length="600"/>')
    rest.calls(SendDigits="w1", TimeLimit=30)
    stage.first.rings().answers().has_ended(within=31)
    assert stage.first.leg.sounds[0].text == "w1"
    assert stage.first.leg.seconds() == 30


# 7: "Error body: {code, message, more_info, status}": what it says is what happened.
@pytest.mark.parametrize(
    ("method", "status", "words"),
    [("POST", 500, "Internal Server Error"), ("PUT", 405, "Method Not Allowed"), ("GET", 404, "was not found")],
)
def test_an_error_says_what_it_is(
    stage: Stage, rest: Rest, monkeypatch: pytest.MonkeyPatch, method: str, status: int, words: str
) -> None:
    monkeypatch.setattr(stage.exchange.calls, "goes_out", None)
    path = "/Calls.json" if status != 404 else "/Nothing.json"
    answer = rest(method, path, To=FIRST, From=LINE, Url=f"{BASE}/voice")
    assert answer.status_code == status
    assert words in answer.json()["message"]
    assert ("not found" in answer.json()["message"]) == (status == 404)


# 7.1: the parameters of POST Calls. Twilio ignores another one; whoever wrote it is told.
@pytest.mark.parametrize("name", ["StatusCallBack", "Label", "WaitUrl"])
def test_a_parameter_that_nobody_knows_is_told(stage: Stage, rest: Rest, name: str) -> None:
    rest.calls(**{name: f"{BASE}/told"})
    with pytest.raises(AssertionError, match=f"POST Calls has no parameter {name}"):
        stage.settles()


# 9: what is not played yet is "a clear fault sentence, never silence".
def test_a_parameter_that_is_not_played_says_so(stage: Stage, rest: Rest) -> None:
    rest.calls(Byoc="BY1")
    with pytest.raises(AssertionError, match="Byoc of POST Calls is not played yet"):
        stage.settles()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


# 7.4: "Other base URL (simulator): client.api.base_url = http://127.0.0.1:PORT"; "*_async: create_async,
# fetch_async, update_async, list_async".
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_twilios_own_client_over_a_socket() -> None:
    exchange = Exchange(RealClock(), send=httpx.AsyncHTTPTransport())
    exchange.add_number(LINE)
    first = exchange.phone(FIRST, "Ana")
    port, ends = _free_port(), asyncio.Event()
    server = asyncio.create_task(serve(RestApi(exchange), port=port, until=ends))
    await asyncio.sleep(0.3)
    http = AsyncTwilioHttpClient()
    client = Client(exchange.account_sid, exchange.auth_token, http_client=http)
    client.api.base_url = f"http://127.0.0.1:{port}"
    try:
        call = await client.calls.create_async(to=FIRST, from_=LINE, twiml="<Response><Pause length='60'/></Response>")
        assert call.status == "queued"
        assert await exchange.clock.until(lambda: first.ringing is not None, 5)
        assert (await client.calls(call.sid).fetch_async()).status == "ringing"
        assert (await client.calls(call.sid).update_async(status="canceled")).status == "canceled"
        assert [each.sid for each in await client.calls.list_async()] == [call.sid]
        added = await client.conferences("desk-1").participants.create_async(to=FIRST, from_=LINE, label="ana")
        (room,) = await client.conferences.list_async(friendly_name="desk-1")
        assert (room.sid, room.status, added.status) == (added.conference_sid, "init", "queued")
        assert [each.label for each in await client.conferences(room.sid).participants.list_async()] == ["ana"]
        assert (await client.conferences(room.sid).update_async(status="completed")).status == "completed"
        queue = await client.queues.create_async(friendly_name="support")
        assert await client.queues(queue.sid).members.list_async() == []
        message = await client.messages.create_async(to=FIRST, from_=LINE, body="hello")
        assert message.status == "queued"
        with pytest.raises(TwilioRestException) as refused:
            await client.messages.create_async(to="911", from_=LINE, body="hello")
        assert (refused.value.status, refused.value.code) == (400, 21211)
    finally:
        await http.close()
        ends.set()
        await server
