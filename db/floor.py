"""Reads everything a turn must know in one round trip: the repeat's reply, the editions and the live floor."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from db.inputs import matter_from
from db.pool import Connection
from routing.directory import Technician
from routing.floor import OpenMatter, Presence, Reservation, Standing

BURST = timedelta(seconds=10)  # DESIGN 5, "Caller id and loops"


@dataclass(frozen=True, slots=True)
class Live:
    """What one reading found. `repeat`: the reply already given to this very event; None for a new one."""

    directory: int
    flows: int
    repeat: str | None
    turn: int
    standings: dict[str, Standing]
    matter: OpenMatter | None
    recent_calls: int


LIVE = """
SELECT
    editions.directory,
    editions.flows,
    (SELECT turns.reply FROM turns WHERE turns.subject = $1 AND turns.event_key = $2) AS repeat,
    (SELECT contacts.turn FROM contacts WHERE contacts.contact = $3) AS turn,
    (
        SELECT json_agg(
            json_build_array(
                people.technician,
                presences.state, presences.since, presences.until,
                reservations.contact, reservations.kind, reservations.expires_at,
                ring_records.out_until, ring_records.last_rung_at, ring_records.last_talked_at,
                ring_records.missed_in_a_row
            )
        )
        FROM unnest($4::text []) AS people (technician)
        LEFT JOIN presences USING (technician)
        LEFT JOIN reservations USING (technician)
        LEFT JOIN ring_records USING (technician)
        WHERE presences.technician IS NOT null
            OR reservations.technician IS NOT null
            OR ring_records.technician IS NOT null
    ) AS people,
    (
        SELECT json_build_object(
            'number', matters.matter,
            'owner', matters.owner,
            'promises', coalesce((
                SELECT json_agg(json_build_array(promises.promise, promises.owner, promises.due_at)
                                ORDER BY promises.due_at)
                FROM promises
                WHERE promises.matter = matters.matter AND promises.kept_at IS null
            ), '[]')
        )
        FROM matters
        WHERE matters.state = 'open'
            AND (matters.client = $5 OR ($5 = '' AND $6 <> '' AND matters.client IS null AND matters.number = $6))
        ORDER BY matters.matter DESC
        LIMIT 1
    ) AS matter,
    (
        SELECT count(*) FROM contacts
        WHERE $6 <> '' AND contacts.from_number = $6 AND contacts.started_at > $7 AND contacts.contact <> $3
    ) AS recent_calls
FROM editions
"""


async def read_live(
    connection: Connection,
    *,
    contact: str,
    event_key: str,
    technicians: dict[str, Technician],
    client: str,
    number: str,
    now: datetime,
) -> Live:
    """One round trip. `technicians`: whose living facts are wanted. `number`: the caller's, for bursts."""
    row = await connection.fetchrow(
        LIVE, "contact:" + contact, event_key, contact, list(technicians), client, number, now - BURST
    )
    if row is None:
        raise LookupError("the table editions is empty: run `podline migrate`")
    kept = {one[0]: one for one in json.loads(row["people"] or "[]")}
    return Live(
        directory=row["directory"],
        flows=row["flows"],
        repeat=row["repeat"],
        turn=row["turn"] or 0,
        standings={key: _standing(one, kept.get(key)) for key, one in technicians.items()},
        matter=matter_from(json.loads(row["matter"])) if row["matter"] else None,
        recent_calls=row["recent_calls"],
    )


def _standing(technician: Technician, row: list[Any] | None) -> Standing:
    if row is None:
        return Standing(technician)
    _, state, since, until, contact, kind, expires, out_until, rung, talked, missed = row
    return Standing(
        technician,
        presence=Presence(state, _at(since), _maybe(until)) if state else None,
        reservation=Reservation(contact, kind, _maybe(expires)) if kind else None,
        out_until=_maybe(out_until),
        last_rung_at=_maybe(rung),
        last_talked_at=_maybe(talked),
        missed=missed or 0,
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _maybe(text: str | None) -> datetime | None:
    # `infinity` is PostgreSQL's "until somebody frees it".
    return _at(text) if text and text != "infinity" else None
