"""Grace of Yellowknife calls; nobody of her pod is on shift, and she leaves with a promise that somebody owns."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

ZONE = ZoneInfo("America/Edmonton")
OPENS, CLOSES = time(8, 30), time(16, 30)


async def play(stage: Stage) -> None:
    grace, hugo, ines = stage.cast("grace", "hugo", "ines")
    await grace.dials(stage.line)
    await grace.hears("We will call you back by")
    await grace.speaks(3)
    await grace.presses("#")
    await grace.hears("Thank you. We will call you back by")
    await grace.has_ended()
    for other in (hugo, ines):
        await other.does_not_ring()

    kept = await stage.kept(grace)
    kept.ended_as("voicemail")
    kept.rang()
    kept.left_out(hugo="off_shift", ines="off_shift")
    promise = await stage.desk.promise(kept)
    owner = promise["owner"]
    if owner not in await stage.desk.on_shift() or owner != promise["matter_owner"] or owner != kept.owner:
        raise Otherwise(f"Grace's promise should be owned by one technician on shift, but it is {owner}'s")
    due = datetime.fromisoformat(promise["due_at"]).astimezone(ZONE)
    if due <= datetime.now(UTC) or due.weekday() > 4 or not OPENS <= due.time() <= CLOSES:
        raise Otherwise(f"Grace's promise should be due in her business hours, but it is due {due:%A %H:%M}")
    await stage.handset(owner).got_text("Grace Tsetta")


SCENE = Scene(
    "Nobody is on shift: a message, and a promise with a due time",
    "Grace of Yellowknife calls. Nobody of her pod is at work: her message becomes a matter that somebody owns.",
    play,
)
