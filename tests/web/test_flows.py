"""Flows by the API: drafts with their problems, publishing, and what is refused."""

from typing import Any

import pytest

from callflows.reading import shipped_document
from simulator.people.story import StoryHandset
from tests.world import World

HELLO = {
    "description": "A sentence, then the team.",
    "start": "hello",
    "steps": {
        "hello": {"step": "say", "say": {"en": "Snow today.", "fr": "Il neige."}, "next": "who"},
        "who": {"step": "identify", "next": "team", "unknown": "message"},
        "team": {"step": "ring", "greet": False, "otherwise": "message"},
        "message": {"step": "voicemail"},
    },
}
BROKEN = {"start": "hello", "steps": {"hello": {"step": "ring", "pod": "nobody", "otherwise": "nowhere"}}}
VERSION = {
    *("flow", "version", "state", "note", "created_at", "created_by", "published_at", "published_by", "problems"),
}
MAIN = "/api/v1/flows/main/versions"


def draft(world: World, body: Any, flow: str = "main") -> dict[str, Any]:
    answer = world.api("POST", f"/api/v1/flows/{flow}/versions", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def versions(world: World, flow: str = "main") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.api("GET", f"/api/v1/flows/{flow}/versions").json()["versions"]
    return found


def test_a_draft_is_published_and_the_next_call_hears_it(
    world: World, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    made = draft(world, {"document": HELLO, "note": "snow", "by": "sue"})
    assert (made["state"], made["problems"], made["document"]) == ("draft", [], {"flow": "main", **HELLO})
    assert list(made["document"]["steps"]) == list(HELLO["steps"]), "in the order of its author"
    number = made["version"]
    done = world.api("POST", f"{MAIN}/{number}/publish")
    assert done.status_code == 200, done.text
    told = done.json()
    assert set(told) == VERSION | {"already_live"}
    assert {name: told[name] for name in ("flow", "version", "state", "note", "already_live")} == {
        "flow": "main",
        "version": number,
        "state": "live",
        "note": "snow",
        "already_live": False,
    }
    assert (told["created_by"], told["published_by"]) == ("sue", "api")
    caller.dials(line).hears("Snow today.")
    first.rings().accepts()
    caller.hangs_up()
    assert world.desk.contact()["flow_version"] == number


def test_versions_are_listed_the_newest_first(world: World) -> None:
    number = draft(world, {"document": BROKEN})["version"]
    found = versions(world)
    assert [one["version"] for one in found] == list(range(number, 0, -1))
    assert all(set(one) == VERSION for one in found)
    assert [one["state"] for one in found[:2]] == ["draft", "live"]
    assert [one["place"] for one in found[0]["problems"]] == ["steps.hello.otherwise", "steps.hello.pod"]
    assert found[1]["problems"] == []
    assert len(world.api("GET", f"{MAIN}?limit=1").json()["versions"]) == 1
    whole = world.api("GET", f"{MAIN}/{number - 1}").json()
    assert set(whole) == VERSION | {"document", "ring_orders", "hours"}
    assert whole["ring_orders"] == {"taber": ["ana", "ben", "cho"]}


def test_flows_are_listed(world: World) -> None:
    draft(world, {"document": HELLO}, "winter")
    found = {one["flow"]: one for one in world.api("GET", "/api/v1/flows").json()["flows"]}
    assert (found["winter"]["version"], found["winter"]["drafts"], found["winter"]["lines"]) == (None, 1, [])
    assert found["main"]["version"] == versions(world)[0]["version"]
    assert found["main"]["lines"]


def test_what_the_checker_forbids_is_kept_and_not_published(world: World) -> None:
    live = versions(world)[0]["version"]
    number = draft(world, {"document": BROKEN})["version"]
    answer = world.api("POST", f"{MAIN}/{number}/publish", {})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert {(one["place"], one["warning"]) for one in answer.json()["problems"]} == {
        ("steps.hello.otherwise", False),
        ("steps.hello.pod", False),
    }
    assert [(one["version"], one["state"]) for one in versions(world)[:2]] == [(number, "draft"), (live, "live")]


def test_a_flow_as_yaml(world: World) -> None:
    menu = "{step: menu, say: {en: One, fr: Un}, keys: {1: b}, otherwise: b}"
    text = f"start: a\nsteps:\n  a: {menu}\n  b: {{step: voicemail}}\n"
    made = draft(world, {"yaml": text}, "winter")
    assert made["document"]["steps"]["a"]["keys"] == {"1": "b"}
    assert [one["place"] for one in made["problems"]] == ["steps.a"]


def test_an_old_version_becomes_live_again_as_a_new_one(world: World) -> None:
    old = versions(world)[0]["version"]
    number = draft(world, {"document": HELLO})["version"]
    world.api("POST", f"{MAIN}/{number}/publish")
    again = world.api("POST", f"{MAIN}/{number}/publish", {"by": "max"}).json()
    assert (again["already_live"], again["published_by"]) == (True, "api")
    back = world.api("POST", f"{MAIN}/{old}/publish", {"by": "max", "note": "no snow"}).json()
    assert (back["version"], back["state"], back["published_by"], back["note"]) == (
        number + 1,
        "live",
        "max",
        "no snow",
    )
    document = world.api("GET", f"{MAIN}/{number + 1}").json()["document"]
    assert document == shipped_document()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("GET", "/api/v1/flows/nothing/versions", None, 404, "There is no flow nothing."),
        ("GET", f"{MAIN}/99", None, 404, "There is no version 99 of a flow main."),
        ("GET", f"{MAIN}/{10**30}", None, 404, "There is no version"),
        ("GET", f"{MAIN}/one", None, 404, ""),
        ("GET", f"{MAIN}?limit=0", None, 400, "limit"),
        ("POST", f"{MAIN}/99/publish", None, 404, "There is no version 99 of a flow main."),
        ("POST", f"{MAIN}/1/publish", {"by": "podline"}, 400, "by: "),
        ("POST", f"{MAIN}/1/publish", {"by": 7}, 400, "by: "),
        ("POST", f"{MAIN}/1/publish", [], 400, "body: "),
        ("POST", f"{MAIN}/1/publish", {"nte": ""}, 400, "nte: "),
        ("POST", MAIN, None, 400, ""),
        ("POST", MAIN, {}, 400, "send the flow as `document` or as `yaml`"),
        ("POST", MAIN, {"document": HELLO, "yaml": "start: a"}, 400, "one of the two"),
        ("POST", MAIN, {"document": [HELLO]}, 400, "document: "),
        ("POST", MAIN, {"document": HELLO, "note": "a\0b"}, 400, "note: "),
        ("POST", MAIN, {"document": HELLO, "note": "x" * 2000}, 400, "note: "),
        ("POST", MAIN, {"document": {**HELLO, "flow": "winter"}}, 400, "names the flow 'winter'"),
        ("POST", MAIN, {"document": {**HELLO, "description": "a\0b"}}, 400, "U+0000"),
        ("POST", MAIN, {"document": {**HELLO, "description": "x" * 300_000}}, 400, "more than 262144"),
        ("POST", MAIN, {"document": {**HELLO, "description": "x" * 3_000_000}}, 413, ""),
        ("POST", MAIN, {"yaml": "start: [a"}, 400, "This is no YAML"),
        ("POST", MAIN, {"yaml": "? [a]\n: b"}, 400, "This is no YAML"),
        ("POST", MAIN, {"yaml": "[" * 5000}, 400, "This is no YAML"),
        ("POST", MAIN, {"yaml": "- a"}, 400, "A flow is a mapping"),
        ("POST", "/api/v1/flows/a b/versions", {"document": HELLO}, 400, "letters, digits"),
    ],
)
def test_what_is_refused(world: World, method: str, path: str, body: Any, status: int, said: str) -> None:
    before = versions(world)
    answer = world.api(method, path, body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert said in answer.json()["detail"]
    assert versions(world) == before


def test_a_yaml_that_cannot_be_read_says_where(world: World) -> None:
    answer = world.api("POST", MAIN, {"yaml": "start: a\nstart: b\nsteps: {}"})
    (problem,) = answer.json()["problems"]
    assert (answer.status_code, problem["warning"]) == (400, False)
    assert "'start' is given twice" in problem["sentence"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/flows"),
        ("GET", MAIN),
        ("GET", f"{MAIN}/7"),
        ("POST", MAIN),
        ("POST", f"{MAIN}/7/publish"),
    ],
)
def test_nobody_gets_at_flows_without_the_token(world: World, method: str, path: str) -> None:
    assert world.api(method, path, {"document": HELLO} if method == "POST" else None, token="").status_code == 401
    described = world.api("GET", "/api/openapi.json", token="").json()["paths"]
    named = path.replace("/main/", "/{flow}/").replace("/7", "/{version}")
    assert named in described, list(described)
    operation = described[named][method.lower()]
    assert operation["security"] == [{"bearer": []}]
    assert ("requestBody" in operation) == (method == "POST")
