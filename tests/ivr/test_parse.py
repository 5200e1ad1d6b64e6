"""Twilio's forms become events: who asks, what was answered, and whether the shown number may be believed."""

from typing import Any

import pytest

from callflows.contact import Contact
from callflows.events import (
    Asker,
    CallArrived,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    ClientCalled,
    ClientPickedUp,
    Event,
)
from ivr import parse
from ivr.links import Handed

CALL, CLIENT_LEG = "CA" + "0" * 32, "CA" + "9" * 32
HANDED = Handed(Contact("abcdefghijkm", stage="asking"), 3)
ARRIVED = {"CallSid": CALL, "From": "+14035550120", "To": "+15875550100", "CallStatus": "ringing"}


def answered(**form: str) -> Event:
    return parse.pressed({"CallSid": CALL, "CallStatus": "in-progress", **form}, HANDED).event


@pytest.mark.parametrize(
    ("form", "event"),
    [
        ({"Digits": "1"}, CallerPressed(CALL, "1")),
        ({"Digits": "82237"}, CallerPressed(CALL, "82237")),
        ({"SpeechResult": "Taber"}, CallerSaid(CALL, "Taber")),
        ({"SpeechResult": " Taber ", "Confidence": "0.25"}, CallerSaid(CALL, "Taber", confidence=0.25)),
        ({"SpeechResult": "Taber", "Confidence": ""}, CallerSaid(CALL, "Taber")),
        ({"Digits": "1", "SpeechResult": "Taber"}, CallerPressed(CALL, "1")),
        ({}, CallerStayed(CALL)),
        ({"SpeechResult": "  "}, CallerStayed(CALL)),
        ({"SpeechResult": "Taber", "CallStatus": "completed"}, CallerSaid(CALL, "Taber", gone=True)),
        ({"Digits": "", "CallStatus": "canceled"}, CallerStayed(CALL, gone=True)),
    ],
    ids=[
        "a key",
        "several keys",
        "words",
        "words in doubt",
        "words without a confidence",
        "a key wins over words",
        "nothing",
        "blanks",
        "words of somebody who has gone",
        "nothing, and gone",
    ],
)
def test_an_answer_is_keys_words_or_silence(form: dict[str, str], event: Event) -> None:
    assert answered(**form) == event


def test_a_speech_without_end_is_cut() -> None:
    said = answered(SpeechResult="Taber " * 1000)
    assert isinstance(said, CallerSaid)
    assert len(said.words) <= 500


def test_a_question_is_answered_once_by_a_key_or_by_silence() -> None:
    """The Gather's action and the redirect below it are two addresses of one question."""
    form = {"CallSid": CALL, "CallStatus": "in-progress"}
    keys = {parse.pressed({**form, "Digits": "1"}, HANDED).key, parse.stayed(form, HANDED).key}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("told", "trusted"),
    [
        ("", True),
        ("TN-Validation-Passed-A", True),
        ("TN-Validation-Passed-B", True),
        ("TN-Validation-Passed-C", False),
        ("TN-Validation-Passed-A-Diverted", True),
        ("TN-Validation-Failed-A", False),
        ("TN-Validation-Failed", False),
        ("No-TN-Validation", True),
    ],
)
def test_a_number_is_trusted_unless_a_network_says_otherwise(told: str, trusted: bool) -> None:
    form = {**ARRIVED, **({"StirVerstat": told} if told else {})}
    event = parse.incoming(form, None).event
    assert isinstance(event, CallArrived)
    assert event.trusted == trusted


@pytest.mark.parametrize("shown", ["anonymous", "+266696687", "Restricted", "", "sip:somebody@example.com"])
def test_a_withheld_number_is_no_number(shown: str) -> None:
    event = parse.incoming({**ARRIVED, "From": shown}, None).event
    assert isinstance(event, CallArrived)
    assert event.caller == ""


# A technician calls a client: the client's leg hangs below theirs.


@pytest.mark.parametrize(
    ("said", "told"), [("in-progress", True), ("answered", True), ("ringing", False), ("completed", False)]
)
def test_only_the_clients_picking_up_is_told(said: str, told: bool) -> None:
    form = {"CallSid": CLIENT_LEG, "ParentCallSid": CALL, "CallStatus": said}
    arrived = parse.client(form, HANDED)
    assert (arrived.event if arrived else None) == (ClientPickedUp(CLIENT_LEG) if told else None)


@pytest.mark.parametrize(
    ("form", "event"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, ClientCalled("", "completed", True)),
        ({"DialCallStatus": "completed"}, ClientCalled("", "completed", None)),
        ({"DialCallStatus": "no-answer", "DialBridged": "false"}, ClientCalled("", "no-answer", False)),
        (
            {"DialCallStatus": "completed", "DialBridged": "true", "CallStatus": "completed"},
            ClientCalled("", "completed", True, gone=True),
        ),
    ],
)
def test_what_came_of_calling_a_client(form: dict[str, str], event: Event) -> None:
    assert parse.called({"CallSid": CALL, "CallStatus": "in-progress", **form}, HANDED).event == event


@pytest.mark.parametrize(
    ("form", "who"),
    [
        ({"Direction": "inbound"}, "caller"),
        ({}, "caller"),
        ({"Direction": "outbound-api"}, "technician"),
        ({"Direction": "outbound-dial", "ParentCallSid": CALL}, "technician"),
        ({"ParentCallSid": CALL}, "technician"),
    ],
    ids=["a caller", "a caller, without a direction", "a leg we asked for", "a leg inside a Dial", "below another leg"],
)
def test_whoever_we_called_is_a_technician(form: dict[str, Any], who: Asker) -> None:
    assert parse.asker(form) == who
    fault = parse.fallback({"CallSid": CALL, "ErrorCode": "11200", **form}, HANDED).event
    assert getattr(fault, "asker", "") == who


@pytest.mark.parametrize("place", [parse.pressed, parse.stayed, parse.called])
def test_an_answer_at_an_address_that_we_never_handed_out_is_refused(place: Any) -> None:
    with pytest.raises(parse.BadRequest, match="handed out"):
        place({"CallSid": CALL, "DialCallStatus": "completed"}, None)
