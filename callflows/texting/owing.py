"""What a conversation is owed, and by when: an answer, in the client's own business hours (DESIGN 5, "Hours").

Nothing that we send by ourselves pays it. The timers' names are here; what they bring is `timers`'.
"""

from datetime import datetime, timedelta

from callflows.actions import MakePromise, SetTimer
from callflows.parts import promises
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
SLACK = timedelta(seconds=5)  # timers of an earlier promise fire before these


def watch(turn: Turning) -> None:
    """A conversation ends after a quiet day."""
    turn.change(SetTimer(QUIET, turn.floor.at + quiet(turn)))


def quiet(turn: Turning) -> timedelta:
    return timedelta(hours=turn.times.quiet_hours)


def bundle(turn: Turning) -> None:
    if len(turn.thread.waiting) == 1:
        turn.change(SetTimer(BUNDLE, turn.floor.at + timedelta(seconds=BUNDLE_SECONDS)))


def wait_for_answer(turn: Turning) -> None:
    """Who was asked something is not waited for without end."""
    if turn.contact.stage in ("asking", "texting"):
        turn.change(SetTimer(UNANSWERED, turn.floor.at + timedelta(minutes=ANSWER_MINUTES)))


def owed(turn: Turning) -> OpenPromise | None:
    """The answer in writing that this conversation is owed."""
    matter, mine = turn.matter, turn.contact.contact
    found = (one for one in matter.promises if one.contact == mine and one.kind == "reply") if matter else ()
    return next(iter(found), None)


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
    turn.change(SetTimer(REMINDER, reminder), SetTimer(DUE, due), SetTimer(OVERDUE, overdue))
    return due


def count_to_resolution(turn: Turning) -> None:
    turn.change(SetTimer(RESOLUTION, business(turn, turn.times.resolution_minutes)))
