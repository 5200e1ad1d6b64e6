"""The town of the walk: one pod, another whose people opted in to help, one client, and everybody speaks two languages.

Promises fall due within minutes and at any hour, so that the calls that keep them can be walked too.
"""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvloop
import yaml

from callflows.reading import shipped_document
from tests.ground import fresh_ground
from tests.world import LINE, World

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
    "messages", "opt_outs", "deaf_numbers", "lanes", "text_slots", "events", "voicemails", "notes", "turns", "promises",
    "ring_records", "reservations", "deeds", "timers", "talks",
    "sightings", "presences", "contacts", "matters", "jobs.pgqueuer_log",
)  # fmt: skip
CLEAR = "; ".join([f"DELETE FROM {one}" for one in TABLES] + ["DELETE FROM jobs.pgqueuer WHERE entrypoint <> 'sweep'"])


@contextmanager
def town(flow: str) -> Iterator[World]:
    """A world of its own in which that shipped flow runs."""
    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        fresh_ground(runner.run) as ground,
        tempfile.TemporaryDirectory() as home,
    ):
        world = World.open(runner.run, ground, Path(home), directory=TOWN)
        try:
            times = {"promise_minutes": PROMISE_MINUTES}
            world.publishes(yaml.safe_dump({**shipped_document(flow), "flow": "main", "times": times}, sort_keys=False))
            runner.run(_with_a_job_process_apart(world))
            yield world
        finally:
            world.close()


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
