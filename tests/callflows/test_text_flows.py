"""Random clients write through random text flows: every path ends with a person or an owned promise, or with an answer
that was all they asked for."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.check import blocks, flow_problems
from callflows.reading import read, shipped_document
from callflows.steps import KINDS
from routing.directory import Line
from routing.floor import Floor
from tests.builders import CALLER, LINE
from tests.callflows.anything import PEOPLE, staffed_floor
from tests.callflows.correspondence import Correspondence, text_version
from tests.callflows.flows import Document, exits_of, put
from tests.callflows.moves import Draw
from tests.callflows.text_flows import text_documents
from tests.often import often

SLOW = [HealthCheck.too_slow]
WRITTEN = (
    "1",
    "2",
    "3",
    "yes",
    "Bills",
    "my bill",
    "la facture, svp",
    "pin",
    "we have 2 pumps here",
    "Taber",
    "?",
    " ",
)


@settings(deadline=None, max_examples=100, suppress_health_check=SLOW)
@given(text_documents())
def test_what_is_built_to_be_valid_is_valid(document: Document) -> None:
    assert [one for one in flow_problems(document) if not one.warning] == []


def test_every_kind_of_step_is_among_them() -> None:
    seen: set[str] = set()

    @settings(deadline=None, max_examples=300, derandomize=True, database=None, suppress_health_check=SLOW)
    @given(text_documents())
    def look(document: Document) -> None:
        seen.update(one["step"] for one in document["steps"].values())

    look()
    assert seen == {kind for kind, step in KINDS.items() if "text" in step.channels}


@settings(deadline=None, max_examples=often(80), suppress_health_check=SLOW)
@given(
    text_documents(),
    staffed_floor(),
    st.sampled_from(["24/7", "Sun 01:00-02:00"]),
    st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=8),
)
def test_every_path_ends_with_a_person_a_promise_or_an_answer_that_was_asked_for(
    document: Document, facts: Floor, hours: str, written: list[str]
) -> None:
    usual: dict[str, Any] = {"calling": "", "from_our_line": False, "peer": CALLER, "number": CALLER, "whole": True}
    theirs = tuple(one for one in facts.matters if one.owner in facts.standings)  # nobody is taken out of a directory
    facts = replace(facts, line=Line(LINE, languages=("en", "fr")), matters=theirs, **usual)
    made = Correspondence(text_version(document, *PEOPLE, hours=hours), facts)
    for words in written:
        if not made.contact.is_over:
            made.writes(words)
    for _ in document["steps"]:
        if made.is_asked:
            made.is_silent()
    assert not made.is_asked, "nobody is waited for for ever"
    assert not made.story("flow_error")
    if made.contact.is_over:
        assert made.contact.dismissed and made.reasons("text_chosen")
        return
    assert made.contact.stage == "conversing"
    assert made.contact.thread is not None
    given_to_somebody = {leg for _, legs in made.given for leg in legs}
    assert "SM1" in given_to_somebody | {*made.contact.thread.waiting}, "how it began is read, or waits for a shift"
    assert made.contact.owner in facts.standings, "somebody owns it"
    assert [one.owner for one in made.promises], "and owes an answer"


@settings(deadline=None, max_examples=100, suppress_health_check=SLOW)
@given(text_documents(), st.data())
def test_whoever_is_left_with_words_alone_without_an_answer_of_theirs_is_found(document: Document, draw: Draw) -> None:
    ways = exits_of(document, chosen=False)
    name, field = draw.draw(st.sampled_from([one for one in ways if one[0] == document["start"]] or [("", "")]))
    if not name:  # it begins with the route
        return
    found = flow_problems(put(document, name, field, "goodbye"))
    assert blocks(found)
    assert ("steps.goodbye", True) in {(one.place, "Lead them to a `route`" in one.sentence) for one in found}


@settings(deadline=None, max_examples=60, suppress_health_check=SLOW)
@given(text_documents(), st.data())
def test_whoever_would_go_round_for_ever_is_found(document: Document, draw: Draw) -> None:
    ways = [one for one in exits_of(document, chosen=False) if one[0] == document["start"]]
    if not ways:
        return
    name, field = draw.draw(st.sampled_from(ways))
    found = flow_problems(put(document, name, field, name))
    assert any("Whoever answers no question goes round for ever" in one.sentence for one in found)


def test_the_text_flow_that_ships_has_no_problem() -> None:
    assert flow_problems(shipped_document("texts")) == ()
    assert read(shipped_document("texts")).channel == "text"
