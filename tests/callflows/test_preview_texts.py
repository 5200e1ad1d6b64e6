"""A preview plays somebody who writes through a text flow: what they are answered, and who is given their words."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.events import Event
from callflows.plain import plain
from callflows.preview import Preview, Script
from callflows.preview_texts import HELLO, preview_texts
from callflows.reading import shipped_document
from callflows.text_events import TextArrived
from routing.floor import Floor
from routing.places import Found
from tests.builders import CALLER, NOW, TABER, floor, matter, unknown_floor
from tests.callflows.anything import PEOPLE, any_floor
from tests.callflows.correspondence import text_flow, text_version
from tests.callflows.flows import Document
from tests.callflows.text_flows import text_documents
from tests.often import often

SUBJECT = {
    "step": "ask",
    "say": {"en": "1 for bills?", "fr": "1 pour les factures?"},
    "answers": {"1": "bye"},
    "otherwise": "person",
}
BYE = {"step": "reply", "say": {"en": "Bills come in May.", "fr": "Les factures viennent en mai."}}
ASKING = text_flow(subject=SUBJECT, bye=BYE)


def played(
    *answers: str, facts: Floor | None = None, document: Mapping[str, Any] | None = None, hours: str = "24/7"
) -> Preview:
    made = text_version(document or shipped_document("texts"), hours=hours)
    return preview_texts(made, replace(facts or floor(), peer=CALLER), Script(answers))


def test_a_known_clients_text_is_given_to_their_team() -> None:
    made = played("The printer is on fire", "And now the desk")
    assert [(one.second, one.answer, one.gives, one.who) for one in made.turns] == [
        (0, "The printer is on fire", ("ana",), "client"),
        (30, "And now the desk", ("ana",), "client"),
    ]
    assert (made.turns[0].at, made.turns[0].event, made.turns[0].rings) == (NOW.isoformat(), "TextArrived", ())
    assert (made.steps, made.outcome, made.owner) == (("who", "team"), "", "ana")
    assert "text_to_order" in [one.code for one in made.turns[0].reasons]
    assert made.promise_due == "2026-11-03T18:00:00+00:00", "an answer is owed within an hour"


def test_the_owner_of_their_matter_is_given_it() -> None:
    assert played("And now?", facts=floor(matter=matter(12, "cho"))).turns[0].gives == ("cho",)


def test_whoever_is_given_no_words_to_write_says_hello() -> None:
    assert [one.answer for one in played().turns] == [HELLO]


def test_out_of_hours_they_are_told_when_they_will_hear() -> None:
    (turn,) = played("Hello", hours="Sun 01:00-02:00").turns
    assert (len(turn.said), turn.gives) == (1, ())
    assert "11:00 a.m" in turn.said[0]


def test_an_answer_and_its_words() -> None:
    made = played("Hi", "1", "never read", document=ASKING)
    assert [one.said for one in made.turns] == [("1 for bills?",), ("Bills come in May.",)]
    assert (made.outcome, made.owner, made.promise_due) == ("auto_replied", "", "")


def test_no_answer_leads_on_after_a_while() -> None:
    made = played("Hi", document=ASKING)
    assert [(one.second, one.event, one.answer, one.gives) for one in made.turns] == [
        (0, "TextArrived", "Hi", ()),
        (630, "TimerFired", "", ("ana",)),
    ]


def test_words_are_understood_as_the_one_who_asks_for_the_preview_knows() -> None:
    def hear(facts: Floor, event: Event) -> Floor:
        named = isinstance(event, TextArrived) and event.body == "Taber"
        return replace(facts, found=(Found(TABER.municipality, 100),) if named else ())

    facts = unknown_floor(municipalities={TABER.municipality: TABER}, pods=floor().pods, peer=CALLER)
    version = text_version(shipped_document("texts"))
    made = preview_texts(version, facts, Script(("The printer is on fire", "Taber")), hear)
    assert "Which municipality" in made.turns[0].said[0]
    assert made.turns[1].gives == ("ana",)


written = st.lists(st.sampled_from(["", "1", "yes", "Taber", "my bill", "STOP", "aide"]), max_size=6).map(tuple)


@settings(deadline=None, max_examples=often(40), suppress_health_check=[HealthCheck.too_slow])
@given(text_documents(), any_floor(), written)
def test_every_preview_ends_and_is_the_same_again_and_can_be_sent(
    document: Document, facts: Floor, answers: tuple[str, ...]
) -> None:
    version = text_version(document, *PEOPLE)
    calm = replace(facts, calling="", from_our_line=False, peer=CALLER, number=CALLER)
    found = preview_texts(version, calm, Script(answers))
    assert json.loads(json.dumps(plain(found)))["outcome"] == found.outcome
    assert preview_texts(version, calm, Script(answers)) == found
    assert len(found.turns) <= max(len(answers), 1) + len(document["steps"])
