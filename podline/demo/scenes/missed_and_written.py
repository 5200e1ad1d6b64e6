"""Kavya of Airdrie hangs up before anybody has picked up; one text follows her call, and she goes on in writing."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

AFTERNOON = datetime(2026, 11, 5, 15, 0, tzinfo=ZoneInfo("America/Edmonton"))
MISSED = "we missed your call"
ASKED, ANSWERED = "I am in council. Our tax export is empty.", "It is set to 2025. Choose 2026 and run it again."


async def play(stage: Stage) -> None:
    kavya, maya, theo = stage.cast("kavya", "maya", "theo")
    await kavya.dials(stage.line)
    await maya.rings()
    await stage.passes(5)
    await kavya.hangs_up()
    call = await stage.kept(kavya)
    call.ended_as("abandoned")
    await kavya.got_text(MISSED)
    await stage.passes(240)
    await kavya.sends_text(stage.line, ASKED)
    await maya.got_text(f"Airdrie, Kavya Menon: {ASKED}")
    await stage.passes(60)
    await maya.sends_text(stage.line, ANSWERED)
    await kavya.got_text(ANSWERED)
    await theo.got_no_text()

    await stage.passes(600)
    await kavya.dials(stage.line)
    await maya.rings()
    await kavya.hangs_up()
    await stage.passes(300)
    if sum(MISSED in text.body for text in kavya.texts) != 1:
        raise Otherwise("Kavya should be written to once, however often she tries within the hour")

    kept = await stage.conversation(kavya)
    kept.is_in_writing(owner="maya")
    kept.was_written(("", ASKED), ("maya", ANSWERED))


SCENE = Scene(
    "A missed call goes on in writing",
    "Kavya of Airdrie hangs up while Maya's telephone rings. A text says that her call was missed; she answers it, and "
    "Maya answers her. That she calls in vain again is not told a second time.",
    play,
    clock="virtual",
    start=AFTERNOON,
    place="Airdrie",
)
