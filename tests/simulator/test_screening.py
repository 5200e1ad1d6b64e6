"""<Dial> with a Number that has a url: the callee is asked first (twilio.md 5.2)."""

from __future__ import annotations

from simulator.people.scripted import CALLER, FIRST, Stage

EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
SCREENED = (
    f'<Say>One moment.</Say><Dial timeout="15" action="/after"><Number url="/screen" {EVENTS}>{FIRST}</Number></Dial>'
)
QUESTION = '<Gather numDigits="1" timeout="6" action="/key"><Say>Press 1.</Say></Gather><Hangup/>'


def screened(stage: Stage, after: str = "<Say>After.</Say>") -> None:
    stage.plays(SCREENED, after)
    stage.page("/screen", QUESTION)
    stage.page("/key", lambda given: "" if given["Digits"] == "1" else "<Hangup/>")


# 5.2 (1): "Child answers, event answered, request to url (child's parameters)." 1.3: "CallSid = child,
# ParentCallSid = parent, Direction outbound-dial, From = caller ID shown, To = technician".
def test_the_screening_request_carries_the_childs_parameters(stage: Stage) -> None:
    screened(stage)
    stage.caller.dials(stage.line)
    stage.first.rings().answers().hears("Press 1")
    told = stage.told("/screen")
    assert told["CallSid"] == stage.child().sid
    assert told["ParentCallSid"] == stage.caller.leg.sid
    assert (told["Direction"], told["From"], told["To"]) == ("outbound-dial", CALLER, FIRST)
    assert told["CallStatus"] == "in-progress"
    stage.caller.hears_not("Press 1")


# 5.2 (3): "Document ends without Hangup: bridge. Gather action documents belong to the same child flow: their
# end also bridges."
def test_the_end_of_the_screening_document_bridges(stage: Stage) -> None:
    screened(stage)
    stage.caller.dials(stage.line)
    stage.first.rings().accepts()
    stage.caller.is_connected_to(stage.first)


# 5.2 (4): "Child executes Hangup ...: child completed (CallDuration > 0); parent action gets
# DialCallStatus=completed with DialBridged=false".
def test_a_decline_is_completed_but_not_bridged(stage: Stage) -> None:
    screened(stage)
    stage.caller.dials(stage.line)
    stage.first.rings().declines()
    stage.caller.hears("After.")
    assert stage.told("/after")["DialCallStatus"] == "completed"
    assert stage.told("/after")["DialBridged"] == "false"
    assert int(stage.told("/leg")["CallDuration"]) > 0


# 5.2 (4): "... or hangs up, or Gather times out into Hangup".
def test_a_silent_screening_is_completed_but_not_bridged(stage: Stage) -> None:
    screened(stage)
    stage.caller.dials(stage.line)
    stage.first.rings().answers().stays_silent().has_ended()
    assert stage.told("/after")["DialBridged"] == "false"
    stage.caller.dials(stage.line)
    stage.first.rings().answers().hangs_up()
    assert stage.told("/after")["DialCallStatus"] == "completed"
    assert stage.told("/after")["DialBridged"] == "false"


# 8 (1): "press-1 screening on every PSTN technician leg".
def test_a_voicemail_does_not_pass_the_screening(stage: Stage) -> None:
    screened(stage)
    stage.first.phone.has_voicemail(after_seconds=12)
    stage.caller.dials(stage.line).hears("After.").hears_not("not available")
    assert stage.told("/after")["DialBridged"] == "false"


# 5.2 (2): "The document runs on the child only. ... without [answerOnBridge] he hears nothing, the ringback
# has stopped".
def test_the_screening_gap_is_the_only_silence(stage: Stage) -> None:
    screened(stage)
    stage.caller.dials(stage.line)
    stage.first.rings()
    stage.passes(9)
    stage.first.answers().accepts()
    stage.passes(20)
    stage.caller.heard_no_silence_longer_than(0)
    assert [sound.kind for sound in stage.caller.leg.sounds] == [
        "speech",
        "ringback",
        "screening",
        "conversation",
    ]


# 5.2 (6): "Caller hangs up during screening: child is hung up (completed); as (d)."
def test_the_caller_hangs_up_during_the_screening(stage: Stage) -> None:
    screened(stage)
    stage.caller.dials(stage.line)
    stage.first.rings().answers().hears("Press 1")
    stage.caller.hangs_up()
    stage.first.has_ended()
    assert stage.child().status == "completed"
    assert stage.told("/after")["CallStatus"] == "completed"
    assert stage.told("/after")["DialBridged"] == "false"
