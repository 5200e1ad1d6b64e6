"""A flow is tried out by the API: what a made-up caller hears and whom it rings, without any telephone."""

from typing import Any

import pytest

from tests.scenarios.crews import CLARA, CREW
from tests.world import LINE, World, Worlds

MENU = """
start: who
steps:
  who: {step: identify, next: choose, unknown: message}
  choose:
    step: menu
    say: {en: "For taxes press 1.", fr: "Pour les taxes faites le 1."}
    keys: {1: team}
    otherwise: team
  team: {step: ring, otherwise: message}
  message: {step: voicemail}
"""


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds(directory=CREW)


def tries(world: World, body: dict[str, Any], path: str = "main/simulate") -> dict[str, Any]:
    answer = world.api("POST", f"/api/v1/flows/{path}", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_live_flow_rings_the_callers_team(world: World) -> None:
    played = tries(world, {"from": CLARA, "technicians": {"ana": "accepts"}})
    assert (played["outcome"], played["owner"]) == ("answered", "ana")
    assert played["steps"] == ["language", "who", "team"]
    first = played["turns"][0]
    assert (first["rings"], first["second"]) == (["ana"], 0)
    assert "Hello Clara Whitfield" in first["said"][0]
    assert {"next_in_order"} <= {one["code"] for one in first["reasons"]}


def test_nobody_takes_it_and_a_promise_is_made(world: World) -> None:
    played = tries(world, {"from": CLARA})
    assert [who for turn in played["turns"] for who in turn["rings"]] == ["ana", "dan", "eve", "fay"]
    assert played["outcome"] == "voicemail"
    assert played["promise_due"].startswith("2026-11-03T")


def test_a_draft_and_a_document_are_tried_before_anybody_publishes_them(world: World) -> None:
    made = world.api("POST", "/api/v1/flows/main/versions", {"yaml": MENU}).json()
    for body, path in (({"yaml": MENU}, "main/simulate"), ({}, f"main/versions/{made['version']}/simulate")):
        played = tries(world, {**body, "from": CLARA, "answers": ["1"], "technicians": {"ana": "declines"}}, path)
        assert played["steps"] == ["who", "choose", "team", "message"]
    assert world.api("GET", "/api/v1/contacts").json()["contacts"] == []
    assert world.desk.query("SELECT * FROM reservations") == []


def test_a_stranger_says_where_they_call_from(world: World) -> None:
    played = tries(world, {"answers": ["said:Taber"], "technicians": {"ana": "accepts"}})
    assert (played["outcome"], played["owner"]) == ("answered", "ana")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"line": "+15875550199"}, 400),
        ({"version": 99}, 404),
        ({"yaml": "start: ["}, 400),
        ({"yaml": MENU, "version": 1}, 400),
        ({"technicians": {"ana": "sings"}}, 400),
        ({"at": "yesterday"}, 400),
        ({"unheard": 1}, 400),
    ],
)
def test_what_cannot_be_tried_is_said(world: World, body: dict[str, Any], status: int) -> None:
    answer = world.api("POST", "/api/v1/flows/main/simulate", body)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_only_for_whoever_has_the_token(world: World) -> None:
    assert world.api("POST", "/api/v1/flows/main/simulate", {}, token="").status_code == 401


def test_a_flow_that_is_none(world: World) -> None:
    assert world.api("POST", "/api/v1/flows/nothing/simulate", {"line": LINE}).status_code == 404


# Texts.

ASKING = """
channel: text
start: who
steps:
  who: {step: identify, next: subject, unknown: team}
  subject:
    step: ask
    say: {en: "1 for bills?", fr: "1 pour les factures?"}
    answers: {1: bills}
    otherwise: team
  bills: {step: reply, say: {en: "Bills come in May.", fr: "Les factures viennent en mai."}}
  team: {step: route}
"""


def test_the_live_text_flow_gives_the_words_to_the_clients_team(world: World) -> None:
    played = tries(world, {"from": CLARA, "answers": ["The printer is on fire"]}, "texts/simulate")
    (turn,) = played["turns"]
    assert (turn["answer"], turn["gives"], turn["who"], turn["said"]) == (
        *("The printer is on fire", ["ana"], "client", []),
    )
    assert (played["steps"], played["outcome"], played["owner"]) == (["who", "team"], "", "ana")
    assert played["promise_due"].startswith("2026-11-03T")
    assert world.api("GET", "/api/v1/contacts").json()["contacts"] == []
    assert world.desk.query("SELECT * FROM messages") == []


def test_a_text_flow_is_tried_before_anybody_publishes_it(world: World) -> None:
    made = world.api("POST", "/api/v1/flows/texts/versions", {"yaml": ASKING}).json()
    assert made["problems"] == []
    for body, path in (({"yaml": ASKING}, "snow/simulate"), ({}, f"texts/versions/{made['version']}/simulate")):
        played = tries(world, {**body, "from": CLARA, "answers": ["Hi", "1"]}, path)
        assert [one["said"] for one in played["turns"]] == [["1 for bills?"], ["Bills come in May."]]
        assert played["outcome"] == "auto_replied"


def test_a_stranger_writes_where_they_are(world: World) -> None:
    played = tries(world, {"from": "+17805550199", "answers": ["Hi", "Taber"]}, "texts/simulate")
    assert played["turns"][-1]["gives"] == ["ana"]


def test_a_text_comes_from_somebody(world: World) -> None:
    answer = world.api("POST", "/api/v1/flows/texts/simulate", {"answers": ["Hi"]})
    assert (answer.status_code, answer.json()["detail"]) == (
        *(400, "Give `from`, the telephone number of whoever writes."),
    )
