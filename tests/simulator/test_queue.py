"""<Enqueue>, <Dial><Queue>, <Leave> and the REST API of queues (twilio.md 4.6, 4.4, 1.3, 7.3)."""

from __future__ import annotations

import pytest

from simulator.people.scripted import BASE, FIRST, Stage
from simulator.verbs.music import MUSIC
from simulator.webhooks.webhooks import Trouble
from tests.simulator.asking import Rest

WAITING = '<Enqueue action="/after" waitUrl="/wait">support</Enqueue>'
TAKING = '<Dial action="/done" timeout="10"><Queue>support</Queue></Dial>'


@pytest.fixture
def queued(stage: Stage) -> str:
    """Cora waits in the queue; whoever else dials the line takes from it. The queue's sid."""
    stage.page("/voice", lambda given: TAKING if given["From"] == FIRST else WAITING)
    stage.page("/wait", "<Say>Please wait.</Say><Play>music.mp3</Play>")
    stage.page("/after", '<Say>After the queue.</Say><Pause length="60"/>')
    stage.page("/done", '<Say>Done.</Say><Pause length="60"/>')
    stage.caller.dials(stage.line).hears("Please wait.")
    assert stage.caller.in_queue == "support"
    return stage.told("/wait")["QueueSid"]


# 1.3: "Enqueue waitUrl: QueuePosition QueueSid QueueTime AvgQueueTime CurrentQueueSize MaxQueueSize". 4.5: "Enqueue
# waitUrl is re-requested automatically". 4.6: "default max 1000".
def test_what_the_music_of_a_queue_is_told(stage: Stage, queued: str) -> None:
    stage.second.dials(stage.line)
    stage.passes(30)
    first = stage.asked("/wait")[0].params
    names = {"QueuePosition", "QueueSid", "QueueTime", "AvgQueueTime", "CurrentQueueSize", "MaxQueueSize"}
    assert {name: first[name] for name in sorted(names - {"QueueSid"})} == {
        "AvgQueueTime": "0",
        "CurrentQueueSize": "1",
        "MaxQueueSize": "1000",
        "QueuePosition": "1",
        "QueueTime": "0",
    }
    mine = [each.params for each in stage.asked("/wait") if each.params["CallSid"] == stage.second.leg.sid]
    assert [(each["QueuePosition"], each["CurrentQueueSize"]) for each in mine] == [("2", "2")] * 3
    assert [each["QueueTime"] for each in mine] == ["0", "10", "21"]
    stage.caller.heard_no_silence_longer_than(0)


# 4.4: "Queue: Dials the front of the queue". 4.6: "Action requested ... after a bridge only when the bridged parties
# disconnect". 1.3: "Enqueue action: QueueResult, QueueSid, QueueTime"; "Dial action after dialing a Queue".
def test_a_call_is_taken_from_the_queue(stage: Stage, queued: str) -> None:
    stage.passes(20)
    stage.first.dials(stage.line).is_connected_to(stage.caller).says("Hello, Ana here.")
    stage.caller.hears("Ana here.")
    stage.passes(30)
    assert stage.asked("/after") == []
    stage.first.hangs_up()
    stage.caller.hears("After the queue.")
    told = stage.told("/after")
    assert (told["QueueResult"], told["QueueSid"], told["QueueTime"]) == ("bridged", queued, "20")
    done = stage.told("/done")
    assert (done["DialCallStatus"], done["DequeueResult"], done["CallStatus"]) == ("completed", "bridged", "completed")
    assert (done["DequeuedCallSid"], done["DequeuedCallQueueTime"]) == (stage.caller.leg.sid, "20")
    assert done["DequeuedCallDuration"] == "31"


# 4.4: as above; the one who waited hangs up, and the other goes on.
def test_the_queued_one_hangs_up_after_the_talk(stage: Stage, queued: str) -> None:
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    stage.caller.hangs_up()
    stage.first.hears("Done.")
    told = stage.told("/after")
    assert (told["QueueResult"], told["CallStatus"]) == ("bridged", "completed")


# 4.4: "if empty waits for Dial timeout; unknown queue -> error status to action". 4.3: "always adds about 5 s".
def test_an_empty_and_an_unknown_queue(stage: Stage, queued: str) -> None:
    stage.caller.hangs_up()
    stage.first.dials(stage.line)
    stage.passes(14)
    assert stage.asked("/done") == []
    stage.first.hears("Done.")
    assert stage.told("/done")["DialCallStatus"] == "no-answer"
    stage.first.hangs_up().dials(stage.line)
    stage.passes(5)
    stage.caller.dials(stage.line).is_connected_to(stage.first)
    stage.caller.hangs_up()
    stage.page("/voice", '<Dial action="/done"><Queue>nothing</Queue></Dial>')
    stage.first.hangs_up().dials(stage.line).hears("Done.")
    assert (stage.told("/done")["DialCallStatus"], stage.told("/done")["DequeueResult"]) == ("failed", "error")


# 1.3: "Queue url (plays to the queued caller before bridging): QueueSid CallSid (of the dequeued call) QueueTime
# DequeingCallSid (spelled so)".
def test_the_queued_caller_is_told_something_before_the_talk(stage: Stage, queued: str) -> None:
    stage.page("/voice", '<Dial action="/done"><Queue url="/connecting">support</Queue></Dial>')
    stage.page("/connecting", "<Say>You are being connected.</Say>")
    stage.first.dials(stage.line)
    assert stage.caller.leg.company == []
    stage.caller.hears("You are being connected.").is_connected_to(stage.first)
    told = stage.told("/connecting")
    assert (told["CallSid"], told["DequeingCallSid"]) == (stage.caller.leg.sid, stage.first.leg.sid)
    assert (told["QueueSid"], "QueueTime" in told) == (queued, True)


# 4.6: "Action requested at once on hangup/leave/redirect". 5.4: "in Enqueue: action with QueueResult=hangup,
# StatusCallback".
def test_hanging_up_in_the_queue(stage: Stage, queued: str) -> None:
    stage.passes(9)
    stage.caller.hangs_up()
    stage.settles()
    told = stage.told("/after")
    assert (told["QueueResult"], told["CallStatus"], told["QueueTime"]) == ("hangup", "completed", "9")
    assert stage.exchange.queues.all[queued].members == []


# 4.1: "Leave: only for a queued call (waitUrl document): leaves the queue, continues after Enqueue". 4.6: "waitUrl
# verbs: Play Say Pause Hangup Redirect Leave Gather."
def test_leaving_the_queue_by_a_key(stage: Stage, queued: str) -> None:
    stage.page("/wait", '<Gather numDigits="1" action="/key"><Say>Press 2 to leave a message.</Say></Gather>')
    stage.page(
        "/key", lambda given: "<Leave/>" if given["Digits"] == "2" else '<Redirect method="POST">/wait</Redirect>'
    )
    stage.caller.hears("Press 2").presses("1").hears("Press 2").presses("2").hears("After the queue.")
    assert stage.told("/after")["QueueResult"] == "leave"
    assert stage.told("/key")["QueuePosition"] == "1"
    assert stage.caller.in_queue is None
    stage.page("/voice", "<Enqueue waitUrl='/wait'>support</Enqueue><Say>The next verb.</Say>")
    stage.page("/wait", "<Leave/>")
    stage.caller.hangs_up().dials(stage.line).hears("The next verb.")


# 4.6: "waitUrl verbs: ... Hangup ...".
def test_the_music_may_hang_up(stage: Stage, queued: str) -> None:
    stage.page("/wait", "<Say>We are closed.</Say><Hangup/>")
    stage.caller.hears("We are closed.").has_ended()
    stage.settles()
    assert stage.told("/after")["QueueResult"] == "hangup"


# 4.4: somebody who is asked for a key in the queue is taken out of it all the same.
def test_a_call_is_taken_in_the_middle_of_a_question(stage: Stage, queued: str) -> None:
    stage.page("/wait", '<Gather timeout="300" actionOnEmptyResult="true" action="/key"/>')
    stage.passes(20)
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    stage.caller.presses("5", at_once=True).is_connected_to(stage.first)
    assert stage.asked("/key") == []


# 4.6: "maxQueueSize". 1.3: "the last two only if really enqueued": QueueResult queue-full.
def test_a_full_queue(stage: Stage) -> None:
    stage.page("/voice", '<Enqueue action="/after" maxQueueSize="1">support</Enqueue>')
    stage.page("/after", "<Say>The queue is full.</Say>")
    stage.caller.dials(stage.line).hears(MUSIC)
    stage.second.dials(stage.line).hears("The queue is full.")
    told = stage.told("/after")
    assert told["QueueResult"] == "queue-full"
    assert not {"QueueSid", "QueueTime"} & set(told)


# 1.3: "QueueResult: ... error ...": music that cannot be had.
def test_music_that_cannot_be_had(stage: Stage, queued: str) -> None:
    stage.exchange.disturb(Trouble("/wait", "status", status=500))
    stage.caller.hears("After the queue.")
    assert stage.told("/after")["QueueResult"] == "error"


# 4.6: a document that plays nothing must not stop the clock.
def test_music_that_plays_nothing(stage: Stage, queued: str) -> None:
    stage.page("/wait", "")
    stage.passes(60)
    assert 40 < len(stage.asked("/wait")) < 62
    stage.caller.is_still_on()


# 5.6: "queued caller: Members/{CallSid} Url: leaves with QueueResult=redirected". 7.3: "Members/{CA or Front}: POST
# Url, Method: dequeues and redirects; fields call_sid, position, wait_time, date_enqueued".
@pytest.mark.parametrize("name", ["Front", "CallSid"])
def test_members_are_moved(stage: Stage, rest: Rest, queued: str, name: str) -> None:
    stage.page("/room", "<Dial><Conference>desk-1</Conference></Dial>")
    stage.second.dials(stage.line)
    stage.passes(10)
    listed = rest("GET", f"/Queues/{queued}/Members.json").json()["queue_members"]
    assert [(one["call_sid"], one["position"], one["wait_time"]) for one in listed] == [
        (stage.caller.leg.sid, 1, 10),
        (stage.second.leg.sid, 2, 10),
    ]
    path = f"/Queues/{queued}/Members/{stage.caller.leg.sid if name == 'CallSid' else name}.json"
    assert rest("GET", path).json()["position"] == 1
    assert rest("POST", path, Url=f"{BASE}/room").json()["call_sid"] == stage.caller.leg.sid
    stage.caller.is_alone_in_room()
    told = stage.told("/after")
    assert (told["QueueResult"], told["QueueTime"], told["CallStatus"]) == ("redirected", "10", "in-progress")
    stage.caller.hears_not("After the queue.")
    assert rest("GET", f"/Queues/{queued}/Members/{stage.caller.leg.sid}.json").status_code == 404
    assert rest("GET", f"/Queues/{queued}/Members/Front.json").json()["call_sid"] == stage.second.leg.sid


# 1.3: "QueueResult: ... redirected-from-bridged".
def test_a_call_is_moved_out_of_its_talk(stage: Stage, rest: Rest, queued: str) -> None:
    stage.page("/room", "<Say>Elsewhere.</Say>")
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Url=f"{BASE}/room")
    stage.caller.hears("Elsewhere.")
    stage.first.hears("Done.")
    assert stage.told("/after")["QueueResult"] == "redirected-from-bridged"


# 7.3: "GET, POST /Queues; GET, POST, DELETE /Queues/{QU}: FriendlyName, MaxSize; fields current_size,
# average_wait_time, max_size".
def test_queues_by_rest(stage: Stage, rest: Rest, queued: str) -> None:
    stage.passes(8)
    (queue,) = rest("GET", "/Queues.json").json()["queues"]
    assert set(queue) == {
        "sid", "account_sid", "friendly_name", "current_size", "average_wait_time", "max_size", "date_created",
        "date_updated", "uri", "subresource_uris",
    }  # fmt: skip
    assert (queue["sid"], queue["friendly_name"], queue["current_size"], queue["average_wait_time"]) == (
        queued,
        "support",
        1,
        8,
    )
    made = rest("POST", "/Queues.json", FriendlyName="sales", MaxSize="5")
    assert (made.status_code, made.json()["max_size"]) == (201, 5)
    path = f"/Queues/{made.json()['sid']}.json"
    changed = rest("POST", path, FriendlyName="sold", MaxSize="6").json()
    assert (changed["friendly_name"], changed["max_size"]) == ("sold", 6)
    assert rest("GET", path).json() == changed
    assert rest("DELETE", path).status_code == 204
    assert rest("GET", path).json()["code"] == 20404
    assert rest("DELETE", f"/Queues/{queued}.json").status_code == 400
    for form in ({}, {"FriendlyName": "support"}, {"FriendlyName": "x", "MaxSize": "5001"}):
        assert rest("POST", "/Queues.json", **form).status_code == 400
    assert rest("POST", f"/Queues/{queued}/Members/Front.json").json()["code"] == 21205


# 4.3: "hangupOnStar: caller's * drops the callee, caller continues"; "timeLimit".
@pytest.mark.parametrize("attribute", ['hangupOnStar="true"', 'timeLimit="60"'])
def test_the_one_who_took_the_call_ends_the_talk(stage: Stage, queued: str, attribute: str) -> None:
    stage.page("/voice", TAKING.replace("<Dial", f"<Dial {attribute}"))
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    if "Star" in attribute:
        stage.first.presses("*")
    stage.passes(65)
    stage.first.hears("Done.")
    stage.caller.hears("After the queue.")


# 4.3: "timeLimit: seconds of the connected call": what the caller is told before is no part of it.
def test_the_time_limit_counts_the_talk(stage: Stage, queued: str) -> None:
    stage.page("/voice", '<Dial timeLimit="60" action="/done"><Queue url="/connecting">support</Queue></Dial>')
    stage.page("/connecting", "<Play>long.mp3</Play>")
    stage.first.dials(stage.line)
    stage.passes(65)
    stage.first.is_connected_to(stage.caller)
    stage.passes(6)
    stage.first.hears("Done.")
    assert stage.told("/done")["DequeuedCallDuration"] == "60"


# 1.3: "QueueResult: bridged, bridging-in-process, ...": the caller hangs up while it is told something.
def test_hanging_up_on_the_way_to_somebody(stage: Stage, queued: str) -> None:
    stage.page("/voice", '<Dial action="/done"><Queue url="/connecting">support</Queue></Dial>')
    stage.page("/connecting", "<Play>long.mp3</Play>")
    stage.first.dials(stage.line)
    stage.passes(3)
    stage.caller.hangs_up()
    stage.first.hears("Done.")
    assert stage.told("/after")["QueueResult"] == "bridging-in-process"
    assert (stage.told("/done")["DialBridged"], stage.told("/done")["DequeueResult"]) == ("false", "error")


# 4.3: "record" of a Dial that takes from a queue: the talk. 1.4: "RecordingUrl: only with record= on this Dial".
def test_a_talk_out_of_a_queue_is_recorded(stage: Stage, queued: str) -> None:
    record = 'record="record-from-answer" recordingStatusCallback="/recorded"'
    stage.page("/voice", TAKING.replace("<Dial", f"<Dial {record}"))
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    stage.passes(20)
    stage.caller.hangs_up()
    stage.first.hears("Done.")
    stage.passes(5)
    told = stage.told("/recorded")
    assert (told["RecordingSource"], told["RecordingDuration"]) == ("DialVerb", "20")
    assert (told["CallSid"], told["RecordingUrl"]) == (stage.first.leg.sid, stage.told("/done")["RecordingUrl"])


# 7.3: "POST Url, Method": a member is moved to a URL; nothing else will do.
def test_a_member_is_moved_to_a_url_alone(stage: Stage, rest: Rest, queued: str) -> None:
    path = f"/Queues/{queued}/Members/Front.json"
    refused = rest("POST", path, Twiml="<Response><Hangup/></Response>")
    assert (refused.status_code, refused.json()["code"]) == (400, 21205)
    stage.page("/room", "<Say>Elsewhere.</Say>")
    rest("POST", path, Url=f"{BASE}/room", Method="GET")
    stage.caller.hears("Elsewhere.")
    assert stage.asked("/room")[0].method == "GET"


# 4.1: "Leave: only for a queued call". 4.6: "text = queue name".
@pytest.mark.parametrize(
    ("verbs", "complaint"),
    [
        ("<Leave/><Say>On.</Say>", "<Leave> is for a queued call alone"),
        ("<Enqueue/><Say>On.</Say>", "<Enqueue> has neither a queue's name nor a workflowSid"),
        ("<Enqueue workflowSid='WW1'/><Say>On.</Say>", "<Enqueue workflowSid> is not played yet"),
    ],
)
def test_what_is_no_queue(stage: Stage, verbs: str, complaint: str) -> None:
    stage.plays(verbs)
    with pytest.raises(AssertionError, match=complaint):
        stage.caller.dials(stage.line)
