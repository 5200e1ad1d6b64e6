"""Dale works for both Lloydminsters, and is asked which of them it is about."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.scene import Scene
from podline.demo.stage import Stage

NOON = datetime(2026, 11, 4, 12, 0, tzinfo=ZoneInfo("America/Edmonton"))


async def play(stage: Stage) -> None:
    dale, della, emil, ana = stage.cast("dale", "della", "emil", "ana")
    await dale.dials(stage.line)
    await dale.hears("Hello Dale Petrie")
    await dale.hears("Lloydminster, Alberta, press 1")
    await dale.hears("Lloydminster, Saskatchewan, press 2")
    await dale.presses("2")
    await della.rings()
    await stage.passes(3)
    await della.answers()
    await della.hears("Dale Petrie")
    await della.accepts()
    await dale.is_connected_to(della)
    await dale.says("It is about the Saskatchewan side.")
    await dale.hangs_up()
    for other in (emil, ana):
        await other.does_not_ring()

    kept = await stage.kept(dale)
    kept.was_from(municipality="4717029", pod="parkland", client="dale")
    kept.ended_as("answered", owner="della")
    kept.rang(("della", "accepted"))
    kept.left_out()


SCENE = Scene(
    "One number, two municipalities",
    "Dale works for both sides of Lloydminster. He chooses Saskatchewan's, which is Della's; Alberta's is Ana's.",
    play,
    clock="virtual",
    start=NOON,
    place="Lloydminster",
)
