"""Hector of Fort Macleod writes late on a Friday: nobody is woken, and Felix gets his words when his shift begins."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

ZONE = ZoneInfo("America/Edmonton")
LATE, SHIFT = datetime(2026, 11, 6, 22, 30, tzinfo=ZONE), datetime(2026, 11, 7, 14, 0, tzinfo=ZONE)
DUE = datetime(2026, 11, 9, 9, 30, tzinfo=ZONE)
ASKED = "The payroll run stops at overtime."
PUNCTUAL = timedelta(minutes=1)


async def play(stage: Stage) -> None:
    hector, felix, *others = stage.cast("hector", "felix", "olive", "nadia")
    await hector.sends_text(stage.line, ASKED)
    await hector.got_text("You will hear from us by Monday at 9:30 a.m.")
    asked = await stage.conversation(hector)
    asked.is_in_writing(owner="felix")
    asked.is_owed_by("felix", promise := await stage.desk.promise(asked))
    if (due := datetime.fromisoformat(promise["due_at"])) != DUE:
        raise Otherwise(f"Hector should hear by half past nine, but the service kept {due.astimezone(ZONE):%A %H:%M}")

    await stage.until(SHIFT - PUNCTUAL)
    for one in (felix, *others):
        await one.got_no_text()
    await felix.got_text(f"#1 Fort Macleod, Hector Novak: {ASKED}", within=2 * PUNCTUAL.total_seconds())
    await stage.passes(600)
    await felix.sends_text(stage.line, "#1 Good afternoon Hector. Is it all departments, or one?")
    await hector.got_text("Is it all departments, or one?")
    for one in (felix, *others):
        await one.does_not_ring()

    kept = await stage.conversation(hector)
    if [one["technician"] for one in kept.of_kind("promise_kept")] != ["felix"]:
        raise Otherwise("Felix has answered, so that what was promised to Hector should be kept by him")


SCENE = Scene(
    "A text at night wakes nobody",
    "Hector of Fort Macleod writes on Friday at half past ten in the evening. He is told by when he will hear; Felix "
    "gets his words on Saturday at two, when his shift begins, and answers.",
    play,
    clock="virtual",
    start=LATE,
    place="Fort Macleod",
)
