"""Who is calling, by the number alone: a loop, a burst, one of our own, a client, or somebody to be asked."""

from callflows.actions import Reject
from callflows.events import CallArrived
from callflows.steps import asking, menu, voicemail
from callflows.steps.hangup import close
from callflows.steps.known import places_of, settle, share, tell_shared
from callflows.turn import Turning


def enter(turn: Turning, event: CallArrived) -> None:
    floor = turn.floor
    if event.gone:
        turn.became(left=True)
        close(turn, "the caller had left before we answered")
        return
    if is_loop(turn):
        turn.because("loop", floor.calling)
        turn.reply(Reject())
        close(turn, "a forwarding loop: the call came from a telephone of our own that is being rung")
        return
    turn.became(trusted=event.trusted and bool(event.caller))
    if floor.recent_calls >= turn.times.burst_calls:
        share(turn)
        turn.find_matter()
        tell_shared(turn)
        turn.because("burst", detail=str(floor.recent_calls))
        voicemail.enter(turn)
    elif menu.is_for(turn, event):
        menu.enter(turn)
    else:
        who(turn)


def is_loop(turn: Turning) -> bool:
    """DESIGN 5, "Caller id and loops": never for many calls from one number, a town hall shares its trunk."""
    if turn.floor.from_our_line:
        return True
    standing = turn.floor.standings.get(turn.floor.calling)
    held = standing.reservation if standing else None
    if held is None or held.kind != "ringing":
        return False
    return held.expires_at is None or held.expires_at > turn.floor.at


def who(turn: Turning) -> None:
    """Known by the number, asked which of those that share it, or asked altogether."""
    callers = turn.floor.callers
    places = places_of(turn)
    if not callers:
        turn.tell("unidentified", withheld=not turn.contact.known_number)
        turn.because("unknown_number")
        asking.begin(turn)
    elif len(callers) == 1 and len(places) <= 1:
        turn.because("known_number", detail=f"{len(callers)} client(s), {len(places)} municipality(ies)")
        settle(turn, places[0] if places else "", callers[0], by="number")
    else:
        share(turn)
        turn.because("shared_number", detail=f"{len(callers)} client(s), {len(places)} municipality(ies)")
        asking.begin(turn)
