"""Greta of Pincher Creek calls before anybody is at work, and is called back when it was promised."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

ZONE = ZoneInfo("America/Edmonton")
NINE, ELEVEN = (datetime(2026, 11, 3, hour, 0, tzinfo=ZONE) for hour in (9, 11))
PUNCTUAL = timedelta(minutes=1)


async def play(stage: Stage) -> None:
    greta, olive, felix, nadia = stage.cast("greta", "olive", "felix", "nadia")
    await greta.dials(stage.line)
    await greta.hears("To be called back")
    await greta.presses("1")
    await greta.hears("4 0 3, 5 5 5, 0 1 8 1")
    await greta.presses("1")
    await greta.hears("We will call you back by Tuesday at 11:00 a.m.")
    await greta.has_ended()
    await olive.got_text("asked to be called back", within=10)

    asked = await stage.kept(greta)
    asked.ended_as("callback", owner="olive")
    asked.rang()
    asked.left_out(olive="off_shift", felix="off_shift", nadia="off_shift")
    asked.is_owed_by("olive", await stage.desk.promise(asked))

    await olive.rings(within=3 * 3600, from_=stage.line)
    if abs(stage.clock.now() - ELEVEN) > PUNCTUAL:
        raise Otherwise(f"Olive should be rung at eleven, but is at {stage.clock.now().astimezone(ZONE):%H:%M:%S}")
    await stage.passes(4)
    await olive.answers()
    await olive.hears("A call back is due")
    await olive.presses("1")
    await greta.rings(from_=stage.line)
    await stage.passes(5)
    await greta.answers()
    await greta.is_connected_to(olive)
    await olive.says("Hello Greta, Olive here. You asked us to call.")
    await greta.speaks(240)
    await greta.hangs_up()
    await olive.hears("If you talked with them")
    await olive.presses("1")
    await olive.has_ended()
    for other in (felix, nadia):
        await other.does_not_ring()

    called = await stage.kept(olive)
    called.ended_as("answered", owner="olive")
    called.rang(("olive", "accepted"))
    called.is_about(asked)
    promises = (await stage.desk.matter(asked))["promises"]
    if [(one["number"], one["kept_by"]) for one in promises] != [(greta.telephone.number, "olive")]:
        raise Otherwise(f"the one promise should be kept by Olive, but the service kept {promises}")


SCENE = Scene(
    "A call back, promised, made and kept",
    "Greta of Pincher Creek calls at nine, when nobody of her pod is at work, and presses 1 to be called back. At "
    "eleven Olive's telephone rings, then Greta's, which shows our line.",
    play,
    clock="virtual",
    start=NINE,
    place="Pincher Creek",
)
