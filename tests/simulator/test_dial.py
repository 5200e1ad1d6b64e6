"""<Dial> from the first ring to the action (twilio.md 4.3, 5.1 to 5.4)."""

from __future__ import annotations

from simulator.people.scripted import BASE, CALLER, FIRST, LINE, SECOND, Stage

EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
PLAIN = f'<Say>One moment.</Say><Dial timeout="15" action="/after"><Number {EVENTS}>{FIRST}</Number></Dial>'
QUESTION = '<Gather numDigits="1" timeout="6" action="/key"><Say>Press 1.</Say></Gather><Hangup/>'


# 5.1: "event initiated (seq 0)", "event ringing (seq 1)", "event answered, CallStatus in-progress (seq 2)",
# "event completed (CallStatus completed, CallDuration)".
def test_a_child_leg_tells_its_four_events_in_order(stage: Stage) -> None:
    stage.plays(PLAIN)
    stage.caller.dials(stage.line)
    stage.first.rings(from_=CALLER)
    stage.passes(4)
    stage.first.answers()
    stage.caller.is_connected_to(stage.first)
    stage.passes(12)
    stage.first.hangs_up()
    told = [request.params for request in stage.asked("/leg")]
    assert [each["CallStatus"] for each in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [each["SequenceNumber"] for each in told] == ["0", "1", "2", "3"]
    assert {each["CallbackSource"] for each in told} == {"call-progress-events"}
    assert {each["ParentCallSid"] for each in told} == {stage.caller.leg.sid}
    assert told[-1]["CallDuration"] == "12"
    assert "CallDuration" not in told[-2]
    assert told[-1]["Timestamp"] == "Mon, 02 Nov 2026 16:00:16 +0000"


# 5.1 step 4: "callee hangs up: Dial ends, caller stays; action DialCallStatus=completed, DialBridged=true,
# DialCallDuration; parent CallStatus=in-progress".
def test_the_action_after_a_talk_that_the_callee_ended(stage: Stage) -> None:
    stage.plays(PLAIN, "<Say>You were cut off.</Say>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.passes(30)
    stage.first.hangs_up()
    told = stage.told("/after")
    assert told["DialCallStatus"] == "completed"
    assert told["DialBridged"] == "true"
    assert told["DialCallDuration"] == "30"
    assert told["DialCallSid"] == stage.child().sid
    assert told["CallStatus"] == "in-progress"
    stage.caller.hears("cut off").has_ended()


# 5.1 step 3': "busy / rejected by phone: child busy; action busy, DialBridged=false".
def test_a_busy_phone(stage: Stage) -> None:
    stage.plays(PLAIN)
    stage.caller.dials(stage.line)
    stage.first.rings().rejects()
    stage.caller.has_ended()
    assert stage.told("/after")["DialCallStatus"] == "busy"
    assert stage.told("/after")["DialBridged"] == "false"
    assert stage.told("/leg")["CallStatus"] == "busy"
    assert stage.told("/leg")["SipResponseCode"] == "486"


# 5.1: "no answer: after timeout + ~5 s; completed event no-answer (SipResponseCode 487); action no-answer,
# DialBridged=false". 4.3: "timeout: 5-600 s; Twilio always adds about 5 s".
def test_a_phone_that_nobody_answers_rings_five_seconds_more_than_the_timeout(stage: Stage) -> None:
    stage.plays(PLAIN)
    stage.caller.dials(stage.line)
    stage.first.rings(for_seconds=20)
    stage.caller.has_ended()
    assert stage.told("/leg")["CallStatus"] == "no-answer"
    assert stage.told("/leg")["SipResponseCode"] == "487"
    assert stage.told("/leg")["CallDuration"] == "0"
    assert stage.told("/after")["DialCallStatus"] == "no-answer"


# 1.4: "A captured no-answer action payload held exactly: the standard set with CallStatus=in-progress,
# DialCallStatus=no-answer, DialCallSid, DialBridged=false."
def test_the_no_answer_action_holds_exactly_that(stage: Stage) -> None:
    stage.plays(PLAIN)
    stage.caller.dials(stage.line)
    stage.first.rings(for_seconds=20)
    stage.caller.has_ended()
    first, after = stage.told("/voice"), stage.told("/after")
    assert set(after) - set(first) == {"DialCallStatus", "DialCallSid", "DialBridged"}
    assert after["CallStatus"] == "in-progress"


# 5.1 step 3': "failed: at once or after seconds; completed event failed (+ErrorCode/ErrorMessage), possibly
# without ringing; action failed". 1.5: "SipResponseCode: 404 unknown number".
def test_a_number_that_fails(stage: Stage) -> None:
    stage.plays(PLAIN)
    stage.first.phone.fails()
    stage.caller.dials(stage.line).has_ended()
    told = stage.asked("/leg")
    assert [request.params["CallStatus"] for request in told] == ["initiated", "failed"]
    assert told[-1].params["SipResponseCode"] == "404"
    assert told[-1].params["ErrorCode"]
    assert told[-1].params["ErrorMessage"]
    assert stage.told("/after")["DialCallStatus"] == "failed"


# 4.3, 5.1: "parent: answered now, or stays ringing with answerOnBridge as first verb"; step 3: "parent
# answered now if answerOnBridge".
def test_answer_on_bridge_leaves_the_caller_ringing_until_the_bridge(stage: Stage) -> None:
    stage.plays(f'<Dial answerOnBridge="true" action="/after"><Number>{FIRST}</Number></Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings()
    assert stage.caller.leg.answered_at is None
    stage.first.answers()
    assert stage.caller.leg.is_live
    stage.caller.is_connected_to(stage.first)


# 4.3: "answerOnBridge works only if Dial is the FIRST verb". 8 (17): "answerOnBridge after a Say: no effect".
def test_answer_on_bridge_after_a_say_has_no_effect(stage: Stage) -> None:
    stage.plays(f'<Say>Hello.</Say><Dial answerOnBridge="true"><Number>{FIRST}</Number></Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings()
    assert stage.caller.leg.status == "in-progress"


# 5.1: "Second Dial returned by the action while still unanswered: the caller is assumed to keep ringing when
# that Dial also has answerOnBridge".
def test_a_second_dial_with_answer_on_bridge_keeps_the_caller_ringing(stage: Stage) -> None:
    again = f'<Dial answerOnBridge="true"><Number>{SECOND}</Number></Dial>'
    stage.plays(f'<Dial answerOnBridge="true" timeout="15" action="/after"><Number>{FIRST}</Number></Dial>', again)
    stage.caller.dials(stage.line)
    stage.first.rings(for_seconds=20)
    stage.second.rings()
    assert stage.caller.leg.status == "ringing"
    assert stage.told("/after")["CallStatus"] == "ringing"


BOTH = f'<Dial action="/after"><Number {EVENTS}>{FIRST}</Number><Number {EVENTS}>{SECOND}</Number></Dial>'


# 5.3: "All ring; the first to PICK UP stops the others (canceled or no-answer in their completed event)
# before any screening answer".
def test_of_several_numbers_the_first_pick_up_stops_the_others(stage: Stage) -> None:
    stage.plays(BOTH)
    stage.caller.dials(stage.line)
    stage.first.rings()
    stage.second.rings().answers()
    stage.first.does_not_ring()
    stage.caller.is_connected_to(stage.second)
    assert stage.child(0).status == "canceled"
    stage.second.hangs_up()
    assert stage.told("/after")["DialCallSid"] == stage.child(1).sid


# 5.3: "a voicemail that picks up first kills the ring of the humans; if it then fails screening, Dial ends
# completed/DialBridged=false".
def test_a_voicemail_that_picks_up_first_silences_the_humans(stage: Stage) -> None:
    stage.plays(BOTH.replace("<Number ", '<Number url="/screen" '))
    stage.page("/screen", QUESTION)
    stage.first.phone.has_voicemail(after_seconds=6)
    stage.caller.dials(stage.line)
    stage.second.rings(for_seconds=6)
    stage.caller.has_ended()
    assert stage.told("/after")["DialCallStatus"] == "completed"
    assert stage.told("/after")["DialBridged"] == "false"


# 5.3: "All fail: one action request".
def test_when_nobody_of_several_answers_there_is_one_action(stage: Stage) -> None:
    stage.plays(BOTH)
    stage.caller.dials(stage.line)
    stage.first.rings().rejects()
    stage.second.rings(for_seconds=35)
    stage.caller.has_ended()
    assert len(stage.asked("/after")) == 1
    assert stage.told("/after")["DialCallStatus"] == "no-answer"


# 5.3: "sequential=true: next noun after the previous one fails".
def test_sequential_rings_one_after_the_other(stage: Stage) -> None:
    stage.plays(BOTH.replace("<Dial ", '<Dial sequential="true" timeout="10" '))
    stage.caller.dials(stage.line)
    stage.second.does_not_ring()
    stage.first.rings(for_seconds=15)
    stage.second.rings().answers()
    stage.caller.is_connected_to(stage.second).hangs_up()
    assert len(stage.asked("/after")) == 1


# 5.4: "while ringing in Dial: every child is dropped; Dial action IS requested with DialCallStatus=canceled
# and parent CallStatus=completed, its answer is discarded; number StatusCallback completed".
def test_the_caller_hangs_up_while_it_rings(stage: Stage) -> None:
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays(PLAIN, "<NoVerb/>")
    stage.caller.dials(stage.line)
    stage.first.rings()
    stage.caller.hangs_up()
    stage.settles()
    assert stage.first.phone.ringing is None
    assert stage.told("/leg")["CallStatus"] == "canceled"
    assert stage.told("/after")["DialCallStatus"] == "canceled"
    assert stage.told("/after")["CallStatus"] == "completed"
    assert stage.told("/ended")["CallStatus"] == "completed"
    assert stage.exchange.faults == []


# 5.4: "while bridged: child completed; action with DialCallStatus=completed, CallStatus=completed;
# StatusCallback completed".
def test_the_caller_hangs_up_while_bridged(stage: Stage) -> None:
    stage.line.status_callback = f"{BASE}/ended"
    stage.plays(PLAIN)
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.passes(61)
    stage.caller.hangs_up()
    stage.first.has_ended()
    told = stage.told("/after")
    assert (told["DialCallStatus"], told["CallStatus"], told["DialBridged"]) == (
        "completed",
        "completed",
        "true",
    )
    assert told["DialCallDuration"] == "61"
    ended = stage.told("/ended")
    assert (ended["CallStatus"], ended["SequenceNumber"], ended["Duration"]) == ("completed", "0", "2")


# 4.3: "hangupOnStar: caller's * drops the callee, caller continues".
def test_star_drops_the_callee(stage: Stage) -> None:
    stage.plays(f'<Dial hangupOnStar="true" action="/after">{FIRST}</Dial>', "<Say>Back.</Say>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.caller.presses("*").hears("Back.")
    stage.first.has_ended()
    assert stage.told("/after")["DialCallStatus"] == "completed"


# 4.3: "timeLimit: seconds of the connected call"; "timeLimit ends Dial in this way while the caller is still
# there".
def test_the_time_limit_ends_the_dial(stage: Stage) -> None:
    stage.plays(f'<Dial timeLimit="60" action="/after">{FIRST}</Dial>', "<Say>Time is up.</Say>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.caller.hears("Time is up", within=61)
    assert stage.told("/after")["DialCallDuration"] == "60"


# 4.3: "Without action: next verb; if none, the call ends." "with action: verbs after Dial are unreachable".
def test_without_an_action_the_next_verb_follows(stage: Stage) -> None:
    stage.plays(f"<Dial>{FIRST}</Dial><Say>Nobody there.</Say>")
    stage.caller.dials(stage.line)
    stage.first.rings().rejects()
    stage.caller.hears("Nobody there.").has_ended()
    stage.plays(f'<Dial action="/after">{FIRST}</Dial><Say>Never.</Say>', "<Say>Action.</Say>")
    stage.caller.dials(stage.line)
    stage.first.rings().rejects()
    stage.caller.hears("Action.").has_ended().hears_not("Never.")


# 4.3: "callerId on Number: the To or the From of the inbound request, any Twilio number of the account, or a
# verified number". 2.6: "13214: Dial: invalid callerId".
def test_a_caller_id_that_is_not_ours_fails_the_leg(stage: Stage) -> None:
    stage.plays(f'<Dial callerId="{LINE}" action="/after">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings(from_=stage.line).rejects()
    stage.plays(f'<Dial callerId="+14165550000" action="/after">{FIRST}</Dial>')
    stage.caller.dials(stage.line).has_ended()
    assert stage.told("/after")["DialCallStatus"] == "failed"
    assert [alert.code for alert in stage.exchange.alerts] == [13214]


# 4.3: "record: record-from-answer". 1.4: "RecordingUrl: only with record= on this Dial". 1.3:
# "RecordingSource ... DialVerb", "CallSid is the parent leg".
def test_a_recorded_dial(stage: Stage) -> None:
    stage.plays(f'<Dial record="record-from-answer" recordingStatusCallback="/recorded" action="/after">{FIRST}</Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.passes(20)
    stage.first.hangs_up()
    assert "RecordingUrl" in stage.told("/after")
    stage.passes(10)
    told = stage.told("/recorded")
    assert (told["RecordingSource"], told["RecordingDuration"], told["RecordingStatus"]) == (
        "DialVerb",
        "20",
        "completed",
    )
    assert told["CallSid"] == stage.caller.leg.sid


# 4.4: "sendDigits".
def test_send_digits_are_played_to_the_callee_before_anything_else(stage: Stage) -> None:
    stage.plays(f'<Dial action="/after"><Number sendDigits="ww12">{FIRST}</Number></Dial>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.caller.is_connected_to(stage.first)
    assert (stage.first.leg.sounds[0].kind, stage.first.leg.sounds[0].text) == ("tone", "ww12")


# 1.1, 1.2: several calls at once keep apart.
def test_two_calls_at_once(stage: Stage) -> None:
    other = stage.story.phone("+14035550198", "Dora")
    stage.page(
        "/voice",
        lambda given: f'<Dial action="/after">{FIRST if given["From"] == CALLER else SECOND}</Dial>',
    )
    stage.page("/after", "<Hangup/>")
    stage.caller.dials(stage.line)
    other.dials(stage.line)
    stage.second.rings().answers()
    stage.first.rings().answers()
    stage.caller.is_connected_to(stage.first)
    other.is_connected_to(stage.second).hangs_up()
    stage.caller.is_still_on()


# 8 (1): "Carrier voicemail answers the forwarded call: DialCallStatus completed, caller talks to a machine".
def test_a_voicemail_without_screening_talks_to_the_caller(stage: Stage) -> None:
    stage.plays(PLAIN)
    stage.first.phone.has_voicemail(after_seconds=12, greeting_seconds=8)
    stage.caller.dials(stage.line)
    stage.first.rings()
    stage.caller.hears("not available")
    stage.caller.is_connected_to(stage.first).has_ended(within=90)
    assert stage.told("/after")["DialBridged"] == "true"
