"""Nobody can take the call: a time is promised aloud, and the caller chooses a message or a call back.

A promise follows, whoever hangs up when; its making is `promises`'.
"""

from datetime import timedelta

from callflows.actions import FetchRecording, Hangup, KeepSound, Record, Say, SetTimer
from callflows.events import CallerPressed, CallerSaid, CallerStayed, RecordingEnded, RecordingStored
from callflows.steps.hangup import close, reconsider
from callflows.steps.promises import owner, promise, set_due
from callflows.turn import Turning
from routing.numbers import number_to_call

SHORTEST = 2  # seconds; less is a click, not a message (twilio.md 5.7)
SOUND = "sound"  # the timer after which the recording is asked for
MOST_TRIES = 2
LISTENS = 3  # seconds after the offer of a call back


def enter(turn: Turning) -> None:
    """Say by when somebody will call, offer to call back, and take the message of whoever stays."""
    turn.became(stage="recording")
    set_due(turn)
    if owner(turn) is None:
        turn.say("voicemail_nobody")
    else:
        known = bool(turn.contact.client or turn.contact.municipality or turn.contact.pod)
        nobody = Say("voicemail" if known else "voicemail_unknown", {"due": turn.due_text()})
        turn.ask("call_back", nobody, Say("callback_offer"), seconds=LISTENS, go_on=True)
        turn.say("voicemail_tone" if known else "voicemail_tone_unknown")
    turn.reply(Record(turn.times.voicemail))


def record(turn: Turning) -> None:
    """A message after all."""
    turn.became(asked=None)
    known = bool(turn.contact.client or turn.contact.municipality or turn.contact.pod)
    turn.say("voicemail_tone" if known else "voicemail_tone_unknown")
    turn.reply(Record(turn.times.voicemail))


# A call back: the number is read back and confirmed, or keyed in (DESIGN 5, "Matters").


def on_answer(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> None:
    asked = turn.contact.asked
    key = event.digits if isinstance(event, CallerPressed) else ""
    if key and not (asked and asked.kind == "number"):
        turn.tell("pressed", leg=event.leg, key=key)
    match asked.kind if asked else "":
        case "call_back" if key == "1":
            offer_number(turn)
        case "number_right" if key == "1":
            promised(turn)
        case "number_right" if key:
            turn.became(number="")
            ask_number(turn)
        case "number":
            turn.tell("pressed", leg=event.leg, key=f"{len(key)} digits")  # a number is nothing for a story
            on_number(turn, key)
        case _:
            record(turn)


def offer_number(turn: Turning) -> None:
    turn.became(failed=0)
    if turn.floor.number:
        turn.ask("number_right", Say("callback_number"), Say("callback_number_keys"))
    else:
        ask_number(turn)


def ask_number(turn: Turning) -> None:
    turn.became(failed=turn.contact.failed + 1)
    if turn.contact.failed > MOST_TRIES:
        record(turn)
    else:
        turn.ask("number", Say("callback_key_in"), keys=0)


def on_number(turn: Turning, keyed: str) -> None:
    number = number_to_call(keyed)
    if number is None or number == turn.contact.line:
        turn.because("bad_number")
        ask_number(turn)
    else:
        turn.became(number=number)
        turn.ask("number_right", Say("callback_number"), Say("callback_number_keys"))


def promised(turn: Turning) -> None:
    promise(turn, message=False, asked=True)
    if not turn.contact.promised:  # nobody is left who could own it
        record(turn)
        return
    turn.say("callback_thanks", due=turn.due_text())
    turn.reply(Hangup())
    close(turn, "a call back was promised")


# The message.


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
