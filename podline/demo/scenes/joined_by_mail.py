"""Clara of Taber has talked with Ana; her e-mail reaches Ana under the same number, and the answer goes back as one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

AFTERNOON = datetime(2026, 11, 5, 14, 0, tzinfo=ZoneInfo("America/Edmonton"))
SUBJECT, WROTE = "The export you asked for", "Here it is. Roll 2210 is the one that fails."
ANSWERED, THANKED = "Roll 2210 has two owners. I have merged them, please run it again.", "It runs. Thank you!"


async def play(stage: Stage) -> None:
    clara, ana, ben = stage.cast("clara", "ana", "ben")
    writer, mail = stage.people["clara"], stage.mail
    await clara.dials(stage.line)
    await ana.rings()
    await stage.passes(2)
    await ana.accepts()
    await clara.is_connected_to(ana)
    await ana.says("Please send me the export by e-mail.")
    await clara.hangs_up()
    call = await stage.kept(clara)
    call.ended_as("answered", owner="ana")

    await stage.passes(900)
    letter = await mail.writes(writer, SUBJECT, WROTE, export_csv="roll,owner\n2210,Whitfield\n2210,Petrie\n")
    await ana.got_text("Taber, Clara Whitfield (e-mail):")
    await ana.got_text(WROTE)
    await ana.got_text("https://")
    await stage.passes(300)
    await ana.sends_text(stage.line, f"#1 {ANSWERED}")
    answer = await mail.got(writer, ANSWERED)
    if answer["subject"] != f"[#1] Re: {SUBJECT}":
        raise Otherwise(f"Clara should see which letter is answered, but sees {answer['subject']}")
    texts = len(ana.texts)
    await mail.is_away(writer, answer)
    await stage.passes(600)
    if len(ana.texts) != texts:
        raise Otherwise(f"a machine's answer should be given to nobody, but Ana got {ana.texts[-1].body}")
    await mail.writes(writer, f"Re: {answer['subject']}", THANKED, answers=answer)
    await ana.got_text(f"Taber, Clara Whitfield (e-mail): {THANKED}")
    await ben.got_no_text()

    kept = await stage.desk.conversation(letter, writer.name)
    kept.was_from(municipality="4802022", pod="prairie", client="clara")
    kept.is_about(call)
    if (kept.contact["channel"], kept.owner) != ("email", "ana"):
        raise Otherwise(f"the e-mail should be Ana's, but the service kept {kept.contact['channel']}, {kept.owner}")


SCENE = Scene(
    "An e-mail joins the matter",
    "Clara of Taber has talked with Ana, and sends her the export by e-mail. Ana gets it on her telephone under the "
    "number of their matter, answers by text, and Clara has the answer as an e-mail.",
    play,
    clock="virtual",
    start=AFTERNOON,
    place="Taber",
)
