"""Facts into tables: each file is copied into a temporary table and merged from there, one statement a step.

Every `upsert_` tells the keys it wrote: (key, added), unchanged rows are not touched and not told.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from routing.absences import Absence
from routing.directory import Client, Holiday, Line, Municipality, Pod, Technician

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Written: TypeAlias = list[tuple[str, bool]]


async def upsert_pods(connection: Connection, pods: Iterable[Pod]) -> Written:
    await connection.execute(
        """
        CREATE TEMP TABLE incoming_pods ON COMMIT DROP AS
        SELECT pod, name, strategy, timezone, wrap_up FROM pods WITH NO DATA
        """
    )
    await _copy(
        connection,
        "incoming_pods",
        ((pod.pod, pod.name, pod.strategy, pod.timezone, pod.wrap_up) for pod in pods),
    )
    return _written(
        await connection.fetch(
            """
            INSERT INTO pods AS kept (pod, name, strategy, timezone, wrap_up)
            SELECT pod, name, strategy, timezone, wrap_up FROM incoming_pods
            ON CONFLICT (pod) DO UPDATE SET
                name = excluded.name, strategy = excluded.strategy,
                timezone = excluded.timezone, wrap_up = excluded.wrap_up
            WHERE (kept.name, kept.strategy, kept.timezone, kept.wrap_up)
                IS DISTINCT FROM (excluded.name, excluded.strategy, excluded.timezone, excluded.wrap_up)
            RETURNING kept.pod AS key, kept.xmax = 0 AS added
            """
        )
    )


async def upsert_lines(connection: Connection, lines: Iterable[Line]) -> Written:
    await connection.execute(
        """
        CREATE TEMP TABLE incoming_lines ON COMMIT DROP AS
        SELECT line, name, voice_flow, text_flow, languages, fallback FROM lines WITH NO DATA
        """
    )
    await _copy(
        connection,
        "incoming_lines",
        ((line.line, line.name, line.voice_flow, line.text_flow, line.languages, line.fallback) for line in lines),
    )
    return _written(
        await connection.fetch(
            """
            INSERT INTO lines AS kept (line, name, voice_flow, text_flow, languages, fallback)
            SELECT line, name, voice_flow, text_flow, languages, fallback FROM incoming_lines
            ON CONFLICT (line) DO UPDATE SET
                name = excluded.name, voice_flow = excluded.voice_flow, text_flow = excluded.text_flow,
                languages = excluded.languages, fallback = excluded.fallback
            WHERE (kept.name, kept.voice_flow, kept.text_flow, kept.languages, kept.fallback)
                IS DISTINCT FROM (
                    excluded.name, excluded.voice_flow, excluded.text_flow,
                    excluded.languages, excluded.fallback
                )
            RETURNING kept.line AS key, kept.xmax = 0 AS added
            """
        )
    )


async def upsert_technicians(connection: Connection, technicians: Iterable[Technician]) -> Written:
    await connection.execute(
        """
        CREATE TEMP TABLE incoming_technicians ON COMMIT DROP AS
        SELECT technician, name, phone, pod, position, languages, skills, hours, timezone, email, swarm
        FROM technicians WITH NO DATA
        """
    )
    await _copy(
        connection,
        "incoming_technicians",
        (
            (
                *(one.technician, one.name, one.phone, one.pod, one.position, one.languages),
                *(one.skills, one.hours, one.timezone, one.email, one.swarm),
            )
            for one in technicians
        ),
    )
    written = _written(
        await connection.fetch(
            """
            INSERT INTO technicians AS kept
                (technician, name, phone, pod, position, languages, skills, hours, timezone, email, swarm)
            SELECT technician, name, phone, pod, position, languages, skills, hours, timezone, email, swarm
            FROM incoming_technicians
            ON CONFLICT (technician) DO UPDATE SET
                name = excluded.name, phone = excluded.phone, pod = excluded.pod,
                position = excluded.position, languages = excluded.languages, skills = excluded.skills,
                hours = excluded.hours, timezone = excluded.timezone, email = excluded.email,
                swarm = excluded.swarm
            WHERE (
                kept.name, kept.phone, kept.pod, kept.position, kept.languages, kept.skills,
                kept.hours, kept.timezone, kept.email, kept.swarm
            ) IS DISTINCT FROM (
                excluded.name, excluded.phone, excluded.pod, excluded.position, excluded.languages,
                excluded.skills, excluded.hours, excluded.timezone, excluded.email, excluded.swarm
            )
            RETURNING kept.technician AS key, kept.xmax = 0 AS added
            """
        )
    )
    # Deferred until here, so that two may swap numbers; checked now, so that a dry run hears it too.
    await connection.execute("SET CONSTRAINTS technicians_phone_key IMMEDIATE")
    return written


async def upsert_municipalities(connection: Connection, municipalities: Iterable[Municipality]) -> Written:
    await connection.execute(
        """
        CREATE TEMP TABLE incoming_municipalities ON COMMIT DROP AS
        SELECT
            municipality, name, name_fr, class, province, timezone, languages, pod, tier, aliases, hours,
            wanted, unwanted
        FROM municipalities WITH NO DATA
        """
    )
    await _copy(
        connection,
        "incoming_municipalities",
        (
            (
                *(one.municipality, one.name, one.name_fr, one.kind, one.province, one.timezone),
                *(one.languages, one.pod or None, one.tier, one.aliases, one.hours, one.wanted, one.unwanted),
            )
            for one in municipalities
        ),
    )
    return _written(
        await connection.fetch(
            """
            INSERT INTO municipalities AS kept
                (municipality, name, name_fr, class, province, timezone, languages, pod, tier, aliases, hours,
                wanted, unwanted)
            SELECT
                municipality, name, name_fr, class, province, timezone, languages, pod, tier, aliases, hours,
                wanted, unwanted
            FROM incoming_municipalities
            ON CONFLICT (municipality) DO UPDATE SET
                name = excluded.name, name_fr = excluded.name_fr, class = excluded.class,
                province = excluded.province, timezone = excluded.timezone, languages = excluded.languages,
                pod = excluded.pod, tier = excluded.tier, aliases = excluded.aliases, hours = excluded.hours,
                wanted = excluded.wanted, unwanted = excluded.unwanted
            WHERE (
                kept.name, kept.name_fr, kept.class, kept.province, kept.timezone, kept.languages,
                kept.pod, kept.tier, kept.aliases, kept.hours, kept.wanted, kept.unwanted
            ) IS DISTINCT FROM (
                excluded.name, excluded.name_fr, excluded.class, excluded.province, excluded.timezone,
                excluded.languages, excluded.pod, excluded.tier, excluded.aliases, excluded.hours,
                excluded.wanted, excluded.unwanted
            )
            RETURNING kept.municipality AS key, kept.xmax = 0 AS added
            """
        )
    )


async def upsert_clients(connection: Connection, clients: Iterable[Client]) -> Written:
    """A client is one with their numbers and municipalities: a change in either is the client's."""
    await connection.execute(
        """
        CREATE TEMP TABLE incoming_clients (
            client text, name text, phones text [], municipalities text [],
            language text, channel text, email text, notes text, wanted text [], unwanted text []
        ) ON COMMIT DROP
        """
    )
    await _copy(
        connection,
        "incoming_clients",
        (
            (
                *(one.client, one.name, one.phones, one.municipalities),
                *(one.language, one.channel, one.email, one.notes, one.wanted, one.unwanted),
            )
            for one in clients
        ),
    )
    await connection.execute("ANALYZE incoming_clients")
    await _choose_written_clients(connection)
    await _write_clients(connection)
    await _clear_phones_and_municipalities(connection)
    await _write_phones(connection)
    await _write_client_municipalities(connection)
    return _written(await connection.fetch("SELECT client AS key, added FROM written_clients"))


async def _choose_written_clients(connection: Connection) -> None:
    await connection.execute(
        """
        CREATE TEMP TABLE written_clients ON COMMIT DROP AS
        WITH phones AS (
            SELECT client, array_agg(phone ORDER BY place) AS phones FROM client_phones GROUP BY client
        ), places AS (
            SELECT client, array_agg(municipality ORDER BY place) AS municipalities
            FROM client_municipalities GROUP BY client
        )
        SELECT coming.client, kept.client IS NULL AS added
        FROM incoming_clients AS coming
        LEFT JOIN clients AS kept USING (client)
        LEFT JOIN phones USING (client)
        LEFT JOIN places USING (client)
        WHERE kept.client IS NULL OR (
            kept.name, kept.language, kept.channel, kept.email, kept.notes, kept.wanted, kept.unwanted,
            coalesce(phones.phones, '{}'), coalesce(places.municipalities, '{}')
        ) IS DISTINCT FROM (
            coming.name, coming.language, coming.channel, coming.email, coming.notes, coming.wanted, coming.unwanted,
            coming.phones, coming.municipalities
        )
        """
    )


async def _write_clients(connection: Connection) -> None:
    await connection.execute(
        """
        INSERT INTO clients (client, name, language, channel, email, notes, wanted, unwanted)
        SELECT client, name, language, channel, email, notes, wanted, unwanted
        FROM incoming_clients JOIN written_clients USING (client)
        ON CONFLICT (client) DO UPDATE SET
            name = excluded.name, language = excluded.language, channel = excluded.channel,
            email = excluded.email, notes = excluded.notes,
            wanted = excluded.wanted, unwanted = excluded.unwanted
        """
    )


async def _clear_phones_and_municipalities(connection: Connection) -> None:
    await connection.execute(
        """
        WITH cleared AS (
            DELETE FROM client_phones USING written_clients AS written
            WHERE client_phones.client = written.client AND NOT written.added
        )
        DELETE FROM client_municipalities USING written_clients AS written
        WHERE client_municipalities.client = written.client AND NOT written.added
        """
    )


async def _write_phones(connection: Connection) -> None:
    await connection.execute(
        """
        INSERT INTO client_phones (client, phone, place)
        SELECT client, phone, place
        FROM incoming_clients JOIN written_clients USING (client),
            unnest(phones) WITH ORDINALITY AS numbered (phone, place)
        """
    )


async def _write_client_municipalities(connection: Connection) -> None:
    await connection.execute(
        """
        INSERT INTO client_municipalities (client, municipality, place)
        SELECT client, municipality, place
        FROM incoming_clients JOIN written_clients USING (client),
            unnest(municipalities) WITH ORDINALITY AS numbered (municipality, place)
        """
    )


async def upsert_holidays(connection: Connection, holidays: Iterable[Holiday]) -> Written:
    await connection.execute(
        """
        CREATE TEMP TABLE incoming_holidays ON COMMIT DROP AS
        SELECT place, date, name FROM holidays WITH NO DATA
        """
    )
    await _copy(
        connection,
        "incoming_holidays",
        ((holiday.place, date.fromisoformat(holiday.date), holiday.name) for holiday in holidays),
    )
    return _written(
        await connection.fetch(
            """
            INSERT INTO holidays AS kept (place, date, name)
            SELECT place, date, name FROM incoming_holidays
            ON CONFLICT (place, date) DO UPDATE SET name = excluded.name
            WHERE kept.name IS DISTINCT FROM excluded.name
            RETURNING kept.place || ' ' || kept.date AS key, kept.xmax = 0 AS added
            """
        )
    )


async def upsert_absences(connection: Connection, absences: Mapping[str, Absence]) -> Written:
    """`absences` by the keys to be told."""
    await connection.execute(
        """
        CREATE TEMP TABLE incoming_absences ON COMMIT DROP AS
        SELECT technician, begins_at, ends_at, note FROM absences WITH NO DATA
        """
    )
    await _copy(
        connection,
        "incoming_absences",
        ((one.technician, one.begins_at, one.ends_at, one.note) for one in absences.values()),
    )
    records = await connection.fetch(
        """
        INSERT INTO absences AS kept (technician, begins_at, ends_at, note)
        SELECT technician, begins_at, ends_at, note FROM incoming_absences
        ON CONFLICT (technician, begins_at) DO UPDATE SET ends_at = excluded.ends_at, note = excluded.note
        WHERE (kept.ends_at, kept.note) IS DISTINCT FROM (excluded.ends_at, excluded.note)
        RETURNING kept.technician, kept.begins_at, kept.xmax = 0 AS added
        """
    )
    keys = {(one.technician, one.begins_at): key for key, one in absences.items()}
    return [(keys[record["technician"], record["begins_at"]], record["added"]) for record in records]


async def _copy(connection: Connection, table: str, records: Iterable[Sequence[Any]]) -> None:
    # A temporary table hides any of the same name that an earlier import of this session left mid-way.
    await connection.copy_records_to_table(table, schema_name="pg_temp", records=records)


def _written(records: list[asyncpg.Record]) -> Written:
    return [(record["key"], record["added"]) for record in records]
