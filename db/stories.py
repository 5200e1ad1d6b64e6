"""Reading contacts and their stories, as the contract shows them (DESIGN section 4, "JSON API")."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from callflows.actions import OpenMatter
from callflows.actions import to_json as action_json
from callflows.advance import advance
from callflows.contact import Contact
from callflows.events import Event
from callflows.events import from_json as event_from
from callflows.turn import Turn
from callflows.version import Version
from db.contacts import without_sid
from db.editions import get_version
from db.inputs import floor_from, handed_from
from db.pool import Connection
from db.turns import dumped
from routing.floor import Floor

Versions = Mapping[tuple[str, int], Version]
Reasons = tuple[int, datetime, str, Sequence[Mapping[str, str]]]

# What a contact is known by among ourselves is nobody's else: no sid is empty, and by e-mail our side is its address.
COLUMNS = f"""
    contacts.contact, contacts.channel, contacts.direction,
    CASE WHEN contacts.channel = 'email' AND contacts.direction = 'outbound' THEN contacts.mailbox
        ELSE contacts.from_number END AS from_number,
    CASE WHEN contacts.channel = 'email' AND contacts.direction = 'inbound' THEN contacts.mailbox
        ELSE contacts.to_number END AS to_number,
    contacts.line,
    contacts.municipality, contacts.pod, contacts.client, contacts.matter, contacts.owner, contacts.flow,
    contacts.flow_version, contacts.language, contacts.state, contacts.outcome, contacts.started_at,
    contacts.ended_at, CASE WHEN {without_sid("contacts")} THEN '' ELSE contacts.provider_sid END AS provider_sid,
    contacts.degraded
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which contacts; None for any. `after` is where the last page ended: (started_at, contact)."""

    call_sid: str | None = None
    message_sid: str | None = None
    municipality: str | None = None
    client: str | None = None
    technician: str | None = None
    since: datetime | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


async def list_contacts(connection: Connection, wanted: Wanted) -> list[Mapping[str, Any]]:
    """The newest first, one more than `limit` if there are more."""
    after_at, after_id = wanted.after or (None, None)
    found = await connection.fetch(
        f"""
        SELECT {COLUMNS}
        FROM contacts
        WHERE ($1::text IS null OR contacts.provider_sid = $1
               OR contacts.contact IN (SELECT contact FROM events WHERE leg_sid = $1 AND leg_sid <> ''))
            AND ($2::text IS null OR contacts.municipality = $2)
            AND ($3::text IS null OR contacts.client = $3)
            AND ($4::text IS null OR contacts.owner = $4
                 OR contacts.contact IN (SELECT contact FROM events WHERE technician = $4 AND technician <> ''))
            AND ($5::timestamptz IS null OR contacts.started_at >= $5)
            AND ($6::timestamptz IS null OR (contacts.started_at, contacts.contact) < ($6, $7::text))
            AND ($9::text IS null OR contacts.provider_sid = $9
                 OR contacts.contact IN (SELECT contact FROM messages WHERE provider_sid = $9)
                 OR contacts.contact IN (SELECT contact FROM events WHERE leg_sid = $9 AND leg_sid <> ''))
        ORDER BY contacts.started_at DESC, contacts.contact DESC
        LIMIT $8
        """,
        wanted.call_sid,
        wanted.municipality,
        wanted.client,
        wanted.technician,
        wanted.since,
        after_at,
        after_id,
        wanted.limit + 1,
        wanted.message_sid,
    )
    return [dict(row) for row in found]


async def find_contact(connection: Connection, contact: str) -> Mapping[str, Any] | None:
    """By our id, or by Twilio's sid of the call, or of any message."""
    row = await connection.fetchrow(
        f"""
        SELECT {COLUMNS} FROM contacts
        WHERE contacts.contact = $1 OR contacts.provider_sid = $1
            OR contacts.contact = (SELECT messages.contact FROM messages WHERE messages.provider_sid = $1)
        """,
        contact,
    )
    return dict(row) if row else None


async def find_edition(connection: Connection, contact: str) -> str | None:
    """Its story is the same until this is another one: its last turn, and what is owed. None for no contact."""
    edition: str | None = await connection.fetchval(
        """
        SELECT contacts.turn || '.' || count(promises.promise) || '.' || count(promises.overdue_at)
        FROM contacts LEFT JOIN promises ON promises.contact = contacts.contact AND promises.kept_at IS null
        WHERE contacts.contact = $1 GROUP BY contacts.contact
        """,
        contact,
    )
    return edition


@dataclass(frozen=True, slots=True)
class Story:
    """All that was kept of a contact. `reasons`: why each turn did what it did, (turn, at, event, reasons);
    `promises`: those made in it that are not kept yet."""

    row: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    reasons: Sequence[Reasons]
    promises: Sequence[Mapping[str, Any]] = ()


async def find_story(connection: Connection, contact: str) -> Story | None:
    """By our id, or by Twilio's sid of the call, or of any message."""
    row = await find_contact(connection, contact)
    if row is None:
        return None
    events = (await list_events(connection, [row["contact"]]))[row["contact"]]
    reasons = await list_reasons(connection, row["contact"])
    return Story(row, events, reasons, await list_owed(connection, row["contact"]))


async def list_owed(connection: Connection, contact: str) -> list[Mapping[str, Any]]:
    """What was promised in a contact and is not kept yet, wherever it may be kept."""
    found = await connection.fetch(
        """
        SELECT kind, owner, due_at, overdue_at FROM promises
        WHERE contact = $1 AND kept_at IS null ORDER BY due_at, promise
        """,
        contact,
    )
    return [dict(row) for row in found]


async def list_events(connection: Connection, contacts: list[str]) -> dict[str, list[Mapping[str, Any]]]:
    """The stories of several contacts, each in the order in which things happened."""
    found = await connection.fetch(
        """
        SELECT contact, at, kind, technician, leg_sid, detail
        FROM events WHERE contact = ANY($1)
        ORDER BY contact, turn, place
        """,
        contacts,
    )
    stories: dict[str, list[Mapping[str, Any]]] = {contact: [] for contact in contacts}
    for row in found:
        stories[row["contact"]].append({**row, "detail": json.loads(row["detail"])})
    return stories


async def list_reasons(connection: Connection, contact: str) -> list[Reasons]:
    """Why each turn did what it did: (turn, at, event, reasons)."""
    found = await connection.fetch(
        "SELECT turn, at, event ->> 'event' AS event, reasons FROM turns WHERE subject = $1 ORDER BY turn",
        "contact:" + contact,
    )
    return [(row["turn"], row["at"], row["event"], json.loads(row["reasons"])) for row in found]


async def list_turns(connection: Connection, contact: str) -> list[Mapping[str, Any]]:
    """The kept inputs of a contact's turns, for replays."""
    found = await connection.fetch(
        """
        SELECT turns.*, slices.body FROM turns LEFT JOIN slices USING (slice)
        WHERE turns.subject = $1 ORDER BY turns.turn
        """,
        "contact:" + contact,
    )
    read = ("event", "live", "actions", "reasons", "body")  # no body: the slice is not kept
    return [
        {key: json.loads(row[key]) if key in read and row[key] is not None else row[key] for key in row}
        for row in map(dict, found)
    ]


async def list_matters(
    connection: Connection,
    *,
    matter: int | None = None,
    state: str | None = None,
    client: str | None = None,
    municipality: str | None = None,
    owner: str | None = None,
    limit: int = 50,
) -> list[Mapping[str, Any]]:
    """The newest first, with their promises; None for any."""
    found = await connection.fetch(
        """
        SELECT matters.*, coalesce((
            SELECT json_agg(json_build_object(
                'promise', promises.promise, 'kind', promises.kind,
                'contact', promises.contact, 'owner', promises.owner, 'number', promises.number,
                'made_at', promises.made_at, 'due_at', promises.due_at,
                'overdue_at', promises.overdue_at, 'kept_at', promises.kept_at,
                'kept_by', nullif(promises.kept_by, '')
            ) ORDER BY promises.promise)
            FROM promises WHERE promises.matter = matters.matter
        ), '[]') AS promises
        FROM matters
        WHERE ($1::text IS null OR matters.state = $1)
            AND ($2::text IS null OR matters.client = $2)
            AND ($3::text IS null OR matters.municipality = $3)
            AND ($4::text IS null OR matters.owner = $4)
            AND ($5::bigint IS null OR matters.matter = $5)
        ORDER BY matters.matter DESC
        LIMIT $6
        """,
        state,
        client,
        municipality,
        owner,
        matter,
        limit,
    )
    return [{**row, "promises": json.loads(row["promises"])} for row in map(dict, found)]


# Playing kept turns again.


class NotReplayed(Exception):
    """Kept turns can't be played again, or give something else than was done; the message is one sentence."""

    def __init__(self, contact: str, turn: int = 0, event: str = "") -> None:
        why = "its turns are not kept in the form that this version of Podline reads"
        if turn:
            why = (
                f"turn {turn} ({event}), played again, does not give what was done then, so another version of Podline "
                "decided it, or facts that were not kept"
            )
        super().__init__(f"Contact {contact} can't be explained: {why}.")


@dataclass(frozen=True, slots=True)
class Played:
    """One kept turn, played again. `before` is the contact that met the event."""

    event: Event
    before: Contact
    turn: Turn
    version: Version
    floor: Floor


# What reading an older form, or deciding from it, may stumble over.
STUMBLES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


async def list_versions(connection: Connection, turns: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], Version]:
    """The flow versions by which these turns were decided, as far as they are kept."""
    found = {}
    for flow, version in {(one["flow"], one["flow_version"]) for one in turns}:
        try:
            found[flow, version] = await get_version(connection, flow, version)
        except LookupError:
            continue
    return found


def replay(row: Mapping[str, Any], turns: Sequence[Mapping[str, Any]], versions: Versions) -> list[Played]:
    """Every turn of a contact from what was kept of it. Raises NotReplayed unless all give what they gave then."""
    contact = handed_from(row["contact"], turns[0]["live"]) if turns else Contact(row["contact"])
    played = []
    for number, kept in enumerate(turns, 1):
        try:
            event, floor = event_from(kept["event"]), floor_from(kept["body"], kept["live"])
            version = versions[kept["flow"], kept["flow_version"]]
            turn = advance(version, contact, event, floor)
        except STUMBLES:
            raise NotReplayed(row["contact"]) from None
        if not _is_as_kept(turn, kept):
            raise NotReplayed(row["contact"], number, type(event).__name__)
        played.append(Played(event, contact, turn, version, floor))
        contact = turn.contact
        if any(isinstance(one, OpenMatter) for one in turn.changes):
            contact = replace(contact, matter=row["matter"] or 0)  # its number was the database's to give
    if not played:
        raise NotReplayed(row["contact"])
    return played


def _is_as_kept(turn: Turn, kept: Mapping[str, Any]) -> bool:
    actions = json.loads(dumped([action_json(one) for one in (*turn.replies, *turn.changes)]))
    reasons = [{"code": one.code, "technician": one.technician, "detail": one.detail} for one in turn.reasons]
    return bool(actions == kept["actions"] and reasons == kept["reasons"])
