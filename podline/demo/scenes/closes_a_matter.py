"""Ana has talked with Peter of Steinbach; she calls the desk and closes the matter with two keys."""

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage


async def play(stage: Stage) -> None:
    peter, ana, ben = stage.cast("peter", "ana", "ben")
    await peter.dials(stage.line)
    await ana.rings()
    await stage.passes(1)
    await ana.accepts()
    await peter.is_connected_to(ana)
    await peter.says("That was all. Thank you!")
    await peter.hangs_up()
    await ana.has_ended()
    call = await stage.kept(peter)
    call.ended_as("answered", owner="ana")
    call.rang(("ana", "accepted"))

    await stage.passes(1)
    await ana.dials(stage.line)
    await ana.hears("Your last contact is Peter Friesen, Steinbach")
    await ana.presses("1")
    await ana.hears("To close the matter, press 2")
    await ana.presses("2")
    await ana.hears(f"Matter {call.contact['matter']} is closed")
    await ana.has_ended()
    for other in (peter, ben):
        await other.does_not_ring()

    menu = await stage.kept(ana)
    menu.ended_as("auto_replied")
    menu.rang()
    menu.is_about(call)
    matter = await stage.desk.matter(call)
    if (matter["state"], matter["owner"]) != ("closed", "ana"):
        raise Otherwise(f"Ana's matter should be closed, but the service kept {matter}")


SCENE = Scene(
    "A technician calls in and closes a matter",
    "Ana has talked with Peter of Steinbach. She dials the desk, hears who her last contact was, and closes it.",
    play,
)
