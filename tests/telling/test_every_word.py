"""Nothing that the code may tell, say, or give as its reason is without words."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard, get_args

import pytest

from callflows.actions import HappeningKind
from callflows.contact import OUTCOMES
from callflows.languages import language, languages
from routing.eligible import Refusal
from routing.hunt import RingResult
from routing.plan import Because
from routing.strategies import STRATEGIES
from telling.prompts import PARTS
from telling.teller import IDENTIFIED_BY, OWNED_BY
from telling.words import IN_WRITING, words
from tests.telling.test_story import START, sentence

ENGLISH = words()
CALLFLOWS = Path(__file__).resolve().parents[2] / "callflows"


@pytest.mark.parametrize("kind", get_args(HappeningKind))
def test_every_kind_has_words_with_and_without_detail(kind: str) -> None:
    full = {"due_at": START.isoformat(), "matter": 12, "words": "hello", "why": "x", "seconds": 3, "key": "1"}
    for technician in ("", "ana"):
        details: tuple[dict[str, Any], ...] = ({}, full)
        for detail in details:
            said = sentence(kind, technician, **detail)
            assert "no words yet" not in said
            assert "{" not in said and said.endswith((".", "”.", ")."))


@pytest.mark.parametrize("result", get_args(RingResult))
def test_every_result_of_a_ring_has_words(result: str) -> None:
    said = sentence("ring_ended", "ana", result=result, rang=20, seconds=31, talked=61, key="3")
    assert "Ana Ferreira" in said
    assert result in ENGLISH.rings


@pytest.mark.parametrize("reason", get_args(Refusal))
def test_every_reason_for_skipping_has_words(reason: str) -> None:
    assert sentence("skipped", "ben", reason=reason) == f"Skipped Ben Oduya: {ENGLISH.refusals[reason]}."


def test_every_outcome_strategy_and_language_has_words() -> None:
    assert set(OUTCOMES) == set(ENGLISH.outcomes)
    assert set(STRATEGIES) <= set(ENGLISH.orders)
    assert set(languages()) == set(ENGLISH.languages)


def written(call: str, place: int) -> set[str]:
    """All that the steps' code may give as one argument of such a call. A name that isn't written out there is told
    of as a mistake: it would escape these tests."""
    found: set[str] = set()
    for path in CALLFLOWS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and called(node) == call and len(node.args) > place:
                found.update(constants(node.args[place], f"{path.name}:{node.lineno}"))
    return found


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if is_name(node.func) else ""


def is_name(node: ast.expr) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def constants(value: ast.expr, where: str) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from constants(body, where)
            yield from constants(orelse, where)
        case ast.JoinedStr(values=[ast.Constant(value="text_to_"), _]):
            yield from (f"text_to_{one}" for one in get_args(Because) if one not in CALLED)
        case ast.Name(id="prompt") | ast.Attribute(attr="technician") | ast.Name(id="technician"):
            pass  # handed on as it was given: what `notify` is given is looked at where it is called
        case _:
            pytest.fail(f"{where}: {ast.unparse(value)} is not written out, so nobody knows whether it has words")


def test_every_code_that_a_step_gives_as_its_reason_has_words_and_no_other() -> None:
    codes = written("because", 0)
    assert len(codes) > 30
    assert codes <= set(ENGLISH.reasons)
    others = set(ENGLISH.reasons) - codes - {"unknown", "loop_of_lines"}
    assert not {one for one in others if not one.startswith(tuple(f"{code}_" for code in codes))}


# Why somebody may stand in a plan of whom to ring, and in none of whom to write to.
CALLED = ("opted_in", "in_line")

# Prompts of which the story says nothing: technicians hear them before pressing a key, or as they are let go; or they
# are parts of a text, or stand in for words that can't be said. Names may be put together (f"{asked}_known"), so all
# that a language has is looked at.
UNTOLD = (
    *("whisper_", "screening_", "about_", "technician_fault", "errand_done", "errand_later", "menu_somebody"),
    *("swarm_helper_", "plain"),
    *("tech_note_", "tech_desk", "tech_nothing_written", "tech_files", "tech_listed", "tech_doing_"),
    *("tech_failed_", "tech_unkept", "text_ask_none"),
)
# Under which a technician is given words; the text's own line tells so.
GIVEN = {"tech_header", "tech_header_by"}
WHOSE = {"tech_client", "tech_header_mail"}  # stand before somebody's words


def test_every_prompt_of_the_languages_has_words_and_no_other() -> None:
    prompts = {one for one in language("en").prompts if not one.startswith(UNTOLD)}
    assert len(prompts) > 60
    told = {one.removeprefix("prompted_") for one in ENGLISH.sentences if one.startswith("prompted_")}
    told = {one for one in told if not one.endswith(IN_WRITING)}
    given = {one.removeprefix("text_out_") for one in ENGLISH.sentences if one.startswith("text_out_tech_")}
    assert given == GIVEN
    assert prompts == (told - {"other"}) | PARTS | (set(ENGLISH.texts) - {""}) | GIVEN | WHOSE
    assert not told & PARTS


def test_what_the_story_leaves_unsaid_is_never_told_as_said() -> None:
    calls = (
        node
        for path in CALLFLOWS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and called(node) in ("say", "ask")
    )
    named = {one.value for call in calls for one in ast.walk(call) if isinstance(one, ast.Constant)}
    assert not {one for one in named if isinstance(one, str) and one.startswith(UNTOLD)}


def test_every_text_to_a_technician_has_words() -> None:
    texts = written("Text", 1) | written("TextOut", 1) | written("notify", 2)
    answers = {one for one in language("en").prompts if one.startswith("tech_") and not one.startswith(UNTOLD)}
    assert texts <= set(ENGLISH.texts)
    assert texts | answers - GIVEN - WHOSE == set(ENGLISH.texts) - {""}


def test_every_way_to_be_identified_has_words() -> None:
    ways = keyword_values("by") - {"text"}  # by which a swarm in writing is opened
    assert ways == set(IDENTIFIED_BY)
    for by in ways:
        said = sentence("identified", "ana", by=by, municipality="4802022", client="clara")
        assert said != ENGLISH.sentences["identified_otherwise"].format(by=by)


def keyword_values(name: str) -> set[str]:
    """Of a keyword argument, or of the variable that is handed on as one."""
    found: set[str] = set()
    for path in CALLFLOWS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.keyword(arg=arg, value=value) if arg == name and not is_name(value):
                    found.update(constants(value, f"{path.name}:{value.lineno}"))
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    found.update(constants(value, f"{path.name}:{value.lineno}"))
    return found


def test_every_way_to_come_to_own_a_matter_has_words() -> None:
    told = (
        keyword.value
        for path in CALLFLOWS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and called(node) == "tell" and constant(node.args[0]) == "owner_changed"
        for keyword in node.keywords
        if keyword.arg == "why"
    )
    assert {constant(one) for one in told} == set(OWNED_BY)


def constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None
