"""Every language says the same things; what the story keeps in English has words in each; names need no elision."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from callflows.languages import languages
from telling.story import lines
from telling.words import Words, all_words, words
from tests.telling.test_story import NAMES, ROW, START, event

CALLFLOWS = Path(__file__).resolve().parents[2] / "callflows"


def calls(*names: str) -> Iterator[ast.Call]:
    for path in CALLFLOWS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
                yield node


def texts(node: ast.AST) -> set[str]:
    """The sentences that stand written below it."""
    found = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {one for one in found if isinstance(one, str) and " " in one}


def assigned(name: str, path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return set().union(
        *(
            texts(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
        )
    )


def test_stories_are_told_in_every_language_that_we_speak() -> None:
    assert set(all_words()) == set(languages())
    assert words("xx") is words("en")


@pytest.mark.parametrize("language", all_words().values(), ids=all_words())
def test_every_end_and_every_fault_has_words(language: Words) -> None:
    ends = set().union(*(texts(one.args[1]) for one in calls("close", "finish", "leave") if len(one.args) > 1))
    assert ends | assigned("why", CALLFLOWS / "advance.py") == set(language.ends)
    told = [one for one in calls("tell") if texts(one.args[0]) or ast.unparse(one.args[0]) == "'flow_error'"]
    faults = set().union(*(texts(keyword.value) for one in told for keyword in one.keywords if keyword.arg == "reason"))
    assert faults | assigned("why", CALLFLOWS / "turn.py") == set(language.faults)


def test_no_french_sentence_needs_an_elision_before_a_name() -> None:
    """« de Ana » would be « d'Ana »: so no name follows such a word."""
    elided = re.compile(
        r"\b(?:de|que|jusque|le|la|ce|se|ne|me|te|je|si)\s\{(technician|technicians|client|place|who|people)\}"
    )
    french = words("fr")
    sentences = [text for each in fields(Words) for text in getattr(french, each.name).values()]
    assert not [one for one in sentences if elided.search(one)]


@pytest.mark.parametrize(
    ("code", "any_of", "all_of", "nth", "near", "far", "second"),
    [
        (
            "en",
            "A, B or C",
            "A, B and C",
            "1st 2nd 3rd 11th 21st",
            "Tue 09:05",
            "Tue 3 Nov 2026 09:05",
            "Tue 3 Nov 09:05:07",
        ),
        (
            "fr",
            "A, B ou C",
            "A, B et C",
            "1re position 2e position 3e position 11e position 21e position",
            "mar. 9 h 05",
            "mar. 3 nov. 2026, 9 h 05",
            "mar. 3 nov., 09:05:07",
        ),
    ],
)
def test_lists_ordinals_and_moments(
    code: str, any_of: str, all_of: str, nth: str, near: str, far: str, second: str
) -> None:
    told, at = words(code), datetime(2026, 11, 3, 9, 5, 7, tzinfo=ZoneInfo("America/Edmonton"))
    assert (told.any_of(["A", "B", "C"]), told.all_of(["A", "B", "C"]), told.any_of(["A"])) == (any_of, all_of, "A")
    assert " ".join(told.nth(number) for number in (1, 2, 3, 11, 21)) == nth
    assert [told.instant(one, at) for one in ("near", "far", "second")] == [near, far, second]


def test_a_whole_story_in_french() -> None:
    due = START.replace(day=4, hour=18).isoformat()
    events = [
        event("received", line="+15875550100"),
        event("ring_started", "ana", ring=1),
        event("ring_ended", "ana", 20, ring=1, result="no_answer", rang=20, seconds=20),
        event("skipped", "ben", 20, reason="on_call"),
        event("said", "", 60, words="Une question"),
        event("pressed", "", 70, key="10 digits"),
        event("promise_made", "ben", 75, due_at=due, promise="callback"),
        event("ended", "", 75, outcome="callback", why="the caller hung up"),
    ]
    reasons = [(1, START, "x", [{"code": "known_number", "technician": "", "detail": "1 client(s)"}])]
    told = list(lines(ROW, events, replace(NAMES, words=words("fr")), reasons))
    assert [one.replace("\u00a0", "~") for one in told] == [
        "Contact q7nm2x4kabcd, mar. 3 nov. 2026, selon la version 3 du scénario main. "
        "Les heures sont celles du fuseau America/Edmonton.",
        "16:00:03 Clara Whitfield (Taber) a appelé la ligne Support (langue~: anglais).",
        "           parce que~: le numéro n'est inscrit que chez un client, "
        "et sa municipalité relève de l'équipe Taber",
        "16:00:23 Sonné chez Ana Ferreira 20 s~: pas de réponse.",
        "         Appel non offert à Ben Oduya~: déjà en ligne.",
        "16:01:03 Elle a dit~: «~Une question~».",
        "16:01:13 La personne au bout du fil a composé 10 chiffres.",
        "16:01:18 Promesse confiée à Ben Oduya~: un rappel d'ici mer. 11 h 00.",
        "         Fin~: un rappel est dû (le client a raccroché).",
    ]
