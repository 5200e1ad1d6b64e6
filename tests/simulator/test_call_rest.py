"""POST, GET and DELETE of calls (twilio.md 7.1, 7.5, 5.6, 5.8): what is asked, refused, queued and listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from simulator.people.scripted import BASE, CALLER, FIRST, LINE, SECOND, Stage
from tests.simulator.asking import Rest

Staged = Callable[..., Stage]
LATVIA = "+37120000001"


def refused(rest: Rest, **form: Any) -> int:
    answer = rest("POST", "/Calls.json", **{"To": FIRST, "From": LINE, "Url": f"{BASE}/out"} | form)
    assert answer.status_code == 400, answer.text
    code: int = answer.json()["code"]
    assert answer.json()["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert rest.stage.exchange.legs == {}
    return code


# 2.6: "21211 / 21213 / 21217: invalid To / From missing / number not valid"; from memory 21201 (no To), 21205 (invalid
# URL), 21212 (invalid From), 21215 (geo permission), 21210 (From not verified). 7.1: "SendDigits (<= 32)". 5.8:
# "Timeout 60 (max 600)", "CallReason <= 50 chars". 1.7: the limits of the thresholds.
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": ""}, 21201),
        ({"To": "nobody"}, 21211),
        ({"To": "+140355"}, 21211),
        ({"To": "+140355501"}, 21217),
        ({"To": LATVIA}, 21215),
        ({"From": ""}, 21213),
        ({"From": "the desk"}, 21212),
        ({"From": CALLER}, 21210),
        ({"From": "client:ana"}, 21210),
        ({"CallerId": CALLER}, 21210),
        ({"Url": ""}, 21205),
        ({"Url": "desk/voice"}, 21205),
        ({"Url": "https:///voice"}, 21205),
        ({"Method": "PUT"}, 21209),
        ({"FallbackMethod": "get"}, 21209),
        ({"StatusCallbackMethod": "HEAD"}, 21209),
        ({"Timeout": "0"}, 21208),
        ({"Timeout": "601"}, 21208),
        ({"Timeout": "soon"}, 21208),
        ({"TimeLimit": "-1"}, 20001),
        ({"SendDigits": "12x"}, 21206),
        ({"SendDigits": "1" * 33}, 21206),
        ({"CallReason": "x" * 51}, 20001),
        ({"ApplicationSid": "AP" + "0" * 32}, 21218),
        ({"StatusCallbackEvent": "began"}, 21626),
        ({"Url": "", "Twiml": "x" * 4001}, 32018),
        ({"MachineDetection": "Guess"}, 20001),
        ({"MachineDetectionTimeout": "2"}, 20001),
        ({"MachineDetectionTimeout": "61"}, 20001),
        ({"MachineDetectionSpeechThreshold": "999"}, 20001),
        ({"MachineDetectionSpeechEndThreshold": "5001"}, 20001),
        ({"MachineDetectionSilenceTimeout": "1999"}, 20001),
        ({"AsyncAmd": "perhaps"}, 20001),
        ({"Record": "yes"}, 20001),
    ],
)
def test_what_is_refused(rest: Rest, form: dict[str, str], code: int) -> None:
    rest.stage.exchange.closed_countries.add("LV")
    assert refused(rest, **form) == code


# 7.1: what changes nothing here and what is at its limit is taken.
@pytest.mark.parametrize(
    "form",
    [
        {"Timeout": "600", "SendDigits": "1" * 32, "CallReason": "x" * 50},
        {"MachineDetection": "Enable", "MachineDetectionTimeout": "60", "MachineDetectionSpeechThreshold": "6000"},
        {"SipAuthUsername": "desk", "SipAuthPassword": "open"},
        {"Url": "", "Twiml": "<Response/>" + " " * 3989},
        {"From": SECOND},
    ],
)
def test_what_is_taken(stage: Stage, rest: Rest, form: dict[str, str]) -> None:
    stage.exchange.verified.add(SECOND)
    assert rest.calls(**form)["status"] == "queued"
    stage.settles()


# 1.1: "CallToken: to be passed as CallToken to POST Calls or Participants so that the forwarded call may keep the
# original caller ID".
def test_the_call_token_lets_the_caller_be_shown(stage: Stage, rest: Rest) -> None:
    stage.plays('<Pause length="60"/>')
    stage.caller.dials(stage.line)
    token = stage.told("/voice")["CallToken"]
    answer = rest("POST", "/Calls.json", To=FIRST, From=CALLER, Url=f"{BASE}/out", CallToken="{}")
    assert answer.json()["code"] == 21210
    rest.calls(From=CALLER, CallToken=token)
    stage.first.rings(from_=CALLER)


# 7.1: To may be a client or a SIP telephone; 4.3: whom each may be shown.
@pytest.mark.parametrize(
    ("to", "from_"),
    [
        ("client:ana", "client:desk"),
        ("client:ana", LINE),
        ("sip:ana@desk.example", "desk_1"),
        ("whatsapp:+14035550111", LINE),
    ],
)
def test_a_call_to_a_typed_address(stage: Stage, rest: Rest, to: str, from_: str) -> None:
    stage.page("/out", "<Say>Hello.</Say>")
    ana = stage.story.phone(to, "Ana")
    assert rest.calls(to=to, From=from_)["to_formatted"] == to
    ana.rings(from_=from_).answers().hears("Hello.")


# 7.1: "CallerId".
def test_the_caller_id_of_a_call(stage: Stage, rest: Rest) -> None:
    stage.exchange.verified.add(SECOND)
    assert rest.calls(CallerId=SECOND)["from"] == SECOND
    stage.first.rings(from_=SECOND)


# 5.8: "Url/Twiml/ApplicationSid: one needed; Url wins". 7.1: ApplicationSid.
def test_a_call_to_be_answered_by_an_application(stage: Stage, rest: Rest) -> None:
    desk = stage.exchange.applications.add("Desk", voice_url=f"{BASE}/app", status_callback=f"{BASE}/told")
    stage.page("/app", "<Say>The application.</Say>")
    rest.calls(Url="", ApplicationSid=desk.sid)
    stage.first.rings().answers().hears("The application.").has_ended()
    assert stage.told("/app")["ApplicationSid"] == desk.sid
    assert stage.told("/told")["CallStatus"] == "completed"
    stage.page("/out", "<Say>The document.</Say>")
    stage.passes(2)
    rest.calls(ApplicationSid=desk.sid)
    stage.first.rings().answers().hears("The document.")


# 7.5: "CPS ...: excess is queued"; 8: "cancel the still-queued legs first": a canceled leg gives up its turn.
def test_a_canceled_call_gives_up_its_turn(stage: Stage, rest: Rest) -> None:
    sids = [rest.calls(to=f"+1403555020{index}")["sid"] for index in range(4)]
    stage.settles()
    for sid in sids[1:3]:
        rest("POST", f"/Calls/{sid}.json", Status="canceled")
    stage.passes(1)
    assert [stage.exchange.legs[sid].status for sid in sids] == ["ringing", "canceled", "canceled", "ringing"]


# 7.5: "POST Calls, POST Participants: count".
def test_participants_stand_in_the_same_queue(stage: Stage, rest: Rest) -> None:
    rest.calls()
    rest("POST", "/Conferences/desk/Participants.json", To=SECOND, From=LINE)
    stage.settles()
    assert [leg.status for leg in stage.exchange.legs.values()] == ["ringing", "queued"]
    stage.passes(1)
    assert stage.second.phone.ringing is not None


# 5.8, 7.5: "Over 24 h in the CPS queue: canceled"; 1.5: "canceled while still queued, no status callback is sent".
def test_a_day_in_the_queue(stage: Stage, rest: Rest) -> None:
    stage.exchange.calls_per_second = 1 / 50_000
    sids = [rest.calls(to=to, StatusCallback=f"{BASE}/{to[-2:]}")["sid"] for to in (FIRST, SECOND, "+14035550113")]
    stage.passes(86_399)
    assert [stage.exchange.legs[sid].status for sid in sids] == ["no-answer", "no-answer", "queued"]
    stage.passes(2)
    assert rest("GET", f"/Calls/{sids[2]}.json").json()["status"] == "canceled"
    assert stage.asked("/13") == []
    assert rest("GET", f"/Calls/{sids[1]}.json").json()["queue_time"] == "50000000"


# 1.5: "QueueTime: REST calls, ms in the CPS queue".
def test_the_queue_time_is_told(stage: Stage, rest: Rest) -> None:
    rest.calls(to=SECOND)
    rest.calls(StatusCallback=f"{BASE}/status", StatusCallbackEvent="ringing")
    stage.first.rings()
    assert stage.told("/status")["QueueTime"] == "1000"


# 7.5: "Concurrent calls: ... trial 5; ... 2 without profile".
def test_concurrent_calls(stage: Stage, rest: Rest) -> None:
    stage.exchange.concurrent_calls = 2
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays(f'<Say>Hold.</Say><Dial action="/after"><Number>{FIRST}</Number><Number>{SECOND}</Number></Dial>')
    stage.caller.dials(stage.line)
    other = stage.story.phone("+14035550198", "Dora")
    stage.first.rings()
    assert stage.second.phone.ringing is None
    other.dials(stage.line).has_ended()
    assert (other.leg.status, stage.told("/ended")["ErrorCode"]) == ("busy", "10004")
    assert len(stage.asked("/voice")) == 1
    rest.calls(to="+14035550113", StatusCallback=f"{BASE}/status")
    stage.settles()
    assert (stage.told("/status")["CallStatus"], stage.told("/status")["ErrorCode"]) == ("failed", "10004")


# 7.1: "POST /Calls/{CA}: TimeLimit": the last one given counts, from the answer on.
def test_another_time_limit(stage: Stage, rest: Rest) -> None:
    stage.page("/out", '<Pause length="600"/>')
    sid = rest.calls(TimeLimit=30)["sid"]
    stage.first.rings().answers()
    stage.passes(20)
    assert rest("POST", f"/Calls/{sid}.json", TimeLimit=90).status_code == 200
    stage.passes(69)
    stage.first.is_still_on()
    stage.passes(2)
    stage.first.has_ended()
    assert stage.first.leg.seconds() == 90


# 5.6: "finished call: anything: 400, code 21220"; a request that is refused changes nothing.
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Status": "ringing"}, 20001),
        ({"Url": "nowhere"}, 21205),
        ({"Twiml": "x" * 4001}, 32018),
        ({"Method": "PUT", "Url": f"{BASE}/x"}, 21209),
    ],
)
def test_a_refused_change_changes_nothing(stage: Stage, rest: Rest, form: dict[str, str], code: int) -> None:
    stage.plays('<Pause length="60"/>')
    stage.caller.dials(stage.line)
    path = f"/Calls/{stage.caller.leg.sid}.json"
    answer = rest("POST", path, **{"StatusCallback": f"{BASE}/told"} | form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    stage.caller.is_still_on().hangs_up()
    assert stage.asked("/told") == []
    for late in ({"Url": f"{BASE}/x"}, {"Status": "completed"}, {"Status": "canceled"}, {}):
        assert rest("POST", path, **late).json()["code"] == 21220


# 5.6: "queued or ringing REST call": it cannot be redirected before it is in progress (21220).
def test_a_ringing_call_cannot_be_redirected(stage: Stage, rest: Rest) -> None:
    sid = rest.calls()["sid"]
    stage.first.rings()
    assert rest("POST", f"/Calls/{sid}.json", Url=f"{BASE}/x").json()["code"] == 21220
    assert stage.first.phone.ringing is not None


# 7.1: "DELETE /Calls/{CA}: 204 (log of an ended call)".
def test_deleting(stage: Stage, rest: Rest) -> None:
    stage.page("/out", '<Pause length="60"/>')
    sid = rest.calls()["sid"]
    stage.first.rings().answers()
    assert rest("DELETE", f"/Calls/{sid}.json").status_code == 409
    stage.first.hangs_up()
    assert rest("DELETE", f"/Calls/{sid}.json").status_code == 204
    assert rest("GET", f"/Calls/{sid}.json").status_code == 404


# 7.1: "GET /Calls: To, From, ParentCallSid, Status, StartTime(< >), EndTime(< >), PageSize". "REST status has no
# initiated."
def test_the_filters_of_the_list(stage: Stage, rest: Rest) -> None:
    stage.page("/out", "<Hangup/>")
    done = rest.calls()["sid"]
    stage.first.rings().answers().has_ended()
    waiting = [rest.calls(to=f"+1403555020{index}")["sid"] for index in range(3)]
    stage.passes(1)

    def found(**query: str) -> list[str]:
        return [call["sid"] for call in rest("GET", "/Calls.json", **query).json()["calls"]]

    assert found() == [*reversed(waiting), done]
    assert found(Status="queued") == [waiting[2], waiting[1]]
    assert found(Status="ringing") == [waiting[0]]
    assert found(Status="completed") == [done]
    assert found(To="+14035550201") == [waiting[1]]
    assert found(From=CALLER) == []
    assert found(ParentCallSid="CA" + "0" * 32) == []
    assert found(**{"EndTime>": "2026-11-02"}) == [done]
    assert found(**{"EndTime<": "2026-11-02T15:59:59Z"}) == []
    assert found(EndTime="2026-11-02") == [done]
    assert found(StartTime="2026-11-03") == []


# 7: "Lists: ... PageSize <= 1000"; a page that is not there is empty.
def test_pages(stage: Stage, rest: Rest) -> None:
    for index in range(3):
        rest.calls(to=f"+1403555020{index}")
    first = rest("GET", "/Calls.json", PageSize="2").json()
    assert (len(first["calls"]), first["start"], first["end"], first["page_size"]) == (2, 0, 1, 2)
    path, _, query = first["next_page_uri"].partition(stage.exchange.account_sid)[2].partition("?")
    second = rest("GET", path, **dict(parse_qsl(query))).json()
    assert (len(second["calls"]), second["page"], second["start"], second["end"]) == (1, 1, 2, 2)
    assert second["next_page_uri"] is None
    assert second["previous_page_uri"] == first["uri"]
    assert rest("GET", "/Calls.json", PageSize="5000").json()["page_size"] == 1000


# 7: a filter that cannot be read is the asker's mistake.
@pytest.mark.parametrize("query", [{"PageSize": "many"}, {"Page": "last"}, {"StartTime": "yesterday"}])
def test_a_list_that_cannot_be_made(stage: Stage, rest: Rest, query: dict[str, str]) -> None:
    rest.calls()
    answer = rest("GET", "/Calls.json", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


# 7: "HTTP Basic (AC:AuthToken or API key SK:secret)".
def test_an_api_key(stage: Stage, rest: Rest) -> None:
    stage.exchange.api_keys["SK1"] = "secret"
    rest.auth = ("SK1", "secret")
    assert rest("GET", "/Calls.json").status_code == 200
    rest.auth = ("SK1", "guess")
    assert rest("GET", "/Calls.json").status_code == 401


# 7.1: answered_by, start_time, end_time, duration: "empty values null".
def test_the_fields_of_a_call_fill_up(stage: Stage, rest: Rest) -> None:
    stage.page("/out", '<Pause length="7"/>')
    created = rest.calls(MachineDetection="Enable")
    assert [created[name] for name in ("start_time", "end_time", "duration", "answered_by")] == [None] * 4
    stage.first.rings()
    stage.passes(3)
    stage.first.answers().has_ended()
    done = rest("GET", f"/Calls/{created['sid']}.json").json()
    assert done["start_time"] == "Mon, 02 Nov 2026 16:00:03 +0000"
    assert done["end_time"] == "Mon, 02 Nov 2026 16:00:12 +0000"
    assert (done["answered_by"], done["duration"]) == ("human", "10")


# 5.6: "any live call: Status=completed: hung up; its children end too".
def test_ending_a_parent_ends_its_children(stage: Stage, rest: Rest) -> None:
    stage.plays(f'<Dial action="/after">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.caller.is_connected_to(stage.first)
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Status="completed")
    stage.first.has_ended()
    stage.caller.has_ended()


# 5.6: "child answered: Status=completed: Dial ends, action completed".
def test_ending_an_answered_child(stage: Stage, rest: Rest) -> None:
    stage.plays(f'<Dial action="/after">{FIRST}</Dial>', "<Say>After.</Say>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    rest("POST", f"/Calls/{stage.child().sid}.json", Status="completed")
    stage.caller.hears("After.")
    assert stage.told("/after")["DialCallStatus"] == "completed"


# 7.1: "Record, ... RecordingStatusCallback". 1.3: "RecordingSource OutboundAPI". 1.5: "RecordingUrl RecordingSid
# RecordingDuration: completed event, only with Record on that leg".
def test_a_recorded_call(stage: Stage, rest: Rest) -> None:
    stage.page("/out", "<Say>Hello, this is the desk.</Say>")
    rest.calls(Record="true", RecordingStatusCallback=f"{BASE}/recorded", StatusCallback=f"{BASE}/status")
    stage.first.rings().answers().has_ended()
    stage.passes(10)
    assert stage.told("/recorded")["RecordingSource"] == "OutboundAPI"
    assert stage.told("/status")["RecordingSid"] == stage.told("/recorded")["RecordingSid"]
