"""Holly of Okotoks calls; the first technician passes with key 2, the next one takes it."""

from podline.demo.scene import Scene
from podline.demo.stage import Stage


async def play(stage: Stage) -> None:
    holly, maya, zoe, theo = stage.cast("holly", "maya", "zoe", "theo")
    await holly.dials(stage.line)
    await maya.rings()
    await stage.passes(1)
    await maya.answers()
    await maya.hears("Okotoks: Holly Brandt")
    await maya.declines()
    await maya.has_ended()
    await holly.hears("trying the next person")
    await theo.rings()
    await stage.passes(0.5)
    await theo.answers()
    await theo.hears("Okotoks: Holly Brandt")
    await theo.accepts()
    await holly.is_connected_to(theo)
    await theo.says("Theo here. How can I help Okotoks?")
    await holly.hangs_up()
    await zoe.does_not_ring()

    kept = await stage.kept(holly)
    kept.ended_as("answered", owner="theo")
    kept.rang(("maya", "declined"), ("theo", "accepted"))
    kept.left_out(zoe="off_shift")


SCENE = Scene(
    "The first passes, the second takes it",
    "Holly of Okotoks calls. Maya presses 2; Zoe is not on shift, so Theo is next.",
    play,
)
