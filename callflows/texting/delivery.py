"""What became of our texts: told in the story, and to whoever wrote them if they did not arrive."""

from typing import Any

from callflows.events import TextSent
from callflows.languages import DEFAULT, languages
from callflows.parts.ending import close
from callflows.text_actions import SetBlocked, SetDeaf, TellTechnician
from callflows.texting import letters, optout, owing, undelivered
from callflows.texting.undelivered import OPTED_OUT
from callflows.turn import Turning

CANCELED = "canceled"
FAILED = ("failed", "undelivered", "refused")
UNREACHABLE = ("21614", "30006")  # landlines


def on_sent(turn: Turning, event: TextSent) -> None:
    detail: dict[str, Any] = {"status": event.status, "to": "client" if event.to_client else "technician"}
    detail |= {"why": event.detail} if event.detail else {}
    detail |= {"prompt": event.prompt} if event.prompt else {}
    if event.message:
        detail["message"] = str(event.message)
    if is_past(turn, event):
        detail["past"] = True
    for kind in event.kinds:
        turn.tell(kind, event.technician, leg=event.leg, **detail)
    if event.status in FAILED and event.to_client:
        (letters.on_failed if turn.contact.channel == "email" else on_failed)(turn, event)
    elif event.status in FAILED and event.legs:
        undelivered.on_lost(turn, event)
    elif event.status == CANCELED and not turn.contact.is_over:
        on_dropped(turn)


def on_dropped(turn: Turning) -> None:
    """A text of our own waited for the client's morning and was not needed by then. A conversation that has nothing
    else in it is none: the client has gone another way."""
    turn.threads(automatic=turn.thread.automatic[1:])
    if not (turn.thread.arrivals or turn.thread.replied or turn.thread.automatic):
        turn.became(left=True)
        close(turn, "it was no longer needed")


def on_failed(turn: Turning, event: TextSent) -> None:
    """The client has not got it. Whoever wrote it hears why, else the owner does: then the telephone is the way."""
    past = is_past(turn, event)
    if past:
        turn.because("opted_in_since")
    elif event.detail == OPTED_OUT and not turn.floor.silenced:
        turn.change(SetBlocked(True))
        turn.threads(silenced=True)
        turn.tell("opted_out", word=OPTED_OUT)
    if event.detail in UNREACHABLE and not turn.floor.deaf:
        turn.change(SetDeaf(event.detail))
    owing.owe_again(turn, event.technician)
    technician = event.technician or (turn.matter.owner if turn.matter else turn.contact.owner)
    if technician:
        prompt = "tech_failed_past" if past else reason(event.detail)
        turn.change(TellTechnician(technician, ((prompt, {"matter": str(turn.contact.matter or "")}),)))


def is_past(turn: Turning, event: TextSent) -> bool:
    """Whether it did not go for an opt-out that holds no more."""
    refused = event.to_client and event.status in FAILED and event.detail == OPTED_OUT
    return refused and not turn.floor.silenced and not optout.is_news(turn, event)


def reason(code: str) -> str:
    """The prompt that says it in words."""
    named = f"tech_failed_{code}"
    return named if named in languages()[DEFAULT].prompts else "tech_failed"
