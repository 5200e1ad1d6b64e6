"""What a conversation is owed, and by when: an answer, in the client's own business hours (DESIGN 5, "Hours").

Nothing that we send by ourselves pays it. The timers' names are here; what they bring is `timers`'.
"""

from datetime import datetime, timedelta

from callflows.actions import MakePromise, SetTimer
from callflows.parts import promises
from callflows.texting.speaking import at_work_again
from callflows.turn import Turning
from routing.due import due_at
from routing.floor import OpenPromise

QUIET = "text_quiet"  # a day without a word
OPEN = "text_open"  # the shift of whoever owes the answer begins
BUNDLE = "text_bundle"  # the minute after a flood
UNANSWERED = "text_unanswered"  # the client was asked something
REMINDER, DUE, OVERDUE, RESOLUTION = "reply_reminder", "reply_due", "reply_overdue", "resolution_due"
ANSWER_MINUTES = 10
BUNDLE_SECONDS = 60
AGAIN = timedelta(minutes=15)  # until words that nobody could be given are looked at again
SLACK = timedelta(seconds=5)  # timers of an earlier promise fire before these


def watch(turn: Turning) -> None:
    """A conversation ends after a quiet day."""
    turn.change(SetTimer(QUIET, turn.floor.at + quiet(turn)))


def quiet(turn: Turning) -> timedelta:
    return timedelta(hours=turn.times.quiet_hours)


def look_again(turn: Turning, whose: str, due: datetime) -> None:
    """The words wait: for the shift of whoever owes the answer, else until it is due."""
    turn.change(SetTimer(OPEN, at_work_again(turn, whose) or max(due, turn.floor.at + AGAIN)))


def bundle(turn: Turning) -> None:
    if len(turn.thread.waiting) == 1:
        turn.change(SetTimer(BUNDLE, turn.floor.at + timedelta(seconds=BUNDLE_SECONDS)))


def wait_for_answer(turn: Turning) -> None:
    """Who was asked something is not waited for without end."""
    if turn.contact.stage in ("asking", "texting"):
        turn.change(SetTimer(UNANSWERED, turn.floor.at + timedelta(minutes=ANSWER_MINUTES)))


def owed(turn: Turning) -> OpenPromise | None:
    """The answer in writing that this conversation is owed."""
    return next((one for one in owed_in_writing(turn) if one.contact == turn.contact.contact), None)


def owed_in_writing(turn: Turning) -> tuple[OpenPromise, ...]:
    """All that its matter is owed, in this conversation and in those before it: one answer pays them."""
    return tuple(one for one in turn.matter.promises if one.kind == "reply") if turn.matter else ()


def business(turn: Turning, minutes: int) -> datetime:
    """So many minutes of the client's own business hours from now."""
    return due_at(turn.floor.at, minutes, week=promises.week(turn), zone=turn.zone, holidays=turn.holidays)


def owe(turn: Turning) -> datetime | None:
    """Somebody answers by then; once, until they have. None if it is owed already."""
    if owed(turn) or not turn.contact.owner:
        return None
    minutes = turn.times.reply_minutes
    due, reminder = business(turn, minutes), business(turn, minutes // 2)
    turn.change(MakePromise(turn.contact.owner, due, kind="reply"))
    turn.tell("promise_made", turn.contact.owner, due_at=due.isoformat(), promise="reply")
    overdue = due + timedelta(minutes=turn.times.overdue_minutes)
    if minutes > 1:  # else the reminder would come before the words
        turn.change(SetTimer(REMINDER, reminder))
    turn.change(SetTimer(DUE, due), SetTimer(OVERDUE, overdue))
    return due


def owe_again(turn: Turning, technician: str) -> None:
    """What a technician has answered did not arrive: whatever was kept by it, the client still waits."""
    if technician and turn.matter is not None and not turn.contact.is_over:
        owe(turn)


def count_to_resolution(turn: Turning) -> None:
    turn.change(SetTimer(RESOLUTION, business(turn, turn.times.resolution_minutes)))
