"""Petra of Selkirk calls; nobody of her pod is on shift, and she leaves with a promise that somebody owns."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

ZONE = ZoneInfo("America/Winnipeg")
OPENS, CLOSES = time(8, 30), time(16, 30)


async def play(stage: Stage) -> None:
    petra, quinn, rosa = stage.cast("petra", "quinn", "rosa")
    await petra.dials(stage.line)
    await petra.hears("We will call you back by")
    await petra.speaks(9)
    await petra.presses("#")
    await petra.hears("Thank you. We will call you back by")
    await petra.has_ended()
    for other in (quinn, rosa):
        await other.does_not_ring()

    kept = await stage.kept(petra)
    kept.ended_as("voicemail")
    kept.rang()
    kept.left_out(quinn="off_shift", rosa="off_shift")
    promise = await stage.desk.promise(kept)
    owners = {promise["owner"], promise["matter_owner"], kept.owner}
    if owners != {"rosa"}:
        raise Otherwise(
            f"Rosa's shift begins next, so she should own the promise, but the owner is {sorted(map(str, owners))}"
        )
    due = datetime.fromisoformat(promise["due_at"]).astimezone(ZONE)
    if due <= stage.clock.now() or due.weekday() > 4 or not OPENS <= due.time() <= CLOSES:
        raise Otherwise(f"Petra's promise should be due in her business hours, but it is due {due:%A %H:%M}")
    await rosa.got_text("Petra Lindgren")


SCENE = Scene(
    "Nobody on shift: a message, and a promise",
    "Petra of Selkirk calls. Nobody of her pod is at work: her message becomes a matter of Rosa's, who is on next.",
    play,
    clock="virtual",
    place="Selkirk",
)
