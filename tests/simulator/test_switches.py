"""Each switch of twilio.md 9, both ways: a test that fails if the switch is ignored."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from simulator.people.scripted import BASE, FIRST, LINE, SECOND, Stage
from simulator.rest.app import RestApi
from simulator.switches import Switches

Staged = Callable[..., Stage]
EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
RING = f'<Say>Hold.</Say><Dial timeout="10" action="/after"><Number {EVENTS}>{FIRST}</Number></Dial>'


def switched(**values: Any) -> Switches:
    return replace(Switches(), **values)


def ringing(staged: Staged, switches: Switches) -> Stage:
    stage = staged(switches)
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays(RING)
    stage.caller.dials(stage.line)
    stage.first.rings()
    return stage


# 9: "dial_action_on_caller_hangup: sent, DialCallStatus=canceled or completed, CallStatus=completed | not
# sent"
def test_dial_action_on_caller_hangup(staged: Staged) -> None:
    for switches, times in ((Switches(), 1), (Switches(dial_action_on_caller_hangup="not sent"), 0)):
        stage = ringing(staged, switches)
        stage.caller.hangs_up()
        told = [(one.params["DialCallStatus"], one.params["CallStatus"]) for one in stage.asked("/after")]
        assert told == [("canceled", "completed")] * times


# 9: "child_status_on_caller_hangup: canceled | no-answer"
def test_child_status_on_caller_hangup(staged: Staged) -> None:
    for switches, status in (
        (Switches(), "canceled"),
        (Switches(child_status_on_caller_hangup="no-answer"), "no-answer"),
    ):
        stage = ringing(staged, switches)
        stage.caller.hangs_up()
        assert stage.told("/leg")["CallStatus"] == status


# 9: "sibling_status: canceled | no-answer"
def test_sibling_status(staged: Staged) -> None:
    for switches, status in ((Switches(), "canceled"), (Switches(sibling_status="no-answer"), "no-answer")):
        stage = staged(switches)
        stage.plays(f"<Dial><Number>{FIRST}</Number><Number>{SECOND}</Number></Dial>")
        stage.caller.dials(stage.line)
        stage.first.rings()
        stage.second.rings().answers()
        assert stage.child(0).status == status


# 9: "screening_reject_status: completed + DialBridged=false | no-answer + DialBridged=false"
def test_screening_reject_status(staged: Staged) -> None:
    for switches, status in (
        (Switches(), "completed"),
        (Switches(screening_reject_status="no-answer"), "no-answer"),
    ):
        stage = staged(switches)
        stage.plays(f'<Dial action="/after"><Number url="/screen">{FIRST}</Number></Dial>')
        stage.page("/screen", "<Hangup/>")
        stage.caller.dials(stage.line)
        stage.first.rings().answers()
        stage.caller.has_ended()
        assert stage.told("/after")["DialCallStatus"] == status
        assert stage.told("/after")["DialBridged"] == "false"


# 9: "no_answer_has_duration: absent | DialCallDuration=0"
def test_no_answer_has_duration(staged: Staged) -> None:
    for switches, duration in ((Switches(), None), (Switches(no_answer_has_duration="0"), "0")):
        stage = ringing(staged, switches)
        stage.caller.has_ended()
        assert stage.told("/after").get("DialCallDuration") == duration


# 9: "ringing_event: sent | missing"
def test_ringing_event(staged: Staged) -> None:
    for switches, sent in (
        (Switches(), ["initiated", "ringing"]),
        (Switches(ringing_event="missing"), ["initiated"]),
    ):
        stage = ringing(staged, switches)
        assert [request.params["CallStatus"] for request in stage.asked("/leg")] == sent


def statuses(stage: Stage) -> list[str]:
    stage.passes(5)
    stage.first.answers()
    stage.passes(5)
    stage.first.hangs_up()
    stage.passes(30)
    return [request.params["CallStatus"] for request in stage.asked("/leg")]


ALL = ["initiated", "ringing", "in-progress", "completed"]


# 9: "status_callback_order: in order | shuffled, delayed up to 5 s, duplicated, lost"
def test_status_callback_order(staged: Staged) -> None:
    assert statuses(ringing(staged, Switches())) == ALL
    assert statuses(ringing(staged, Switches(status_callback_order="duplicated"))) == [
        status for status in ALL for _ in range(2)
    ]
    assert statuses(ringing(staged, Switches(status_callback_order="lost"))) == []
    late = ringing(staged, Switches(status_callback_order="delayed"))
    assert late.asked("/leg") == []
    assert statuses(late) == ALL


# 9: "status_callback_order: ... shuffled"
def test_status_callback_order_shuffled(staged: Staged) -> None:
    stage = staged(Switches(status_callback_order="shuffled"))
    stage.plays(RING)
    orders = set()
    for _ in range(6):
        before = len(stage.asked("/leg"))
        stage.caller.dials(stage.line)
        stage.first.rings().answers().hangs_up()
        stage.passes(10)
        order = tuple(request.params["CallStatus"] for request in stage.asked("/leg")[before:])
        assert sorted(order) == sorted(ALL)
        orders.add(order)
    assert len(orders) > 1


# 9: "status_callback_order: ... lost": how many is a degree of the switch.
def test_lost_share(staged: Staged) -> None:
    half = statuses(ringing(staged, Switches(status_callback_order="lost", lost_share=0.5)))
    assert 0 < len(half) < len(ALL)


# 9: "rest_error: none | 429, ...": how often is a degree of the switch.
def test_rest_error_times(staged: Staged) -> None:
    stage = staged(Switches(rest_error="429", rest_error_times=0))
    api = RestApi(stage.exchange)
    assert {post(stage, api, "/Messages.json").status_code for _ in range(3)} == {429}


# 9: "webhook_duplicate: none | same body and idempotency token twice, overlapping"
def test_webhook_duplicate(staged: Staged) -> None:
    stage = ringing(staged, Switches(webhook_duplicate="overlapping"))
    one, two = stage.asked("/voice")
    assert one.params == two.params
    assert one.headers["i-twilio-idempotency-token"] == two.headers["i-twilio-idempotency-token"]
    assert len(stage.first.phone.legs) == 1
    other = ringing(staged, Switches())
    assert len(other.asked("/voice")) == 1


# 9: "empty_gather_params: Digits absent | Digits= empty". 1.3: "neither Digits nor SpeechResult, or empty ones".
@pytest.mark.parametrize(
    ("kinds", "empty"),
    [("dtmf", {"Digits"}), ("speech", {"SpeechResult"}), ("dtmf speech", {"Digits", "SpeechResult"})],
)
def test_empty_gather_params(staged: Staged, kinds: str, empty: set[str]) -> None:
    for switches, there in ((Switches(), set()), (Switches(empty_gather_params="empty"), empty)):
        stage = staged(switches)
        stage.plays(f'<Gather input="{kinds}" actionOnEmptyResult="true" action="/after" timeout="3"/>')
        stage.caller.dials(stage.line).has_ended()
        told = stage.told("/after")
        assert {name for name in ("Digits", "SpeechResult") if told.get(name) == ""} == there
        assert there or not {"Digits", "SpeechResult"} & told.keys()


# 9: "withheld_form: anonymous | keypad numbers, empty". 1.2: "+266696687 spells ANONYMOUS".
@pytest.mark.parametrize(("form", "shown"), [("anonymous", "anonymous"), ("keypad", "+266696687"), ("empty", "")])
def test_withheld_form(staged: Staged, form: str, shown: str) -> None:
    stage = staged(switched(withheld_form=form))
    stage.plays("<Say>Hello.</Say>")
    stage.story.phone(None, "withheld").dials(stage.line).hears("Hello")
    assert stage.told("/voice")["From"] == shown
    assert stage.told("/voice")["FromCity"] == ""


# 9: "unanswered_parent_final: no-answer | canceled, completed"
@pytest.mark.parametrize("status", ["no-answer", "canceled", "completed"])
def test_unanswered_parent_final(staged: Staged, status: str) -> None:
    stage = staged(switched(unanswered_parent_final=status))
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays(f'<Dial answerOnBridge="true">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings()
    stage.caller.hangs_up()
    assert stage.told("/ended")["CallStatus"] == status
    assert stage.told("/ended")["CallDuration"] == "0"


def post(stage: Stage, api: RestApi, path: str, **form: str) -> httpx.Response:
    return asked(stage, api, "POST", path, form)


def got(stage: Stage, api: RestApi, path: str) -> httpx.Response:
    return asked(stage, api, "GET", path, None)


def asked(stage: Stage, api: RestApi, method: str, path: str, form: dict[str, str] | None) -> httpx.Response:
    token = base64.b64encode(f"{stage.exchange.account_sid}:{stage.exchange.auth_token}".encode()).decode()

    async def answered() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=api), headers={"Authorization": f"Basic {token}"}
        ) as client:
            account = f"https://api/2010-04-01/Accounts/{stage.exchange.account_sid}"
            return await client.request(method, account + path, data=form)

    answer: httpx.Response = stage.run(answered())
    return answer


# 9: "rest_redirect_dial_action: not sent | sent"
def test_rest_redirect_dial_action(staged: Staged) -> None:
    for switches, times in ((Switches(), 0), (Switches(rest_redirect_dial_action="sent"), 1)):
        stage = ringing(staged, switches)
        stage.page("/elsewhere", "<Say>Moved.</Say>")
        path = f"/Calls/{stage.caller.leg.sid}.json"
        assert post(stage, RestApi(stage.exchange), path, Url=f"{BASE}/elsewhere").status_code == 200
        stage.caller.hears("Moved.")
        assert len(stage.asked("/after")) == times


# 9: "rest_error: none | 429, 500, timeout after the effect took place". 7: "429 -> 20429".
def test_rest_error(staged: Staged) -> None:
    text = {"To": FIRST, "From": "+15875550100", "Body": "hello"}
    for error, status, code in (("429", 429, 20429), ("500", 500, 20500)):
        stage = staged(switched(rest_error=error))
        api = RestApi(stage.exchange)
        refused = post(stage, api, "/Messages.json", **text)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert stage.exchange.messages.all == []
        assert post(stage, api, "/Messages.json", **text).status_code == 201


# 9: "rest_error: ... timeout after the effect took place"
def test_rest_error_timeout_after_the_effect(staged: Staged) -> None:
    stage = staged(Switches(rest_error="timeout after the effect"))
    api = RestApi(stage.exchange)
    with pytest.raises(TimeoutError):
        post(stage, api, "/Messages.json", To=FIRST, From="+15875550100", Body="hello")
    stage.first.got_text("hello")


TOLD = 'statusCallback="/conf" statusCallbackEvent="start end join leave"'


def meeting(staged: Staged, switches: Switches) -> Stage:
    stage = staged(switches)
    stage.plays(f"<Dial><Conference {TOLD}>desk-1</Conference></Dial>")
    stage.caller.dials(stage.line)
    return stage


# 9: "participant_join_before_answer: no | yes". 5.5: "whether participant-join was sent before answer is
# (unverified)".
def test_participant_join_before_answer(staged: Staged) -> None:
    for switches, before in ((Switches(), 1), (Switches(participant_join_before_answer="yes"), 2)):
        stage = meeting(staged, switches)
        post(stage, RestApi(stage.exchange), "/Conferences/desk-1/Participants.json", To=FIRST, From=LINE)
        stage.first.rings()
        stage.settles()
        assert len(stage.asked("/conf")) == before
        stage.first.answers().is_in_room_with(stage.caller)
        events = [request.params["StatusCallbackEvent"] for request in stage.asked("/conf")]
        assert events == ["participant-join", "participant-join", "conference-start"]


# 9: "conference_start_before_second_join: no | yes"
def test_conference_start_before_second_join(staged: Staged) -> None:
    for switches, events in (
        (Switches(), ["participant-join", "conference-start"]),
        (Switches(conference_start_before_second_join="yes"), ["conference-start", "participant-join"]),
    ):
        stage = meeting(staged, switches)
        stage.first.dials(stage.line).is_in_room_with(stage.caller)
        told = [request.params for request in stage.asked("/conf")]
        assert [each["StatusCallbackEvent"] for each in told[1:]] == events
        assert [each["SequenceNumber"] for each in told] == ["1", "2", "3"]


# 9: "conference_rest_lag: 0 s | 2 s of 404/empty list". 5.5: "it can be missing for up to about 2 s".
def test_conference_rest_lag(staged: Staged) -> None:
    for switches, is_seen in ((Switches(), True), (Switches(conference_rest_lag="2 s"), False)):
        stage = meeting(staged, switches)
        assert stage.caller.room is not None
        paths = [f"/Conferences/{stage.caller.room.sid}{each}" for each in (".json", "/Participants.json")]
        for seen in (is_seen, True):
            api = RestApi(stage.exchange)
            assert (len(got(stage, api, "/Conferences.json").json()["conferences"]) == 1) == seen
            assert (got(stage, api, paths[0]).status_code == 200) == seen
            assert (len(got(stage, api, paths[1]).json()["participants"]) == 1) == seen
            stage.passes(2)


# 9: "status_callback_order: shuffled, delayed up to 5 s, duplicated, lost" holds for conferences too. 2.3:
# "conference = (ConferenceSid, SequenceNumber)".
def test_the_order_of_conference_status_callbacks(staged: Staged) -> None:
    orders = {}
    for order in ("in order", "shuffled", "delayed", "duplicated", "lost"):
        stage = meeting(staged, switched(status_callback_order=order))
        stage.first.dials(stage.line).hangs_up()
        stage.caller.hangs_up()
        stage.passes(30)
        orders[order] = [request.params["SequenceNumber"] for request in stage.asked("/conf")]
    assert orders["in order"] == orders["delayed"] == ["1", "2", "3", "4", "5", "6"]
    assert orders["duplicated"] == [number for number in orders["in order"] for _ in range(2)]
    assert orders["lost"] == []
    assert sorted(orders["shuffled"]) == orders["in order"]
    assert orders["shuffled"] != orders["in order"]


# 1.3: "Conference waitUrl, HoldUrl, AnnounceUrl: standard set; ConferenceSid and FriendlyName too (unverified)".
def test_conference_url_names_it(staged: Staged) -> None:
    for switches, said in ((Switches(), None), (Switches(conference_url_names_it="yes"), "desk-1")):
        stage = staged(switches)
        stage.page("/voice", '<Dial><Conference waitUrl="/wait">desk-1</Conference></Dial>')
        for path in ("/wait", "/hold", "/announce"):
            stage.page(path, "<Say>Wait.</Say>")
        stage.caller.dials(stage.line)
        room, api = stage.caller.room, RestApi(stage.exchange)
        assert room is not None
        path = f"/Conferences/{room.sid}/Participants/{stage.caller.leg.sid}.json"
        urls = {"HoldUrl": "https://desk.example/hold", "AnnounceUrl": "https://desk.example/announce"}
        post(stage, api, path, Hold="true", HoldMethod="POST", **urls)
        for asked in (stage.told("/wait"), stage.told("/hold"), stage.told("/announce")):
            assert (asked.get("FriendlyName"), asked.get("ConferenceSid")) == (said, room.sid if said else None)
            assert asked["CallSid"] == stage.caller.leg.sid


# 9: "unknown_parameter: none | extra NewParam=1 signed"
def test_unknown_parameter(staged: Staged) -> None:
    for switches, value in ((Switches(), None), (Switches(unknown_parameter="NewParam"), "1")):
        stage = ringing(staged, switches)
        assert stage.told("/voice").get("NewParam") == value
        assert stage.told("/leg").get("NewParam") == value


# 6.6: "ARRET, ARRETE, ARRETT appear in Twilio's Proxy documentation as opt-out words, nothing confirms them for plain
# numbers (unverified)".
def test_french_opt_out_words(staged: Staged) -> None:
    for switches, status in ((Switches(), 201), (Switches(french_opt_out_words="yes"), 400)):
        for word in ("ARRET", "arrete", "Arrett"):
            stage = staged(switches)
            stage.first.sends_text(stage.line, word)
            answer = post(stage, RestApi(stage.exchange), "/Messages.json", To=FIRST, From=LINE, Body="Hello.")
            assert answer.status_code == status
