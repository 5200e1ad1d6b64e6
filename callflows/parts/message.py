"""The message that a caller leaves: spoken, stored, and in any case a promise. Its making is `promises`'."""

from datetime import timedelta

from callflows.actions import FetchRecording, Hangup, KeepSound, Record, Say, SetTimer
from callflows.events import RecordingEnded, RecordingStored
from callflows.parts.ending import close, reconsider
from callflows.parts.promises import promise
from callflows.turn import Turning

SHORTEST = 2  # seconds; less is a click, not a message (twilio.md 5.7)
SOUND = "sound"  # the timer after which the recording is asked for


def is_known(turn: Turning) -> bool:
    """Whether we know at all where the caller is from."""
    return bool(turn.contact.client or turn.contact.municipality or turn.contact.pod)


def record(turn: Turning) -> None:
    turn.became(stage="recording", asked=None)
    turn.say("voicemail_tone" if is_known(turn) else "voicemail_tone_unknown")
    turn.reply(Record(turn.times.voicemail))


def leave_message(turn: Turning, seconds: int | None) -> None:
    """A message of `seconds` was left, whichever of Twilio's two reports comes first."""
    message = (seconds or 0) >= SHORTEST
    if message and not turn.contact.message:
        turn.became(message=True)
        turn.tell("voicemail_left", seconds=seconds)
    promise(turn, message=message)


def on_ended(turn: Turning, event: RecordingEnded) -> None:
    """The Record action, which Twilio asks for also when the caller hangs up."""
    was_over = turn.contact.is_over
    leave_message(turn, event.seconds)
    if turn.contact.message and not turn.contact.sound:
        turn.change(SetTimer(SOUND, turn.floor.at + timedelta(seconds=turn.times.sound_missing)))
    if was_over:
        reconsider(turn)
        turn.reply(Say("goodbye"), Hangup())
        return
    if event.gone:
        turn.became(left=True)
        close(turn, "the caller hung up")
        return
    if turn.contact.promised:
        turn.say("voicemail_thanks", due=turn.due_text())
    else:
        # No message and no number to call: they left without leaving anything.
        turn.became(left=True)
        turn.say("goodbye")
    turn.reply(Hangup())
    close(turn, "we said goodbye")


def on_stored(turn: Turning, event: RecordingStored) -> None:
    """The sound itself, usually seconds later and often after the contact is over."""
    if event.status != "completed" or turn.contact.sound:
        return
    seconds = event.seconds or 0
    if seconds >= SHORTEST:
        leave_message(turn, seconds)
        turn.became(sound=True)
        turn.change(KeepSound(event.recording, event.url, seconds))
    if turn.contact.is_over:
        reconsider(turn)


def on_timer(turn: Turning) -> None:
    spoken = turn.contact.message or bool(turn.contact.technician)  # a message, or a technician's note
    if spoken and not turn.contact.sound:
        turn.change(FetchRecording())
        turn.because("sound_missing")
