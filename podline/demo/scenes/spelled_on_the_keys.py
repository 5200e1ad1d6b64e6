"""Somebody whose number is withheld says nothing, and spells Corner Brook on the keys."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.scene import Scene
from podline.demo.stage import Stage

AFTERNOON = datetime(2026, 11, 4, 14, 0, tzinfo=ZoneInfo("America/St_Johns"))
CORN = "2676"


async def play(stage: Stage) -> None:
    caller = stage.stranger(None, "the caller")
    eve, farid, ana = stage.cast("eve", "farid", "ana")
    await caller.dials(stage.line)
    await caller.hears("Or spell its first letters on the keys, then press pound")
    await caller.presses(CORN + "#")
    await caller.hears("Is it Corner Brook?")
    await caller.presses("1")
    await eve.rings(from_=stage.line)
    await stage.passes(3)
    await eve.answers()
    await eve.hears("Corner Brook")
    await eve.accepts()
    await caller.is_connected_to(eve)
    await eve.says("Good afternoon, Ève speaking, for Corner Brook.")
    await caller.hangs_up()
    for other in (farid, ana):
        await other.does_not_ring()

    kept = await stage.kept(caller)
    kept.was_from(municipality="1005018", pod="fleuve")
    kept.ended_as("answered", owner="eve")
    kept.rang(("eve", "accepted"))
    kept.left_out()


SCENE = Scene(
    "A withheld number, and a town spelled on the keys",
    "Nobody knows who calls, and they don't speak. 2676 is CORN, and one town begins so: Corner Brook, of Ève's pod.",
    play,
    clock="virtual",
    start=AFTERNOON,
    place="Corner Brook",
)
