"""Clara of Taber calls again on the next day; Ben, who took her first call, is rung before Ana."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.scene import Scene
from podline.demo.stage import Stage

MORNING = datetime(2026, 11, 3, 10, 0, tzinfo=ZoneInfo("America/Edmonton"))


async def play(stage: Stage) -> None:
    clara, ana, ben, cho = stage.cast("clara", "ana", "ben", "cho")
    await clara.dials(stage.line)
    await ana.rings()
    await stage.passes(3)
    await ana.declines()
    await ben.rings()
    await stage.passes(4)
    await ben.accepts()
    await clara.is_connected_to(ben)
    await clara.speaks(180)
    await clara.hangs_up()
    first = await stage.kept(clara)
    first.ended_as("answered", owner="ben")
    first.rang(("ana", "declined"), ("ben", "accepted"))

    await stage.passes(23 * 3600)
    await clara.dials(stage.line)
    await ben.rings()
    await stage.passes(3)
    await ben.answers()
    await ben.hears(f"Matter {first.contact['matter']} is open")
    await ben.accepts()
    await clara.is_connected_to(ben)
    await ben.says("Good morning Clara. I have your notices here.")
    await clara.hangs_up()
    for other in (ana, cho):
        await other.does_not_ring()

    second = await stage.kept(clara)
    second.ended_as("answered", owner="ben")
    second.rang(("ben", "accepted"))
    second.left_out()
    second.is_about(first)


SCENE = Scene(
    "The next day the same technician is rung first",
    "Clara of Taber calls; Ana passes and Ben takes it. A day later she calls again about the same matter: "
    "Ben is rung first, though Ana stands before him in the pod's order.",
    play,
    clock="virtual",
    start=MORNING,
    place="Taber",
)
