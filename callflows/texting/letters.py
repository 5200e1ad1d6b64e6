"""E-mail: a conversation in writing like any other, but for who is believed to write, and what becomes of ours.

Nobody is asked anything by e-mail: who can't be identified reaches the whole desk. No word in it is an opt-out. Whose
sender may be made up is given to a person like any other, but nothing is sent to that sender by ourselves: it would
reach whoever has that address.
"""

from callflows.events import TextSent
from callflows.parts import known
from callflows.parts.ending import close
from callflows.text_actions import KeepText, TellTechnician
from callflows.text_events import LetterArrived
from callflows.texting import arriving, choosing, owing
from callflows.turn import Turning
from routing.addresses import as_read

NO_MAIL = "no_mail"  # no mail server takes letters from here
UNKNOWN = "unknown"  # it was given to the mail server, which never said that it took it


def on_letter(turn: Turning, event: LetterArrived) -> None:
    begins = turn.contact.stage == "new"
    if event.automatic:
        on_automatic(turn, event)
        return
    if begins and event.matter:
        join(turn, event)
    arriving.keep(turn, event)
    turn.threads(waiting=(*turn.thread.waiting, event.leg), unproven=event.is_unproven)
    arriving.go_on(turn, event)


def on_automatic(turn: Turning, event: LetterArrived) -> None:
    """Written by a machine: kept in the conversation that goes on, and neither answered nor anybody's business."""
    turn.change(KeepText(event.leg))
    turn.tell("text_in", leg=event.leg, words=event.body, automatic=True)
    turn.because("not_answered", detail="automatic")
    if turn.contact.stage == "new":
        turn.threads(dropped=True)
        close(turn, "a machine wrote it")


def join(turn: Turning, event: LetterArrived) -> None:
    """It answers a letter of ours, or names a matter of its sender's: that is the matter, whoever writes."""
    matter = next((one for one in turn.floor.matters if one.number == event.matter), None)
    if matter is None:
        return  # closed in the meantime
    callers = turn.floor.callers
    sender = callers[0] if len(callers) == 1 else None
    place = turn.floor.municipalities.get(event.municipality)
    turn.became(
        matter=matter.number,
        owner=matter.owner,
        client=sender.client if sender else "",
        municipality=event.municipality if place else "",
        pod=event.pod if event.pod in turn.floor.pods else "",
        language=known.language_of(turn, sender, place),
    )
    turn.because("matter_named", detail="signed" if event.is_signed else "subject")
    turn.tell("identified", client=turn.contact.client, municipality=turn.contact.municipality, by="letter")


def on_failed(turn: Turning, event: TextSent) -> None:
    """The client has not got it, as far as we know: whoever wrote it hears why. What we wrote by ourselves is told to
    the owner only at work: nobody is woken for it."""
    technician = event.technician
    if event.detail != UNKNOWN:
        owing.owe_again(turn, technician)
    owner = turn.matter.owner if turn.matter else turn.contact.owner
    if not technician and event.detail != NO_MAIL and owner and choosing.is_at_work(turn, owner):
        technician = owner
    if not technician:
        turn.because("nobody_told", detail=event.detail)
        return
    params = {"matter": str(turn.contact.matter or ""), "who": as_read(turn.floor.peer), "why": event.detail}
    turn.change(TellTechnician(technician, ((reason(event), params),)))


def reason(event: TextSent) -> str:
    """The prompt that says it in words."""
    if event.detail in (NO_MAIL, UNKNOWN):
        return f"tech_mail_{event.detail}"
    return "tech_mail_bounced" if event.status == "undelivered" else "tech_mail_refused"
