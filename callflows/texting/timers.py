"""What a conversation's timers bring: each looks at what is so when it fires.

Reminded of an answer that is owed are the owner, then the pod, then the supervisor.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from callflows.actions import MarkOverdue, SetTimer, Text
from callflows.parts import promises
from callflows.parts.ending import close
from callflows.texting import choosing, conversing, owing
from callflows.texting.owing import ANSWER_MINUTES, QUIET, RESOLUTION, SLACK, UNANSWERED, business, owed, quiet
from callflows.texting.speaking import notice, who
from callflows.turn import Turning
from routing.floor import OpenPromise


def on_timer(turn: Turning, timer: str) -> None:
    match timer:
        case "promise_reminder" | "promise_due" | "promise_overdue":
            promises.on_timer(turn, timer)
        case "reply_reminder" | "reply_due" | "reply_overdue":
            on_owed(turn, timer)
        case "resolution_due":
            on_resolution(turn)
        case _ if turn.contact.is_over:
            turn.because("late", detail=timer)
        case "text_quiet":
            on_quiet(turn)
        case "text_open" | "text_bundle":
            conversing.give(turn) if turn.thread.waiting else turn.because("nothing_to_do", detail=timer)
        case "text_unanswered":
            on_unanswered(turn)
        case _:
            turn.because("nothing_to_do", detail=timer)


def on_quiet(turn: Turning) -> None:
    """It ends, unless somebody has written since, or words still wait to be given."""
    ends = datetime.fromtimestamp(turn.thread.touched, UTC) + quiet(turn)
    if ends > turn.floor.at:
        turn.change(SetTimer(QUIET, ends))
    elif turn.thread.waiting:
        turn.change(SetTimer(QUIET, turn.floor.at + quiet(turn)))
    else:
        close(turn, "a day without a word")


def on_unanswered(turn: Turning) -> None:
    """The client was asked and has not answered: a person gets what they wrote."""
    latest = datetime.fromtimestamp(turn.thread.touched, UTC) + timedelta(minutes=ANSWER_MINUTES)
    if turn.contact.stage not in ("asking", "texting"):
        turn.because("nothing_to_do", detail=UNANSWERED)
        return
    if latest > turn.floor.at:
        turn.change(SetTimer(UNANSWERED, latest))
        return
    turn.because("unanswered")
    turn.text = turn.thread.opening
    turn.threads(touched=int(turn.floor.at.timestamp()))
    turn.leave()
    owing.wait_for_answer(turn)


def on_owed(turn: Turning, timer: str) -> None:
    mine = owed(turn)
    at = turn.floor.at
    if mine is None or is_early(turn, timer, mine):
        turn.because("promise_settled", detail=timer)
        return
    spoken = {"who": who(turn), "due": turn.language.spoken_instant(mine.due_at, turn.zone, at)}
    match timer:
        case "reply_reminder":
            at_work = choosing.reads(turn, mine.owner)
            for technician in (mine.owner,) if at_work else others_at_work(turn, mine.owner)[:1]:
                turn.change(Text(technician, "tech_reminder", spoken))
        case "reply_due":
            for technician in others_at_work(turn, mine.owner):
                turn.change(Text(technician, "tech_pod_reminder", spoken))
        case _:
            about: dict[str, Any] = {"promise": mine.promise, "matter": turn.contact.matter}
            turn.tell("promise_overdue", mine.owner, **about, target="reply")
            turn.change(MarkOverdue(mine.promise), Text("", "tech_overdue", spoken))
            notice(turn, mine.owner, "tech_overdue", **spoken)


def is_early(turn: Turning, timer: str, mine: OpenPromise) -> bool:
    """A timer of an earlier promise, which was kept: for this one its time has not come."""
    minutes = turn.times.reply_minutes
    match timer:
        case "reply_reminder":
            return business(turn, minutes - minutes // 2) < mine.due_at - SLACK
        case "reply_due":
            return turn.floor.at < mine.due_at - SLACK
        case _:
            return turn.floor.at < mine.due_at + timedelta(minutes=turn.times.overdue_minutes) - SLACK


def others_at_work(turn: Turning, owner: str) -> list[str]:
    keys = (one.technician.technician for one in turn.pod_people)
    return [key for key in keys if key != owner and choosing.reads(turn, key)]


def on_resolution(turn: Turning) -> None:
    """The matter is still open after the time in which one should be settled."""
    if turn.matter is None:
        turn.because("promise_settled", detail=RESOLUTION)
        return
    turn.tell("promise_overdue", turn.matter.owner, matter=turn.contact.matter, target="resolution")
    notice(turn, turn.matter.owner, "tech_unresolved", who=who(turn))
    turn.change(Text("", "tech_unresolved", {"who": who(turn)}))
