"""A turn's replies as TwiML: well-formed whatever names hold, never an open end where one would bridge."""

from datetime import UTC, datetime
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callflows.actions import (
    Ask,
    Connect,
    DialFallback,
    Hangup,
    Record,
    Reject,
    Reply,
    Ring,
    Say,
    Screen,
)
from callflows.contact import Contact
from callflows.turn import Turn
from ivr.links import Links
from ivr.twiml import render
from routing.directory import Line, Technician
from routing.floor import Floor, Standing

LINE = Line("+15875550100", languages=("en",), fallback="+14035550198")
ANA = Technician("ana", "Ana", "+14035550111", "taber", 1, languages=("fr",))
FLOOR = Floor(at=datetime(2026, 11, 3, 16, tzinfo=UTC), line=LINE, standings={"ana": Standing(ANA)})
CONTACT = Contact("abcdefghijkm", line=LINE.line, language="en")

EVERY: dict[type[Any], Reply] = {
    Say: Say("greeting"),
    Ring: Ring("ana", 1, 15),
    Screen: Screen("ana", (Say("whisper_unknown"), Say("screening_keys")), 5),
    Connect: Connect(),
    Ask: Ask("cut_off", 8),
    Record: Record(180),
    DialFallback: DialFallback(),
    Hangup: Hangup(),
    Reject: Reject(),
}


def document(*replies: Reply) -> ElementTree.Element:
    text = render(Turn(CONTACT, replies), FLOOR, 7, Links("https://desk.example"))
    return ElementTree.fromstring(text)


def test_every_reply_is_tried_here() -> None:
    assert set(EVERY) == set(get_args(Reply))


@pytest.mark.parametrize("reply", EVERY.values(), ids=lambda reply: type(reply).__name__)
def test_every_reply_is_a_document_under_64_kb(reply: Reply) -> None:
    assert len(ElementTree.tostring(document(reply))) < 64_000


@given(st.text(st.characters(), max_size=80))
def test_no_name_breaks_the_document(name: str) -> None:
    # Trap 34: control characters pass through the SDK and break XML.
    (said,) = document(Say("greeting_known", {"client": name})).iter("Say")
    assert said.text


def test_a_ring_shows_the_line_and_asks_for_what_came_of_it() -> None:
    (dial,) = document(Say("greeting"), EVERY[Ring]).iter("Dial")
    assert (dial.get("callerId"), dial.get("timeout"), dial.get("answerOnBridge")) == (LINE.line, "15", None)
    assert "/voice/dialed?c=abcdefghijkm&n=7&s=" in (dial.get("action") or "")
    (number,) = dial.iter("Number")
    assert number.text == ANA.phone
    assert number.get("statusCallbackEvent") == "answered completed"


def test_a_ring_before_any_word_keeps_the_callers_own_ringing() -> None:
    # Trap 17: answerOnBridge works only if Dial is the first verb.
    (dial,) = document(Ring("ana", 1, 15, silent=True)).iter("Dial")
    assert dial.get("answerOnBridge") == "true"


def test_the_whisper_is_in_the_technicians_language_inside_one_gather() -> None:
    response = document(EVERY[Screen])
    assert [verb.tag for verb in response] == ["Gather", "Hangup"]
    assert {said.get("language") for said in response.iter("Say")} == {"fr-CA"}


def test_a_message_never_falls_off_the_end() -> None:
    # 5.7: Record may fall through when nothing was recorded.
    assert [verb.tag for verb in document(EVERY[Record])] == ["Record", "Redirect"]


def test_connect_is_the_empty_document_that_bridges() -> None:
    assert list(document(Connect())) == []
