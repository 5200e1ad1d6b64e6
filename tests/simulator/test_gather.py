"""<Gather> (twilio.md 4.2 and 1.3)."""

from __future__ import annotations

import pytest

from simulator.people.scripted import BASE, Stage

PROMPT = "Press one for the roads, two for the water."


def asks(stage: Stage, attributes: str = "", below: str = "<Say>Nothing came.</Say>") -> None:
    stage.plays(f'<Gather action="/after" {attributes}><Say>{PROMPT}</Say></Gather>{below}')
    stage.caller.dials(stage.line)


# 1.3: "Gather action: Digits (without the finish key), FinishedOnKey (key or empty), msg=Gather End". 4.2:
# "Ends when: numDigits reached".
def test_the_number_of_digits_ends_it(stage: Stage) -> None:
    asks(stage, 'numDigits="2"')
    stage.caller.presses("17").has_ended()
    told = stage.told("/after")
    assert (told["Digits"], told["FinishedOnKey"], told["msg"]) == ("17", "", "Gather End")
    assert told["CallStatus"] == "in-progress"


# 4.2: "A key press stops the prompt."
def test_a_key_stops_the_prompt(stage: Stage) -> None:
    asks(stage, 'numDigits="1"')
    stage.passes(1)
    stage.caller.presses("1").has_ended().hears(PROMPT[:10]).hears_not(PROMPT)


# 4.2: "finish key". 1.3: "Digits (without the finish key)".
def test_the_finish_key_ends_it(stage: Stage) -> None:
    asks(stage)
    stage.caller.presses("42#").has_ended()
    assert (stage.told("/after")["Digits"], stage.told("/after")["FinishedOnKey"]) == ("42", "#")


# 4.2: "finishOnKey: one of 0-9 # *".
def test_another_finish_key(stage: Stage) -> None:
    asks(stage, 'finishOnKey="*"')
    stage.caller.presses("4#*").has_ended()
    assert stage.told("/after")["Digits"] == "4#"


# 4.2: 'finishOnKey="": every key is a digit, ends by timeout or numDigits.'
def test_no_finish_key(stage: Stage) -> None:
    asks(stage, 'finishOnKey="" timeout="3"')
    stage.caller.presses("4#*").has_ended()
    assert stage.told("/after")["Digits"] == "4#*"


# 4.2: "finishOnKey pressed with no digits counts as no input."
def test_the_finish_key_alone_is_no_input(stage: Stage) -> None:
    asks(stage)
    stage.caller.presses("#").hears("Nothing came.").has_ended()
    assert stage.asked("/after") == []


# 4.2: "The timeout clock starts after the nested verbs"; "No input: continue with the verb after Gather".
# Default 5.
def test_the_time_runs_from_the_end_of_the_prompt(stage: Stage) -> None:
    asks(stage)
    stage.passes(len(PROMPT) / 15 + 4.9)
    stage.caller.hears_not("Nothing")
    stage.passes(0.2 + 1)
    stage.caller.hears("Nothing came.")
    assert stage.asked("/after") == []


# 4.2: "... or at the first key. Ends when: timeout after last key".
def test_the_time_runs_anew_from_each_key(stage: Stage) -> None:
    asks(stage, 'timeout="4"')
    for key in "123":
        stage.caller.presses(key)
        stage.passes(3.5)
    assert stage.asked("/after") == []
    stage.passes(1)
    assert stage.told("/after")["Digits"] == "123"


# 4.2: "or request action if actionOnEmptyResult=true".
def test_an_empty_result_may_ask_the_action(stage: Stage) -> None:
    asks(stage, 'actionOnEmptyResult="true"')
    stage.caller.stays_silent().has_ended().hears_not("Nothing came.")
    assert stage.told("/after")["FinishedOnKey"] == ""


# 4.2: "With input: action is requested and the rest of the document is unreachable."
def test_the_rest_is_unreachable_after_input(stage: Stage) -> None:
    asks(stage, 'numDigits="1"')
    stage.caller.presses("1").has_ended().hears_not("Nothing came.")


# 4.2: "action: default current document URL". 4: "Relative URLs resolve against the URL of the current
# document".
def test_the_action_is_the_document_itself_by_default(stage: Stage) -> None:
    stage.line.voice_url = f"{BASE}/menus/voice?x=1"
    stage.page(
        "/menus/voice",
        lambda given: '<Gather numDigits="1"/>' if "Digits" not in given else '<Gather action="deeper" numDigits="1"/>',
    )
    stage.page("/menus/deeper", "<Hangup/>")
    stage.caller.dials(stage.line).presses("1").presses("2").has_ended()
    assert [request.url for request in stage.exchange.requests] == [
        f"{BASE}/menus/voice?x=1",
        f"{BASE}/menus/voice?x=1",
        f"{BASE}/menus/deeper",
    ]


# 1.3: "for speech SpeechResult, Confidence (0.0-1.0)". 4.2: "speechTimeout: value of timeout" by default.
def test_speech(stage: Stage) -> None:
    asks(stage, 'input="speech" timeout="3"')
    stage.caller.says("Taber")
    assert stage.asked("/after") == []
    stage.caller.has_ended()
    told = stage.told("/after")
    assert told["SpeechResult"] == "Taber"
    assert 0 <= float(told["Confidence"]) <= 1
    assert "Digits" not in told


# 4.2: "With `dtmf speech` the first kind detected wins and speech switches finishOnKey off."
def test_the_first_kind_of_input_wins(stage: Stage) -> None:
    asks(stage, 'input="dtmf speech" timeout="4"')
    stage.caller.says("Taber").presses("#", at_once=True).has_ended()
    assert stage.told("/after")["SpeechResult"] == "Taber"
    asks(stage, 'input="dtmf speech" timeout="4" numDigits="2"')
    stage.caller.presses("1")
    stage.exchange.speaks(stage.caller.leg, "Taber", 1)
    stage.caller.presses("2").has_ended()
    assert "SpeechResult" not in stage.told("/after")


# 4.2: "Keys pressed before the Gather started are lost or buffered (unverified)": lost here.
def test_keys_pressed_early_are_lost(stage: Stage) -> None:
    stage.plays('<Say>Wait for it.</Say><Gather action="/after" numDigits="1" timeout="2"/><Say>Nothing.</Say>')
    stage.caller.dials(stage.line).presses("1", at_once=True).hears("Nothing.")


# 5.4: "in Gather / Say / Pause: only the number StatusCallback; Gather action not requested".
def test_a_hang_up_in_a_gather_is_told_by_the_status_callback_alone(stage: Stage) -> None:
    stage.line.status_callback = f"{BASE}/ended"
    asks(stage)
    stage.caller.presses("1").hangs_up()
    stage.passes(30)
    assert stage.asked("/after") == []
    assert len(stage.asked("/ended")) == 1
    assert stage.told("/ended")["CallStatus"] == "completed"


# 4.2: "nested Say/Play/Pause only".
@pytest.mark.parametrize("nested", ["<Gather/>", "<Redirect>/x</Redirect>", f"<Dial>{'+14035550111'}</Dial>"])
def test_nothing_else_nests(stage: Stage, nested: str) -> None:
    stage.plays(f"<Gather>{nested}</Gather>")
    with pytest.raises(AssertionError, match="must not stand in <Gather>"):
        stage.caller.dials(stage.line)
