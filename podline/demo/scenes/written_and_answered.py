"""Clara of Taber writes instead of phoning; Ana answers from her own telephone, and Clara sees our number alone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.scene import Scene
from podline.demo.stage import Stage

MORNING = datetime(2026, 11, 4, 10, 0, tzinfo=ZoneInfo("America/Edmonton"))
ASKED, SHOWN = "Our tax notices came out twice.", "This is one of them."
ANSWERED, ENDED = "I see why. You have a corrected file by noon.", "It is done, you can print again."


async def play(stage: Stage) -> None:
    clara, ana, ben = stage.cast("clara", "ana", "ben")
    await clara.sends_text(stage.line, ASKED)
    await ana.got_text(f"Taber, Clara Whitfield: {ASKED}")
    await stage.passes(90)
    await ana.sends_text(stage.line, f"#1 {ANSWERED}")
    await clara.got_text(ANSWERED)
    await stage.passes(60)
    await clara.sends_text(stage.line, SHOWN, media=("notice.jpg",))
    await ana.got_text("https://")
    await stage.passes(600)
    await ana.sends_text(stage.line, ENDED)
    await clara.got_text(ENDED)
    await stage.passes(60)
    await ana.sends_text(stage.line, "close #1")
    await ana.got_text("#1 is closed")
    stage.only_sees(clara, stage.line)
    await ben.got_no_text()

    kept = await stage.conversation(clara)
    kept.was_from(municipality="4802022", pod="prairie", client="clara")
    kept.is_in_writing(owner="ana")
    kept.was_written(("", ASKED), ("ana", ANSWERED), ("", SHOWN), ("ana", ENDED))
    kept.ended_as("replied")


SCENE = Scene(
    "A client writes, and the owner answers from their phone",
    "Clara of Taber writes to the same number. Ana gets her words under #1, answers by text, and closes the matter; "
    "the picture reaches her as a link.",
    play,
    clock="virtual",
    start=MORNING,
    place="Taber",
)
