"""Nobody took the call: a message, and a promise that somebody owns and that has a due time."""

from datetime import UTC, datetime, timedelta

from callflows.actions import (
    FetchRecording,
    Hangup,
    KeepSound,
    MakePromise,
    OpenMatter,
    Record,
    Say,
    SetTimer,
    Text,
)
from callflows.events import RecordingEnded, RecordingStored
from callflows.languages import language
from callflows.steps.hangup import close, reconsider
from callflows.turn import Turning
from routing.due import due_at
from routing.hours import Week
from routing.owner import promise_owner

SHORTEST = 2  # seconds; less is a click, not a message (twilio.md 5.7)
MESSAGE_MAY_FOLLOW = 10  # seconds
SOUND = "sound"  # the timer after which the recording is asked for


def enter(turn: Turning) -> None:
    """Say by when somebody will call, and take the message."""
    turn.became(stage="recording")
    set_due(turn)
    if owner(turn) is None:
        turn.say("voicemail_nobody")
    else:
        known = bool(turn.contact.client or turn.contact.municipality or turn.contact.pod)
        turn.say("voicemail" if known else "voicemail_unknown", due=turn.due_text())
    turn.reply(Record(turn.times.voicemail))


def set_due(turn: Turning) -> None:
    """The due time in the client's own business hours; said once, it stays."""
    if turn.contact.due:
        return
    place = turn.floor.municipalities.get(turn.contact.municipality)
    week = Week.read(place.hours if place else "")
    due = due_at(turn.floor.at, turn.times.promise_minutes, week=week, zone=turn.zone, holidays=turn.floor.holidays)
    turn.became(due=int(due.timestamp()))


def owner(turn: Turning) -> str | None:
    matter = turn.floor.matter
    return promise_owner(
        talked=turn.contact.talked[-1] if turn.contact.talked else None,
        matter_owner=matter.owner if matter else None,
        pod=turn.pod_people,
        everyone=turn.floor.standings.values(),
        shifts=turn.version.shifts,
        at=turn.floor.at,
    )


def promise(turn: Turning, *, message: bool) -> None:
    """Make the promise once. Without a message it stands if there is a number to call (DESIGN 5, "Voicemail")."""
    if turn.contact.promised or not (message or turn.contact.known_number):
        return
    whose = owner(turn)
    if whose is None:
        turn.tell("flow_error", reason="no technician in the directory can own this promise")
        return
    set_due(turn)
    turn.became(promised=True)
    if turn.contact.owner != whose:
        turn.became(owner=whose)
        turn.tell("owner_changed", whose)
    if not turn.contact.matter:
        turn.change(OpenMatter(whose))
    due = datetime.fromtimestamp(turn.contact.due, UTC)
    turn.change(MakePromise(whose, due))
    turn.tell("promise_made", whose, due_at=due.isoformat(), promise="voicemail" if message else "callback")
    turn.because("promise_owner", whose)
    notify(turn, whose, due, message=message)


def notify(turn: Turning, technician: str, due: datetime, *, message: bool) -> None:
    """The owner is told at once: who, which number, about what, by when."""
    standing = turn.floor.standings.get(technician)
    spoken = standing.technician.languages if standing else ()
    speech = language(spoken[0] if spoken else turn.contact.language)
    client = next((one.name for one in turn.floor.callers if one.client == turn.contact.client), "")
    who = ", ".join(part for part in (turn.place_name(speech.code), client) if part)
    params = {
        "who": who or speech.text("whisper_unknown").rstrip("."),
        "due": speech.spoken_instant(due, turn.zone),
    }
    # A caller who hung up: the message's own callback is on its way, so the text waits for it.
    turn.change(Text(technician, "owner_notice", params, delay=0 if message else MESSAGE_MAY_FOLLOW))


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
    if turn.contact.message and not turn.contact.sound:
        turn.change(FetchRecording())
        turn.because("sound_missing")
