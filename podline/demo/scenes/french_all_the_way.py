"""Sylvie of Rimouski calls the English line; all that is said to her and written about her call is French."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.scene import Scene
from podline.demo.stage import Stage

MORNING = datetime(2026, 11, 4, 10, 0, tzinfo=ZoneInfo("America/Toronto"))
ENGLISH = ("hello", "thank you", "press 1", "call you", "the tone")


async def play(stage: Stage) -> None:
    sylvie, eve, farid, gabrielle = stage.cast("sylvie", "eve", "farid", "gabrielle")
    await sylvie.dials(stage.line)
    await sylvie.hears("Bonjour Sylvie Ouellet")
    await eve.rings(for_seconds=20)
    await sylvie.hears("J'essaie la personne suivante")
    await farid.rings()
    await stage.passes(3)
    await farid.answers()
    await farid.hears("Rimouski : Sylvie Ouellet")
    await farid.declines()
    await sylvie.hears("Pour être rappelé")
    await sylvie.hears("Après le signal")
    await sylvie.says("Notre logiciel de paie refuse les heures supplémentaires.")
    await sylvie.presses("#")
    await sylvie.hears("Nous vous rappellerons d'ici mercredi à 12 h")
    await sylvie.has_ended()
    for words in ENGLISH:
        await sylvie.hears_not(words)
        await farid.hears_not(words)
    await eve.got_text("à rappeler d'ici mercredi")
    await gabrielle.does_not_ring()

    kept = await stage.kept(sylvie)
    kept.was_from(municipality="2410043", pod="fleuve", client="sylvie")
    kept.ended_as("voicemail", owner="eve")
    kept.rang(("eve", "no_answer"), ("farid", "declined"))
    kept.left_out(gabrielle="off_shift")
    kept.was_in("fr")
    kept.is_owed_by("eve", await stage.desk.promise(kept))


SCENE = Scene(
    "In French all the way, on the English line",
    "Sylvie of Rimouski calls. The directory says that she speaks French, so she is greeted, asked and promised in "
    "French; so is her technician's text.",
    play,
    clock="virtual",
    start=MORNING,
    place="Rimouski",
)
