"""How a story stands, for whoever looks at it while it goes on, and whom we rang."""

from dataclasses import replace
from typing import Any

import pytest

from telling.summary import Summary, summary
from telling.words import words
from tests.telling.test_story import NAMES, ROW, event

OPEN: dict[str, Any] = {
    **ROW,
    "direction": "inbound",
    "to_number": ROW["line"],
    "owner": "",
    "state": "open",
    "outcome": None,
}
RINGS = [event("received"), event("ring_started", "ana", ring=1)]
PASSED = [*RINGS, event("ring_ended", "ana", 20, ring=1, result="no_answer", rang=20, seconds=20)]
TAKEN = [*PASSED, event("ring_started", "cho", 20, ring=2), event("pressed", "cho", 31, key="1")]
TALKED = [*TAKEN, event("ring_ended", "cho", 99, ring=2, result="accepted", rang=9, seconds=11, talked=68, key="1")]
SWARM = [
    *PASSED,
    event("swarm_invited", "ben", 20, ring=2),
    event("swarm_invited", "cho", 20, ring=3),
    event("ring_started", "ben", 22, ring=2),
]
JOINED = [
    *SWARM,
    event("pressed", "ben", 30, key="1"),
    event("ring_ended", "ben", 31, ring=2, result="accepted", rang=8, seconds=9, key="1"),
    event("swarm_joined", "ben", 31, ring=2),
]
LEFT = [*JOINED, event("swarm_left", "ben", 91, ring=2, talked=60)]
# Ana's call of two becomes a conference after half a minute.
BECAME = [
    *RINGS,
    event("pressed", "ana", 7, key="1"),
    event("ring_ended", "ana", 37, ring=1, result="accepted", rang=5, seconds=7, talked=30, key="1"),
    event("swarm_opened", "ana", 37),
    event("swarm_joined", "ana", 37, ring=1),
]


def of(events: list[dict[str, Any]], *, told_in: str = "en", **changes: Any) -> Summary:
    return summary({**OPEN, **changes}, events, replace(NAMES, words=words(told_in)))


@pytest.mark.parametrize(
    ("events", "standing", "now", "rung"),
    [
        ([event("received")], "waits", "In progress", []),
        (RINGS, "rings", "Ringing Ana Ferreira", [("Ana Ferreira", "rings", "is being rung")]),
        (PASSED, "waits", "In progress", [("Ana Ferreira", "missed", "no answer in 20 s")]),
        (TAKEN, "talks", "On the line: Cho Min-seo", [..., ("Cho Min-seo", "talks", "took it, goes on")]),
        (TALKED, "waits", "In progress", [..., ("Cho Min-seo", "talked", "took it after 11 s, talked for 1 min 8 s")]),
        (
            SWARM,
            "rings",
            "Ringing Ben Oduya and Cho Min-seo",
            [..., ("Ben Oduya", "rings", "is being rung"), ("Cho Min-seo", "rings", "is still to be rung")],
        ),
        (
            JOINED,
            "talks",
            "On the line: Ben Oduya",
            [..., ("Ben Oduya", "talks", "joined after 9 s"), ("Cho Min-seo", "rings", "is still to be rung")],
        ),
        (
            LEFT,
            "rings",
            "Ringing Cho Min-seo",
            [..., ("Ben Oduya", "talked", "joined after 9 s, left after 1 min 0 s with the client"), ...],
        ),
    ],
    ids=["arrives", "rings", "no_answer", "taken", "talked", "swarm", "joined", "left"],
)
def test_how_it_stands(events: list[dict[str, Any]], standing: str, now: str, rung: list[Any]) -> None:
    told = of(events)
    assert (told.standing, told.now) == (standing, now)
    found = [(one.name, one.came, one.told) for one in told.rung]
    assert len(found) == len(rung)
    assert all(wanted in (..., one) for one, wanted in zip(found, rung, strict=True))


@pytest.mark.parametrize(
    ("language", "goes_on", "over"),
    [
        ("en", "took it, goes on", "took it after 7 s, talked for 1 min 40 s"),
        ("fr", "a pris l'appel, qui continue", "a pris l'appel après 7 s, a parlé 1 min 40 s"),
    ],
)
def test_whose_call_became_a_conference_has_talked_before_and_in_it(language: str, goes_on: str, over: str) -> None:
    assert [(one.came, one.told) for one in of(BECAME, told_in=language).rung] == [("talks", goes_on)]
    left = [*BECAME, event("swarm_left", "ana", 107, ring=1, talked=70)]
    assert [(one.came, one.told) for one in of(left, told_in=language).rung] == [("talked", over)]


def test_a_contact_that_is_over_says_what_came_of_it() -> None:
    told = of(TALKED, state="closed", outcome="answered")
    assert (told.standing, told.now) == ("over", "Ended: answered")
    assert of(TALKED, state="closed", outcome="answered", told_in="fr").now == "Terminé\u00a0: appel pris"


def test_nobody_is_still_to_be_rung_once_the_swarm_is_closed() -> None:
    told = of([*LEFT, event("swarm_closed", "", 91, why="the caller hung up")])
    assert (told.rung[-1].came, told.rung[-1].told) == ("missed", "not rung any more")


def test_who_passes_by_a_key_is_told_so() -> None:
    passed = event("pressed", "ana", 4, key="2")
    assert [(one.came, one.told) for one in of([*RINGS, passed]).rung] == [("missed", "passed it on")]
    passed = event("pressed", "ben", 24, key="2")
    assert [(one.came, one.told) for one in of([*SWARM, passed]).rung][1] == ("missed", "passed")
    called_in = event("ring_ended", "ana", 9, ring=1, result="declined", rang=3, seconds=9, key="3")
    assert of([*RINGS, called_in]).rung[0].told == "called in everybody who can help"
    declined = event("ring_ended", "ben", 40, ring=2, result="canceled", rang=3, seconds=9, key="1")
    assert of([*SWARM, declined]).rung[1].told == "pressed 1, but was no longer needed"


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({}, "Clara Whitfield"),
        ({"client": None}, "(403) 555-0120"),
        ({"client": None, "from_number": ""}, "Withheld number"),
        ({"client": None, "direction": "outbound", "to_number": "+14035550177"}, "(403) 555-0177"),
    ],
)
def test_who_it_is(changes: dict[str, Any], who: str) -> None:
    assert of([], **changes).who == who


def test_only_facts_that_are_known_are_shown() -> None:
    assert dict(of([], owner="ana").facts) == {
        "Municipality": "Taber",
        "Pod": "Taber",
        "Owner": "Ana Ferreira",
        "Matter": "#12",
        "Number": "(403) 555-0120",
        "Line": "Support",
        "Language": "English",
    }
    nothing = dict.fromkeys(("municipality", "pod", "client", "matter", "language"))
    assert dict(of([], **nothing, told_in="fr").facts) == {"Ligne": "Support"}
