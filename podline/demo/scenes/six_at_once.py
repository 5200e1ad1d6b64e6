"""Six towns call in the same moment and four technicians are at work: nobody is ever rung by two calls."""

import asyncio
from itertools import pairwise

from podline.demo.desk import Kept, Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage
from simulator.people.handsets import Handset

CALLERS = ("holly", "iris", "jonas", "kavya", "liam", "mae")
TECHNICIANS = ("maya", "theo", "sana", "viktor")


async def play(stage: Stage) -> None:
    callers, technicians = stage.cast(*CALLERS), stage.cast(*TECHNICIANS)
    offered_before = [len(one.telephone.legs) for one in technicians]
    await asyncio.gather(*(caller.dials(stage.line) for caller in callers))
    await asyncio.gather(*(_takes_it(stage, one, after) for after, one in enumerate(technicians)))
    await asyncio.gather(*(_talks_or_leaves_a_message(stage, one) for one in callers))

    for technician, before in zip(technicians, offered_before, strict=True):
        _was_offered_one_call_at_a_time(technician, before)
    kept = [await stage.kept(one) for one in callers]
    taken = [one for one in kept if one.contact["outcome"] == "answered"]
    _all_differ(taken)
    promised = [one for one in kept if one not in taken]
    for one in promised:
        one.ended_as("voicemail")
        one.rang()
        promise = await stage.desk.promise(one)
        await stage.handset(promise["owner"]).got_text(one.who, within=60)
    if (len(taken), len(promised)) != (4, 2):
        raise Otherwise(f"four calls should be answered and two promised, but {len(taken)} and {len(promised)} were")


async def _takes_it(stage: Stage, technician: Handset, after: int) -> None:
    await technician.rings()
    await stage.passes(1 + after / 4)
    await technician.accepts()


async def _talks_or_leaves_a_message(stage: Stage, caller: Handset) -> None:
    if not caller.leg.company:
        await caller.hears("After the tone")
        await caller.speaks(2.2)
        await caller.presses("#")
        await caller.has_ended()
    else:
        await stage.passes(3)
        await caller.hangs_up()


def _was_offered_one_call_at_a_time(technician: Handset, before: int) -> None:
    legs = sorted(technician.telephone.legs[before:], key=lambda leg: leg.created_at)
    for earlier, later in pairwise(legs):
        if earlier.ended_at is None or later.created_at < earlier.ended_at:
            raise Otherwise(f"{technician.telephone.name} was offered two calls at the same time")


def _all_differ(taken: list[Kept]) -> None:
    """Each answered call was offered to one technician alone, and no two to the same."""
    for one in taken:
        one.rang((str(one.owner), "accepted"))
        one.ended_as("answered")
    owners = [str(one.owner) for one in taken]
    if sorted(owners) != sorted(TECHNICIANS):
        raise Otherwise(f"the calls should be taken by {sorted(TECHNICIANS)}, but were by {sorted(owners)}")


SCENE = Scene(
    "Six calls at once over four technicians",
    "Six towns of one pod call in the same moment. Nobody is offered two calls; two callers leave with a promise.",
    play,
    brief=True,
)
