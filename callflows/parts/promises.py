"""Promises to clients: made once, with an owner and a due time, told at once; reminded of, kept by a call, or overdue.

A promise belongs to the contact in which it was made; its timers come back to that contact (DESIGN 5, "Matters"). The
call that keeps it is a contact of its own: `errand`.
"""

from datetime import UTC, datetime, timedelta

from callflows.actions import BeginErrand, MakePromise, MarkOverdue, OpenMatter, SetTimer, Text
from callflows.contact import contact_id
from callflows.languages import language
from callflows.parts.whom import judge, plan_of
from callflows.turn import Turning
from routing.due import due_at
from routing.eligible import off_duty
from routing.hours import Week
from routing.owner import next_on_shift, promise_owner
from routing.plan import unwanted
from routing.strategies.longest_idle import longest_idle

MESSAGE_MAY_FOLLOW = 10  # seconds
REMINDER, DUE, OVERDUE = "promise_reminder", "promise_due", "promise_overdue"
STILL_TALKING = timedelta(minutes=5)
ON_TIME = timedelta(minutes=5)
GIVE_UP = timedelta(days=14)


def set_due(turn: Turning) -> None:
    """The due time in the client's own business hours; said once, it stays."""
    if turn.contact.due:
        return
    due = due_at(turn.floor.at, turn.times.promise_minutes, week=week(turn), zone=turn.zone, holidays=turn.holidays)
    turn.became(due=int(due.timestamp()))


def week(turn: Turning) -> Week:
    return Week.read(turn.place.hours if turn.place else "")


def owner(turn: Turning) -> str | None:
    """Nobody whom the client doesn't want, unless nobody else is there."""
    return _owner(turn, unwanted(turn.client, turn.place)) or _owner(turn, frozenset())


def _owner(turn: Turning, but: frozenset[str]) -> str | None:
    people = tuple(one for one in turn.floor.standings.values() if one.technician.technician not in but)
    talked = turn.contact.talked[-1] if turn.contact.talked else ""
    matter_owner = turn.matter.owner if turn.matter else ""
    return promise_owner(
        talked=talked if talked not in but else None,
        matter_owner=matter_owner if matter_owner not in but else None,
        pod=tuple(one for one in turn.pod_people if one in people),
        everyone=people,
        shifts=turn.version.shifts,
        at=turn.floor.at,
    )


def promise(turn: Turning, *, message: bool, asked: bool = False) -> None:
    """Make the promise once. Without a message it stands if there is a number to call (DESIGN 5, "Voicemail").

    `asked`: the client asked to be called back, at a number that was read back to them.
    """
    can_be_called = turn.contact.known_number or bool(turn.contact.number)
    if turn.contact.promised or not (message or can_be_called):
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
    if not turn.contact.matter and not any(isinstance(one, OpenMatter) for one in turn.changes):
        turn.change(OpenMatter(whose))
    due = datetime.fromtimestamp(turn.contact.due, UTC)
    turn.change(MakePromise(whose, due))
    if asked:
        turn.tell("callback_promised", whose, due_at=due.isoformat())
    turn.tell("promise_made", whose, due_at=due.isoformat(), promise="voicemail" if message else "callback")
    turn.because("promise_owner", whose)
    set_timers(turn, due)
    about = "about_callback" if asked else "about_no_message"
    # A caller who hung up: the message's own callback is on its way, so the text waits for it.
    notify(turn, whose, "owner_notice", due, delay=0 if message or asked else MESSAGE_MAY_FOLLOW, about=about)


def set_timers(turn: Turning, due: datetime) -> None:
    """Reminded of half an hour before, unless it is due too soon for that; then due; then overdue."""
    early = due - timedelta(minutes=turn.times.reminder_minutes)
    if early > turn.floor.at + timedelta(minutes=turn.times.reminder_minutes):
        turn.change(SetTimer(REMINDER, early))
    if turn.contact.known_number or turn.contact.number:
        turn.change(SetTimer(DUE, due))
    turn.change(SetTimer(OVERDUE, due + timedelta(minutes=turn.times.overdue_minutes)))


def notify(turn: Turning, technician: str, prompt: str, due: datetime, *, delay: int = 0, about: str = "") -> None:
    """A text to a technician: who, which number, about what, by when."""
    standing = turn.floor.standings.get(technician)
    spoken = standing.technician.languages if standing else ()
    speech = language(spoken[0] if spoken else turn.contact.language)
    who = ", ".join(part for part in (turn.place_name(speech.code), turn.client_name()) if part)
    params = {
        "who": who or speech.text("whisper_unknown").rstrip("."),
        "due": speech.spoken_instant(due, turn.zone, turn.floor.at),
        "about": about,
    }
    turn.change(Text(technician, prompt, params, delay=delay))


# Later: what the promise's own timers bring.


def on_timer(turn: Turning, timer: str) -> None:
    mine = turn.promise(turn.contact.contact)
    if mine is None:
        turn.because("promise_settled", detail=timer)
        return
    match timer:
        case "promise_reminder":
            notify(turn, mine.owner, "reminder_notice", mine.due_at)
        case "promise_overdue":
            turn.tell("promise_overdue", mine.owner, promise=mine.promise, matter=turn.contact.matter)
            turn.change(MarkOverdue(mine.promise))
            for technician in dict.fromkeys((mine.owner, helper(turn, mine.owner))):
                notify(turn, technician, "overdue_notice", mine.due_at)
        case _:
            call_back(turn)


def helper(turn: Turning, whose: str) -> str:
    """Who should know as well: the pod's next on shift when the owner is not at work."""
    standing = turn.floor.standings.get(whose)
    if standing is None or off_duty(standing, turn.shift(whose), turn.floor.at) is None:
        return whose
    everybody = longest_idle(tuple(turn.floor.standings.values()))
    shifts, at = turn.version.shifts, turn.floor.at
    return next_on_shift(turn.pod_people, shifts, at) or next_on_shift(everybody, shifts, at) or whose


def errand_id(contact: str, number: int) -> str:
    """The contact of the call that tries for the nth time to keep this contact's promise."""
    return contact_id(f"errand:{contact}:{number}")


def call_back(turn: Turning) -> None:
    """The promise is due: somebody who may be rung keeps it by a call. Tried again later, in business hours."""
    now, tries = turn.floor.at, turn.contact.callbacks
    mine = turn.promise(turn.contact.contact)
    if tries >= turn.times.callback_tries or (mine and now > mine.due_at + GIVE_UP):
        turn.because("callbacks_spent", detail=str(tries))
        return
    if turn.matter and turn.matter.talking:  # the client is on the line, or somebody is being rung to call them
        turn.because("callback_goes_on")
        turn.change(SetTimer(DUE, now + STILL_TALKING))
        return
    opens = week_opens(turn)
    late = tries > 0 or (mine is not None and now > mine.due_at + ON_TIME)  # due may be the very end of the day
    if late and opens > now:
        turn.because("callback_tomorrow", detail=opens.isoformat())
        turn.change(SetTimer(DUE, opens))
        return
    places = [judge(turn, place, again=True) for place in plan_of(turn)]
    again = now + timedelta(minutes=turn.times.callback_again_minutes)
    if not any(one.standing and one.refused is None for one in places):
        turn.because("nobody_to_call_back")
        for one in places:
            if one.refused:
                turn.because("left_out", one.place.technician, one.refused)
        turn.change(SetTimer(DUE, max(again, week_opens(turn, again))))
        return
    turn.became(callbacks=tries + 1)
    turn.change(BeginErrand(tries + 1), SetTimer(DUE, again))


def week_opens(turn: Turning, at: datetime | None = None) -> datetime:
    """The client's next business moment, at once if it is one."""
    at = at or turn.floor.at
    return due_at(at, 0, week=week(turn), zone=turn.zone, holidays=turn.holidays)
