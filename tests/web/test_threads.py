"""The API's threads: one conversation's messages, and a client's calls and texts in one order; found by any message."""

import base64
import json
from pathlib import Path
from typing import Any, get_args

import pytest

from callflows.actions import HappeningKind
from callflows.contact import OUTCOMES
from podline.cli import run as podline
from podline.ground import Ground
from podline.rehearsal import BASE
from simulator.people.story import StoryHandset
from tests.world import LINE, World

CLARA, ANA = "+14035550120", "+14035550111"
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute
MESSAGE = {
    *("message", "at", "direction", "party", "technician", "line", "peer", "words", "files", "automatic"),
    *("provider_sid", "status", "error"),
}


@pytest.fixture
def written(world: World, caller: StoryHandset, first: StoryHandset, line: str) -> World:
    """Clara calls and hangs up, gets a text, writes, and is answered."""
    caller.dials(line)
    first.rings()
    caller.hangs_up()
    caller.got_text("we missed your call", within=SOON)
    caller.sends_text(line, "It is about the tax roll")
    first.got_text("It is about the tax roll", within=SOON)
    first.sends_text(line, "#1 I am on it")
    caller.got_text("I am on it", within=SOON)
    world.story.clock.passes(seconds=5)
    return world


def get(world: World, path: str, status: int = 200) -> Any:
    answer = world.api("GET", f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


def messages(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(world, f"/contacts/{world.desk.thread(CLARA)['contact']}/messages")["messages"]
    return found


def test_a_conversations_messages_in_their_order(written: World) -> None:
    found = messages(written)
    assert all(set(one) == MESSAGE for one in found)
    told = [(one["direction"], one["party"], one["technician"], one["automatic"], one["peer"]) for one in found]
    assert told == [
        ("out", "client", None, True, CLARA),
        ("in", "client", None, False, CLARA),
        ("out", "technician", "ana", False, ANA),
        ("out", "client", "ana", False, CLARA),
    ]
    assert [one["words"] for one in found][1:] == [
        "It is about the tax roll",
        "#1 Taber, Clara Whitfield: It is about the tax roll",
        "I am on it",
    ]
    assert {one["status"] for one in found if one["direction"] == "out"} <= {"sent", "delivered"}
    assert all(one["line"] == LINE and one["error"] is None for one in found)


def test_any_message_finds_its_conversation(written: World) -> None:
    contact = written.desk.thread(CLARA)["contact"]
    for one in messages(written):
        assert one["provider_sid"]
        (found,) = get(written, f"/contacts?message_sid={one['provider_sid']}")["contacts"]
        assert found["id"] == contact
        assert get(written, f"/contacts/{one['provider_sid']}")["id"] == contact
    assert (
        get(written, f"/contacts?message_sid={messages(written)[0]['provider_sid']}&call_sid=CAother")["contacts"] == []
    )


def test_a_contact_of_its_own_channel_says_what_came_of_it(written: World, caller: StoryHandset, line: str) -> None:
    caller.sends_text(line, "STOP")
    found = get(written, "/contacts?client=clara")["contacts"]
    assert [(one["channel"], one["direction"], one["outcome"]) for one in found] == [
        ("text", "outbound", "opted_out"),
        ("voice", "inbound", "abandoned"),
    ]
    kinds = [one["kind"] for one in found[0]["events"]]
    assert {"text_in", "text_out", "opted_out", "promise_made", "promise_kept"} <= set(kinds)


def test_a_clients_calls_and_texts_are_one_thread(written: World) -> None:
    thread = get(written, "/clients/clara/thread")
    told = [(one["channel"], one["direction"], one["technicians"], one["words"]) for one in thread["entries"]]
    assert told[0] == ("voice", "inbound", [], None)
    assert [one[:3] for one in told[1:]] == [
        ("text", "outbound", []),
        ("text", "inbound", []),
        ("text", "outbound", ["ana"]),
    ]
    assert (thread["client"], thread["earlier"], thread["entries"][0]["outcome"]) == ("clara", None, "abandoned")
    assert [one["automatic"] for one in thread["entries"]] == [False, True, False, False]


def test_its_pages_lead_back_to_the_first_entry(written: World) -> None:
    whole = get(written, "/clients/clara/thread")["entries"]
    cursor = ""
    found: list[Any] = []
    for _ in range(len(whole)):
        page = get(written, f"/clients/clara/thread?limit=1{cursor}")
        found = page["entries"] + found
        cursor = f"&cursor={page['earlier']}"
    assert found == whole
    assert page["earlier"] is None


def test_all_that_belongs_to_a_matter_is_a_thread_as_well(written: World, first: StoryHandset, line: str) -> None:
    """Ana's own texts about it are hers; of another matter of Clara's nothing is told."""
    thread = get(written, "/matters/1/thread")
    of_client = get(written, "/clients/clara/thread")["entries"]
    assert (thread["matter"], thread["earlier"]) == (1, None)
    assert thread["entries"] == [one for one in of_client if one["matter"] == 1]
    assert [one["words"] for one in thread["entries"]][-2:] == ["It is about the tax roll", "I am on it"]
    assert {(one["client"], one["peer"]) for one in thread["entries"]} == {("clara", CLARA)}
    first.sends_text(line, "close #1 done").got_text("#1 is closed", within=SOON)
    written.phone(CLARA, "Clara").sends_text(line, "One more thing")
    first.got_text("#2 Taber, Clara Whitfield: One more thing", within=SOON)
    assert get(written, "/matters/1/thread")["entries"] == thread["entries"]
    assert [one["words"] for one in get(written, "/matters/2/thread")["entries"]] == ["One more thing"]


def test_a_matters_pages_lead_back_to_its_first_entry(written: World) -> None:
    whole = get(written, "/matters/1/thread")["entries"]
    latest = get(written, "/matters/1/thread?limit=1")
    before = get(written, f"/matters/1/thread?limit=500&cursor={latest['earlier']}")
    assert before["entries"] + latest["entries"] == whole
    assert before["earlier"] is None


def packed(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/clients/nobody/thread", 404),
        ("/contacts/nothing/messages", 404),
        ("/matters/77/thread", 404),
        (f"/matters/{2**70}/thread", 404),
        ("/matters/1/thread?cursor=x", 400),
        ("/matters/1/thread?limit=501", 400),
        ("/clients/clara/thread?cursor=x", 400),
        (f"/clients/clara/thread?cursor={packed(1, 2, 3)}", 400),
        (f"/clients/clara/thread?cursor={packed('2026-11-03', 'a', 1)}", 400),
        (f"/clients/clara/thread?cursor={packed('2026-11-03T00:00Z', 'a', [])}", 400),
        ("/clients/clara/thread?limit=0", 400),
    ],
)
def test_what_is_not_there_or_not_to_be_read(world: World, path: str, status: int) -> None:
    assert get(world, path, status)["status"] == status


def test_a_client_who_never_called_nor_wrote_has_an_empty_thread(world: World) -> None:
    assert get(world, "/clients/clara/thread") == {"client": "clara", "entries": [], "earlier": None}


def test_a_file_is_a_link(world: World, caller: StoryHandset, first: StoryHandset, line: str) -> None:
    caller.sends_text(line, "See", media=["bridge.png"])
    first.got_text("See", within=SOON)
    (file,) = messages(world)[0]["files"]
    assert file["type"] == "image/png"
    assert file["url"].startswith(f"{BASE}/files/")
    (entry,) = get(world, "/clients/clara/thread")["entries"]
    assert [one["type"] for one in entry["files"]] == ["image/png"]


def test_the_description_names_every_kind_and_outcome(world: World) -> None:
    shapes = get_description(world)["components"]["schemas"]
    contact = next(one for name, one in shapes.items() if name.endswith("Contact"))
    event = next(one for name, one in shapes.items() if name.endswith("Event"))
    assert event["properties"]["kind"]["enum"] == list(get_args(HappeningKind))
    assert contact["properties"]["outcome"]["enum"] == [*OUTCOMES, None]


def test_the_description_has_a_matters_thread(world: World) -> None:
    path = get_description(world)["paths"]["/api/v1/matters/{matter}/thread"]["get"]
    assert path["tags"] == ["matters"]
    assert {one["name"] for one in path["parameters"]} == {"matter", "limit", "cursor"}


def get_description(world: World) -> Any:
    return world.api("GET", "/api/openapi.json").json()


def test_the_command_prints_the_thread_as_a_conversation(
    written: World,
    monkeypatch: pytest.MonkeyPatch,
    ground: Ground,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PODLINE_DATABASE_URL", ground.url)
    capsys.readouterr()
    assert podline(["thread", "clara"]) == 0
    heading, day, *told = capsys.readouterr().out.splitlines()
    assert heading == "Clara Whitfield. Times are those of America/Edmonton."
    assert day == "Tue 3 Nov 2026"
    assert [one.partition(" ")[2] for one in told] == [
        "call   Clara Whitfield called: abandoned.",
        "text   The desk, by itself: “Hello Clara Whitfield, we missed your call. "
        "Tell us here what you need, and your team will answer.” (delivered)",
        "text   Clara Whitfield: “It is about the tax roll”",
        "text   Ana Ferreira: “I am on it” (delivered)",
    ]
    assert podline(["thread", "clara", "--limit", "1", "--language", "fr"]) == 0
    assert (
        capsys.readouterr()
        .out.replace("\u00a0", "~")
        .splitlines()[-1]
        .endswith("texto    Ana Ferreira~: «~I am on it~» (arrivé)")
    )
    assert podline(["thread", "clara", "--json"]) == 0
    assert '"words":"I am on it"' in capsys.readouterr().out.replace(": ", ":")
    assert podline(["thread", "#1"]) == 0
    heading, day, *told = capsys.readouterr().out.splitlines()
    assert heading == "#1 Taber, Clara Whitfield. Times are those of America/Edmonton."
    assert told[-2].endswith("text   Clara Whitfield: “It is about the tax roll”")
    assert podline(["thread", "#1", "--language", "fr"]) == 0
    assert "Ana Ferreira" in capsys.readouterr().out
    assert podline(["thread", "#1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["matter"] == 1
    assert podline(["thread", "#77"]) == 1
    assert "There is no matter #77." in capsys.readouterr().err
    assert podline(["thread", "nobody"]) == 1
    assert "There is no client nobody" in capsys.readouterr().err
    assert podline(["contacts"]) == 0
    table = capsys.readouterr().out
    assert all(word in table for word in ("by", "call", "text", "Clara Whitfield", "Ana Ferreira"))
