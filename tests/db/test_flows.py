"""Versions of a flow: drafts, publishing, going back, imports in between, and the flow that ships."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

from callflows.reading import Unreadable, shipped_document
from callflows.version import Version
from db.editions import list_newest_versions
from db.flows import find_live, find_version, known, list_flows, list_versions
from db.importing import import_directory
from db.publishing import Blocked, UnknownVersion, add_draft, publish, publish_new, publish_shipped, rollback, written

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
NOW = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PODS = "pod,name,strategy,timezone\nprairie,Prairie,linear,America/Edmonton\n"
TECHNICIANS = (
    "technician,name,phone,pod,position,languages,skills,hours,email,swarm\n"
    "ana,Ana,+14035550111,prairie,1,en,,Mon-Fri 08:00-16:30,,yes\n"
)
BEN = "ben,Ben,+14035550112,prairie,2,en,,Mon-Fri 08:00-16:30,,yes\n"


def speaking(words: str, **more: Any) -> dict[str, Any]:
    """The smallest flow: a sentence, then a message."""
    return {
        "start": "hello",
        "steps": {
            "hello": {"step": "say", "say": {"en": words, "fr": words}, "next": "message"},
            "message": {"step": "voicemail"},
        },
        **more,
    }


ONE, TWO, THREE = (speaking(words) for words in ("One.", "Two.", "Three."))


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def live(connection: Connection, flow: str = "main") -> Version:
    return (await list_newest_versions(connection))[flow]


async def new(connection: Connection, document: dict[str, Any], flow: str = "main", by: str = "sue") -> int:
    published = await publish_new(connection, flow, document, by=by, note="", now=NOW)
    return published.kept.version


async def edition(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT flows FROM editions"))


async def imports(connection: Connection, tmp_path: Path, technicians: str = TECHNICIANS) -> None:
    (tmp_path / "pods.csv").write_text(PODS)
    (tmp_path / "technicians.csv").write_text(technicians)
    report = await import_directory(connection, tmp_path, now=NOW)
    assert not report.problems


async def states(connection: Connection, flow: str = "main") -> list[tuple[int, str]]:
    return [(one.version, one.state) for one in await list_versions(connection, flow)]


async def test_a_draft_changes_nothing_until_it_is_published(connection: Connection, tmp_path: Path) -> None:
    await imports(connection, tmp_path)
    before = await edition(connection)
    draft = await add_draft(connection, "main", ONE, by="sue", note="shorter", now=NOW)
    assert (await live(connection)).version == draft - 1
    assert await edition(connection) == before
    published = await publish(connection, "main", draft, by="max", now=LATER)
    assert (published.is_new, published.kept.state, published.kept.note) == (True, "live", "shorter")
    assert (published.kept.created_at, published.kept.created_by) == (NOW, "sue")
    assert (published.kept.published_at, published.kept.published_by) == (LATER, "max")
    assert published.before is not None and published.before.version == draft - 1
    found = await live(connection)
    assert found == Version(
        "main",
        draft,
        {**ONE, "flow": "main"},
        {"prairie": ("ana",)},
        {"ana": {"hours": "Mon-Fri 08:00-16:30", "timezone": "America/Edmonton"}},
    )
    assert await edition(connection) == before + 1
    assert await states(connection) == [(3, "live"), (2, "published"), (1, "published")]


async def test_publishing_what_is_live_does_nothing(connection: Connection) -> None:
    version = await new(connection, ONE)
    before = await edition(connection)
    assert not (await publish(connection, "main", version, by="sue", now=LATER)).is_new
    again = await publish_new(connection, "main", {**ONE, "flow": "main"}, by="sue", note="", now=LATER)
    assert (again.is_new, again.kept.version) == (False, version)
    assert await edition(connection) == before


async def test_a_version_of_before_becomes_a_new_one(connection: Connection, tmp_path: Path) -> None:
    one, two = await new(connection, ONE), await new(connection, TWO)
    await imports(connection, tmp_path)
    again = await publish(connection, "main", one, by="sue", now=LATER)
    assert (again.kept.version, again.kept.note) == (two + 2, f"version {one} again")
    found = await live(connection)
    assert (found.document["steps"], found.ring_orders) == (ONE["steps"], {"prairie": ("ana",)})
    kept = await find_version(connection, "main", one)
    assert kept and kept.content and kept.content.ring_orders == {}, "a published version never changes"


async def test_a_draft_of_before_an_import(connection: Connection, tmp_path: Path) -> None:
    draft = await add_draft(connection, "main", TWO, by="sue", note="", now=NOW)
    await imports(connection, tmp_path)
    assert (await live(connection)).version == draft + 1
    assert not (await live(connection)).document
    await publish(connection, "main", draft, by="sue", now=LATER)
    assert (await live(connection)).version == draft, "publication decides, not the number"
    assert await states(connection) == [(3, "published"), (2, "live"), (1, "published")]
    forgotten = await add_draft(connection, "main", THREE, by="sue", note="", now=NOW)
    await imports(connection, tmp_path, TECHNICIANS + BEN)
    found = await live(connection)
    assert (found.version, found.document["steps"]) == (forgotten + 1, TWO["steps"]), "the live document, no draft"
    assert found.ring_orders == {"prairie": ("ana", "ben")}


async def test_two_publishers_at_once(connection: Connection, database_url: str) -> None:
    drafts = [await add_draft(connection, "main", each, by="sue", note="", now=NOW) for each in (ONE, TWO, THREE)]
    others = [await asyncpg.connect(database_url) for _ in range(6)]
    try:
        await asyncio.gather(
            *(publish(each, "main", draft, by="sue", now=NOW) for each, draft in zip(others, drafts, strict=False)),
            *(new(each, speaking(f"{number}"), by=f"{number}") for number, each in enumerate(others[3:])),
        )
    finally:
        for each in others:
            await each.close()
    found = await states(connection)
    assert [version for version, _ in found] == [7, 6, 5, 4, 3, 2, 1]
    assert [state for _, state in found].count("live") == 1
    assert await edition(connection) == 6


async def test_one_draft_published_by_two(connection: Connection, database_url: str) -> None:
    draft = await add_draft(connection, "main", ONE, by="sue", note="", now=NOW)
    other = await asyncpg.connect(database_url)
    both = await asyncio.gather(*(publish(each, "main", draft, by="sue", now=NOW) for each in (connection, other)))
    await other.close()
    assert sorted(one.is_new for one in both) == [False, True]


async def test_rolled_back_twice(connection: Connection, tmp_path: Path) -> None:
    one, two, three = [await new(connection, each) for each in (ONE, TWO, THREE)]
    await imports(connection, tmp_path)  # a copy of the third
    first = await rollback(connection, "main", by="sue", now=LATER)
    assert (first.kept.version, first.kept.note) == (three + 2, f"back to version {two}")
    assert (await live(connection)).document["steps"] == TWO["steps"]
    second = await rollback(connection, "main", by="sue", now=LATER)
    assert (second.kept.version, second.kept.note) == (three + 3, f"back to version {three + 1}")
    third = await rollback(connection, "main", to=one, by="sue", note="the best", now=LATER)
    assert (third.kept.note, (await live(connection)).document["steps"]) == ("the best", ONE["steps"])
    assert (await live(connection)).ring_orders == {"prairie": ("ana",)}


async def test_back_to_the_flow_that_ships(connection: Connection) -> None:
    await new(connection, ONE)
    await rollback(connection, "main", by="sue", now=LATER)
    assert (await live(connection)).document == shipped_document(), "written out, so that an upgrade changes nothing"


async def test_what_cannot_be_rolled_back(connection: Connection) -> None:
    draft = await add_draft(connection, "main", ONE, by="sue", note="", now=NOW)
    for flow, to, said in (
        ("main", None, "main has never had another document than version 1."),
        ("main", draft, f"Version {draft} of main has never been live."),
        ("winter", None, "No version of winter has been published."),
    ):
        with pytest.raises(UnknownVersion, match=said):
            await rollback(connection, flow, to=to, by="sue", now=NOW)


async def test_what_the_checker_forbids_stays_a_draft(connection: Connection) -> None:
    broken = {"start": "hello", "steps": {"hello": {"step": "ring", "pod": "nobody", "otherwise": "nowhere"}}}
    draft = await add_draft(connection, "winter", broken, by="sue", note="", now=NOW)
    with pytest.raises(Blocked) as told:
        await publish(connection, "winter", draft, by="sue", now=NOW)
    assert {one.place for one in told.value.problems} == {"steps.hello.otherwise", "steps.hello.pod"}
    assert await states(connection, "winter") == [(1, "draft")]
    with pytest.raises(Blocked):
        await publish_new(connection, "winter", broken, by="sue", note="", now=NOW)
    assert await states(connection, "winter") == [(1, "draft")], "nothing is left of a refused publication"
    assert await edition(connection) == 0


async def test_nothing_is_known_of_other_flows(connection: Connection) -> None:
    await new(connection, ONE, "winter")
    await add_draft(connection, "summer", ONE, by="sue", note="", now=NOW)
    await connection.execute("INSERT INTO lines (line, voice_flow) VALUES ('+1', ''), ('+2', 'winter')")
    found = {one.flow: (one.live, one.drafts, one.lines) for one in await list_flows(connection)}
    assert found == {
        "main": (1, 0, ("+1",)),
        "summer": (None, 1, ()),
        "texts": (1, 0, ("+1", "+2")),
        "winter": (1, 0, ("+2",)),
    }
    assert set(await list_newest_versions(connection)) == {"main", "texts", "winter"}
    assert await find_live(connection, "summer") is None
    with pytest.raises(UnknownVersion):
        await publish(connection, "summer", 2, by="sue", now=NOW)


async def test_steps_keep_the_order_of_their_author(connection: Connection) -> None:
    steps = {f"{name}": {"step": "voicemail"} for name in ("zebra", "a", "mm", "b")}
    document = {"start": "zebra", "steps": steps}
    await new(connection, document)
    await new(connection, TWO)
    await rollback(connection, "main", by="sue", now=NOW)
    assert list((await live(connection)).document["steps"]) == ["zebra", "a", "mm", "b"]


async def test_what_a_document_may_name(connection: Connection, tmp_path: Path) -> None:
    await imports(connection, tmp_path)
    await connection.execute("INSERT INTO lines (line, languages) VALUES ('+14035550199', '{en}')")
    found = await known(connection)
    assert found.languages == {"en"}
    assert (found.pods, found.municipalities, found.clients, found.lines) == (
        {"prairie"},
        set(),
        set(),
        {"+14035550199"},
    )


@pytest.mark.parametrize(
    ("table", "languages"),
    [
        ("lines (line, languages) VALUES ('+14035550199', '{en,fr}')", {"en", "fr"}),
        ("clients (client, name, language) VALUES ('sylvie', 'Sylvie', 'fr')", {"fr"}),
        ("municipalities (municipality, name, timezone, languages) VALUES ('1', 'X', 'UTC', '{fr,en}')", {"fr"}),
    ],
)
async def test_in_which_languages_anybody_is_spoken_to(connection: Connection, table: str, languages: set[str]) -> None:
    """A municipality's first is the one that its callers hear."""
    await connection.execute(f"INSERT INTO {table}")
    assert (await known(connection)).languages == languages


@pytest.mark.parametrize(
    "document",
    [{"note": "a\0b"}, {"note": "\ud800"}, {"a": float("nan")}, {"a": "x" * 300_000}, {(1, 2): "x"}],
)
async def test_what_no_database_keeps(connection: Connection, document: dict[Any, Any]) -> None:
    with pytest.raises(Unreadable):
        await add_draft(connection, "main", document, by="sue", note="", now=NOW)


def test_a_backslash_is_no_missing_character() -> None:
    assert json.loads(written({"a": "\\u0000"})) == {"a": "\\u0000"}


# The flow that ships.


async def test_the_shipped_flow_becomes_a_version(connection: Connection, tmp_path: Path) -> None:
    await imports(connection, tmp_path)
    before = await edition(connection)
    assert await publish_shipped(connection, LATER) == {"main": 3, "texts": 3}
    found = await live(connection)
    assert (found.document, found.ring_orders) == (shipped_document(), {"prairie": ("ana",)})
    assert await edition(connection) == before + 1
    assert await publish_shipped(connection, LATER) == {}


@pytest.fixture
def upgraded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another release ships another flow for calls."""

    def upgrade(flow: str) -> dict[str, Any]:
        return {**TWO, "flow": "main"} if flow == "main" else shipped_document(flow)

    monkeypatch.setattr("db.publishing.shipped_document", upgrade)


async def test_an_upgrade_replaces_our_own(connection: Connection, tmp_path: Path, request: Any) -> None:
    await publish_shipped(connection, NOW)
    await imports(connection, tmp_path)  # a copy of ours is still ours
    request.getfixturevalue("upgraded")
    assert await publish_shipped(connection, LATER) == {"main": 4}
    assert (await live(connection)).document["steps"] == TWO["steps"]


@pytest.mark.parametrize("imported", [False, True])
async def test_an_upgrade_leaves_a_supervisors_own(
    connection: Connection, tmp_path: Path, request: Any, imported: bool
) -> None:
    await new(connection, ONE)
    if imported:
        await imports(connection, tmp_path)
    request.getfixturevalue("upgraded")
    assert "main" not in await publish_shipped(connection, LATER)


async def test_an_upgrade_leaves_what_a_supervisor_went_back_to(connection: Connection, request: Any) -> None:
    await publish_shipped(connection, NOW)
    await new(connection, ONE)
    await rollback(connection, "main", by="sue", now=NOW)
    assert (await live(connection)).document == shipped_document()
    request.getfixturevalue("upgraded")
    assert "main" not in await publish_shipped(connection, LATER)


async def test_two_starts_at_once_publish_it_once(connection: Connection, database_url: str) -> None:
    other = await asyncpg.connect(database_url)
    both = await asyncio.gather(publish_shipped(connection, NOW), publish_shipped(other, NOW))
    await other.close()
    assert sorted(both, key=len) == [{}, {"main": 2, "texts": 2}]
