"""Drafts, publishing, going back, and the flows that ship.

A published version never changes. Every publication raises the flows edition in its transaction, under
`db.editions.lock_flows`, which imports wait for too; ring orders and hours are the directory's at that moment.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callflows.check import blocks, flow_problems
from callflows.differences import is_same
from callflows.reading import ALL_SHIPPED, LARGEST, Unreadable, parse, shipped_document
from callflows.step import Problem
from callflows.version import Version
from db.editions import HOURS, RING_ORDERS, lock_flows, next_version, raise_flows
from db.flows import Kept, find_live, find_version, known, list_publications
from db.pool import Connection

PODLINE, IMPORT = "podline", "import"  # who publishes besides people
OURS = (PODLINE, IMPORT)  # names that nobody else may publish under


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. `before`: what was live until then; `is_new` False: it was live already, so nothing was
    published. `warnings`: what the checker says of it."""

    kept: Kept
    before: Version | None
    is_new: bool
    warnings: tuple[Problem, ...] = ()


class UnknownVersion(LookupError):
    """No such flow, or version of it; the message is a sentence."""


class Blocked(Exception):
    """The checker forbids publishing; `problems` says why."""

    def __init__(self, flow: str, version: int, problems: Sequence[Problem]) -> None:
        super().__init__(f"version {version} of {flow} can't be published")
        self.flow, self.version, self.problems = flow, version, tuple(problems)


async def add_draft(
    connection: Connection, flow: str, document: Mapping[str, Any], *, by: str, note: str, now: datetime
) -> int:
    """The new draft's number. Raises Unreadable for what can't be kept at all; other problems are no hindrance."""
    text = written({**document, "flow": flow})
    async with connection.transaction():
        await lock_flows(connection)
        number = await connection.fetchval(
            f"""
            INSERT INTO flow_drafts (flow, version, document, note, created_at, created_by)
            SELECT $1, {next_version("$1")}, $2, $3, $4, $5
            RETURNING version
            """,
            flow,
            text,
            note,
            now,
            by,
        )
    return int(number)


async def publish(
    connection: Connection, flow: str, version: int, *, by: str, note: str = "", now: datetime
) -> Published:
    """Make it live: a draft under its number, a version of before as a new one. Raises UnknownVersion, Blocked."""
    async with connection.transaction():
        await lock_flows(connection)
        wanted = await find_version(connection, flow, version)
        if wanted is None or wanted.content is None:
            raise UnknownVersion(f"There is no version {version} of {flow}.")
        live = await find_live(connection, flow)
        before = live.content if live else None
        if wanted.state == "live":
            return Published(wanted, before, is_new=False)
        document = dict(wanted.content.whole)
        problems = await asyncio.to_thread(flow_problems, document, await known(connection))
        if blocks(problems):
            raise Blocked(flow, version, problems)
        if wanted.state == "draft":
            await publish_draft(connection, flow, version, by=by, note=note, now=now)
        else:
            note = note or f"version {version} again"
            version = await publish_document(connection, flow, document, by=by, note=note, now=now)
        await raise_flows(connection)
        made = await find_version(connection, flow, version)
    assert made is not None
    return Published(made, before, is_new=True, warnings=problems)


async def publish_new(
    connection: Connection, flow: str, document: Mapping[str, Any], *, by: str, note: str, now: datetime
) -> Published:
    """A document straight away; the very one that is live is not published again. Raises Blocked, and Unreadable."""
    async with connection.transaction():
        await lock_flows(connection)
        live = await find_live(connection, flow)
        if live and live.content and is_same(live.content.whole, document):
            return Published(live, live.content, is_new=False)
        draft = await add_draft(connection, flow, document, by=by, note=note, now=now)
        return await publish(connection, flow, draft, by=by, now=now)


async def rollback(
    connection: Connection, flow: str, *, to: int | None = None, by: str, note: str = "", now: datetime
) -> Published:
    """Back, as a new version, to `to`; or to what was live before the document became what it is now. Raises
    UnknownVersion, Blocked."""
    async with connection.transaction():
        await lock_flows(connection)
        publications = await list_publications(connection, flow)
        if not publications:
            raise UnknownVersion(f"No version of {flow} has been published.")
        live, *others = publications
        if to is None:
            to = next((one.version for one in others if differ(one, live)), None)
            if to is None:
                raise UnknownVersion(f"{flow} has never had another document than version {live.version}.")
        elif to not in {one.version for one in publications}:
            raise UnknownVersion(f"Version {to} of {flow} has never been live.")
        return await publish(connection, flow, to, by=by, note=note or f"back to version {to}", now=now)


async def publish_shipped(connection: Connection, now: datetime) -> dict[str, int]:
    """The flows that ship as versions, so that contacts keep them through upgrades; the numbers of those that are new.
    What a supervisor has published, or gone back to, is never replaced."""
    if not await outdated(connection):
        return {}
    async with connection.transaction():
        await lock_flows(connection)
        note = "the flow that ships"
        made = {
            flow: await publish_document(connection, flow, shipped_document(flow), by=PODLINE, note=note, now=now)
            for flow in await outdated(connection)
        }
        if made:
            await raise_flows(connection)
    return made


async def outdated(connection: Connection) -> list[str]:
    return [flow for flow in ALL_SHIPPED if await is_outdated(connection, flow)]


async def is_outdated(connection: Connection, flow: str) -> bool:
    """Whether the live version of this shipped flow is our own, perhaps copied by imports since, and another one."""
    row = await connection.fetchrow(
        """
        SELECT coalesce(live.written, live.document::json) AS document,
            live.document = '{}' OR live.published_by = $2 OR live.published_by = $3 AND coalesce((
                SELECT source.published_by = $2
                FROM flow_versions AS source
                WHERE source.flow = live.flow AND source.published_by <> $3
                ORDER BY source.publication DESC LIMIT 1
            ), true) AS ours
        FROM flow_versions AS live
        WHERE live.flow = $1
        ORDER BY live.publication DESC LIMIT 1
        """,
        flow,
        PODLINE,
        IMPORT,
    )
    usual = written(shipped_document(flow))
    return row is not None and row["ours"] and json.loads(row["document"]) != json.loads(usual)


async def publish_draft(connection: Connection, flow: str, version: int, *, by: str, note: str, now: datetime) -> None:
    """Moves it to what is published; its own note stays unless there is another one."""
    await connection.execute(
        f"""
        WITH draft AS (DELETE FROM flow_drafts WHERE flow = $1 AND version = $2 RETURNING *)
        INSERT INTO flow_versions (flow, version, document, written, ring_orders, hours,
            published_at, published_by, note, created_at, created_by)
        SELECT flow, version, document::jsonb, document, {RING_ORDERS}, {HOURS},
            $3, $4, coalesce(nullif($5, ''), note), created_at, created_by
        FROM draft
        """,
        flow,
        version,
        now,
        by,
        note,
    )


async def publish_document(
    connection: Connection, flow: str, document: Mapping[str, Any], *, by: str, note: str, now: datetime
) -> int:
    number = await connection.fetchval(
        f"""
        INSERT INTO flow_versions (flow, version, document, written, ring_orders, hours,
            published_at, published_by, note, created_at, created_by)
        SELECT $1, {next_version("$1")}, $2::text::jsonb, $2::text::json, {RING_ORDERS}, {HOURS}, $3, $4, $5, $3, $4
        RETURNING version
        """,
        flow,
        written({**document, "flow": flow}),
        now,
        by,
        note,
    )
    return int(number)


def differ(one: Kept, other: Kept) -> bool:
    return bool(one.content and other.content and not is_same(one.content.whole, other.content.whole))


def is_name(flow: str) -> bool:
    """Whether a flow may be called so."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", flow) is not None


def document_in(text: str) -> dict[str, Any]:
    """`parse` for whatever somebody sends. Raises Unreadable and nothing else."""
    try:
        return parse(text)
    except Unreadable:
        raise
    except (TypeError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable([Problem("", f"This is no YAML that can be read ({error}).")]) from error


def written(document: Mapping[str, Any]) -> str:
    """The document as the database keeps it. Raises Unreadable for what no database can keep."""
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, default=str)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Unreadable([Problem("", f"This document can't be kept ({error}).")]) from error
    if re.search(r"(?<!\\)(?:\\\\)*\\u0000", text):
        raise Unreadable([Problem("", "The document holds a character that is none (U+0000). Take it out.")])
    if len(text) > LARGEST:
        raise Unreadable([Problem("", f"The document has {len(text)} characters, more than {LARGEST}.")])
    return text
