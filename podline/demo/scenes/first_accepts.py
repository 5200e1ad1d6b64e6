"""Clara of Taber calls; the first technician of her pod takes the call."""

from podline.demo.scene import Scene
from podline.demo.stage import Stage


async def play(stage: Stage) -> None:
    clara, ana, ben, cho = stage.cast("clara", "ana", "ben", "cho")
    await clara.dials(stage.line)
    await clara.hears("Hello Clara Whitfield")
    await ana.rings(from_=stage.line)
    await stage.passes(1)
    await ana.answers()
    await ana.hears("Taber: Clara Whitfield")
    await ana.accepts()
    await clara.is_connected_to(ana)
    await clara.says("Our tax notices came out twice.")
    await ana.says("I see why. Give me a minute.")
    await clara.hangs_up()
    await ana.has_ended()
    for other in (ben, cho):
        await other.does_not_ring()

    kept = await stage.kept(clara)
    kept.ended_as("answered", owner="ana")
    kept.rang(("ana", "accepted"))
    kept.left_out()


SCENE = Scene(
    "The first technician takes the call",
    "Clara of Taber calls. Her number is known, and the answer to the first webhook already rings Ana.",
    play,
)
