"""Sylvie of Rimouski wants no more texts: that is answered once, in French, and Ève phones her from then on."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

MORNING = datetime(2026, 11, 4, 9, 0, tzinfo=ZoneInfo("America/Toronto"))
ASKED = "Notre logiciel de paie s'arrête au milieu."


async def play(stage: Stage) -> None:
    sylvie, eve, farid = stage.cast("sylvie", "eve", "farid")
    await sylvie.sends_text(stage.line, ASKED)
    await eve.got_text(f"#1 Rimouski, Sylvie Ouellet : {ASKED}")
    await stage.passes(120)
    await sylvie.sends_text(stage.line, "Arrêt !")
    await sylvie.got_text("Vous ne recevrez plus nos textos")
    await eve.got_text("ne veut plus de textos")
    before = len(sylvie.texts)

    await stage.passes(300)
    await eve.sends_text(stage.line, "#1 C'est réglé, vous pouvez reprendre.")
    await eve.got_text("Rien n'est parti")
    await stage.passes(30)
    await eve.sends_text(stage.line, "appeler #1")
    await eve.rings(from_=stage.line)
    await eve.answers()
    await eve.hears("Rimouski")
    await eve.presses("1")
    await sylvie.rings(from_=stage.line)
    await stage.passes(4)
    await sylvie.answers()
    await sylvie.is_connected_to(eve)
    await eve.says("Bonjour Sylvie, ici Ève. C'est réglé.")
    await sylvie.hangs_up()
    await stage.passes(3600)
    if (came := len(sylvie.texts)) != before:
        raise Otherwise(f"Sylvie should get no text after the answer to her word, but got {came - before}")
    await farid.got_no_text()

    kept = await stage.conversation(sylvie)
    kept.is_in_writing(owner="eve")
    kept.was_in("fr")
    kept.ended_as("opted_out")
    if [one["detail"]["word"] for one in kept.of_kind("opted_out")] != ["ARRET"]:
        raise Otherwise("Sylvie's word should be in the story of her conversation, once")


SCENE = Scene(
    "ARRÊT, in French, is answered once",
    "Sylvie of Rimouski writes to the English line in French, then “Arrêt !”. She is answered once, and what Ève "
    "writes is not sent; Ève phones her.",
    play,
    clock="virtual",
    start=MORNING,
    place="Rimouski",
)
