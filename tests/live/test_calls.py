"""Calls through the running service, over real HTTP and in real time."""

import asyncio
import os
import signal

import pytest

from simulator.events import LegAnswered, LegEnded, LegRings
from tests.live.service import podline
from tests.live.town import DIRECTORY, TECHNICIANS, Town
from tests.world import LINE, write_directory

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_first_technician_takes_the_call(town: Town) -> None:
    caller, (ana, ben, *_) = town.client(0), town.people()
    await caller.dials(LINE)
    await caller.hears("Hello Client 0")
    await ana.rings(from_=LINE)
    await ana.accepts()
    await caller.is_connected_to(ana)
    await ben.does_not_ring()
    await caller.hangs_up()
    await town.has_closed(caller)
    assert await town.rung(caller) == [("ana", "accepted")]
    assert (await town.contact(caller))["outcome"] == "answered"


async def test_who_declines_is_passed_over(town: Town) -> None:
    caller, (ana, ben, *_) = town.client(1), town.people()
    await caller.dials(LINE)
    await (await ana.rings()).declines()
    await (await ben.rings()).accepts()
    await caller.is_connected_to(ben)
    await caller.hangs_up()
    await town.has_closed(caller)
    assert await town.rung(caller) == [("ana", "declined"), ("ben", "accepted")]


async def test_six_calls_at_once_offer_nobody_two(town: Town) -> None:
    callers, people = [town.client(number) for number in range(2, 8)], town.people()
    seen = len(town.exchange.events)
    await asyncio.gather(*(caller.dials(LINE) for caller in callers))
    for technician in people:
        await (await technician.rings()).accepts()

    async def all_placed() -> bool:
        talking = sum(1 for caller in callers if caller.leg.bridged_with is not None)
        waiting = sum(1 for caller in callers if "After the tone" in caller.leg.heard())
        return (talking, waiting) == (4, 2)

    await town.until(all_placed)
    busy: dict[str, str] = {}
    for event in town.exchange.events[seen:]:
        leg = getattr(event, "leg", None)
        if leg is None or leg.direction == "inbound":
            continue
        if isinstance(event, LegRings | LegAnswered):
            assert busy.setdefault(leg.to, leg.sid) == leg.sid, f"{leg.to} was offered two calls"
        elif isinstance(event, LegEnded):
            busy.pop(leg.to, None)


async def test_a_killed_web_process_loses_no_call(town: Town) -> None:
    caller, (ana, ben, *_) = town.client(8), town.people()
    await caller.dials(LINE)
    await ana.rings()
    for pid in town.service.web():  # both, one after the other: nothing may live in their memory
        began = town.service.began()
        os.kill(pid, signal.SIGKILL)

        async def risen(before: int = began) -> bool:
            return town.service.began() > before

        await town.until(risen)
    await ana.declines()
    await (await ben.rings()).accepts()
    await caller.is_connected_to(ben)
    await caller.hangs_up()
    await town.has_closed(caller)
    assert await town.rung(caller) == [("ana", "declined"), ("ben", "accepted")]


async def test_an_import_counts_for_the_very_next_call_in_every_process(town: Town) -> None:
    service, (ana, ben, *_) = town.service, town.people()
    others = TECHNICIANS.replace("taber,1,", "taber,9,")
    new = write_directory(service.home / "other", {**DIRECTORY, "technicians.csv": others})
    try:
        loaded = await asyncio.to_thread(podline, "import", new, env=service.env, cwd=service.home)
        assert loaded.returncode == 0, loaded.stdout + loaded.stderr
        # Clients who have no owner yet. Every webhook has a connection of its own: Linux deals them out to both.
        for number in range(9, 15):
            caller = town.client(number)
            await caller.dials(LINE)
            await (await ben.rings()).declines()
            await caller.hangs_up()
            await town.has_closed(caller)
            assert (await town.rung(caller))[0] == ("ben", "declined")
    finally:
        old = service.home / "directory"
        loaded = await asyncio.to_thread(podline, "import", old, env=service.env, cwd=service.home)
        assert loaded.returncode == 0
    await ana.does_not_ring()
