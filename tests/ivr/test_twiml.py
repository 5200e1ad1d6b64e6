"""A turn's replies as TwiML: well-formed whatever names hold, never an open end where one would bridge."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callflows.actions import (
    Ask,
    Connect,
    DialClient,
    DialOther,
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
from ivr.twiml import Hints, no_hints, render
from routing import hunt
from routing.directory import Line, Technician
from routing.floor import Agenda, AgendaItem, Floor, Standing

LINE = Line("+15875550100", languages=("en",), fallback="+14035550198")
ANA = Technician("ana", "Ana", "+14035550111", "taber", 1, languages=("fr",))
AT = datetime(2026, 11, 3, 16, tzinfo=UTC)
CLIENT = "+14035550120"
FLOOR = Floor(at=AT, line=LINE, standings={"ana": Standing(ANA)}, number=CLIENT)
CONTACT = Contact("abcdefghijkm", line=LINE.line, language="en")

EVERY: dict[type[Any], Reply] = {
    Say: Say("greeting"),
    Ring: Ring("ana", 1, 15),
    Screen: Screen("ana", (Say("whisper_unknown"), Say("screening_keys")), 5),
    Connect: Connect(),
    Ask: Ask((Say("cut_off"),), 8),
    Record: Record(180),
    DialOther: DialOther(),
    DialClient: DialClient(12),
    Hangup: Hangup(),
    Reject: Reject(),
}


def document(
    *replies: Reply, contact: Contact = CONTACT, floor: Floor = FLOOR, hints: Hints = no_hints
) -> ElementTree.Element:
    text = render(Turn(contact, replies), floor, 7, Links("https://desk.example"), hints)
    assert len(text.encode()) < 64_000
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


# Questions.


def test_a_question_waits_for_one_key_and_silence_has_a_way_on() -> None:
    response = document(Ask((Say("ask_from", {"name": "Taber"}), Say("ask_yes_no")), 6))
    assert [verb.tag for verb in response] == ["Gather", "Redirect"]
    gather = response[0]
    assert (gather.get("numDigits"), gather.get("finishOnKey"), gather.get("timeout")) == ("1", "", "6")
    assert gather.get("input") is None
    assert "/voice/pressed?c=abcdefghijkm&n=7&s=" in (gather.get("action") or "")
    assert "/voice/stayed?c=abcdefghijkm&n=7&s=" in (response[1].text or "")
    assert len(list(gather)) == 2


def test_an_offer_goes_on_with_what_follows() -> None:
    offer = Ask((Say("voicemail", {"due": "Monday"}), Say("callback_offer")), 3, go_on=True)
    response = document(offer, Say("voicemail_tone"), Record(180))
    assert [verb.tag for verb in response] == ["Gather", "Say", "Record", "Redirect"]


def test_as_many_keys_as_they_like_end_with_the_pound_key() -> None:
    gather = document(Ask((Say("callback_key_in"),), 6, keys=0))[0]
    assert (gather.get("numDigits"), gather.get("finishOnKey")) == (None, "#")


def test_words_are_expected_in_the_callers_language() -> None:
    asked = Ask((Say("ask_place"),), 6, keys=0, speech=True, hints=("Taber, Alberta", "Ta\x00ber"), places=True)
    french = replace(CONTACT, language="fr")
    gather = document(replace(asked, province="AB"), contact=french, hints=lambda *told: ["-".join(told)])[0]
    assert (gather.get("input"), gather.get("language"), gather.get("speechTimeout")) == (
        "dtmf speech",
        "fr-CA",
        "auto",
    )
    assert gather.get("hints") == "Taber Alberta,Ta ber,AB-fr"


@pytest.mark.parametrize("name", ["A", "Saint-Hyacinthe " * 5, "É" * 100])
def test_a_whole_countrys_names_are_cut_to_what_twilio_takes(name: str) -> None:
    """At most 500 hints, each of at most 100 characters, the document under 64 kB (DESIGN 5, "Language")."""
    names = [f"{place}{name}" for place in range(4000)]
    told = document(Ask((Say("ask_place"),), 6, keys=0, speech=True, places=True), hints=lambda *_: names)[0]
    hints = (told.get("hints") or "").split(",")
    assert len(hints) <= 500
    assert max(map(len, hints)) <= 100
    assert set(hints) <= {" ".join(one.split()) for one in names} | {""}


def test_each_language_is_offered_in_its_own_voice() -> None:
    offers = (Say("language_key", {"key": "1"}, "fr"), Say("language_key", {"key": "2"}, "en"))
    voices = [said.get("language") for said in document(Ask(offers, 4)).iter("Say")]
    assert voices == ["fr-CA", "en-US"]


@pytest.mark.parametrize(("keyed", "heard"), [("", "4 0 3, 5 5 5, 0 1 2 0"), ("+14035550177", "4 0 3, 5 5 5, 0 1 7 7")])
def test_a_number_is_read_back_digit_by_digit(keyed: str, heard: str) -> None:
    contact = replace(CONTACT, number=keyed)
    (said,) = document(Ask((Say("callback_number"),), 6), contact=contact).iter("Say")
    assert heard in (said.text or "")


# A technician calls a client.


@pytest.mark.parametrize(
    ("agenda", "number"),
    [
        (None, CLIENT),
        (Agenda(), CLIENT),
        (Agenda(AgendaItem(12, AT, number="+14035550177")), "+14035550177"),
        (Agenda(AgendaItem(12, AT), (AgendaItem(12, AT, number="+14035550188", promise=3),)), "+14035550188"),
        (Agenda(AgendaItem(13, AT, number="+14035550177")), CLIENT),
    ],
    ids=["an errand", "nothing on the agenda", "the last matter", "a promise's own number", "another matter"],
)
def test_a_client_is_called_where_the_matter_says_and_sees_the_line(agenda: Agenda | None, number: str) -> None:
    floor = replace(FLOOR, agenda=agenda)
    (dial,) = document(Say("errand_connecting"), DialClient(12), floor=floor).iter("Dial")
    assert dial.get("callerId") == LINE.line
    assert "/voice/called?c=abcdefghijkm&n=7&s=" in (dial.get("action") or "")
    (told,) = dial.iter("Number")
    assert (told.text, told.get("statusCallbackEvent")) == (number, "answered")


@pytest.mark.parametrize(
    ("contact", "heard"),
    [
        (replace(CONTACT, stage="errand", hunt=hunt.Hunt(1, 1, hunt.Ring(1, "ana", 1))), "fr-CA"),
        (replace(CONTACT, stage="errand", hunt=hunt.Hunt(1, 1, None, ("ana",))), "fr-CA"),
        (replace(CONTACT, stage="menu", technician="ana"), "fr-CA"),
        (replace(CONTACT, stage="menu", technician="gone"), "en-US"),
    ],
    ids=["while they are rung", "after their ring", "in the menu", "a technician no longer in the directory"],
)
def test_what_is_for_a_technicians_ear_is_in_their_language(contact: Contact, heard: str) -> None:
    response = document(Ask((Say("errand_again"),), 6), Say("errand_later"), contact=contact)
    assert {said.get("language") for said in response.iter("Say")} == {heard}


def test_a_message_never_falls_off_the_end() -> None:
    # 5.7: Record may fall through when nothing was recorded.
    assert [verb.tag for verb in document(EVERY[Record])] == ["Record", "Redirect"]


def test_connect_is_the_empty_document_that_bridges() -> None:
    assert list(document(Connect())) == []
