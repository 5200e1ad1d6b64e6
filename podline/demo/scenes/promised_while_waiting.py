"""Hector waits while nobody picks up, and presses 1: he is promised a call back, and somebody owns it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

ZONE = ZoneInfo("America/Edmonton")
EARLY, DUE = datetime(2026, 11, 3, 8, 0, tzinfo=ZONE), datetime(2026, 11, 3, 10, 30, tzinfo=ZONE)


async def play(stage: Stage) -> None:
    hector, uma, raj, olive, *others = stage.cast("hector", "uma", "raj", "olive", "felix", "nadia")
    await stage.are_available("uma", "raj")
    await hector.dials(stage.line)
    await hector.hears("To be called back, press 1")
    await uma.rings()
    await raj.rings()
    await stage.passes(15)
    await hector.presses("1")
    await hector.hears("4 0 3, 5 5 5, 0 1 8 2")
    await hector.presses("1")
    await hector.hears("We will call you back by Tuesday at 10:30 a.m.")
    await hector.has_ended()
    await hector.heard_no_silence_longer_than(2)
    await olive.got_text("asked to be called back", within=10)
    for other in (olive, *others):
        await other.does_not_ring()

    kept = await stage.kept(hector)
    kept.ended_as("callback", owner="olive")
    kept.rang(("uma", "canceled"), ("raj", "canceled"))
    kept.left_out(olive="off_shift", felix="off_shift", nadia="off_shift")
    promise = await stage.desk.promise(kept)
    kept.is_owed_by("olive", promise)
    if (due := datetime.fromisoformat(promise["due_at"])) != DUE:
        raise Otherwise(f"Hector should be called back by 10:30, but the service kept {due.astimezone(ZONE):%A %H:%M}")


SCENE = Scene(
    "Nobody comes, and key 1 makes a promise",
    "Hector of Fort Macleod calls at eight. Nobody of his pod is at work, and nobody who opted in picks up. He presses "
    "1 while he waits: Olive, whose shift is the next, owes him a call by half past ten.",
    play,
    clock="virtual",
    start=EARLY,
    place="Fort Macleod",
)
