"""Each mistake that a supervisor can make in a flow has its place and a sentence that says what to do."""

from collections.abc import Mapping
from typing import Any

import pytest

from callflows.check import blocks, flow_problems, text_problems
from callflows.reading import LARGEST, shipped_document
from callflows.step import Known, Problem
from tests.callflows.documents import ELSEWHERE, MENU, MESSAGE, flow, known

KNOWN = Known(pods=("south",), municipalities=("4802022",), clients=("clara",), lines=("+15875550100",))
HELLO = {"step": "say", "say": "greeting", "next": "message"}


def only(document: Mapping[str, Any]) -> Problem:
    (problem,) = flow_problems(document, KNOWN)
    return problem


@pytest.mark.parametrize(
    ("document", "place", "said"),
    [
        (flow(hello={**HELLO, "next": "mesage"}), "steps.hello.next", "did you mean `message`?"),
        (flow(hello={**HELLO, "next": "xyz"}), "steps.hello.next", "There are hello, message."),
        (flow(start="helo", hello=HELLO), "start", "did you mean `hello`?"),
        (flow(hello={"step": "say", "next": "message"}), "steps.hello.say", "`say` is missing: what the caller hears."),
        (flow(hello={**HELLO, "next": ""}), "steps.hello.next", "`next` is empty"),
        (flow(hello={**HELLO, "nxt": "x"}), "steps.hello.nxt", "did you mean `next`?"),
        (flow(hello={"say": "greeting"}), "steps.hello.step", "say what kind of step this is"),
        (flow(hello={"step": "swarn"}), "steps.hello.step", "did you mean `swarm`?"),
        (flow(hello="say"), "steps.hello", "given was 'say'"),
        ({**flow(hello=HELLO), "strat": "x"}, "strat", "did you mean `start`?"),
        ({"steps": {"message": MESSAGE}}, "start", "`start` is missing"),
        ({"start": "a", "steps": {}}, "steps", "`steps` is empty."),
        ({**flow(hello=HELLO), "times": {"rnig": 5}}, "times.rnig", "did you mean `ring`?"),
        ({**flow(hello=HELLO), "times": {"xyz": 5}}, "times.xyz", "There are ring"),
        ({**flow(hello=HELLO), "times": {"ring": 500}}, "times.ring", "500 is out of bounds; choose 5 to 60."),
        ({**flow(hello=HELLO), "languages": ["en", "xx"]}, "languages.1", "Nobody here speaks 'xx'"),
        (flow(hello={**HELLO, "say": "greting"}), "steps.hello.say", "did you mean `greeting"),
        (flow(hello={**HELLO, "say": "xyzzy"}), "steps.hello.say", "Write it under `prompts`"),
        (flow(hello={**HELLO, "say": {"en": "Hi."}}), "steps.hello.say.fr", "There are no words in Français."),
        (flow(hello={**HELLO, "say": {"en": "Hi.", "fr": " "}}), "steps.hello.say.fr", "There are no words"),
        (
            flow(hello=HELLO, prompts={"mine": {"en": "Hi.", "fr": "Ha.", "xx": "Ho."}}),
            "prompts.mine.xx",
            "Nobody here speaks 'xx'",
        ),
        (flow(menu={**MENU, "keys": {"A": "message", "1": "out"}}, out=ELSEWHERE), "steps.menu.keys.A", "no key of a"),
        (flow(menu={**MENU, "keys": {"1": "message"}}), "steps.menu", "No key of this menu leads to a person."),
        (flow(out={**ELSEWHERE, "number": "911"}), "steps.out.number", "no telephone number that can be called"),
        (flow(out={**ELSEWHERE, "number": "+15875550100"}), "steps.out.number", "a line of our own"),
        (flow(team={"step": "ring", "otherwise": "message"}), "steps.team", "Put an `identify` step before this one."),
        (
            flow(part={"step": "branch", "cases": [{"tier": "gold", "to": "message"}], "otherwise": "message"}),
            "steps.part",
            "Put an `identify` step before this one.",
        ),
        (
            known(part={"step": "branch", "cases": [{"to": "message"}], "otherwise": "message"}),
            "steps.part.cases.0",
            "Nothing is asked here",
        ),
        (
            known(part={"step": "branch", "cases": [{"pod": "nord", "to": "message"}], "otherwise": "message"}),
            "steps.part.cases.0.pod",
            "There is no pod 'nord' in the directory.",
        ),
        (flow(team={"step": "ring", "pod": "nord", "otherwise": "message"}), "steps.team.pod", "There is no pod"),
        (flow(hello={**HELLO, "next": "bye"}, bye={"step": "hang_up"}), "steps.bye", "Whoever presses nothing is hung"),
        (flow(a={**HELLO, "next": "b"}, b={**HELLO, "next": "a"}), "steps.a", "goes round for ever"),
    ],
)
def test_a_mistake_has_its_place_and_says_what_to_do(document: Mapping[str, Any], place: str, said: str) -> None:
    found = [one for one in flow_problems(document, KNOWN) if not one.warning]
    assert [one.place for one in found] == [place]
    assert said in found[0].sentence


def test_own_words_are_given_in_every_language_in_which_anybody_is_spoken_to() -> None:
    bilingual = Known(languages=("en", "fr"))
    english = {**flow(hello={**HELLO, "say": {"en": "Our office is closed."}}), "languages": ["en"]}
    (problem,) = flow_problems(english, bilingual)
    assert problem == Problem("languages", "Somebody in the directory is spoken to in French. Add fr, and your words.")
    assert not problem.warning
    assert flow_problems(english, Known(languages=("en",))) == ()
    assert flow_problems({**flow(hello=HELLO), "languages": ["en"]}, bilingual) == (), "it has no words of its own"
    both = {"en": "Our office is closed.", "fr": "Notre bureau est fermé."}
    assert flow_problems({**english, "steps": flow(hello={**HELLO, "say": both})["steps"]}, bilingual) == ()


def test_what_nobody_reaches_is_a_warning_and_may_be_published() -> None:
    problem = only(flow(hello=HELLO, alone=ELSEWHERE))
    assert (problem.place, problem.warning) == ("steps.alone", True)
    assert not blocks([problem])


def test_every_mistake_is_told_at_once() -> None:
    document = {**flow(hello={**HELLO, "next": "x", "say": "y"}), "times": {"ring": 1}, "languages": ["xx"]}
    assert [one.place for one in flow_problems(document)] == [
        "times.ring",
        "languages.0",
        "steps.hello.say",
        "steps.hello.next",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("start: [", "This is no YAML"),
        ("just words", "A flow is a mapping with `start` and `steps`"),
        ("start: a\nstart: b", "'start' is given twice"),
        ("a: &x 1\nb: *x", "an alias is not allowed here"),
        ("start: !!python/name:os.system ''", "This is no YAML"),
        ("x" * (LARGEST + 1), "characters, more than"),
    ],
)
def test_a_text_that_is_no_document_is_told_so(text: str, said: str) -> None:
    (problem,) = text_problems(text)
    assert (problem.place, said in problem.sentence) == ("", True)


def test_keys_that_yaml_takes_for_numbers_are_keys() -> None:
    text = """
start: menu
steps:
  menu:
    step: menu
    say: {en: "Press 1.", fr: "Faites le 1."}
    keys: {1: out, 0: out}
    otherwise: message
  out: {step: transfer, number: "403 555 0188", otherwise: message}
  message: {step: voicemail}
"""
    assert text_problems(text) == ()


def test_the_shipped_flow_may_be_copied() -> None:
    assert flow_problems({**shipped_document(), "flow": "mine"}) == ()
