"""The night of 1 November 2026, in which 1:30 comes twice in Alberta; Nadia's shift lasts until the second six."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.scene import Scene
from podline.demo.stage import Stage

ZONE = ZoneInfo("America/Edmonton")
HALF_PAST_ONE = datetime(2026, 11, 1, 1, 30, tzinfo=ZONE)
IN_THE_NIGHT = (
    ("greta", HALF_PAST_ONE),
    ("hector", HALF_PAST_ONE.replace(fold=1)),  # an hour later: the clocks were put back at two
    ("ivy", HALF_PAST_ONE.replace(hour=3, minute=0)),
)
SHIFT_IS_OVER = HALF_PAST_ONE.replace(hour=6, minute=5)


async def play(stage: Stage) -> None:
    for client, at in IN_THE_NIGHT:
        await stage.until(at)
        await reaches_nadia(stage, client)
    await stage.until(SHIFT_IS_OVER)
    await reaches_nobody(stage)


async def reaches_nadia(stage: Stage, client: str) -> None:
    caller, nadia, felix, olive = stage.cast(client, "nadia", "felix", "olive")
    await caller.dials(stage.line)
    await nadia.rings()
    await stage.passes(5)
    await nadia.accepts()
    await caller.is_connected_to(nadia)
    await stage.passes(120)
    await caller.hangs_up()
    for other in (felix, olive):
        await other.does_not_ring()
    kept = await stage.kept(caller)
    kept.ended_as("answered", owner="nadia")
    kept.rang(("nadia", "accepted"))
    kept.left_out(olive="off_shift", felix="off_shift")


async def reaches_nobody(stage: Stage) -> None:
    """Felix, whose shift is the next to begin, owes the call back."""
    caller, *technicians = stage.cast("alma", "nadia", "felix", "olive")
    await caller.dials(stage.line)
    await caller.hears("We will call you back by Monday at 10:30 a.m.")
    await caller.hears("After the tone")
    await caller.speaks(6)
    await caller.presses("#")
    await caller.has_ended()
    for technician in technicians:
        await technician.does_not_ring()
    kept = await stage.kept(caller)
    kept.ended_as("voicemail", owner="felix")
    kept.rang()
    kept.left_out(olive="off_shift", felix="off_shift", nadia="off_shift")
    kept.is_owed_by("felix", await stage.desk.promise(kept))
    await stage.handset("felix").got_text("Alma Jensen")


SCENE = Scene(
    "The night in which the clocks go back",
    "Nadia's shift is Saturday 22:00 to 06:00; Felix's ended at 22:00. She is rung at 1:30, at 1:30 again an hour "
    "later, and at 3:00; at 6:05 her shift is over.",
    play,
    brief=True,
    clock="virtual",
    start=HALF_PAST_ONE,
    place="Pincher Creek",
)
