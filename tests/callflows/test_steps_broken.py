"""A step, a sentence or a whole document that can't be used when it is needed: never silence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callflows.actions import Record, Ring
from callflows.check import flow_problems
from callflows.languages import language
from callflows.reading import SHIPPED, shipped
from routing.directory import Line
from tests.builders import (
    CALLER,
    LINE,
    NOW,
    floor,
    said,
    standing,
    version,
)
from tests.callflows.documents import ELSEWHERE, MENU, MESSAGE, call, errors, flow, words


@pytest.mark.parametrize("text", ["{{ 1 / 0 }}", "{{ client", "{% if x %}", "   "])
def test_a_template_that_breaks_while_it_is_said_becomes_a_plain_sentence(text: str) -> None:
    hello = {"step": "say", "say": "hello", "next": "message"}
    made = call(flow(hello=hello, prompts={"hello": {"en": text, "fr": text}}))
    assert words(made)[0] == "One moment please."
    assert errors(made) == ["a template that can't be used"]


def test_a_shipped_prompt_that_a_flow_broke_is_said_as_it_ships() -> None:
    document = {**shipped_with("goodbye", "{{ 1 / 0 }}")}
    made = call(document)
    assert made.version.text("goodbye", language("en"), {}) == "Thank you for calling. Goodbye."


def shipped_with(prompt: str, text: str) -> dict[str, Any]:
    return flow(hello={"step": "say", "say": prompt, "next": "message"}, prompts={prompt: {"en": text, "fr": text}})


def test_words_of_another_language_are_better_than_none() -> None:
    hello = {"step": "say", "say": "hello", "next": "message"}
    made = call(
        flow(hello=hello, prompts={"hello": {"en": "Hello."}}), floor(line=Line(LINE, languages=("fr",)), callers=())
    )
    assert made.contact.language == "fr"
    assert words(made)[0] == "Hello."


@pytest.mark.parametrize(
    "document",
    [
        {"start": "a", "steps": {"a": {"step": "a kind of tomorrow"}}},
        {"start": "a", "steps": {"a": {"step": "say"}}},
        {"start": "a", "steps": {"a": MESSAGE}, "mood": "fine"},
        {"start": 3, "steps": {"a": MESSAGE}},
    ],
)
def test_a_document_that_cannot_be_read_any_more_is_answered_by_the_shipped_flow(document: dict[str, Any]) -> None:
    made = call(document)
    assert (made.rung, made.contact.step) == ("ana", "team")
    assert errors(made) == ["the flow can't be read any more; the shipped one answers"]
    assert flow_problems(document)


@pytest.mark.parametrize("start", ["nowhere", "hello"])
def test_an_exit_to_a_step_that_is_not_there_leads_to_the_last_resort(start: str) -> None:
    made = call(flow(start=start, hello={"step": "say", "say": "greeting", "next": "nowhere"}))
    assert isinstance(made.replies[-1], Record)
    assert errors(made) == ["no such step"]
    made.over()
    assert made.contact.outcome == "callback"


def test_steps_that_go_round_in_one_answer_end_in_the_last_resort() -> None:
    """The checker forbids it; a stored document may be older than the checker."""
    a = {"step": "say", "say": "greeting", "next": "b"}
    made = call(flow(a=a, b={**a, "next": "a"}))
    assert isinstance(made.replies[-1], Record)
    assert errors(made) == ["round and round"]


def test_a_step_that_a_new_version_took_away_meanwhile_is_the_last_resort() -> None:
    """A version never changes; but its document may have become unreadable, and the shipped one knows no such step."""
    made = call(flow(menu=MENU, elsewhere=ELSEWHERE))
    made.version = replace(version(), document={})
    made.answers("1")
    assert isinstance(made.replies[-1], (Record, Ring))


def test_a_document_without_steps_is_the_shipped_flow() -> None:
    assert replace(version(), document={}).body.steps == shipped(SHIPPED).steps


def test_an_unstaffed_pod_still_answers() -> None:
    everybody_off = floor(*(standing(key, presence=said("off", NOW - timedelta(hours=1))) for key in ("ana", "ben")))
    made = call({}, everybody_off)
    assert isinstance(made.replies[-1], Record)
    assert CALLER not in repr(made.replies)
