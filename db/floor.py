"""Reads everything a turn must know in one round trip: the repeat's reply, the editions and the live floor."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from callflows.turn import AUTOMATIC_WITHIN
from db.conversations import OF_THE_TELEPHONE, opted_in, out_of_reach
from db.inputs import matter_from
from db.messages import blocked, opted_out, sent_by_ourselves
from db.pool import Connection
from routing.addresses import read_address
from routing.directory import Technician
from routing.floor import OpenMatter, Presence, Reservation, Standing, Talk
from routing.optout import sender_of

BURST = timedelta(seconds=10)  # DESIGN 5, "Caller id and loops"
A_DAY = timedelta(seconds=AUTOMATIC_WITHIN)


@dataclass(frozen=True, slots=True)
class Live:
    """What one reading found. `repeat`: the reply already given to this very event, or to the fault that it met; None
    for a new one. `legs`: how many telephones are connected or rung now besides those that this contact has called, if
    that was asked. `silenced` and what stands below it: as `routing.floor.Floor` says, for what happens in writing."""

    directory: int
    flows: int
    repeat: str | None
    turn: int
    standings: dict[str, Standing]
    matters: tuple[OpenMatter, ...]
    talks: tuple[Talk, ...]
    seen: tuple[str, ...]
    recent_calls: int
    legs: int = 0
    silenced: bool = False
    blocked: bool = False
    opted_in: tuple[tuple[str, int], ...] = ()
    deaf: bool = False
    automatic: int = 0
    unwritable: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()


# The matters are the clients', the number's, and those asked for by their own number. Whoever owns one of them, or
# talked with these people last, is read as well, whatever pod they are of. What is not asked is not in the statement:
# where a parameter says so, PostgreSQL takes the whole for so costly that it makes a new plan each time (0.8 ms).
LIVE = """
WITH mine AS (
    SELECT matter, owner, coalesce(client, '') AS client, coalesce(municipality, '') AS municipality,
        coalesce(client = ANY($5::text []), $6 <> '' AND number = $6) AS theirs,
        {talking} AS talking
    FROM matters
    WHERE state = 'open' AND (
        client = ANY($5::text []) OR matter = ANY($8::bigint [])
        OR ($6 <> '' AND client IS null AND number = $6)
    )
), talked AS (
    SELECT peer, municipality, technician, at FROM talks WHERE peer = ANY($9::text [])
), promised AS (
    SELECT promises.matter, promises.promise, promises.owner, promises.due_at, promises.contact,
        promises.kind
    FROM promises JOIN mine USING (matter)
    WHERE promises.kept_at IS null
), people AS (
    SELECT technician FROM unnest($4::text []) AS wanted (technician)
    UNION SELECT owner FROM mine
    UNION SELECT owner FROM promised
    UNION SELECT technician FROM talked
), away AS (
    SELECT technician, json_agg(json_build_array(begins_at, ends_at) ORDER BY begins_at) AS absences
    FROM absences JOIN people USING (technician)
    WHERE ends_at > $10
    GROUP BY technician
)
SELECT
    editions.directory,
    editions.flows,
    (
        SELECT turns.reply FROM turns
        WHERE turns.subject = $1 AND turns.event_key IN ($2, 'Faulted:' || $2) ORDER BY turns.turn LIMIT 1
    ) AS repeat,
    (SELECT contacts.turn FROM contacts WHERE contacts.contact = $3) AS turn,
    (
        SELECT json_agg(
            json_build_array(
                people.technician,
                presences.state, presences.since, presences.until,
                reservations.contact, reservations.kind, reservations.expires_at,
                ring_records.out_until, ring_records.last_rung_at, ring_records.last_talked_at,
                ring_records.missed_in_a_row, away.absences
            )
        )
        FROM people
        LEFT JOIN presences USING (technician)
        LEFT JOIN reservations USING (technician)
        LEFT JOIN ring_records USING (technician)
        LEFT JOIN away USING (technician)
        WHERE presences.technician IS NOT null
            OR reservations.technician IS NOT null
            OR ring_records.technician IS NOT null
            OR away.technician IS NOT null
            OR people.technician <> ALL($4)
    ) AS people,
    (
        SELECT json_agg(json_build_object(
            'number', mine.matter,
            'owner', mine.owner,
            'client', mine.client,
            'municipality', mine.municipality,
            'theirs', mine.theirs,
            'talking', mine.talking,
            'promises', coalesce((
                SELECT json_agg(
                    json_build_array(
                        promised.promise, promised.owner, promised.due_at, promised.contact, promised.kind
                    )
                    ORDER BY promised.due_at
                )
                FROM promised
                WHERE promised.matter = mine.matter
            ), '[]')
        ) ORDER BY mine.matter DESC)
        FROM mine
    ) AS matters,
    (
        SELECT json_agg(json_build_array(peer, municipality, technician, at) ORDER BY at DESC) FROM talked
    ) AS talks,
    (
        SELECT json_agg(municipality ORDER BY last_at DESC) FROM sightings WHERE $6 <> '' AND number = $6
    ) AS seen,
    (
        SELECT count(*) FROM contacts
        WHERE $6 <> '' AND contacts.from_number = $6 AND contacts.started_at > $7 AND contacts.contact <> $3
    ) AS recent_calls,
    {legs} AS legs,
    {opted_out} AS opted_out,
    {blocked} AS blocked,
    exists(SELECT FROM deaf_numbers WHERE deaf_numbers.number IN ({theirs})) AS deaf,
    {in_writing}
FROM editions
"""
TALKING = """
exists(
    SELECT FROM contacts
    WHERE contacts.state = 'open' AND contacts.matter = matters.matter AND contacts.contact <> $3
)
"""
LEGS = """
1 + (
    SELECT count(*) FROM contacts
    WHERE contacts.state = 'open' AND contacts.channel = 'voice' AND contacts.contact <> $3
) + (
    SELECT count(*) FROM reservations
    WHERE reservations.kind IN ('ringing', 'on_call') AND reservations.expires_at > $10
        AND reservations.contact <> $3
)
"""
IN_WRITING = f"""
    ({sent_by_ourselves("$12", "$3", "$13")}) AS automatic,
    (
        SELECT json_agg(json_build_array(technician, has_ended)) FROM ({out_of_reach("$13", "$14", "$15")}) AS lost
    ) AS out_of_reach,
    (
        SELECT json_agg(json_build_array(who, at)) FROM ({opted_in("$6, $12", "$11", "$15", "$13")}) AS started
    ) AS opted_in
"""
NOT_IN_WRITING = "0 AS automatic, null AS out_of_reach, null AS opted_in"


@cache
def statement(talking: bool, legs: bool, in_writing: bool) -> str:
    theirs = "$6, $12" if in_writing else "$6"  # who has no number is known by the address
    return LIVE.format(
        talking=TALKING if talking else "false",
        legs=LEGS if legs else "0",
        in_writing=IN_WRITING if in_writing else NOT_IN_WRITING,
        theirs=theirs,
        opted_out=opted_out(theirs),
        blocked=blocked(theirs, "$11"),
    )


def peers(clients: Sequence[str], number: str) -> list[str]:
    """Under which names talks with these people are kept."""
    return [*(f"client:{one}" for one in clients), *((f"number:{number}",) if number else ())]


async def read_live(
    connection: Connection,
    *,
    contact: str,
    event_key: str,
    technicians: Mapping[str, Technician],
    find: Callable[[str], Technician | None],
    clients: Sequence[str],
    number: str,
    matters: Sequence[int] = (),
    talking: bool = False,
    legs: bool = False,
    line: str = "",
    writes: str | None = None,
    now: datetime,
) -> Live:
    """One round trip. `technicians`: whose living facts are wanted; `find` knows the others that turn up.
    `number`: the client's, E.164 or empty. `talking`: whether it matters who is on the line about these matters;
    `legs`: how many are on any line. `line`: ours, by which somebody calls or writes; `writes`: the other side of a
    conversation in writing."""
    row = await connection.fetchrow(
        statement(talking, legs, writes is not None),
        "contact:" + contact,
        event_key,
        contact,
        list(technicians),
        list(clients),
        number,
        now - BURST,
        list(matters),
        peers(clients, number),
        now,
        sender_of(line, writes or number),
        *((writes, now - A_DAY, OF_THE_TELEPHONE, read_address(line).number or line) if writes is not None else ()),
    )
    if row is None:
        raise LookupError("the table editions is empty: run `podline migrate`")
    kept = {one[0]: one for one in json.loads(row["people"] or "[]")}
    others = {key: one for key in kept if key not in technicians and (one := find(key))}
    lost = json.loads(row["out_of_reach"] or "[]")
    return Live(
        directory=row["directory"],
        flows=row["flows"],
        repeat=row["repeat"],
        turn=row["turn"] or 0,
        standings={key: _standing(one, kept.get(key)) for key, one in {**technicians, **others}.items()},
        matters=tuple(matter_from(one) for one in json.loads(row["matters"] or "[]")),
        talks=tuple(_talk(*one) for one in json.loads(row["talks"] or "[]")),
        seen=tuple(json.loads(row["seen"] or "[]")),
        recent_calls=row["recent_calls"],
        legs=row["legs"],
        silenced=row["opted_out"] or row["blocked"],
        blocked=row["blocked"] and not row["opted_out"],
        opted_in=tuple((who, at) for who, at in json.loads(row["opted_in"] or "[]")),
        deaf=row["deaf"],
        automatic=row["automatic"],
        unwritable=tuple(technician for technician, has_ended in lost if has_ended),
        unreached=tuple(technician for technician, has_ended in lost if not has_ended),
    )


def _talk(peer: str, municipality: str, technician: str, at: str) -> Talk:
    kind, _, key = peer.partition(":")
    return Talk(key if kind == "client" else "", municipality, technician, _at(at))


def _standing(technician: Technician, row: list[Any] | None) -> Standing:
    if row is None:
        return Standing(technician)
    _, state, since, until, contact, kind, expires, out_until, rung, talked, missed, absences = row
    return Standing(
        technician,
        presence=Presence(state, _at(since), _maybe(until)) if state else None,
        reservation=Reservation(contact, kind, _maybe(expires)) if kind else None,
        out_until=_maybe(out_until),
        last_rung_at=_maybe(rung),
        last_talked_at=_maybe(talked),
        missed=missed or 0,
        absences=tuple((_at(begins), _at(ends)) for begins, ends in absences or ()),
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _maybe(text: str | None) -> datetime | None:
    # `infinity` is PostgreSQL's "until somebody frees it".
    return _at(text) if text and text != "infinity" else None
