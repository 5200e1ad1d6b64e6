"""A conversation in writing at a glance: who was given the words, who answered, what is owed, and how it stands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from telling.summary import Summary, summary
from telling.words import words
from tests.telling.test_story import NAMES, START, event
from tests.telling.test_texting import TEXT, reports

OPEN: dict[str, Any] = {**TEXT, "owner": "ana", "state": "open", "outcome": None}
ASKED = [event("received"), event("text_in", "", words="Our tax roll is broken")]
GIVEN = [*ASKED, *reports("queued", "delivered", number=1, prompt="tech_header")]
ANSWERED = [*GIVEN, event("text_in", "ana", 9, words="I am on it"), *reports("sent", number=2, to="client", after=9)]
JOINED = [
    *GIVEN,
    event("joined", "ben", 5),
    *reports("queued", number=3, technician="ben", prompt="tech_header", after=6),
    *reports("queued", number=4, technician="ben", prompt="tech_swarm_invite", after=6),
]


def promise(kind: str, *, overdue: bool = False) -> dict[str, Any]:
    due = START + timedelta(minutes=30)
    return {"kind": kind, "owner": "ana", "due_at": due, "overdue_at": due if overdue else None}


def of(events: list[Any], *promises: dict[str, Any], told_in: str = "en", **changes: Any) -> Summary:
    row = {**OPEN, **changes}
    return summary(row, events, replace(NAMES, words=words(told_in, row["channel"])), promises)


@pytest.mark.parametrize(
    ("events", "promises", "standing", "now"),
    [
        (ASKED, [], "waits", "In progress"),
        (GIVEN, [promise("reply")], "waits", "Answer owed by Tue 16:30"),
        (GIVEN, [promise("reply", overdue=True)], "waits", "Overdue: answer owed by Tue 16:30"),
        (ANSWERED, [], "talks", "Answered by Ana Ferreira"),
        (ANSWERED, [promise("call_back")], "talks", "Answered by Ana Ferreira"),
        (ANSWERED, [promise("reply")], "waits", "Answer owed by Tue 16:30"),
    ],
    ids=["asked", "given", "overdue", "answered", "to be called", "asked again"],
)
def test_how_it_stands(events: list[Any], promises: list[Any], standing: str, now: str) -> None:
    told = of(events, *promises)
    assert (told.standing, told.now) == (standing, now)


def test_when_it_is_over_it_says_what_came_of_it() -> None:
    told = of(ANSWERED, state="closed", outcome="replied")
    assert (told.standing, told.now) == ("over", "Ended: replied")


@pytest.mark.parametrize(
    ("events", "given"),
    [
        (ASKED, []),
        (GIVEN, [("Ana Ferreira", "talks", "given: 1, answered: 0")]),
        (ANSWERED, [("Ana Ferreira", "talked", "given: 1, answered: 1")]),
        (JOINED, [("Ana Ferreira", "talks", "given: 1, answered: 0"), ("Ben Oduya", "talks", "given: 1, answered: 0")]),
        ([*ASKED, event("joined", "ben")], [("Ben Oduya", "talks", "joined")]),
        (
            [*ASKED, *reports("queued", "undelivered", number=1, prompt="tech_header")],
            [("Ana Ferreira", "missed", "given: 1, answered: 0; did not get the last words")],
        ),
        ([*ASKED, event("swarm_invited", "ben")], []),
    ],
    ids=["asked", "given", "answered", "joined", "joined alone", "lost", "asked to help"],
)
def test_who_was_given_the_words(events: list[Any], given: list[Any]) -> None:
    assert [(one.name, one.came, one.told) for one in of(events).rung] == given


def test_what_is_owed_is_a_fact_of_calls_as_well() -> None:
    owed = ("Owed", "an answer from Ana Ferreira by Tue 16:30 (overdue)")
    assert of(GIVEN, promise("reply", overdue=True)).facts[-1] == owed
    told = of([event("received")], promise("call_back"), channel="voice")
    assert told.facts[-1] == ("Owed", "a call back from Ana Ferreira by Tue 16:30")
    assert of(GIVEN).facts[-1][0] == "Language"


def test_a_technicians_own_texts_are_given_to_nobody() -> None:
    own = [event("identified", "ben", by="technician"), event("text_in", "ben", words="who")]
    told = of(own, client=None, municipality=None)
    assert (told.who, told.ours, told.rung, told.now) == ("Ben Oduya", True, (), "In progress")


def test_in_french() -> None:
    told = of(ANSWERED, promise("reply"), told_in="fr")
    assert told.now.replace("\u00a0", "~") == "Réponse promise d'ici mar. 16 h 30"
    assert told.facts[-1] == ("Promis", "une réponse d'ici mar. 16 h 30, confiée à Ana Ferreira")
    assert [one.told.replace("\u00a0", "~") for one in told.rung] == ["reçu~: 1, répondu~: 1"]
