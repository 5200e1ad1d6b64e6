"""The JSON API as the contract promises it (DESIGN section 4)."""

from typing import Any

import pytest

from simulator.people.story import StoryHandset
from tests.world import NOBODY_HELPS, World, Worlds

FIELDS = {
    "id", "channel", "direction", "from", "to", "line", "municipality", "pod", "client", "matter", "owner", "flow",
    "flow_version", "language", "state", "outcome", "started_at", "ended_at", "provider_sid", "degraded", "events",
}  # fmt: skip


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds(directory=NOBODY_HELPS)


@pytest.fixture
def called(world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str) -> World:
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    caller.hangs_up()
    world.phone(None, "withheld").dials(line).hears("After the tone", within=90).speaks(4).hears("call you").has_ended()
    return world


def contacts(world: World, query: str = "") -> list[dict[str, Any]]:
    answer = world.api("GET", f"/api/v1/contacts{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["contacts"]
    return found


def test_a_contact_has_all_that_the_contract_names(called: World, caller: StoryHandset) -> None:
    sid = caller.phone.legs[-1].sid
    (contact,) = contacts(called, f"?call_sid={sid}")
    assert set(contact) == FIELDS
    assert contact["from"] == "+14035550120"
    assert (contact["channel"], contact["direction"], contact["degraded"]) == ("voice", "inbound", False)
    assert (contact["outcome"], contact["owner"], contact["client"]) == ("answered", "ben", "clara")
    rings = [one for one in contact["events"] if one["kind"] == "ring_ended"]
    assert [(one["technician"], one["detail"]["result"]) for one in rings] == [("ana", "declined"), ("ben", "accepted")]
    assert all(set(one) == {"at", "kind", "technician", "leg_sid", "detail"} for one in contact["events"])
    assert called.api("GET", f"/api/v1/contacts/{contact['id']}").json() == contact
    assert called.api("GET", f"/api/v1/contacts/{sid}").json() == contact


def test_a_technicians_leg_finds_the_contact_too(called: World, second: StoryHandset) -> None:
    assert len(contacts(called, f"?call_sid={second.phone.legs[-1].sid}")) == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("?client=clara", 1),
        ("?municipality=4802022", 1),
        ("?technician=ana", 2),
        ("?technician=ben", 1),
        ("?technician=nobody", 0),
        ("?since=2026-11-03T16:00:00Z", 2),
        ("?since=2027-01-01T00:00:00Z", 0),
        ("?call_sid=CAnothing", 0),
        ("?message_sid=SMnothing", 0),
    ],
)
def test_contacts_are_found_by_what_the_contract_names(called: World, query: str, count: int) -> None:
    assert len(contacts(called, query)) == count


def test_pages_follow_each_other(called: World) -> None:
    first = called.api("GET", "/api/v1/contacts?limit=1").json()
    second = called.api("GET", f"/api/v1/contacts?limit=1&cursor={first['next']}").json()
    assert [len(one["contacts"]) for one in (first, second)] == [1, 1]
    assert first["contacts"][0]["id"] != second["contacts"][0]["id"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/contacts?limit=0", 400),
        ("/api/v1/contacts?since=yesterday", 400),
        ("/api/v1/contacts?cursor=nonsense", 400),
        ("/api/v1/contacts/nothing", 404),
        ("/api/v1/nothing", 404),
    ],
)
def test_a_problem_says_what_is_wrong(world: World, path: str, status: int) -> None:
    answer = world.api("GET", path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]


@pytest.mark.parametrize("token", ["", "wrong", "api-tokem"])
def test_nobody_reads_without_the_token(world: World, token: str) -> None:
    answer = world.api("GET", "/api/v1/contacts", token=token)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_technicians_say_why_they_would_not_be_rung(world: World) -> None:
    before = world.api("GET", "/api/v1/technicians").json()["technicians"]
    assert [(one["technician"], one["state"], one["why"]) for one in before] == [
        ("ana", "available", None),
        ("ben", "available", None),
        ("cho", "available", None),
    ]
    said = world.api("PUT", "/api/v1/technicians/ben/presence", {"state": "off", "until": "2026-11-03T18:00:00Z"})
    assert (said.status_code, said.json()["state"], said.json()["why"]) == (200, "off", "off_shift")
    world.story.clock.passes(hours=3)
    after = world.api("GET", "/api/v1/technicians").json()["technicians"]
    assert after[1]["why"] is None


@pytest.mark.parametrize(
    ("key", "body", "status"),
    [
        ("nobody", {"state": "off"}, 404),
        ("ana", {"state": "asleep"}, 400),
        ("ana", {}, 400),
        ("ana", {"state": "off", "until": "2020-01-01T00:00:00Z"}, 400),
    ],
)
def test_a_presence_that_cannot_be(world: World, key: str, body: dict[str, str], status: int) -> None:
    answer = world.api("PUT", f"/api/v1/technicians/{key}/presence", body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_matters_are_listed_with_their_promises(called: World) -> None:
    matters = called.api("GET", "/api/v1/matters?state=open").json()["matters"]
    assert len(matters) == 2
    assert [len(one["promises"]) for one in matters] == [1, 0]
    assert called.api("GET", "/api/v1/matters?state=closed").json() == {"matters": []}
    assert {"number", "overdue_at", "kept_by"} <= matters[0]["promises"][0].keys()


@pytest.mark.parametrize(
    ("query", "count"),
    [("client=clara", 1), ("client=nobody", 0), ("municipality=4802022", 1), ("owner=ben", 1), ("owner=cho", 0)],
)
def test_matters_are_found_by_whose_they_are(called: World, query: str, count: int) -> None:
    assert len(called.api("GET", f"/api/v1/matters?{query}").json()["matters"]) == count


def test_one_matter_is_asked_for_by_its_number(called: World) -> None:
    first = called.api("GET", "/api/v1/matters?client=clara").json()["matters"][0]
    assert called.api("GET", f"/api/v1/matters/{first['matter']}").json() == first
    assert called.api("GET", "/api/v1/matters/999999").status_code == 404


def test_the_api_describes_itself(world: World) -> None:
    described = world.api("GET", "/api/openapi.json", token="").json()
    assert "/api/v1/contacts" in described["paths"]
    assert not [path for path in described["paths"] if not path.startswith("/api/v1/")]


def test_alive_and_ready(world: World) -> None:
    world.story.clock.settle()  # the job process has begun
    assert world.api("GET", "/healthz", token="").status_code == 200
    ready = world.api("GET", "/readyz", token="")
    assert (ready.status_code, ready.json()["mode"]) == (200, "normal")
    assert "podline_requests_total" in world.api("GET", "/metrics", token="").text
