"""Something of ours broke. What we answer depends on who asked (DESIGN 5, "Faults")."""

from callflows.actions import DialOther, Hangup, Record, Say
from callflows.events import FallbackEnded, Faulted, RecordingEnded
from callflows.parts import known, message, rings, swarming
from callflows.parts.ending import close, reconsider
from callflows.parts.promises import set_due
from callflows.steps import swarm, transfer
from callflows.turn import Turning


def on_faulted(turn: Turning, event: Faulted) -> None:
    turn.tell("flow_error", leg=event.leg, code=event.code, asker=event.asker)
    if event.asker == "technician" or turn.contact.stage == "errand":
        # Never an open end: a screening document that simply ends bridges the caller.
        turn.reply(Say("technician_fault"), Hangup())
        return
    if turn.contact.stage == "new" and turn.floor.callers:
        known.share(turn)
        turn.find_matter()
    rings.drop(turn, gone=event.gone)
    if not event.gone and swarm.on_faulted(turn):
        return
    swarming.drop(turn, gone=event.gone)
    if turn.contact.is_over:
        turn.reply(Say("goodbye"), Hangup())
    elif event.during == "RecordingEnded":
        # The message is spoken and Twilio has it; asking for it once more would be telling twice.
        message.on_ended(turn, RecordingEnded(event.leg, None, gone=event.gone))
    elif event.gone:
        turn.became(left=True)
        close(turn, "the caller hung up")
    elif turn.floor.line.fallback and turn.contact.stage != "fallback":
        turn.became(stage="fallback")
        turn.say("apology")
        turn.reply(DialOther())
    else:
        take_message(turn)


def take_message(turn: Turning) -> None:
    turn.became(stage="recording", asked=None)
    set_due(turn)
    turn.say("apology")
    turn.say("apology_voicemail")
    turn.reply(Record(turn.times.voicemail))


def talked(event: FallbackEnded) -> bool:
    return event.bridged if event.bridged is not None else event.status == "completed"


def on_fallback_answered_late(turn: Turning) -> None:
    """Twilio may not ask for a Dial's action once the caller has gone (twilio.md 5.4); the other leg tells."""
    turn.became(fell_back=True)
    reconsider(turn)


def on_fallback_late(turn: Turning, event: FallbackEnded) -> None:
    """The caller's end was told first; whether they had talked is known only now."""
    turn.became(fell_back=turn.contact.fell_back or talked(event))
    reconsider(turn)


def on_fallback_ended(turn: Turning, event: FallbackEnded) -> None:
    """Talked: done. Not answered: a message after all."""
    connected = talked(event)
    rings.drop(turn, gone=event.gone)  # a fixed answer may have dialled it, without a turn
    swarming.drop(turn, gone=event.gone)
    if turn.contact.stage == "dialing" and not event.gone:
        transfer.on_ended(turn, talked=connected)
        return
    turn.became(fell_back=turn.contact.fell_back or connected, left=turn.contact.left or event.gone)
    if event.gone:
        close(turn, "the caller hung up")
    elif connected:
        turn.say("goodbye")
        turn.reply(Hangup())
        close(turn, "the fallback number took the call")
    else:
        take_message(turn)
