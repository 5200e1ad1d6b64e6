"""Random callers through random flows: every path ends with a person, a voicemail, an owned promise or a goodbye."""

import copy
import json
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from callflows.actions import Hangup, Say
from callflows.check import blocks, flow_problems, reached
from callflows.events import CallArrived
from callflows.reading import read, shipped_document
from callflows.step import Flow
from callflows.steps import KINDS
from routing.directory import Line
from routing.floor import Floor
from tests.builders import CALLER, LINE, version
from tests.callflows.anything import PEOPLE, staffed_floor
from tests.callflows.call import CALL
from tests.callflows.crowd import Crowd
from tests.callflows.flows import Broken, Document, broken_documents, documents, exits_of, put
from tests.callflows.moves import Draw, happen
from tests.callflows.test_any_call import all_is_told_once, nobody_stays_reserved, the_outcome_is_true
from tests.callflows.test_any_swarm import the_caller_who_stays_comes_to_an_end
from tests.often import often

SLOW = [HealthCheck.too_slow]


@settings(deadline=None, max_examples=100, suppress_health_check=SLOW)
@given(documents())
def test_what_is_built_to_be_valid_is_valid(document: Document) -> None:
    assert [one for one in flow_problems(document) if not one.warning] == []


def test_every_kind_of_step_is_among_them() -> None:
    seen: set[str] = set()

    @settings(deadline=None, max_examples=300, derandomize=True, database=None, suppress_health_check=SLOW)
    @given(documents())
    def look(document: Document) -> None:
        seen.update(one["step"] for one in document["steps"].values())

    look()
    assert seen == {kind for kind, step in KINDS.items() if "voice" in step.channels}


@settings(deadline=None, max_examples=often(80), suppress_health_check=SLOW)
@given(documents(), staffed_floor(), st.sampled_from([CALLER, CALLER, CALLER, ""]), st.integers(0, 50), st.data())
def test_every_path_ends_with_a_person_a_voicemail_a_promise_or_a_goodbye(
    document: Document, facts: Floor, caller: str, steps: int, draw: Draw
) -> None:
    known = replace(facts, number=caller, line=Line(LINE, languages=("en", "fr"), fallback=facts.line.fallback))
    world = Crowd(known if caller else replace(known, callers=()), replace(version(*PEOPLE), document=document))
    world.asks = CallArrived(CALL, caller, LINE)
    happen(world, draw, steps)
    the_caller_who_stays_comes_to_an_end(world)
    world.settle()
    all_is_told_once(world)
    nobody_stays_reserved(world)
    the_outcome_is_true(world)
    ends_with_something(world)


def ends_with_something(world: Crowd) -> None:
    """Whoever did not hang up was talked with, left a message, was promised a call, or heard a goodbye."""
    contact = world.contact
    if world.hung_up:
        return
    heard = [turn.replies for turn in world.turns if turn.replies and isinstance(turn.replies[-1], Hangup)]
    assert any(isinstance(one, Say) for replies in heard for one in replies), "a spoken goodbye"
    if contact.outcome in ("answered", "swarmed"):
        return
    if contact.outcome in ("voicemail", "callback"):
        assert contact.owner, "an owned promise"
        return
    # Chosen by a key, or nothing is known of whoever left nothing.
    assert contact.dismissed or not (contact.known_number or contact.number), contact.outcome


@settings(deadline=None, max_examples=often(80), suppress_health_check=SLOW)
@given(broken_documents())
def test_whatever_is_broken_is_named_with_its_very_place(broken: Broken) -> None:
    document, place = broken
    found = flow_problems(document)
    assert blocks(found)
    assert place in {one.place for one in found if not one.warning}
    assert all(one.sentence.endswith((".", "?")) for one in found)


@settings(deadline=None, max_examples=100, suppress_health_check=SLOW)
@given(documents(), st.data())
def test_whoever_would_go_round_for_ever_is_found(document: Document, draw: Draw) -> None:
    flow = read(document)
    assume(on_the_silent_way(flow))
    name = draw.draw(st.sampled_from(on_the_silent_way(flow)))
    field = draw.draw(st.sampled_from([field for step, field in exits_of(document, chosen=False) if step == name]))
    round_and_round = put(document, name, field, flow.start)
    circle = read(round_and_round)
    inside = {f"steps.{one}" for one in circle.steps if one in reached(circle, [one_after(circle, one)], chosen=False)}
    found = {one.place for one in flow_problems(round_and_round) if "goes round for ever" in one.sentence}
    assert found
    assert found <= inside | {f"steps.{one}" for one in on_the_silent_way(circle)}


def on_the_silent_way(flow: Flow) -> list[str]:
    """Steps that somebody who presses nothing may come to, and that have a way on."""
    return [
        name
        for name in reached(flow, [flow.start], chosen=False)
        if any(not one.chosen for one in flow.steps[name].exits())
    ]


def one_after(flow: Flow, name: str) -> str:
    return next((one.to for one in flow.steps[name].exits() if not one.chosen), name)


@settings(deadline=None, max_examples=60, suppress_health_check=SLOW)
@given(documents())
def test_a_document_is_the_same_as_json_and_again(document: Document) -> None:
    before = copy.deepcopy(document)
    assert read(json.loads(json.dumps(document))) == read(document)
    assert document == before, "reading changes nothing"


def test_the_flow_that_ships_has_no_problem() -> None:
    assert flow_problems(shipped_document()) == ()
