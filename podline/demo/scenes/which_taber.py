"""Somebody in no directory calls and says "Taber"; there are two, with a pod each."""

import re

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage


async def play(stage: Stage) -> None:
    caller = stage.stranger("+14035550188", "a stranger")
    ana, ben, della, emil = stage.cast("ana", "ben", "della", "emil")
    await caller.dials(stage.line)
    await caller.hears("Which municipality are you calling from?")
    await caller.says("Taber")
    await caller.hears("Town of Taber, press")
    await caller.hears("Municipal District of Taber, press")
    await caller.presses(key_for("Municipal District of Taber", caller.leg.heard()))
    await della.rings(from_=stage.line)
    await stage.passes(1)
    await della.answers()
    await della.hears("Taber")
    await della.accepts()
    await caller.is_connected_to(della)
    await della.says("Parkland pod, Della speaking.")
    await caller.hangs_up()
    for other in (ana, ben, emil):
        await other.does_not_ring()

    kept = await stage.kept(caller)
    kept.was_from(municipality="4802021", pod="parkland")
    kept.ended_as("answered", owner="della")
    kept.rang(("della", "accepted"))
    kept.left_out()


def key_for(name: str, heard: str) -> str:
    found = re.search(rf"{name}, press (\d)", heard)
    if found is None:
        raise Otherwise(f"no key is told for {name}: “{heard}”")
    return found[1]


SCENE = Scene(
    "A stranger says “Taber”, and is asked which",
    "A number that nobody knows calls. There are a Town and a Municipal District of Taber; the district is Della's.",
    play,
)
