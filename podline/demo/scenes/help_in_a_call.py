"""Ana talks with Clara and needs somebody who knows payroll: a text brings Uma into the call, another one Ben."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

AFTERNOON = datetime(2026, 11, 9, 14, 0, tzinfo=ZoneInfo("America/Edmonton"))
OURS = ("press 1", "cut off", "still trying")  # what is said to callers who are with nobody


async def play(stage: Stage) -> None:
    clara, ana, uma, ben, tess = stage.cast("clara", "ana", "uma", "ben", "tess")
    await stage.are_available("uma", "tess")
    await clara.dials(stage.line)
    await ana.rings()
    await stage.passes(3)
    await ana.accepts()
    await clara.is_connected_to(ana)
    await clara.says("The levy is right now. But payroll books it twice.")
    matter = (await stage.on_line(clara)).contact["matter"]

    await ana.sends_text(stage.line, f"swarm #{matter} payroll")
    await clara.is_in_room_with(ana)
    await uma.rings(from_=stage.line)
    await stage.passes(4)
    await uma.answers()
    await uma.hears("Taber: Clara Whitfield")
    await uma.presses("1")
    await clara.is_in_room_with(ana, uma)
    await uma.says("Uma here, for payroll. Which period is it?")
    await stage.passes(60)

    await ben.sends_text(stage.line, f"join #{matter}")
    await ben.rings(from_=stage.line)
    await stage.passes(3)
    await ben.accepts()
    await clara.is_in_room_with(ana, uma, ben)
    await ben.says("I set that account up in May. It is mapped to two funds.")
    await stage.passes(90)
    for helper in (uma, ben):
        await helper.hangs_up()
    await clara.is_in_room_with(ana)
    await ana.says("I will write to you when it is mended.")
    await clara.hangs_up()
    await ana.has_ended()
    for words in OURS:
        await clara.hears_not(words)
    await clara.heard_no_silence_longer_than(2)
    await tess.does_not_ring()

    kept = await stage.kept(clara)
    kept.ended_as("swarmed", owner="ana")
    kept.rang(("ana", "accepted"), ("uma", "accepted"), ("ben", "accepted"))
    if [one["technician"] for one in kept.of_kind("swarm_opened")] != ["ana"]:
        raise Otherwise("that Ana's call became a conference should be in its story, once")
    if (owner := (await stage.desk.matter(kept))["owner"]) != "ana":
        raise Otherwise(f"the matter should still be Ana's, but the service kept {owner}")


SCENE = Scene(
    "Help in the middle of a call",
    "Ana talks with Clara of Taber, and somebody must know about payroll. She texts for it: Uma is rung, and the call "
    "becomes a conference that Clara notices by Uma's voice alone. Ben asks to join; both leave, and Ana goes on.",
    play,
    clock="virtual",
    start=AFTERNOON,
    place="Taber",
)
