"""The finer rules of <Gather> (twilio.md 4.2, 1.3): finish keys, speech, partial results, early keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from simulator.people.scripted import BASE, FIRST, Stage
from simulator.switches import Switches

Staged = Callable[..., Stage]
PROMPT = "Tell us what has happened, in a few words."


def asks(stage: Stage, attributes: str = "", prompt: str = "") -> None:
    say = f"<Say>{prompt}</Say>" if prompt else ""
    stage.plays(f'<Gather action="/after" {attributes}>{say}</Gather><Say>Nothing came.</Say>')
    stage.caller.dials(stage.line)


# 4.2: "finishOnKey: one of 0-9 # *, or empty string; default #"; "finishOnKey pressed with no digits counts as no
# input"; "finishOnKey="": every key is a digit".
@pytest.mark.parametrize(
    ("attributes", "keys", "digits", "finished"),
    [
        ("", "12#", "12", "#"),
        ("", "*12#", "*12", "#"),
        ('finishOnKey="*"', "1#2*", "1#2", "*"),
        ('finishOnKey="0"', "120", "12", "0"),
        ('finishOnKey="9"', "#9", "#", "9"),
        ('finishOnKey=""', "1#*", "1#*", ""),
        ('finishOnKey="#" numDigits="3"', "12#", "12", "#"),
        ('finishOnKey="#" numDigits="2"', "12", "12", ""),
        ('finishOnKey="" numDigits="2"', "##", "##", ""),
        ('finishOnKey="5" numDigits="1"', "1", "1", ""),
    ],
)
def test_finish_keys(stage: Stage, attributes: str, keys: str, digits: str, finished: str) -> None:
    asks(stage, f'timeout="2" {attributes}')
    stage.caller.presses(keys, at_once=True).has_ended()
    told = stage.told("/after")
    assert (told["Digits"], told["FinishedOnKey"]) == (digits, finished)


# 4.2: "finishOnKey pressed with no digits counts as no input": with actionOnEmptyResult the action is
# asked all the same.
@pytest.mark.parametrize("key", ["#", "*", "7"])
def test_the_finish_key_alone(stage: Stage, key: str) -> None:
    asks(stage, f'finishOnKey="{key}"')
    stage.caller.presses(key).hears("Nothing came.")
    stage.caller.has_ended()
    asks(stage, f'finishOnKey="{key}" actionOnEmptyResult="true"')
    stage.caller.presses(key).has_ended()
    assert "Digits" not in stage.told("/after")


# 4.2: "numDigits: positive; default unlimited".
def test_any_number_of_digits(stage: Stage) -> None:
    asks(stage)
    stage.caller.presses("1234567890" * 5, at_once=True)
    assert stage.asked("/after") == []
    stage.caller.has_ended()
    assert stage.told("/after")["Digits"] == "1234567890" * 5


# 4.2: "timeout: seconds (or auto, one page); default 5".
@pytest.mark.parametrize(
    ("attribute", "seconds"), [("", 5), ('timeout="auto"', 5), ('timeout="0"', 0), ('timeout="12"', 12)]
)
def test_the_timeout(stage: Stage, attribute: str, seconds: int) -> None:
    asks(stage, attribute)
    if seconds:
        stage.passes(seconds - 0.1)
        stage.caller.hears_not("Nothing")
    stage.caller.hears("Nothing", within=1.2)


# 4.2: "method: GET, POST".
def test_the_method(stage: Stage) -> None:
    asks(stage, 'method="GET" numDigits="1"')
    stage.caller.presses("1").has_ended()
    assert (stage.asked("/after")[0].method, stage.told("/after")["Digits"]) == ("GET", "1")


# 4.2: "nested Say/Play/Pause only": each is stopped by a key.
@pytest.mark.parametrize(
    "nested", [f"<Say>{PROMPT}</Say>", "<Play>music.mp3</Play>", '<Pause length="9"/>', '<Say loop="0">Hi</Say>']
)
def test_every_prompt_is_stopped_by_a_key(stage: Stage, nested: str) -> None:
    stage.plays(f'<Gather action="/after" numDigits="1">{nested}<Say>The second prompt.</Say></Gather>')
    stage.caller.dials(stage.line)
    stage.passes(0.5)
    stage.caller.presses("1").has_ended().hears_not("The second prompt.")
    assert stage.told("/after")["Digits"] == "1"


# 4.2: "speechTimeout: seconds or auto; default: value of timeout".
@pytest.mark.parametrize(
    ("attributes", "seconds"),
    [
        ('timeout="4"', 4),
        ('timeout="4" speechTimeout="2"', 2),
        ('timeout="9" speechTimeout="auto"', 1),
        ('timeout="auto"', 1),
    ],
)
def test_the_silence_that_ends_speech(stage: Stage, attributes: str, seconds: int) -> None:
    asks(stage, f'input="speech" {attributes}')
    stage.caller.says("The road is under water")
    stage.passes(seconds - 0.1)
    assert stage.asked("/after") == []
    stage.passes(0.2)
    assert stage.told("/after")["SpeechResult"] == "The road is under water"


# 4.2: "speechTimeout ... (auto not with an explicit speechModel)".
def test_auto_silence_and_a_model(stage: Stage) -> None:
    asks(stage, 'input="speech" speechTimeout="2" speechModel="phone_call"')
    stage.caller.says("Taber").has_ended()
    with pytest.raises(AssertionError, match="must not have a speechModel"):
        asks(stage, 'input="speech" speechTimeout="auto" speechModel="phone_call"')


# 4.2: "Speech is limited to 60 s"; "maxSpeechTime". What is said after that is not heard.
@pytest.mark.parametrize(("attribute", "seconds"), [("", 60), ('maxSpeechTime="10"', 10)])
def test_the_longest_speech(stage: Stage, attribute: str, seconds: int) -> None:
    asks(stage, f'input="speech" timeout="2" {attribute}')
    stage.exchange.speaks(stage.caller.leg, "ten words " * 10, seconds * 2)
    stage.passes(seconds - 0.1)
    assert stage.asked("/after") == []
    stage.passes(0.2)
    assert stage.told("/after")["SpeechResult"] == ("ten words " * 5).strip()


# 4.2: several sentences, one after the other, are one result.
def test_several_sentences(stage: Stage) -> None:
    asks(stage, 'input="speech" timeout="3"')
    stage.caller.says("The road is under water.")
    stage.passes(2)
    stage.caller.says("Near Taber.").has_ended()
    assert stage.told("/after")["SpeechResult"] == "The road is under water. Near Taber."


# 4.2: "A key press stops the prompt"; words do too, unless bargeIn says no.
@pytest.mark.parametrize(("attribute", "is_heard"), [("", False), ('bargeIn="false"', True)])
def test_words_into_the_prompt(stage: Stage, attribute: str, is_heard: bool) -> None:
    asks(stage, f'input="dtmf speech" timeout="2" {attribute}', PROMPT)
    stage.passes(0.5)
    stage.exchange.speaks(stage.caller.leg, "Taber", 0.4)
    stage.caller.has_ended()
    assert stage.told("/after")["SpeechResult"] == "Taber"
    assert (PROMPT in stage.caller.leg.heard()) == is_heard


# 4.2: bargeIn is for words: a key stops the prompt all the same.
def test_a_key_into_a_prompt_that_lets_no_words_in(stage: Stage) -> None:
    asks(stage, 'bargeIn="false" numDigits="1"', PROMPT)
    stage.passes(0.5)
    stage.caller.presses("1").has_ended().hears_not(PROMPT)


# 4.2: "partialResultCallback(+Method)". 1.3: "UnstableSpeechResult (+ StableSpeechResult, Stability, SequenceNumber);
# answer ignored".
def test_partial_results(stage: Stage) -> None:
    callback = 'partialResultCallback="/partial" partialResultCallbackMethod="GET"'
    stage.page("/partial", "<Hangup/>")
    asks(stage, f'input="speech" timeout="2" {callback}')
    stage.exchange.speaks(stage.caller.leg, "The road is under water", 3)
    stage.caller.has_ended()
    partials = [request.params for request in stage.asked("/partial")]
    heard = [each["UnstableSpeechResult"] for each in partials]
    assert heard[-1] == stage.told("/after")["SpeechResult"] == "The road is under water"
    assert [heard[-1].startswith(each) for each in heard] == [True, True, True]
    assert [each["StableSpeechResult"] for each in partials] == ["", *heard[:-1]]
    assert [each["SequenceNumber"] for each in partials] == ["0", "1", "2"]
    assert {each["CallSid"] for each in partials} == {stage.caller.leg.sid}
    assert {request.method for request in stage.asked("/partial")} == {"GET"}
    assert [(each.at - partials_began(stage)).total_seconds() for each in stage.asked("/partial")] == [1, 2, 3]


def partials_began(stage: Stage) -> datetime:
    return stage.caller.leg.said[0].at


# 4.2: without speech there is nothing partial.
def test_no_partial_results_of_keys(stage: Stage) -> None:
    asks(stage, 'input="dtmf speech" numDigits="2" partialResultCallback="/partial"')
    stage.caller.presses("12").has_ended()
    assert stage.asked("/partial") == []


# 4.2: "language": the one in which words are expected is that of the Gather; "hints (<= 500 entries of <= 100
# characters)" may be just that long.
def test_language_and_hints(stage: Stage) -> None:
    hints = ",".join(["x" * 100] * 500)
    asks(stage, f'input="speech" language="fr-CA" hints="{hints}" timeout="30"')
    assert stage.caller.leg.ear is not None
    assert stage.caller.leg.ear.language == "fr-CA"


# 4.2: "input: dtmf, speech, `dtmf speech`; default dtmf": what is not asked for is not heard.
@pytest.mark.parametrize(("kinds", "hears_keys", "hears_words"), [("dtmf", True, False), ("speech", False, True)])
def test_what_is_not_asked_for_is_not_heard(stage: Stage, kinds: str, hears_keys: bool, hears_words: bool) -> None:
    asks(stage, f'input="{kinds}"')
    assert stage.exchange.press(stage.caller.leg, "1") == hears_keys
    stage.caller.has_ended()
    asks(stage, f'input="{kinds}"')
    assert stage.exchange.speaks(stage.caller.leg, "Taber", 1) == hears_words


# 4.2: "Keys pressed before the Gather started are lost or buffered": buffered, they skip the prompt, and what one
# Gather does not need is the next one's.
def test_early_keys_are_kept_for_the_next_questions(staged: Staged) -> None:
    stage = staged(Switches(early_keys="buffered"))
    stage.page(
        "/voice",
        f'<Say>Wait.</Say><Gather action="/one" numDigits="1"><Say>{PROMPT}</Say></Gather>',
    )
    stage.page("/one", '<Say>Thanks.</Say><Gather action="/two" numDigits="2" timeout="2"><Say>More.</Say></Gather>')
    stage.page("/two", "<Hangup/>")
    stage.caller.dials(stage.line).presses("123", at_once=True).has_ended()
    assert stage.told("/one")["Digits"] == "1"
    assert stage.told("/two")["Digits"] == "23"
    stage.caller.hears_not(PROMPT[:8]).hears_not("More.")


# 4.2: keys pressed while two people talk are between them.
def test_keys_of_a_conversation_are_no_early_keys(staged: Staged) -> None:
    stage = staged(Switches(early_keys="buffered"))
    stage.plays(f'<Dial action="/after">{FIRST}</Dial>', '<Gather timeout="2"/><Say>Nothing.</Say>')
    stage.caller.dials(stage.line)
    stage.first.rings().answers().is_connected_to(stage.caller)
    stage.caller.presses("5", at_once=True)
    stage.first.hangs_up()
    stage.caller.hears("Nothing.")


# 4.2: "action: default current document URL": a document given by REST as text has none, so that an action is needed.
def test_the_default_action_keeps_the_query(stage: Stage) -> None:
    stage.line.voice_url = f"{BASE}/voice?step=1"
    stage.page("/voice", lambda given: "<Hangup/>" if "Digits" in given else '<Gather numDigits="1"/>')
    stage.caller.dials(stage.line).presses("1").has_ended()
    assert [request.url for request in stage.asked("/voice")] == [f"{BASE}/voice?step=1"] * 2
