"""Flows as supervisors see them: which there are, their versions and drafts. Changing them is `db.publishing`'s.

Of a flow's published versions the one that was published last is live, whatever its number.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from callflows.reading import SHIPPED, SHIPPED_TEXTS
from callflows.step import Channel, Known
from callflows.version import Version
from db.editions import list_channels, read_version
from db.pool import Connection

State = Literal["live", "published", "draft"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as it is kept. `content`: a draft has no ring orders and hours yet; None where it wasn't asked for."""

    flow: str
    version: int
    state: State
    note: str
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str | None
    content: Version | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A flow: its live version, None as long as it has only drafts; the lines whose calls, or texts, begin with it."""

    flow: str
    channel: Channel
    live: int | None
    published_at: datetime | None
    published_by: str | None
    note: str
    drafts: int
    lines: tuple[str, ...]


async def list_flows(connection: Connection) -> list[Listed]:
    rows = await connection.fetch(
        """
        SELECT flow, live.version AS live, live.published_at, live.published_by,
            coalesce(live.note, '') AS note,
            (SELECT count(*) FROM flow_drafts WHERE flow_drafts.flow = named.flow) AS drafts,
            ARRAY(
                SELECT line FROM lines
                WHERE named.flow IN (coalesce(nullif(voice_flow, ''), $1), coalesce(nullif(text_flow, ''), $2))
                ORDER BY line
            ) AS lines,
            (
                SELECT document ->> 'channel' FROM flow_drafts
                WHERE flow_drafts.flow = named.flow ORDER BY version DESC LIMIT 1
            ) AS drafted
        FROM (SELECT flow FROM flow_versions UNION SELECT flow FROM flow_drafts) AS named
        LEFT JOIN (
            SELECT DISTINCT ON (flow) * FROM flow_versions ORDER BY flow, publication DESC
        ) AS live USING (flow)
        ORDER BY flow
        """,
        SHIPPED,
        SHIPPED_TEXTS,
    )
    channels = await list_channels(connection)
    return [
        Listed(
            **{name: value for name, value in row.items() if name not in ("lines", "drafted")},
            lines=tuple(row["lines"]),
            channel=channels.get(row["flow"], "text" if row["drafted"] == "text" else "voice"),
        )
        for row in rows
    ]


async def list_versions(connection: Connection, flow: str, limit: int | None = None) -> list[Kept]:
    """The newest first; none for a flow that isn't there. `content` is that of drafts alone."""
    rows = await connection.fetch(
        f"""
        SELECT flow, version, state, note, created_at, created_by, published_at, published_by, ring_orders, hours,
            CASE state WHEN 'draft' THEN document END AS document
        FROM ({VERSIONS}) AS versions ORDER BY version DESC LIMIT $2
        """,
        flow,
        limit,
    )
    return [kept(row, with_content=row["state"] == "draft") for row in rows]


async def find_version(connection: Connection, flow: str, version: int) -> Kept | None:
    row = await connection.fetchrow(f"SELECT * FROM ({VERSIONS}) AS versions WHERE version = $2", flow, version)
    return kept(row) if row else None


async def find_live(connection: Connection, flow: str) -> Kept | None:
    row = await connection.fetchrow(f"SELECT * FROM ({VERSIONS}) AS versions WHERE state = 'live'", flow)
    return kept(row) if row else None


async def list_publications(connection: Connection, flow: str) -> list[Kept]:
    """The published versions with all they hold, the live one first, then as they were live before it."""
    rows = await connection.fetch(
        f"SELECT * FROM ({VERSIONS}) AS versions WHERE publication IS NOT NULL ORDER BY publication DESC", flow
    )
    return [kept(row) for row in rows]


async def known(connection: Connection) -> Known:
    """All of the directory that a document may name."""
    row = await connection.fetchrow(
        """
        SELECT
            ARRAY(SELECT pod FROM pods) AS pods,
            ARRAY(SELECT municipality FROM municipalities) AS municipalities,
            ARRAY(SELECT client FROM clients) AS clients,
            ARRAY(SELECT line FROM lines) AS lines,
            ARRAY(
                SELECT unnest(languages) FROM lines
                UNION SELECT languages[1] FROM municipalities WHERE languages[1] IS NOT null
                UNION SELECT language FROM clients WHERE language <> ''
            ) AS languages,
            ARRAY(SELECT DISTINCT voice_flow FROM lines WHERE voice_flow <> '') AS voice_flows,
            ARRAY(SELECT DISTINCT text_flow FROM lines WHERE text_flow <> '') AS text_flows
        """
    )
    assert row is not None
    wanted: dict[str, Channel] = dict.fromkeys(row["voice_flows"], "voice") | dict.fromkeys(row["text_flows"], "text")
    channels = await list_channels(connection)
    return Known(
        **{name: frozenset(row[name]) for name in ("pods", "municipalities", "clients", "lines", "languages")},
        channels=channels,
        wanted={flow: channel for flow, channel in wanted.items() if flow not in channels},
    )


# $1: the flow. A draft that an older release has published meanwhile under its number counts as published.
VERSIONS = """
    SELECT flow, version, note, published_at, published_by, publication, ring_orders, hours,
        coalesce(written, document::json) AS document,
        coalesce(created_at, published_at) AS created_at,
        coalesce(created_by, published_by) AS created_by,
        CASE WHEN publication = max(publication) OVER () THEN 'live' ELSE 'published' END AS state
    FROM flow_versions WHERE flow = $1
    UNION ALL
    SELECT flow, version, note, NULL, NULL, NULL, '{}', '{}', document, created_at, created_by, 'draft'
    FROM flow_drafts WHERE flow = $1 AND version NOT IN (SELECT version FROM flow_versions WHERE flow = $1)
"""


def kept(row: Any, *, with_content: bool = True) -> Kept:
    named = {name: row[name] for name in Kept.__slots__ if name != "content"}
    return Kept(**named, content=read_version(row) if with_content else None)
