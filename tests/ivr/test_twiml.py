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
    JoinRoom,
    Record,
    Reject,
    Reply,
    Ring,
    Say,
    Screen,
)
from callflows.contact import Contact
from callflows.turn import Turn
from callflows.version import Version
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
TRANSFER = {
    "step": "transfer",
    "number": "+1 403 555 0144",
    "otherwise": "message",
}
FLOW = {"flow": "main", "start": "water", "steps": {"water": TRANSFER, "message": {"step": "voicemail"}}}
SHIPPED, OWN = Version("main", 1), Version("main", 2, FLOW)

EVERY: dict[type[Any], Reply] = {
    Say: Say("greeting"),
    Ring: Ring("ana", 1, 15),
    Screen: Screen("ana", (Say("whisper_unknown"), Say("screening_keys")), 5),
    Connect: Connect(),
    Ask: Ask((Say("cut_off"),), 8),
    Record: Record(180),
    DialOther: DialOther(),
    JoinRoom: JoinRoom("abcdefghijkm-1", 3),
    DialClient: DialClient(12),
    Hangup: Hangup(),
    Reject: Reject(),
}


def document(
    *replies: Reply,
    contact: Contact = CONTACT,
    floor: Floor = FLOOR,
    hints: Hints = no_hints,
    version: Version = SHIPPED,
) -> ElementTree.Element:
    text = render(Turn(version, contact, replies), floor, 7, Links("https://desk.example"), hints)
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


def test_a_helpers_key_comes_back_with_the_ring_it_is_about() -> None:
    """Several rings of one contact live at the same time, so its state alone doesn't tell which."""
    (gather,) = document(Screen("ana", (Say("screening_keys"),), 5, ring=4)).iter("Gather")
    assert (gather.get("action") or "").partition("#")[0].endswith("&r=4")
    (gather,) = document(EVERY[Screen]).iter("Gather")
    assert "&r=" not in (gather.get("action") or "")


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


def test_music_plays_after_the_words_and_a_key_stops_both() -> None:
    gather = document(Ask((Say("cut_off"),), 1, music=9))[0]
    assert [verb.tag for verb in gather] == ["Say", "Play"]
    assert (gather[1].text, gather[1].get("loop")) == ("https://desk.example/sounds/waiting-9.wav", None)
    assert gather.get("numDigits") == "1"


@pytest.mark.parametrize(("seconds", "played"), [(1, 1), (30, 30), (31, 30), (600, 30)])
def test_no_more_music_is_asked_for_than_there_is(seconds: int, played: int) -> None:
    (play,) = document(Ask((Say("cut_off"),), 1, music=seconds)).iter("Play")
    assert (play.text or "").endswith(f"/waiting-{played}.wav")


def test_a_round_without_words_is_music_alone() -> None:
    assert [verb.tag for verb in document(Ask((), 1, music=9))[0]] == ["Play"]


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


def test_the_flows_own_words_are_spoken_with_what_they_speak_of() -> None:
    prompts = {"mine": {"en": "Hello {{ client }}, at {{ number }}."}}
    version = Version("main", 2, {**FLOW, "prompts": prompts})
    (said,) = document(Say("mine", {"client": "Clara"}), version=version).iter("Say")
    assert said.text == "Hello Clara, at 4 0 3, 5 5 5, 0 1 2 0."


# Numbers that are none of ours.


@pytest.mark.parametrize(
    ("reply", "number", "seconds"),
    [
        (DialOther(), "+14035550198", "30"),
        (DialOther("water", 25), "+14035550144", "25"),
        (DialOther("no such step", 20), "+14035550198", "20"),
    ],
    ids=["the line's fallback", "a step's own", "a step that is gone"],
)
def test_another_number_is_dialled_from_the_line(reply: Reply, number: str, seconds: str) -> None:
    (dial,) = document(reply, version=OWN).iter("Dial")
    assert (dial.get("callerId"), dial.get("timeout")) == (LINE.line, seconds)
    assert "/voice/fellback?c=abcdefghijkm&n=7&s=" in (dial.get("action") or "")
    (told,) = dial.iter("Number")
    assert (told.text, told.get("statusCallbackEvent")) == (number, "answered")


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


@pytest.mark.parametrize(("technician", "heard"), [("ana", "fr-CA"), ("gone", "en-US"), ("", "en-US")])
def test_a_sentence_may_name_the_technician_who_hears_it(technician: str, heard: str) -> None:
    (said,) = document(Say("goodbye", technician=technician), Hangup()).iter("Say")
    assert said.get("language") == heard


def test_a_message_never_falls_off_the_end() -> None:
    # 5.7: Record may fall through when nothing was recorded.
    assert [verb.tag for verb in document(EVERY[Record])] == ["Record", "Redirect"]


def test_connect_is_the_empty_document_that_bridges() -> None:
    assert list(document(Connect())) == []
