"""Every attribute of <Dial> and Number (twilio.md 4.3, 4.4), and the failures of 5.1 and 5.3."""

from __future__ import annotations

import pytest

from simulator.people.scripted import BASE, FIRST, LINE, SECOND, Reply, Stage
from tests.simulator.asking import Rest

EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'


def dials(stage: Stage, attributes: str = "", noun: str = FIRST) -> None:
    stage.plays(f'<Say>Hold.</Say><Dial action="/after" {attributes}>{noun}</Dial>', "<Say>After.</Say>")
    stage.caller.dials(stage.line)


# 4.4: "unformatted US numbers are accepted by Twilio".
@pytest.mark.parametrize(
    "written", ["4035550111", "(403) 555-0111", "403.555.0111", "1-403-555-0111", "+1 403 555 0111"]
)
@pytest.mark.parametrize("noun", ["{}", "<Number>{}</Number>"])
def test_a_number_as_people_write_it(stage: Stage, written: str, noun: str) -> None:
    dials(stage, "", noun.format(written))
    stage.first.rings()
    assert stage.child().to == FIRST


# 2.6: "13223 / 13224: Dial: number not E.164 / number invalid or not supported"; from memory 13227 no geo permission.
# 5.1: "failed: at once or after seconds; completed event failed (+ErrorCode/ErrorMessage), possibly without ringing".
@pytest.mark.parametrize(
    ("number", "code"), [("5550111", 13223), ("ana", 13223), ("+140355501", 13224), ("+37120000001", 13227)]
)
def test_a_number_that_is_refused(stage: Stage, number: str, code: int) -> None:
    stage.exchange.closed_countries.add("LV")
    dials(stage, "", f"<Number {EVENTS}>{number}</Number>")
    stage.caller.hears("After.")
    assert [request.params["CallStatus"] for request in stage.asked("/leg")] == ["initiated", "failed"]
    assert stage.told("/leg")["ErrorCode"] == str(code)
    assert (stage.told("/after")["DialCallStatus"], stage.told("/after")["DialBridged"]) == ("failed", "false")
    assert [alert.code for alert in stage.exchange.alerts] == [code]


# 5.3: one bad number among good ones does not stop the others.
def test_a_refused_number_among_others(stage: Stage) -> None:
    dials(stage, "", f"<Number>+140355501</Number><Number>{SECOND}</Number>")
    stage.second.rings().answers().is_connected_to(stage.caller)


# 4.3: "callReason (50 chars)".
def test_the_reason_of_a_call_is_short(stage: Stage) -> None:
    dials(stage, f'callReason="{"x" * 50}"')
    stage.first.rings().rejects()
    with pytest.raises(AssertionError, match="is longer than 50 characters"):
        dials(stage, f'callReason="{"x" * 51}"')


# 4.3: "ringTone: country code; default carrier's". 5.1: "hears ringback produced or relayed by Twilio (ringTone
# overrides)".
def test_the_ring_tone(stage: Stage) -> None:
    for attribute, tone in (("", ""), ('ringTone="uk"', "uk")):
        dials(stage, attribute)
        stage.first.rings()
        (ringback,) = (sound for sound in stage.caller.leg.sounds if sound.kind == "ringback")
        assert ringback.text == tone
        stage.first.rejects()
        stage.caller.has_ended()
    with pytest.raises(AssertionError, match="is not a country code"):
        dials(stage, 'ringTone="Big Ben"')


# 5.1 (2): "with answerOnBridge the carrier's own ringing": nothing of Twilio's is heard.
def test_answer_on_bridge_plays_nothing(stage: Stage) -> None:
    stage.plays(f'<Dial answerOnBridge="true" ringTone="uk">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings()
    assert stage.caller.leg.sounds == []


# 4.3: "hangupOnStar: caller's * drops the callee, caller continues": while it rings as well, and not the callee's star.
def test_star(stage: Stage) -> None:
    dials(stage, 'hangupOnStar="true"')
    stage.first.rings()
    stage.caller.presses("1", at_once=True)
    assert stage.first.phone.ringing is not None
    stage.caller.presses("*", at_once=True).hears("After.")
    assert stage.told("/after")["DialCallStatus"] == "canceled"
    stage.caller.has_ended()
    dials(stage, 'hangupOnStar="true"')
    stage.first.rings().answers().is_connected_to(stage.caller)
    stage.first.presses("*", at_once=True).is_still_on()
    stage.caller.presses("1", at_once=True)
    stage.first.is_still_on()


# 4.3: "hangupOnStar: default false".
def test_star_does_nothing_by_default(stage: Stage) -> None:
    dials(stage)
    stage.first.rings().answers().is_connected_to(stage.caller)
    stage.caller.presses("*", at_once=True)
    stage.first.is_still_on()


# 4.3: "timeLimit: seconds of the connected call, max 14400; default 14400".
def test_the_default_time_limit(stage: Stage) -> None:
    dials(stage)
    stage.first.rings().answers().is_connected_to(stage.caller)
    stage.passes(14_399)
    stage.first.is_still_on()
    stage.passes(2)
    stage.first.has_ended()
    assert stage.told("/after")["DialCallDuration"] == "14400"


# 4.3: "timeout: 5-600 s; Twilio always adds about 5 s; default 30".
@pytest.mark.parametrize(("attribute", "seconds"), [("", 35), ('timeout="5"', 10), ('timeout="600"', 605)])
def test_the_timeout(stage: Stage, attribute: str, seconds: int) -> None:
    dials(stage, attribute)
    stage.first.rings(for_seconds=seconds)


# 4.3: "record: do-not-record, record-from-answer, record-from-ringing, ...-dual; true/false aliases; default
# do-not-record". 1.3: "RecordingSource DialVerb", "RecordingChannels". 1.4: "RecordingUrl: only with record= on this
# Dial".
@pytest.mark.parametrize(
    ("value", "channels", "seconds"),
    [
        ("", None, None),
        ("do-not-record", None, None),
        ("false", None, None),
        ("true", "1", "20"),
        ("record-from-answer", "1", "20"),
        ("record-from-answer-dual", "2", "20"),
        ("record-from-ringing", "1", "30"),
        ("record-from-ringing-dual", "2", "30"),
    ],
)
def test_recording(stage: Stage, value: str, channels: str | None, seconds: str | None) -> None:
    attribute = f'record="{value}"' if value else ""
    dials(stage, f'{attribute} recordingStatusCallback="/recorded"')
    stage.first.rings()
    stage.passes(10)
    stage.first.answers().is_connected_to(stage.caller)
    stage.passes(20)
    stage.first.hangs_up()
    stage.passes(10)
    assert ("RecordingUrl" in stage.told("/after")) == (channels is not None)
    told = stage.told("/recorded") if channels else {}
    assert (told.get("RecordingChannels"), told.get("RecordingDuration")) == (channels, seconds)


# 4.3: "recordingStatusCallbackEvent (in-progress completed absent)".
def test_the_events_of_a_recording(stage: Stage) -> None:
    events = 'recordingStatusCallbackEvent="in-progress completed absent"'
    dials(stage, f'record="true" recordingStatusCallback="/recorded" {events}')
    stage.first.rings().answers().is_connected_to(stage.caller)
    stage.passes(5)
    stage.first.hangs_up()
    stage.passes(10)
    assert [request.params["RecordingStatus"] for request in stage.asked("/recorded")] == ["in-progress", "completed"]
    assert {request.params["CallSid"] for request in stage.asked("/recorded")} == {stage.caller.leg.sid}


# 4.3: "sequential: true: ring up to 10 nouns one after the other in order".
def test_sequential_with_failures(stage: Stage) -> None:
    nouns = f"<Number>+140355501</Number><Number>{FIRST}</Number><Client>ana</Client><Number>{SECOND}</Number>"
    dials(stage, 'sequential="true" timeout="5"', nouns)
    stage.first.rings().rejects()
    stage.story.phone("client:ana", "browser").rings(for_seconds=10)
    stage.second.rings().answers().is_connected_to(stage.caller).hangs_up()
    assert len(stage.asked("/after")) == 1
    assert stage.told("/after")["DialCallSid"] == stage.child().sid


# 4.3: "answerOnBridge: works only if Dial is the FIRST verb": a document reached by a Redirect has a first verb too.
def test_the_first_verb_after_a_redirect(stage: Stage) -> None:
    stage.plays("<Redirect>/dial</Redirect>")
    stage.page("/dial", f'<Dial answerOnBridge="true" action="/after">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings()
    assert stage.caller.leg.answered_at is None
    assert stage.told("/dial")["CallStatus"] == "ringing"


# 4.3: "Without action: next verb; if none, the call ends." 5.1: an unanswered caller's call ends unanswered.
def test_an_unanswered_caller_of_whom_nobody_took_care(stage: Stage) -> None:
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays(f'<Dial answerOnBridge="true">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings().rejects()
    stage.caller.has_ended()
    assert (stage.told("/ended")["CallStatus"], stage.told("/ended")["CallDuration"]) == ("no-answer", "0")


# 4.4: "method (POST)", "statusCallbackMethod (POST)", "statusCallbackEvent (completed)".
def test_methods_and_the_default_event(stage: Stage) -> None:
    for method in ("POST", "GET"):
        given = f'method="{method}" statusCallbackMethod="{method}"'
        dials(stage, "", f'<Number url="/screen" statusCallback="/leg" {given}>{FIRST}</Number>')
        stage.page("/screen", "<Hangup/>")
        stage.first.rings().answers().has_ended()
        stage.settles()
        assert [each.method for each in (stage.asked("/screen")[-1], stage.asked("/leg")[-1])] == [method] * 2
    assert [request.params["CallStatus"] for request in stage.asked("/leg")] == ["completed"] * 2
    assert [request.params["SequenceNumber"] for request in stage.asked("/leg")] == ["0"] * 2


# 4.4: "Number url (screening) document: Say, Play, Gather, Hangup only (Pause works in practice); no Dial".
def test_a_screening_that_dials_is_a_fault(stage: Stage) -> None:
    dials(stage, "", f'<Number url="/screen">{FIRST}</Number>')
    stage.page("/screen", f"<Dial>{SECOND}</Dial>")
    stage.first.rings()
    with pytest.raises(AssertionError, match="<Dial> must not stand in a screening document"):
        stage.first.answers()


# 5.2 (2): "With answerOnBridge the caller keeps hearing ringing" during the screening.
def test_a_screening_with_answer_on_bridge(stage: Stage) -> None:
    stage.plays(f'<Dial answerOnBridge="true" action="/after"><Number url="/screen">{FIRST}</Number></Dial>')
    stage.page("/screen", '<Gather numDigits="1" timeout="6"><Say>Press.</Say></Gather><Hangup/>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers().hears("Press")
    assert stage.caller.leg.status == "ringing"
    stage.first.has_ended()
    assert stage.told("/after")["CallStatus"] == "ringing"


# 2.4: a screening whose document fails: "assume child hangs up, DialBridged=false", with each kind of failure.
@pytest.mark.parametrize(
    "reply", [Reply(status=500), Reply("<Response>"), Reply("", 200), Reply("{}", content_type="a/b")]
)
def test_a_screening_that_fails(stage: Stage, reply: Reply) -> None:
    stage.line.voice_fallback_url = f"{BASE}/fallback"
    dials(stage, "", f'<Number url="/screen">{FIRST}</Number>')
    stage.page("/screen", reply)
    stage.first.rings().answers().hears("application error").has_ended()
    stage.caller.hears("After.")
    assert stage.told("/after")["DialBridged"] == "false"
    assert stage.asked("/fallback") == []


# 5.6: "child, bridged: Url: parent's Dial ends: action without DialCallDuration, or next verb".
def test_a_child_taken_out_of_a_dial_without_action(stage: Stage, rest: Rest) -> None:
    stage.plays(f"<Dial>{FIRST}</Dial><Say>Next verb.</Say>")
    stage.page("/room", '<Pause length="60"/>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers().is_connected_to(stage.caller)
    rest("POST", f"/Calls/{stage.child().sid}.json", Url=f"{BASE}/room")
    stage.caller.hears("Next verb.")
    stage.first.is_still_on()


# 1.5: "SipResponseCode: final event; 487 for no-answer; 486 busy, 404 unknown number"; "CallDuration: seconds;
# completed event only (0 when not answered)"; "Duration: completed only".
@pytest.mark.parametrize(
    ("does", "status", "code"),
    [
        ("rings out", "no-answer", "487"),
        ("busy", "busy", "486"),
        ("fails", "failed", "404"),
        ("talks", "completed", "200"),
    ],
)
def test_the_final_status_callback(stage: Stage, does: str, status: str, code: str) -> None:
    if does == "busy":
        stage.first.phone.is_busy()
    elif does == "fails":
        stage.first.phone.fails()
    dials(stage, 'timeout="5"', f"<Number {EVENTS}>{FIRST}</Number>")
    if does == "talks":
        stage.first.rings().answers()
        stage.passes(61)
        stage.first.hangs_up()
    stage.caller.has_ended()
    told = stage.told("/leg")
    assert (told["CallStatus"], told["SipResponseCode"]) == (status, code)
    assert (told["CallDuration"], told.get("Duration")) == (("61", "2") if does == "talks" else ("0", None))
    assert all("CallDuration" not in request.params for request in stage.asked("/leg")[:-1])


# 4.3: "callerId: default inbound caller's number"; a REST leg shows the number that called it.
def test_the_default_caller_id_of_a_call_by_rest(stage: Stage, rest: Rest) -> None:
    stage.page("/out", f"<Dial>{SECOND}</Dial>")
    rest.calls()
    stage.first.rings().answers()
    stage.second.rings(from_=LINE)
