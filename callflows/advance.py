"""The one door: `advance(version, contact, event, floor) -> Turn`.

Pure: the same arguments give the same turn, so a turn can be replayed from its kept inputs, tried again after a
lost reservation, and previewed. Which event reaches which step is this file's, what the step does is the step's.
"""

from typing import Any

from callflows.actions import Hangup, Say
from callflows.contact import Contact
from callflows.events import (
    CallArrived,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    CallOver,
    ClientCalled,
    ClientPickedUp,
    DialEnded,
    ErrandDue,
    Event,
    FallbackEnded,
    Faulted,
    KeyPressed,
    LegEnded,
    LegPickedUp,
    RecordingEnded,
    RecordingStored,
    TextSent,
    TimerFired,
    is_gone,
)
from callflows.steps import asking, errand, fault, identify, menu, promises, ring, screening, voicemail
from callflows.steps.hangup import close
from callflows.turn import Turn, Turning
from callflows.version import Version
from routing.floor import Floor


def advance(version: Version, contact: Contact, event: Event, floor: Floor) -> Turn:
    """What follows from one event. An event that comes late changes nothing that it shouldn't."""
    turn = Turning(version, contact, floor, gone=is_gone(event))
    if not contact.line:
        begin(turn, event)
    if contact.is_over:
        after_the_end(turn, event)
    else:
        while_open(turn, event)
    return turn.done()


def begin(turn: Turning, event: Event) -> None:
    """What every contact keeps from its first turn on, whichever event that was."""
    line = turn.floor.line
    turn.became(
        line=line.line,
        flow=turn.version.flow,
        version=turn.version.version,
        known_number=turn.contact.known_number or bool(getattr(event, "caller", "")),
        language=turn.contact.language or (line.languages[0] if line.languages else "en"),
    )
    detail: dict[str, Any] = {"line": line.line}
    if isinstance(event, ErrandDue):
        detail["promised_in"] = event.promised_in
    elif not turn.contact.known_number:
        detail["withheld"] = True
    turn.tell("received", leg=event.leg, **detail)


def while_open(turn: Turning, event: Event) -> None:
    errands = turn.contact.stage == "errand"
    match event:
        case ErrandDue() if turn.contact.stage == "new":
            errand.begin(turn, event)
        case ErrandDue():
            turn.because("late", detail="ErrandDue")
        case LegPickedUp():
            screening.on_picked_up(turn, event)
        case KeyPressed():
            screening.on_key(turn, event)
        case LegEnded() if errands:
            errand.on_leg_ended(turn, event)
        case LegEnded():
            ring.on_leg_ended(turn, event)
        case ClientPickedUp():
            on_far_end(turn)
        case CallOver() | Faulted() | RecordingStored() | TimerFired() | TextSent():
            on_report(turn, event)
        case CallerPressed() | CallerSaid() | CallerStayed() if not event.gone:
            on_answer(turn, event)
        case _ if errands:
            on_errand(turn, event)
        case _:
            on_callers_leg(turn, event)


def on_far_end(turn: Turning) -> None:
    """Whoever is called from the leg that we talk to has picked up."""
    match turn.contact.stage:
        case "fallback":
            turn.became(fell_back=True)
        case "errand":
            errand.on_client_answered(turn)
        case _:
            menu.on_client_answered(turn)


def on_answer(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> None:
    """Somebody was asked, and answers or stays silent."""
    match turn.contact.stage:
        case "asking":
            asking.on_answer(turn, event)
        case "recording" if turn.contact.asked:
            voicemail.on_answer(turn, event)
        case "returning":
            ring.on_return(turn, event)
        case "errand":
            errand.on_answer(turn, event)
        case "menu":
            if menu.on_answer(turn, event):
                identify.who(turn)
        case _:
            on_callers_leg(turn, event)


def on_errand(turn: Turning, event: Event) -> None:
    """A call of ours to keep a promise: nobody waits for it but the technician."""
    match event:
        case ClientCalled():
            errand.on_client_called(turn, event)
        case _:
            turn.because("unexpected", detail=f"{type(event).__name__} while errand")
            turn.reply(Say("goodbye"), Hangup())
            errand.finish(turn, "the technician hung up")


def on_callers_leg(turn: Turning, event: Event) -> None:
    """The caller's own leg asks what is next."""
    match event:
        case CallArrived() if turn.contact.stage == "new":
            identify.enter(turn, event)
        case DialEnded() if held := ring.current(turn, event.ring):
            ring.on_dial_ended(turn, event, held)
        case ClientCalled() if turn.contact.stage == "menu":
            menu.on_client_called(turn, event)
        case RecordingEnded() if turn.contact.stage == "menu":
            menu.on_noted(turn, event)
        case RecordingEnded():
            answered_without_a_turn(turn)
            voicemail.on_ended(turn, event)
        case FallbackEnded():
            fault.on_fallback_ended(turn, event)
        case _ if is_gone(event):
            leave(turn, "the caller hung up")
        case _:
            # A request that we can't place: never silence, never an empty answer.
            turn.because("unexpected", detail=f"{type(event).__name__} while {turn.contact.stage}")
            ring.drop(turn)
            fault.take_message(turn)


def on_report(turn: Turning, event: CallOver | Faulted | RecordingStored | TimerFired | TextSent) -> None:
    """Something is told, by Twilio or by our own jobs."""
    match event:
        case CallOver():
            on_call_over(turn, event)
        case Faulted():
            fault.on_faulted(turn, event)
        case RecordingStored():
            on_stored(turn, event)
        case TimerFired():
            on_timer(turn, event)
        case TextSent():
            on_text_sent(turn, event)


def on_stored(turn: Turning, event: RecordingStored) -> None:
    """A sound: a technician's note, or a client's message."""
    if menu.is_note(turn, event):
        menu.on_note_stored(turn, event)
    else:
        voicemail.on_stored(turn, event)


def on_timer(turn: Turning, event: TimerFired) -> None:
    match event.timer:
        case timer if timer.startswith(errand.RING_OVER) and turn.contact.stage == "errand":
            errand.on_timer(turn, timer)
        case voicemail.SOUND:
            voicemail.on_timer(turn)
        case promises.REMINDER | promises.DUE | promises.OVERDUE:
            promises.on_timer(turn, event.timer)
        case _:
            turn.because("nothing_to_do", detail=event.timer)


def answered_without_a_turn(turn: Turning) -> None:
    """A message that no step asked for: no turn could be taken, and a fixed answer took the message."""
    if turn.contact.stage != "recording":
        turn.tell("flow_error", reason="a fault was answered without a turn")
        ring.drop(turn)
        turn.became(stage="recording")


def after_the_end(turn: Turning, event: Event) -> None:
    """Late callbacks may complete what is known; they never open a contact again."""
    match event:
        case LegPickedUp() | KeyPressed():
            screening.dismiss(turn)
        case RecordingEnded() if menu.is_noting(turn):
            menu.on_noted_late(turn, event)
            turn.reply(Say("goodbye"), Hangup())
        case RecordingEnded():
            voicemail.on_ended(turn, event)
        case RecordingStored():
            on_stored(turn, event)
        case TimerFired():
            on_timer(turn, event)
        case TextSent():
            on_text_sent(turn, event)
        case ClientPickedUp() if not (turn.contact.errand or turn.contact.technician):
            fault.on_fallback_answered_late(turn)
        case ClientPickedUp() | ClientCalled(gone=True, bridged=True):
            errand.on_client_answered_late(turn)
        case Faulted():
            fault.on_faulted(turn, event)
        case FallbackEnded(gone=True):
            fault.on_fallback_late(turn, event)
        case (
            CallArrived()
            | DialEnded()
            | CallerPressed()
            | CallerSaid()
            | CallerStayed()
            | FallbackEnded()
            | ClientCalled()
        ):
            turn.because("late", detail=type(event).__name__)
            turn.reply(Say("goodbye"), Hangup())
        case _:
            turn.because("late", detail=type(event).__name__)


def on_call_over(turn: Turning, event: CallOver) -> None:
    """Twilio's last word on the caller's leg; may come before, after or instead of any other callback."""
    why = "the caller hung up" if event.source == "callback" else "Twilio says the call is over"
    leave(turn, why)


def leave(turn: Turning, why: str) -> None:
    """The caller has gone, at whatever stage; what they were owed is kept."""
    held = turn.contact.hunt.ring
    if turn.contact.stage == "errand":
        errand.finish(turn, why)
        return
    if turn.contact.stage == "hunting" and held is not None:
        ring.finish(turn, held, status="", bridged=None, gone=True)
    if turn.contact.stage == "recording":
        # Their message, if there is one, arrives with its own callback; the promise stands in any case.
        promises.promise(turn, message=turn.contact.message)
    if turn.contact.stage == "menu" and menu.has_talked(turn):
        ring.note_talk(turn, turn.contact.technician)
    turn.became(left=True)
    close(turn, why)


def on_text_sent(turn: Turning, event: TextSent) -> None:
    """Twilio took it, or says later what became of it."""
    taken = event.status in ("accepted", "queued")
    detail = {"prompt": event.prompt, "status": event.status} | ({"why": event.detail} if event.detail else {})
    turn.tell("text_out" if taken else "text_status", event.technician, **detail)
