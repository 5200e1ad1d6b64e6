"""A conversation in writing: which event reaches which part. `advance` sends every event of one here."""

from callflows.events import Event, TextSent, TimerFired
from callflows.text_events import CallMissed, LetterArrived, TechnicianAsked, TechnicianWrote, TextArrived
from callflows.texting import arriving, conversing, delivery, desk, letters, missed, timers
from callflows.turn import Turning


def advance(turn: Turning, event: Event) -> None:
    match event:
        case LetterArrived():
            letters.on_letter(turn, event)
        case TextArrived() if desk.is_for(turn):
            desk.on_text(turn, event)
        case TextArrived():
            arriving.on_text(turn, event)
        case TechnicianWrote():
            conversing.on_written(turn, event)
        case TechnicianAsked():
            conversing.on_asked(turn, event)
        case CallMissed():
            missed.begin(turn, event)
        case TextSent():
            delivery.on_sent(turn, event)
        case TimerFired():
            timers.on_timer(turn, event.timer)
        case _:
            turn.because("unexpected", detail=f"{type(event).__name__} while {turn.contact.stage}")
