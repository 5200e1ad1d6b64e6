"""Ana presses 3 when she hears who is calling: everybody who can help is rung at once, and Uma joins."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

AFTERNOON = datetime(2026, 11, 5, 14, 0, tzinfo=ZoneInfo("America/Edmonton"))


async def play(stage: Stage) -> None:
    clara, ana, ben, uma, tess, cho, della = stage.cast("clara", "ana", "ben", "uma", "tess", "cho", "della")
    await stage.are_available("uma", "tess")
    await clara.dials(stage.line)
    await ana.rings()
    await stage.passes(3)
    await ana.answers()
    await ana.hears("2 to pass, 3 for")
    await ana.presses("3")
    await ana.has_ended()
    await clara.hears("I am calling 3 people")
    for helper in (ben, tess, uma):
        await helper.rings(from_=stage.line)
    await stage.passes(12)
    await tess.declines()
    await tess.has_ended()
    await uma.answers()
    await uma.hears("Taber: Clara Whitfield")
    await uma.accepts()
    await clara.is_in_room_with(uma)
    await uma.says("Ana told us that it is urgent. What do you see?")
    await clara.speaks(90)
    await clara.hangs_up()
    await uma.has_ended()
    await clara.heard_no_silence_longer_than(2)
    for other in (cho, della):
        await other.does_not_ring()

    kept = await stage.kept(clara)
    kept.ended_as("swarmed", owner="uma")
    kept.rang(("ana", "declined"), ("tess", "declined"), ("uma", "accepted"), ("ben", "no_answer"))
    kept.left_out(cho="off_shift")
    if (key := kept.of_kind("ring_ended")[0]["detail"].get("key")) != "3":
        raise Otherwise(f"Ana's ring should have ended by key 3, but the service kept {key}")


SCENE = Scene(
    "Key 3 calls in everybody who can help",
    "Clara of Taber calls. Ana hears who it is and presses 3: Ben of her own pod is rung, and Uma and Tess of another.",
    play,
    clock="virtual",
    start=AFTERNOON,
    place="Taber",
)
