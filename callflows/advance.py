"""The one door: `advance(version, contact, event, floor) -> Turn`.

Pure: the same arguments give the same turn, so a turn can be replayed from its kept inputs, tried again after a
lost reservation, and previewed. Which event reaches which step is this file's, what the step does is the step's.
"""

from typing import Any

from callflows.actions import Hangup, Say
from callflows.contact import Channel, Contact
from callflows.events import (
    CallArrived,
    CallerMoved,
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
    RingPlaced,
    RingUnplaced,
    RoomDialEnded,
    RoomJoined,
    RoomLeft,
    TechnicianMoved,
    TechnicianUnmoved,
    TextSent,
    TimerFired,
    is_gone,
)
from callflows.parts import (
    arrival,
    asking,
    becoming,
    calling_in,
    desk,
    errand,
    fault,
    helping,
    message,
    promises,
    rings,
    screening,
    swarming,
)
from callflows.parts.ending import close
from callflows.steps import call_back, menu, ring, swarm, voicemail
from callflows.text_events import TEXT_EVENTS, CallMissed, TechnicianAsked
from callflows.texting import road
from callflows.turn import Turn, Turning
from callflows.version import Version
from routing.addresses import read_address
from routing.floor import Floor


def advance(version: Version, contact: Contact, event: Event, floor: Floor) -> Turn:
    """What follows from one event. An event that comes late changes nothing that it shouldn't."""
    turn = Turning(version, contact, floor, gone=is_gone(event))
    if not contact.line:
        begin(turn, event)
    if turn.contact.channel != "voice":
        road.advance(turn, event)
    elif contact.is_over:
        after_the_end(turn, event)
    else:
        while_open(turn, event)
        becoming.look_on(turn)
        calling_in.look_on(turn)
    return turn.done()


def begin(turn: Turning, event: Event) -> None:
    """What every contact keeps from its first turn on, whichever event that was."""
    line = turn.floor.line
    turn.became(
        line=line.line,
        flow=turn.version.flow,
        version=turn.version.version,
        channel=channel_of(turn, event),
        known_number=turn.contact.known_number or bool(getattr(event, "caller", "") or turn.floor.peer),
        language=turn.contact.language or (line.languages[0] if line.languages else "en"),
    )
    detail: dict[str, Any] = {"line": line.line}
    if isinstance(event, ErrandDue):
        detail |= {"promised_in": event.promised_in} | ({"wanted_by": event.technician} if event.technician else {})
    elif isinstance(event, CallMissed):
        detail["after_call"] = event.contact
    elif not turn.contact.known_number:
        detail["withheld"] = True
    turn.tell("received", leg=event.leg, **detail)
    if turn.version.body.broken:
        turn.tell("flow_error", reason="the flow can't be read any more; the shipped one answers")


def channel_of(turn: Turning, event: Event) -> Channel:
    if not isinstance(event, TEXT_EVENTS):
        return "voice"
    return "email" if read_address(turn.floor.peer).kind == "mailto" else "text"


def while_open(turn: Turning, event: Event) -> None:
    errands = turn.contact.stage == "errand"
    match event:
        case ErrandDue() if turn.contact.stage == "new":
            errand.begin(turn, event)
        case ErrandDue():
            turn.because("late", detail="ErrandDue")
        case LegPickedUp() | KeyPressed() | LegEnded() | RingPlaced() | RingUnplaced():
            on_technicians_leg(turn, event)
        case TechnicianAsked() | TechnicianMoved() | TechnicianUnmoved():
            becoming.on_event(turn, event)
        case RoomJoined() | RoomLeft():
            on_room(turn, event)
        case RoomDialEnded(ring=number) if number:
            helping.on_dial_ended(turn, number)
            helping.on_left(turn, RoomLeft(event.leg, event.room, number, final=event.gone))
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


def on_technicians_leg(turn: Turning, event: LegPickedUp | KeyPressed | LegEnded | RingPlaced | RingUnplaced) -> None:
    """A helper's leg of a swarm, or the one that is rung by the caller's own document."""
    helper = helping.find(turn, event.ring)
    match event:
        case RingPlaced():
            helping.on_placed(turn, event)
        case RingUnplaced():
            helping.on_unplaced(turn, event)
        case LegPickedUp() if helper:
            helping.on_picked_up(turn, event, helper)
        case KeyPressed() if helper:
            helping.on_key(turn, event, helper)
        case LegEnded() if helper:
            helping.on_leg_ended(turn, event, helper)
        case LegPickedUp():
            screening.on_picked_up(turn, event)
        case KeyPressed():
            screening.on_key(turn, event)
        case LegEnded() if turn.contact.stage == "errand":
            errand.on_leg_ended(turn, event)
        case LegEnded():
            rings.on_leg_ended(turn, event)


def on_room(turn: Turning, event: RoomJoined | RoomLeft) -> None:
    """What Twilio tells of a swarm's room; may come late, twice, or never."""
    match event:
        case RoomJoined(ring=number) if number:
            helping.on_joined(turn, event)
        case RoomLeft(ring=number) if number:
            helping.on_left(turn, event)
        case RoomLeft(final=True):
            leave(turn, "the caller hung up")
        case _:
            turn.because("nothing_to_do", detail=type(event).__name__)


def on_far_end(turn: Turning) -> None:
    """Whoever is called from the leg that we talk to has picked up."""
    match turn.contact.stage:
        case "fallback" | "dialing":
            turn.became(fell_back=True)
        case "errand":
            errand.on_client_answered(turn)
        case _:
            desk.on_client_answered(turn)


def on_answer(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> None:
    """Somebody was asked, and answers or stays silent."""
    asked = turn.contact.asked
    match turn.contact.stage:
        case "asking":
            asking.on_answer(turn, event)
        case "choosing":
            menu.on_answer(turn, event)
        case "waiting":
            swarm.on_answer(turn, event)
        case "conferring":
            swarm.on_late_answer(turn)
        case "recording" if asked and asked.kind == "call_back":
            voicemail.on_answer(turn, event)
        case "recording" if asked:
            call_back.on_answer(turn, event)
        case "returning":
            ring.on_return(turn, event)
        case "errand":
            errand.on_answer(turn, event)
        case "menu":
            if desk.on_answer(turn, event):
                arrival.begin(turn)
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
            arrival.on_arrived(turn, event)
        case DialEnded() if held := rings.current(turn, event.ring):
            ring.on_dial_ended(turn, event, held)
        case CallerMoved() if not event.gone and turn.contact.stage in ("waiting", "conferring"):
            swarm.on_moved(turn, event)
        case CallerMoved() | RoomDialEnded() if not event.gone and turn.contact.stage == "returning":
            ring.ask_return(turn)  # the room's own Dial and the move both ask; Twilio plays the move's answer
        case RoomDialEnded() if not event.gone and turn.contact.stage == "conferring":
            swarm.on_room_dial_ended(turn, event)
        case ClientCalled() if turn.contact.stage == "menu":
            desk.on_client_called(turn, event)
        case RecordingEnded() if turn.contact.stage == "menu":
            desk.on_noted(turn, event)
        case RecordingEnded():
            answered_without_a_turn(turn)
            message.on_ended(turn, event)
        case FallbackEnded():
            fault.on_fallback_ended(turn, event)
        case _ if is_gone(event):
            leave(turn, "the caller hung up")
        case _:
            # A request that we can't place: never silence, never an empty answer.
            turn.because("unexpected", detail=f"{type(event).__name__} while {turn.contact.stage}")
            rings.drop(turn)
            swarming.drop(turn)
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
    if desk.is_note(turn, event):
        desk.on_note_stored(turn, event)
    else:
        message.on_stored(turn, event)


def on_timer(turn: Turning, event: TimerFired) -> None:
    match event.timer:
        case timer if timer.startswith(errand.RING_OVER) and turn.contact.stage == "errand":
            errand.on_timer(turn, timer)
        case message.SOUND:
            message.on_timer(turn)
        case swarming.ROOM_CHECK:
            swarming.on_room_check(turn)
        case becoming.BECOMING:
            becoming.on_timer(turn)
        case calling_in.WAVE_OVER:
            calling_in.on_wave_over(turn)
        case promises.REMINDER | promises.DUE | promises.OVERDUE:
            promises.on_timer(turn, event.timer)
        case _:
            turn.because("nothing_to_do", detail=event.timer)


def answered_without_a_turn(turn: Turning) -> None:
    """A message that no step asked for: no turn could be taken, and a fixed answer took the message."""
    if turn.contact.stage != "recording":
        turn.tell("flow_error", reason="a fault was answered without a turn")
        rings.drop(turn)
        swarming.drop(turn)
        turn.became(stage="recording")


def after_the_end(turn: Turning, event: Event) -> None:
    """Late callbacks may complete what is known; they never open a contact again."""
    match event:
        case LegPickedUp() | KeyPressed() | RingPlaced() | RoomDialEnded():
            after_the_end_of_a_leg(turn, event)
        case TechnicianAsked() | TechnicianMoved() | TechnicianUnmoved():
            becoming.after_the_end(turn, event)
        case RecordingEnded():
            on_recorded_late(turn, event)
        case RecordingStored():
            on_stored(turn, event)
        case TimerFired():
            on_timer(turn, event)
        case TextSent():
            on_text_sent(turn, event)
        case ClientPickedUp() if not (turn.contact.errand or turn.contact.technician):
            fault.on_fallback_answered_late(turn)
        case ClientPickedUp() | ClientCalled(gone=True):
            errand.on_client_told_late(turn, event)
        case Faulted():
            fault.on_faulted(turn, event)
        case FallbackEnded(gone=True):
            fault.on_fallback_late(turn, event)
        case (
            CallArrived()
            | CallerMoved()
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


def on_recorded_late(turn: Turning, event: RecordingEnded) -> None:
    if desk.is_noting(turn):
        desk.on_noted_late(turn, event)
        turn.reply(Say("goodbye"), Hangup())
    else:
        message.on_ended(turn, event)


def after_the_end_of_a_leg(turn: Turning, event: LegPickedUp | KeyPressed | RingPlaced | RoomDialEnded) -> None:
    """Somebody's telephone still rings, or is still in a room, for a call that is over."""
    match event:
        case LegPickedUp() | KeyPressed():
            screening.dismiss(turn)
        case RingPlaced():
            helping.on_placed(turn, event)
        case RoomDialEnded(ring=number) if number:
            helping.on_dial_ended(turn, number)
        case _:
            turn.because("late", detail="RoomDialEnded")
            turn.reply(Say("goodbye"), Hangup())


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
        rings.finish(turn, held, status="", bridged=None, gone=True)
    if turn.contact.stage == "recording":
        # Their message, if there is one, arrives with its own callback; the promise stands in any case.
        promises.promise(turn, message=turn.contact.message)
    swarming.close(turn, why, caller_gone=True)
    if turn.contact.stage == "menu" and desk.has_talked(turn):
        rings.note_talk(turn, turn.contact.technician)
    turn.became(left=True)
    close(turn, why)


def on_text_sent(turn: Turning, event: TextSent) -> None:
    """Twilio took it, or says later what became of it."""
    detail = {"prompt": event.prompt, "status": event.status} | ({"why": event.detail} if event.detail else {})
    for kind in event.kinds:
        turn.tell(kind, event.technician, leg=event.leg, **detail)
