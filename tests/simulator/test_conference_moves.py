"""How legs come into a conference and out of it by REST (twilio.md 5.5, 5.6)."""

from __future__ import annotations

import pytest

from simulator.people.scripted import BASE, FIRST, SECOND, Stage
from tests.simulator.asking import Rest

TOLD = 'statusCallback="/conf" statusCallbackEvent="start end join leave"'


def room(attributes: str = "") -> str:
    return f'<Dial action="/after"><Conference {attributes}>desk-1</Conference></Dial>'


# 5.6: "conference participant: Url: leaves (participant_updated_via_api), endConferenceOnExit applies".
def test_a_participant_that_rest_moves(stage: Stage, rest: Rest) -> None:
    stage.page("/voice", lambda given: room("" if given["From"] == FIRST else f'endConferenceOnExit="true" {TOLD}'))
    stage.page("/after", "<Say>After the conference.</Say>")
    stage.page("/elsewhere", "<Say>Elsewhere.</Say>")
    stage.caller.dials(stage.line)
    stage.first.dials(stage.line).is_connected_to(stage.caller)
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Url=f"{BASE}/elsewhere")
    stage.caller.hears("Elsewhere.")
    stage.first.hears("After the conference.").has_left_room()
    told = [
        (each.params["StatusCallbackEvent"], each.params.get("ReasonParticipantLeft", "-"))
        for each in stage.asked("/conf")
    ]
    assert told[3:] == [
        ("participant-leave", "participant_updated_via_api"),
        ("participant-leave", "moderator_ended_conference"),
        ("conference-end", "-"),
    ]
    assert [request.params["CallSid"] for request in stage.asked("/after")] == [stage.first.leg.sid]


# 5.6: "parent, in Dial/Gather/Record/conference: Url: new document runs at once": from whatever verb the caller
# is in, into a conference where somebody may wait already.
@pytest.mark.parametrize(
    "verbs",
    [
        '<Gather numDigits="1" action="/voice"><Play loop="0">music.mp3</Play></Gather>',
        '<Gather timeout="600"/>',
        '<Say loop="0">We are still trying.</Say>',
        '<Play loop="0">music.mp3</Play>',
        '<Pause length="600"/>',
        '<Record action="/after" timeout="0"/>',
        f'<Say>Hold.</Say><Dial timeout="60" action="/after"><Number>{SECOND}</Number></Dial>',
        f'<Dial timeout="60" answerOnBridge="true" action="/after"><Number>{SECOND}</Number></Dial>',
        '<Dial action="/after"><Conference>another</Conference></Dial>',
        "<Enqueue>waiting</Enqueue>",
        "<Redirect/>",
    ],
)
def test_a_caller_is_moved_into_a_conference(stage: Stage, rest: Rest, verbs: str) -> None:
    stage.page("/voice", verbs)
    stage.page("/room", '<Dial><Conference startConferenceOnEnter="true">desk-1</Conference></Dial>')
    stage.page("/out", '<Gather numDigits="1" action="/key"><Say>Press 1.</Say></Gather><Hangup/>')
    stage.page("/key", '<Dial><Conference startConferenceOnEnter="true">desk-1</Conference></Dial>')
    if verbs == "<Redirect/>":
        stage.page("/voice", '<Say>Please hold.</Say><Redirect method="POST">/voice</Redirect>')
    stage.caller.dials(stage.line)
    stage.passes(20)
    rest.calls()
    stage.first.rings().answers().presses("1").is_alone_in_room()
    rest("POST", f"/Calls/{stage.caller.leg.sid}.json", Url=f"{BASE}/room")
    stage.caller.is_in_room_with(stage.first)
    assert stage.caller.leg.status == "in-progress"
    assert stage.second.phone.ringing is None


# 5.5: "POST Calls with Url = screening document whose accept branch returns Dial/Conference." The first leg that
# accepts finds nobody yet, or the caller already.
@pytest.mark.parametrize("caller_first", [True, False])
def test_people_who_press_1_into_the_conference(stage: Stage, rest: Rest, caller_first: bool) -> None:
    stage.page("/voice", '<Gather numDigits="1" timeout="60"><Say>We are looking for somebody.</Say></Gather>')
    stage.page("/room", room('endConferenceOnExit="true" startConferenceOnEnter="false"'))
    stage.page("/out", '<Gather numDigits="1" action="/key"><Say>Press 1.</Say></Gather><Hangup/>')
    stage.page("/key", lambda given: room() if given["Digits"] == "1" else "<Hangup/>")
    stage.page("/after", "<Say>The caller has left.</Say>")
    stage.caller.dials(stage.line)
    for number in (FIRST, SECOND):
        rest.calls(to=number)
    stage.second.rings().answers()
    stage.first.answers()
    moved = f"/Calls/{stage.caller.leg.sid}.json"
    if caller_first:
        rest("POST", moved, Url=f"{BASE}/room")
        stage.first.presses("1").is_connected_to(stage.caller)
    else:
        stage.first.presses("1").is_alone_in_room()
        rest("POST", moved, Url=f"{BASE}/room")
    stage.second.presses("1").is_in_room_with(stage.caller, stage.first)
    stage.second.says("Two of us.")
    stage.caller.hears("Two of us.")
    stage.first.hears("Two of us.").hangs_up()
    stage.caller.is_in_room_with(stage.second).hangs_up()
    stage.second.hears("The caller has left.").has_ended()


# 5.6: "To move BOTH bridged legs: update the child to a conference first, let the parent's action return the
# same conference."
def test_both_legs_of_a_dial_go_into_a_conference(stage: Stage, rest: Rest) -> None:
    stage.plays(f'<Dial action="/after">{FIRST}</Dial>', "<Dial><Conference>desk-1</Conference></Dial>")
    stage.page("/room", "<Dial><Conference>desk-1</Conference></Dial>")
    stage.caller.dials(stage.line)
    stage.first.rings().answers()
    stage.caller.is_connected_to(stage.first)
    rest("POST", f"/Calls/{stage.first.leg.sid}.json", Url=f"{BASE}/room")
    stage.caller.is_in_room_with(stage.first).says("Still here.")
    stage.first.hears("Still here.")
