"""Each mistake that a supervisor can make in a text flow has its place and a sentence that says what to do."""

from collections.abc import Mapping
from typing import Any

import pytest

from callflows.check import flow_problems, text_problems
from callflows.reading import channel_of, name_of, parse, read, shipped, shipped_document
from callflows.step import Known
from callflows.steps import KINDS
from callflows.steps.route import RouteStep
from callflows.version import Version
from tests.callflows.correspondence import ROUTE, known_text_flow, text_flow
from tests.callflows.documents import ELSEWHERE, MESSAGE, flow

KNOWN = Known(
    pods=("south",),
    municipalities=("4802022",),
    clients=("clara",),
    channels={"main": "voice", "texts": "text", "winter": "voice"},
    wanted={"spring": "voice", "autumn": "text"},
)
WORDS = {"en": "Hello.", "fr": "Bonjour."}
REPLY = {"step": "reply", "say": WORDS, "next": "person"}
ASK = {"step": "ask", "say": WORDS, "answers": {"1": "person"}, "otherwise": "person"}
KEYWORD = {"step": "keyword", "cases": [{"words": ["bill"], "to": "person"}], "otherwise": "person"}


@pytest.mark.parametrize(
    ("document", "place", "said"),
    [
        (text_flow(hello={**REPLY, "next": "persn"}), "steps.hello.next", "did you mean `person`?"),
        (text_flow(hello={"step": "reply", "next": "person"}), "steps.hello.say", "`say` is missing: the words of"),
        (text_flow(hello={**REPLY, "say": {"en": "Hi."}}), "steps.hello.say.fr", "There are no words in Français."),
        (text_flow(hello={**REPLY, "next": ""}), "steps.hello", "Whoever answers no question is left here"),
        (text_flow(a={**REPLY, "next": "b"}, b={**REPLY, "next": "a"}), "steps.a", "Whoever answers no question goes"),
        (
            text_flow(look={**KEYWORD, "cases": [{"words": "bill", "to": "bye"}]}, bye={**REPLY, "next": ""}),
            "steps.bye",
            "nobody knows of them. Lead them to a `route`.",
        ),
        (text_flow(ask={**ASK, "otherwise": "ask"}), "steps.ask", "goes round for ever: ask → ask."),
        (text_flow(look={**KEYWORD, "otherwise": "look"}), "steps.look", "goes round for ever: look → look."),
        (text_flow(ask={**ASK, "answers": {"1": "nowhere"}}), "steps.ask.answers.1", "A dead end"),
        (text_flow(ask={**ASK, "answers": {"?!": "person"}}), "steps.ask.answers.?!", "has no letter or digit"),
        (text_flow(ask={**ASK, "answers": {"Arrêt": "person"}}), "steps.ask.answers.Arrêt", "ends or begins our texts"),
        (text_flow(ask={**ASK, "answers": {"help": "person"}}), "steps.ask.answers.help", "Take another word."),
        (
            text_flow(ask={**ASK, "answers": {"été": "person", "ETE": "person"}}),
            "steps.ask.answers.ETE",
            "the same answer as 'été'",
        ),
        (text_flow(ask={**ASK, "answers": {}}), "steps.ask.answers", "`answers` is empty: a number or a word, and"),
        (text_flow(ask={**ASK, "wrong": "text_worng"}), "steps.ask.wrong", "There is no prompt `text_worng`"),
        (
            text_flow(look={**KEYWORD, "cases": [{"words": ["💧"], "to": "person"}]}),
            "steps.look.cases.0.words.0",
            "has no letter or digit",
        ),
        (
            text_flow(look={**KEYWORD, "cases": [{"words": [], "to": "person"}]}),
            "steps.look.cases.0.words",
            "`words` is empty.",
        ),
        (text_flow(look={**KEYWORD, "cases": [{"to": "person"}]}), "steps.look.cases.0.words", "`words` is missing"),
        (text_flow(team={**ROUTE, "pod": "nord"}), "steps.team.pod", "There is no pod 'nord' in the directory."),
        (text_flow(team={**ROUTE, "to": "boss"}), "steps.team.to", "'owner' or 'pod'"),
        (
            text_flow(open={"step": "hours", "open": "person", "closed": "person"}),
            "steps.open",
            "Nobody knows who is writing by now.",
        ),
        (
            {**text_flow(hello={"step": "say", "say": WORDS, "next": "person"})},
            "steps.hello.step",
            "A text flow has no step `say`, a voice flow has. Use `reply` instead.",
        ),
        (text_flow(tongue={"step": "language", "next": "person"}), "steps.tongue.step", "Take it out."),
        (flow(hello=REPLY, person=MESSAGE), "steps.hello.step", "A voice flow has no step `reply`, a text flow has."),
        ({**flow(out=ELSEWHERE), "channel": "sms"}, "channel", "'voice' or 'text'"),
        ({**flow(out=ELSEWHERE), "flow": "texts"}, "channel", "texts is a text flow, and this is a voice flow."),
        ({**text_flow(hello=REPLY), "flow": "main"}, "channel", "such as texts."),
        ({**text_flow(hello=REPLY), "flow": "winter"}, "channel", "winter is a voice flow, and this is a text flow."),
        ({**text_flow(hello=REPLY), "flow": "spring"}, "channel", "Lines run spring as a voice flow (lines.csv)"),
        ({**flow(out=ELSEWHERE), "flow": "autumn"}, "channel", "Name it otherwise."),
    ],
)
def test_a_mistake_has_its_place_and_says_what_to_do(document: Mapping[str, Any], place: str, said: str) -> None:
    found = [one for one in flow_problems(document, KNOWN) if not one.warning]
    assert [one.place for one in found] == [place]
    assert said in found[0].sentence


def test_what_may_be_published() -> None:
    bye = {**REPLY, "next": ""}
    for document in (
        text_flow(ask={**ASK, "answers": {"1": "bye", "2": "ask", "non merci": "bye"}}, bye=bye),
        text_flow(look={**KEYWORD, "cases": [{"words": ["stop the water", 7], "to": "person"}]}),
        known_text_flow(open={"step": "hours", "open": "person", "closed": "person"}),
        {**text_flow(hello=REPLY), "flow": "autumn"},
        {**text_flow(hello=REPLY), "flow": "new"},
    ):
        assert flow_problems(document, KNOWN) == ()


def test_a_word_behind_another_one_that_is_found_first_is_a_warning() -> None:
    cases = [{"words": ["bill"], "to": "person"}, {"words": ["Tax bill", "roll"], "to": "person"}]
    (problem,) = flow_problems(text_flow(look={**KEYWORD, "cases": cases}), KNOWN)
    assert (problem.place, problem.warning) == ("steps.look.cases.1.words.0", True)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_of_one_channel_says_what_the_other_has_instead(kind: str) -> None:
    step = KINDS[kind]
    if len(step.channels) == 1 and step.instead:
        assert not KINDS[step.instead].channels <= step.channels
    elif len(step.channels) == 2:
        assert step.instead == ""


def test_yes_and_no_are_words_that_may_be_answered() -> None:
    text = """
flow: sure
channel: text
start: ask
steps:
  ask:
    step: ask
    say: {en: "Is it urgent?", fr: "Est-ce urgent?"}
    answers: {yes: now, No: team, 1: now, on: now, null: team}
    otherwise: team
  now: {step: route, to: pod}
  team: {step: route}
"""
    assert text_problems(text, KNOWN) == ()
    assert list(parse(text)["steps"]["ask"]["answers"]) == ["yes", "No", 1, "on", None]


# Which channel a document is of.


@pytest.mark.parametrize(
    ("flow", "document", "channel"),
    [
        ("main", {}, "voice"),
        ("texts", {}, "text"),
        ("texts", {"steps": {"a": MESSAGE}}, "voice"),
        ("winter", {"channel": "text"}, "text"),
        ("texts", {"channel": "voice"}, "voice"),
        ("winter", {"channel": ["text"]}, "voice"),
    ],
)
def test_the_channel_of_a_document(flow: str, document: dict[str, Any], channel: str) -> None:
    assert channel_of(flow, document) == channel


def test_a_version_without_steps_or_that_cannot_be_read_runs_what_ships_for_its_channel() -> None:
    assert Version("texts", 1).body == shipped("texts")
    assert Version("texts", 1).whole == shipped_document("texts")
    assert Version("winter", 1, {"channel": "text", "times": {"reply_minutes": 30}}).times.reply_minutes == 30
    broken = Version("winter", 2, {"channel": "text", "start": "a", "steps": {"a": {"step": "sing"}}}).body
    assert (broken.steps, broken.broken, broken.channel) == (shipped("texts").steps, True, "text")
    assert (Version("main", 1).body, Version("main", 1).channel) == (shipped(), "voice")


def test_who_would_be_left_nowhere_reaches_a_person() -> None:
    assert isinstance(read(text_flow(hello=REPLY)).last_resort, RouteStep)


def test_a_document_without_a_name_is_named_after_what_ships_for_its_channel() -> None:
    assert [name_of(one) for one in ({}, {"channel": "text"}, {"channel": "text", "flow": "a"})] == [
        *("main", "texts", "a"),
    ]
    assert flow_problems({key: value for key, value in text_flow(hello=REPLY).items() if key != "flow"}, KNOWN) == ()
