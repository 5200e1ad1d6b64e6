"""The town of the walk: one pod, another whose people opted in to help, one client, and everybody speaks two languages.

Promises fall due within minutes and at any hour, so that the calls that keep them can be walked too.
"""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import uvloop
import yaml

from callflows.reading import shipped_document
from tests.ground import fresh_ground, one_processor
from tests.world import LINE, START, World

CLARA, CELL, STRANGER = "+14035550120", "+14035550177", "+14035550128"
ANA, BEN = "+14035550111", "+14035550112"
DAN, EVE = "+17805550114", "+17805550115"
POD, HELPERS = (ANA, BEN), (DAN, EVE)
KEYS = {ANA: "ana", BEN: "ben", DAN: "dan", EVE: "eve"}
PROMISE_MINUTES = 12

TOWN: dict[str, str] = {
    "pods.csv": """pod,name,strategy,timezone,wrap_up
taber,Taber,linear,America/Edmonton,0
north,North,linear,America/Edmonton,0
""",
    "lines.csv": f"line,name,voice_flow,text_flow,languages,fallback\n{LINE},Support,,,en;fr,\n",
    "technicians.csv": f"""technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,{ANA},taber,1,en;fr,tax,24/7,,no
ben,Ben Oduya,{BEN},taber,2,en;fr,water,24/7,,no
dan,Dan Roy,{DAN},north,1,en;fr,water,24/7,,yes
eve,Eve Lund,{EVE},north,2,en;fr,payroll,24/7,,yes
""",
    "municipalities.csv": """municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases,hours
4802022,Taber,Taber,T,AB,America/Edmonton,en,taber,,,24/7
""",
    "clients.csv": f"""client,name,phones,municipality,language,channel,email,notes
clara,Clara Whitfield,{CLARA},4802022,en,voice,,
""",
}
# What a walk leaves behind; directory, flow and the slices of floors that turns refer to stay.
TABLES = (
    "messages", "opt_outs", "blocks", "deaf_numbers", "lanes", "text_slots", "events", "voicemails", "notes", "turns",
    "promises", "ring_records", "reservations", "deeds", "timers", "talks",
    "sightings", "presences", "contacts", "matters", "jobs.pgqueuer_log",
)  # fmt: skip
CLEAR = "; ".join(
    [f"DELETE FROM {one}" for one in TABLES]
    + ["DELETE FROM jobs.pgqueuer WHERE entrypoint <> 'sweep'", "SELECT setval('matters_matter_seq', 1, false)"]
)
# What was deleted is still in the way of whoever reads.
TIDY = f"VACUUM (TRUNCATE false) {', '.join((*TABLES, 'jobs.pgqueuer'))}"


@contextmanager
def town(flow: str) -> Iterator[World]:
    """A world of its own in which that shipped flow runs."""
    with opened(TOWN, START) as world:
        publishes(world, flow, "main", {"promise_minutes": PROMISE_MINUTES})
        yield world


@contextmanager
def opened(directory: Mapping[str, str], start: datetime) -> Iterator[World]:
    with (
        one_processor(),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        tempfile.TemporaryDirectory() as home,
    ):
        run = runner.get_loop().run_until_complete
        with fresh_ground(run) as ground:
            world = World.open(run, ground, Path(home), directory=directory, start=start)
            try:
                run(_with_a_job_process_apart(world))
                yield world
            finally:
                world.close()


def publishes(world: World, flow: str, name: str, times: Mapping[str, int]) -> None:
    """A shipped flow under that name, with other times."""
    document = {**shipped_document(flow), "flow": name, "times": {**times}}
    versions = f"/api/v1/flows/{name}/versions"
    made = world.api("POST", versions, {"yaml": yaml.safe_dump(document, sort_keys=False)})
    assert made.status_code == 201, made.text
    assert world.api("POST", f"{versions}/{made.json()['version']}/publish", {}).status_code == 200


async def _with_a_job_process_apart(world: World) -> None:
    await world.rehearsal.ends_work()
    await world.rehearsal.begins_work()


def clears(world: World, at_work: Sequence[str]) -> None:
    """Nobody remembers anything, and all telephones are well; the clock goes on. Who is not at work is off duty."""
    off = [f"('{KEYS[one]}', 'off', '{world.clock.now()}')" for one in (*POD, *HELPERS) if one not in at_work]
    send_home = f"; INSERT INTO presences (technician, state, since) VALUES {', '.join(off)}" if off else ""

    async def clear() -> None:
        async with world.house.pool.acquire() as connection:
            await connection.execute(CLEAR + send_home)

    world.run(clear())
    exchange = world.exchange
    exchange.upsets.waiting.clear()
    for kept in (exchange.legs, exchange.requests, exchange.events, exchange.alerts, exchange.messages.all):
        kept.clear()
    exchange.recordings.all.clear()
    for phone in exchange.phones:
        phone.is_well()
        phone.legs.clear()
        phone.texts.clear()


def tidies(world: World) -> None:
    """Seldom, as it takes as long as a short call."""
    world.run(world.rehearsal.ground.connection.execute(TIDY))
