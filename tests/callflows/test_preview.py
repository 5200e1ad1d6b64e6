"""A preview plays a caller through a version, as the telephones would."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.events import CallerSaid, Event
from callflows.plain import plain
from callflows.preview import MOST_TURNS, Does, Preview, Script, preview
from routing.floor import Floor
from routing.places import Found
from tests.builders import NOW, TABER, floor, matter, unknown_floor, version
from tests.callflows.anything import PEOPLE, any_floor
from tests.callflows.flows import Document, documents
from tests.callflows.swarms import EVERYBODY, straight, swarm_floor
from tests.often import often


def played(
    *answers: str, facts: Floor | None = None, document: Mapping[str, Any] | None = None, **does: Does
) -> Preview:
    made = version() if document is None else replace(version(), document=document)
    return preview(made, facts or floor(), Script(answers=answers, technicians=does))


def rung(made: Preview) -> list[str]:
    return [key for turn in made.turns for key in turn.rings]


def test_a_known_caller_hears_a_greeting_and_the_pod_is_rung_one_after_another() -> None:
    made = played(ben="accepts")
    assert made.turns[0].said == ("Hello Clara Whitfield. One moment, I am calling your team.",)
    assert rung(made) == ["ana", "ben"]
    assert (made.outcome, made.owner, made.promise_due) == ("answered", "ben", "")
    assert made.steps == ("language", "who", "team")


def test_every_turn_has_its_instant_and_its_reasons() -> None:
    made = played(ben="accepts")
    assert [turn.second for turn in made.turns] == sorted(turn.second for turn in made.turns)
    assert made.turns[0].at == NOW.isoformat()
    assert ("next_in_order", "ana") in [(one.code, one.technician) for one in made.turns[0].reasons]
    assert 20 <= made.turns[1].second <= 30, "a greeting, and 20 s of ringing"


def test_a_technician_hears_who_is_calling() -> None:
    made = played(ana="accepts", facts=floor(matter=matter(12, "ana")))
    (screen,) = [turn for turn in made.turns if turn.event == "LegPickedUp"]
    assert (screen.who, screen.said[:2]) == ("ana", ("Taber: Clara Whitfield.", "Matter 12 is open."))


def test_the_talk_is_as_long_as_it_is_told() -> None:
    short, long = (preview(version(), floor(), Script(technicians={"ana": "accepts"}, talk=talk)) for talk in (10, 100))
    assert long.turns[-1].second - short.turns[-1].second == 90


def test_somebody_who_asks_for_help_brings_in_the_others() -> None:
    made = played(ana="asks_for_help", cho="accepts")
    assert rung(made) == ["ana", "ben", "cho"]
    assert (made.outcome, made.owner) == ("swarmed", "cho")
    assert "swarm" in made.steps


def test_a_swarm_of_which_nobody_comes_ends_in_a_voicemail() -> None:
    made = preview(straight(), swarm_floor(), Script())
    assert rung(made) == ["ana", "ben", "dan", "eve"]
    assert (made.outcome, made.steps[-1]) == ("voicemail", "message")
    assert made.promise_due


def test_a_swarm_of_which_all_come_is_told_who_was_too_late() -> None:
    made = preview(straight(), swarm_floor(), Script(technicians=dict.fromkeys(EVERYBODY, "accepts")))
    told = [said for turn in made.turns for said in turn.said]
    assert made.outcome == "swarmed"
    assert "Enough people have joined. Thank you. Goodbye." in told


def test_a_key_while_waiting_ends_the_swarm() -> None:
    made = preview(straight(), swarm_floor(), Script(("1", "1"), {"dan": "accepts"}))
    assert (made.outcome, made.steps) == ("callback", ("who", "swarm", "call_back"))
    assert made.owner


def test_the_caller_may_stay_silent_once_and_press_then() -> None:
    menu = {"step": "menu", "say": "greeting", "keys": {"1": "back"}, "otherwise": "message"}
    document = {
        "start": "menu",
        "steps": {"menu": menu, "back": {"step": "call_back"}, "message": {"step": "voicemail"}},
    }
    made = played("", "1", "1", document=document)
    assert [turn.answer for turn in made.turns] == ["", "", "1", "1"]
    assert (made.outcome, made.steps) == ("callback", ("menu", "back"))


def test_words_are_understood_as_the_one_who_asks_for_the_preview_knows() -> None:
    def hear(facts: Floor, event: Event) -> Floor:
        found = (Found(TABER.municipality, 100),) if isinstance(event, CallerSaid) and event.words == "Taber" else ()
        return replace(facts, found=found)

    facts = unknown_floor(municipalities={TABER.municipality: TABER}, pods=floor().pods)
    made = preview(version(), facts, Script(("said: Taber",), {"ana": "accepts"}), hear)
    assert (made.turns[1].answer, made.outcome) == ("Taber", "answered")


@pytest.mark.parametrize(("answers", "outcome"), [(True, "answered"), (False, "voicemail")])
def test_a_number_that_is_none_of_ours_answers_or_not(answers: bool, outcome: str) -> None:
    transfer = {"step": "transfer", "number": "403 555 0188", "otherwise": "message"}
    document = {"start": "out", "steps": {"out": transfer, "message": {"step": "voicemail"}}}
    made = preview(replace(version(), document=document), floor(), Script(elsewhere=answers))
    assert made.outcome == outcome


def test_a_caller_who_leaves_no_message_is_promised_a_call() -> None:
    made = preview(version(hours="Sun 01:00-02:00"), floor(), Script(message=0))
    assert (made.outcome, made.promise_due) == ("callback", "2026-11-03T19:00:00+00:00")


def test_other_technicians_are_left_out_with_the_reason() -> None:
    made = preview(version(hours="Sun 01:00-02:00"), floor(), Script())
    reasons = [(one.technician, one.detail) for one in made.turns[0].reasons if one.code == "left_out"]
    assert ("ana", "off_shift") in reasons


does = st.sampled_from(["accepts", "declines", "asks_for_help", "no_answer"])
answers = st.lists(st.sampled_from(["", "1", "2", "9", "0", "said: Taber", "4035550177"]), max_size=8).map(tuple)


@settings(deadline=None, max_examples=often(40), suppress_health_check=[HealthCheck.too_slow])
@given(documents(), any_floor(), answers, st.dictionaries(st.sampled_from(PEOPLE), does))
def test_every_preview_ends_and_is_the_same_again_and_can_be_sent(
    document: Document, facts: Floor, keys: tuple[str, ...], people: dict[str, Does]
) -> None:
    made = replace(version(*PEOPLE), document=document)
    calm = replace(facts, calling="", from_our_line=False)
    script = Script(keys, people)
    found = preview(made, calm, script)
    assert json.loads(json.dumps(plain(found)))["outcome"] == found.outcome
    assert preview(made, calm, script) == found
    assert len(found.turns) <= MOST_TURNS
    assert found.outcome not in ("", "failed") or not facts.standings
