"""Nobody of Bram's pod is at work: two helpers join him, the first leaves, and the call goes on."""

from podline.demo.scene import Scene
from podline.demo.stage import Stage


async def play(stage: Stage) -> None:
    bram, uma, raj, *others = stage.cast("bram", "uma", "raj", "tess", "quinn", "rosa")
    await stage.are_available("uma", "raj")
    await bram.dials(stage.line)
    await uma.rings(from_=stage.line)
    await raj.rings(from_=stage.line)
    await uma.answers()
    await uma.hears("Selkirk: Bram Hoekstra")
    await uma.accepts()
    await bram.is_in_room_with(uma)
    await bram.says("Our tax run stops.")
    await raj.accepts()
    await bram.is_in_room_with(uma, raj)
    await uma.says("Raj knows these.")
    await uma.hangs_up()
    await bram.is_in_room_with(raj)
    await raj.got_text("Raj Anand owns this call now")
    await bram.hangs_up()
    await raj.has_ended()
    await bram.hears("I am calling 2 people")
    for other in others:
        await other.does_not_ring()

    kept = await stage.kept(bram)
    kept.ended_as("swarmed", owner="raj")
    kept.rang(("uma", "accepted"), ("raj", "accepted"))
    kept.passed_to("uma", "raj")
    kept.left_out(quinn="off_shift", rosa="off_shift")


SCENE = Scene(
    "A swarm goes on when its owner leaves",
    "Bram of Selkirk calls, and nobody of his pod is at work. Uma and Raj, who opted in, both join him. "
    "Uma came first and owns the call; she leaves, and it is Raj's.",
    play,
)
