"""Each kind of step of a text flow by itself: what it writes, where it leads, to whom it gives the client's words."""

from dataclasses import replace
from typing import Any

import pytest

from callflows.contact import Contact
from callflows.reading import shipped_document
from callflows.turn import MOST_AUTOMATIC, WholeFloorNeeded
from tests.builders import NORTH, floor, local, matter, standing, unknown_floor
from tests.callflows.correspondence import (
    ROUTE,
    Correspondence,
    correspondence,
    known_text_flow,
    text_flow,
    text_version,
)

HELLO = {"step": "reply", "say": {"en": "Hello {{ client }}.", "fr": "Bonjour."}, "next": "person"}
SUBJECT = {
    "step": "keyword",
    "cases": [{"words": ["bill", "facture", "tax roll"], "to": "bills"}, {"words": "eau", "to": "water"}],
    "otherwise": "person",
}
BILLS = {"step": "reply", "say": {"en": "About bills.", "fr": "Les factures."}, "next": "person"}
WATER = {"step": "reply", "say": {"en": "About water.", "fr": "L'eau."}, "next": "person"}
ASK: dict[str, Any] = {
    "step": "ask",
    "say": {"en": "1 for bills, 2 for water.", "fr": "1 pour les factures, 2 pour l'eau."},
    "answers": {"1": "bills", "2": "water", "bills": "bills", "thanks": "enough"},
    "otherwise": "person",
}
ENOUGH = {"step": "reply", "say": {"en": "Goodbye.", "fr": "Au revoir."}}


def asking(**changes: Any) -> dict[str, Any]:
    return known_text_flow(ask={**ASK, **changes}, bills=BILLS, water=WATER, enough=ENOUGH)


# The shipped flow.


def test_a_known_clients_words_go_to_their_team() -> None:
    made = correspondence(shipped_document("texts"), "The printer is on fire")
    assert (made.path, made.given, made.sent) == (["who", "team"], [("ana", ("SM1",))], [])
    assert (made.contact.stage, made.contact.owner) == ("conversing", "ana")


def test_an_open_matters_owner_comes_first() -> None:
    made = correspondence(shipped_document("texts"), "And now?", floor(matter=matter(12, "cho")))
    assert made.given == [("cho", ("SM1",))]


def test_out_of_hours_the_client_is_told_when_they_will_hear() -> None:
    night = replace(floor(), at=local("2026-11-03 22:00"), peer="+14035550120")
    made = Correspondence(text_version(shipped_document("texts"), hours="Mon-Fri 08:00-16:30"), night)
    made.writes("The printer is on fire")
    (sent,) = made.sent
    assert "Wednesday" in sent
    assert (made.given, [one.owner for one in made.promises]) == ([], [made.contact.owner])


def test_a_stranger_who_does_not_answer_reaches_a_person_all_the_same() -> None:
    made = correspondence(shipped_document("texts"), "The printer is on fire", unknown_floor())
    assert made.is_asked
    made.is_silent()
    assert made.given == [("ana", ("SM1",))]


# reply.


def test_reply_writes_and_goes_on_in_the_same_turn() -> None:
    made = correspondence(known_text_flow(hello=HELLO), "Hi")
    assert (made.sent, made.path) == (["Hello Clara Whitfield."], ["who", "hello", "person"])
    assert made.given == [("ana", ("SM1",))]


def test_a_reply_that_leads_nowhere_ends_the_conversation() -> None:
    made = correspondence(asking(), "Hi")
    made.writes("thanks")
    assert (made.sent, made.contact.stage, made.contact.outcome) == (["Goodbye."], "over", "auto_replied")
    assert made.story("ended") == [{"outcome": "auto_replied", "why": "the flow's answer was all they asked for"}]


def test_who_is_sent_no_texts_goes_on_without() -> None:
    made = correspondence(known_text_flow(hello=HELLO), "Hi", floor(deaf=True))
    assert (made.sent, made.given) == ([], [("ana", ("SM1",))])


# keyword.


@pytest.mark.parametrize(
    ("words", "to"),
    [
        ("My bill is wrong", "bills"),
        ("MA FACTURE!", "bills"),
        ("the Tax  Roll, please", "bills"),
        ("the tax on a roll", "person"),
        ("billing", "person"),
        ("L'eau est brune", "water"),
        ("l’EAU et la facture", "bills"),
        ("🚰", "person"),
    ],
)
def test_keyword_finds_whole_words_whatever_their_case_and_accents(words: str, to: str) -> None:
    made = correspondence(known_text_flow(subject=SUBJECT, bills=BILLS, water=WATER), words)
    assert made.path[2] == to


def test_keyword_says_which_word_it_was() -> None:
    made = correspondence(known_text_flow(subject=SUBJECT, bills=BILLS, water=WATER), "Facturé deux fois, ma facture")
    assert made.reasons("keyword") == ["facture"]


def test_keyword_looks_at_the_words_before_an_answer_to_who_they_are() -> None:
    """The name of a municipality is an answer, and no subject."""
    who = {"step": "identify", "next": "subject", "unknown": "subject"}
    made = correspondence(
        text_flow(who=who, subject=SUBJECT, bills=BILLS, water=WATER), "My bill is wrong", unknown_floor()
    )
    assert made.is_asked
    made.writes("Nowhere")
    made.writes("Nowhere at all")
    assert "bills" in made.path


# ask.


@pytest.mark.parametrize(
    ("answer", "to"),
    [
        ("1", "bills"),
        (" 2. ", "water"),
        ("#2", "water"),
        ("1️⃣", "bills"),
        ("2 please", "water"),
        ("BILLS", "bills"),
        ("It is about my bills, not about the water", "bills"),
        ("no thanks", "enough"),
    ],
)
def test_ask_goes_where_the_answer_leads(answer: str, to: str) -> None:
    made = correspondence(asking(), "Hi")
    assert (made.sent, made.contact.stage) == (["1 for bills, 2 for water."], "texting")
    made.writes(answer)
    assert made.turns[-1].path[0] == to


@pytest.mark.parametrize("answer", ["3", "we have 2 pumps in here", "1 or 2", "bills, thanks", "?", "12"])
def test_what_is_no_answer_or_two_is_asked_again_and_then_led_on(answer: str) -> None:
    made = correspondence(asking(), "Hi")
    made.writes(answer)
    assert made.sent == ["I did not understand that. 1 for bills, 2 for water."]
    made.writes(answer)
    assert (made.path[-1], made.given) == ("person", [("ana", ("SM1", "SM2", "SM3"))])


def test_an_answer_is_nothing_for_a_technician_to_read() -> None:
    made = correspondence(asking(), "The printer is on fire")
    made.writes("1")
    assert made.given == [("ana", ("SM1",))]
    made = correspondence(asking(), "Hi")
    made.writes("it is my bills, they came twice this year")
    assert made.given == [("ana", ("SM1", "SM2"))]


def test_a_question_is_asked_as_often_as_the_step_says() -> None:
    made = correspondence(asking(tries=1), "Hi")
    made.writes("?")
    assert made.path[-1] == "person"


def test_who_does_not_answer_is_led_on_with_what_they_wrote() -> None:
    made = correspondence(asking(), "The printer is on fire")
    made.is_silent()
    assert (made.path[-1], made.given) == ("person", [("ana", ("SM1",))])


def test_nobody_is_waited_for_who_cannot_be_asked() -> None:
    made = correspondence(asking(), "Hi", floor(deaf=True))
    assert (made.path[-1], made.given) == ("person", [("ana", ("SM1",))])
    assert made.reasons("not_asked") == ["unreachable"]
    stranger = correspondence(shipped_document("texts"), "Hi", unknown_floor(silenced=True))
    assert stranger.given == [("ana", ("SM1",))]


def test_two_machines_do_not_ask_each_other_for_ever() -> None:
    made = correspondence(asking(answers={"1": "ask"}), "1")
    for _ in range(MOST_AUTOMATIC + 2):
        made.writes("1")
    assert sum(len(turn.changes) > 0 and "ask" in turn.path for turn in made.turns) <= MOST_AUTOMATIC + 1
    assert made.given


# route.


def test_route_to_another_pod_needs_everybody_on_the_floor() -> None:
    people = (standing("ana"), standing("dan", pod="north"))
    facts = replace(floor(*people), pods={**floor().pods, "north": NORTH}, peer="+14035550120")
    document = known_text_flow(north={**ROUTE, "pod": "north"})
    made = replace(text_version(document, "ana", "dan"), ring_orders={"south": ("ana",), "north": ("dan",)})
    with pytest.raises(WholeFloorNeeded):
        Correspondence(made, replace(facts, whole=False), Contact("contact")).writes("Hi")
    found = Correspondence(made, facts)
    found.writes("Hi")
    assert (found.given, found.contact.pod) == ([("dan", ("SM1",))], "north")


def test_route_says_its_own_words_while_nobody_is_at_work() -> None:
    closed = {**ROUTE, "later": {"en": "Back by {{ due }}.", "fr": "De retour {{ due }}."}}
    night = replace(floor(), at=local("2026-11-03 22:00"), peer="+14035550120")
    made = Correspondence(text_version(known_text_flow(later=closed), hours="Mon-Fri 08:00-16:30"), night)
    made.writes("Hi")
    (sent,) = made.sent
    assert sent.startswith("Back by Wednesday")


# hours and branch stand in text flows too.


@pytest.mark.parametrize(("at", "to"), [("2026-11-03 10:00", "bills"), ("2026-11-03 22:00", "water")])
def test_hours(at: str, to: str) -> None:
    step = {"step": "hours", "open": "bills", "closed": "water", "of": "municipality"}
    facts = replace(floor(), at=local(at))
    assert to in correspondence(known_text_flow(open=step, bills=BILLS, water=WATER), "Hi", facts).path


def test_branch() -> None:
    step = {"step": "branch", "cases": [{"municipality": "4802022", "to": "bills"}], "otherwise": "water"}
    assert "bills" in correspondence(known_text_flow(which=step, bills=BILLS, water=WATER), "Hi").path


# What no published flow has: somebody is reached all the same.


@pytest.mark.parametrize(
    "document",
    [
        known_text_flow(a={**HELLO, "next": "b"}, b={**HELLO, "next": "a"}),
        known_text_flow(a={**HELLO, "next": "nowhere"}),
        {"flow": "texts", "channel": "text", "start": "a", "steps": {"a": {"step": "sing"}}},
    ],
)
def test_who_would_be_left_nowhere_reaches_a_person(document: dict[str, Any]) -> None:
    made = correspondence(document, "Hi")
    assert made.given == [("ana", ("SM1",))]
    assert made.story("flow_error")


def test_a_question_that_a_later_release_does_not_know_leads_to_a_person() -> None:
    made = correspondence(asking(), "Hi")
    made.version = text_version({"channel": "text", "start": "a", "steps": {"a": {"step": "sing"}}})
    made.writes("1")
    assert made.given == [("ana", ("SM1", "SM2"))]
