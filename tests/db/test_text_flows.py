"""Versions of text flows: the one that ships, which lines run them, and that a flow never changes its channel."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

from callflows.reading import shipped, shipped_document
from db.desk import Desk
from db.editions import list_channels, list_newest_versions
from db.flows import find_live, known, list_flows
from db.publishing import Blocked, add_draft, publish, publish_new, publish_shipped, rollback
from db.snapshot import Snapshots
from routing.directory import Line
from tests.db.test_flows import ONE, imports

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
NOW = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def writing(words: str) -> dict[str, Any]:
    """The smallest text flow: a sentence, then a person."""
    say = {"en": words, "fr": words}
    steps = {"hello": {"step": "reply", "say": say, "next": "person"}, "person": {"step": "route"}}
    return {"channel": "text", "start": "hello", "steps": steps}


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def new(connection: Connection, document: dict[str, Any], flow: str) -> int:
    return (await publish_new(connection, flow, document, by="sue", note="", now=NOW)).kept.version


async def test_the_flow_that_ships_is_there_from_the_first_day(connection: Connection) -> None:
    found = (await list_newest_versions(connection))["texts"]
    assert (found.version, found.channel, found.body) == (1, "text", shipped("texts"))
    assert await list_channels(connection) == {"main": "voice", "texts": "text"}


async def test_it_becomes_a_version_beside_the_one_for_calls(connection: Connection, tmp_path: Path) -> None:
    await imports(connection, tmp_path)  # a copy of each
    await new(connection, ONE, "main")
    assert await publish_shipped(connection, LATER) == {"texts": 3}, "a supervisor's own is left alone"
    found = (await list_newest_versions(connection))["texts"]
    assert (found.document, found.ring_orders) == (shipped_document("texts"), {"prairie": ("ana",)})
    await new(connection, writing("Snow today."), "texts")
    assert await publish_shipped(connection, LATER) == {}


async def test_back_to_the_flow_that_ships(connection: Connection) -> None:
    await new(connection, writing("Snow today."), "texts")
    done = await rollback(connection, "texts", by="sue", now=LATER)
    assert done.kept.content is not None and done.kept.content.document == shipped_document("texts")
    again = await publish_new(connection, "texts", shipped_document("texts"), by="sue", note="", now=LATER)
    assert not again.is_new


async def test_the_very_one_that_ships_is_not_published_again(connection: Connection) -> None:
    assert not (await publish_new(connection, "texts", shipped_document("texts"), by="sue", note="", now=NOW)).is_new


@pytest.mark.parametrize(
    ("flow", "document", "said"),
    [
        (
            "main",
            writing("Hi."),
            "main is a voice flow, and this is a text flow. Give it a name of its own, such as texts",
        ),
        ("texts", ONE, "texts is a text flow, and this is a voice flow. Give it a name of its own, such as main."),
        ("winter", writing("Hi."), "winter is a voice flow"),
        ("spring", writing("Hi."), "Lines run spring as a voice flow (lines.csv), and this is a text flow."),
        ("autumn", ONE, "Lines run autumn as a text flow"),
    ],
)
async def test_a_flow_never_changes_its_channel(
    connection: Connection, flow: str, document: dict[str, Any], said: str
) -> None:
    await new(connection, ONE, "winter")
    await connection.execute("INSERT INTO lines (line, voice_flow, text_flow) VALUES ('+1', 'spring', 'autumn')")
    before = await list_channels(connection)
    with pytest.raises(Blocked) as told:
        await new(connection, document, flow)
    draft = await add_draft(connection, flow, document, by="sue", note="", now=NOW)
    with pytest.raises(Blocked):
        await publish(connection, flow, draft, by="sue", now=NOW)
    assert [one.place for one in told.value.problems if not one.warning] == ["channel"]
    assert said in told.value.problems[0].sentence
    assert await list_channels(connection) == before


async def test_a_line_runs_the_flow_of_each_channel_that_it_names(connection: Connection) -> None:
    await new(connection, writing("Snow today."), "snow")
    await connection.execute(
        "INSERT INTO lines (line, voice_flow, text_flow)"
        " VALUES ('+1', '', ''), ('+2', '', 'snow'), ('+3', 'main', 'soon')"
    )
    found = {one.flow: (one.channel, one.lines) for one in await list_flows(connection)}
    assert found == {"main": ("voice", ("+1", "+2", "+3")), "snow": ("text", ("+2",)), "texts": ("text", ("+1",))}
    assert (await known(connection)).wanted == {"soon": "text"}


async def test_a_draft_has_a_channel_before_it_is_published(connection: Connection) -> None:
    draft = await add_draft(connection, "snow", writing("Snow today."), by="sue", note="", now=NOW)
    assert {one.flow: one.channel for one in await list_flows(connection)}["snow"] == "text"
    await publish(connection, "snow", draft, by="sue", now=NOW)
    live = await find_live(connection, "snow")
    assert live is not None and live.content is not None and live.content.channel == "text"


async def test_a_conversation_begins_with_the_lines_own_text_flow(
    connection: Connection, database_url: str, tmp_path: Path
) -> None:
    await new(connection, writing("Snow today."), "snow")
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        desk = Desk(pool, Snapshots(tmp_path))
        await desk.refresh()
        for text_flow, flow in (("", "texts"), ("snow", "snow"), ("not yet", "texts"), ("main", "texts")):
            assert desk.newest_text_version(Line("+1", text_flow=text_flow)).flow == flow
        for voice_flow, flow in (("", "main"), ("not yet", "main"), ("snow", "main")):
            assert desk.newest_version(Line("+1", voice_flow=voice_flow)).flow == flow
