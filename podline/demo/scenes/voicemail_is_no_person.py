"""Luc of Roberval calls in French; a voicemail picks up first, and is not taken for a person."""

from podline.demo.scene import Scene
from podline.demo.stage import Stage
from simulator.people.telephones import Voicemail


async def play(stage: Stage) -> None:
    luc, noemie, wade, bastien = stage.cast("luc", "noemie", "wade", "bastien")
    noemie.telephone.voicemail = Voicemail(
        after_seconds=1.5, greeting_seconds=4, greeting="Vous êtes chez Noémie Fortin. Laissez un message."
    )
    await luc.dials(stage.line_fr)
    await noemie.rings()
    await bastien.rings(within=40)
    await stage.passes(0.5)
    await bastien.answers()
    await bastien.hears("Roberval : Luc Pelletier")
    await bastien.accepts()
    await luc.is_connected_to(bastien)
    await bastien.says("Bonjour Luc, ici Bastien.")
    await luc.hangs_up()
    await wade.does_not_ring()

    kept = await stage.kept(luc)
    kept.ended_as("answered", owner="bastien")
    kept.rang(("noemie", "not_screened"), ("bastien", "accepted"))
    kept.left_out(wade="wrong_language")


SCENE = Scene(
    "A voicemail picks up the first, the second takes it",
    "Luc of Roberval calls in French. Noémie's voicemail answers but presses nothing; Wade speaks no French.",
    play,
)
