"""A call arrives: a loop, a burst, one of our own, or somebody for the flow."""

from callflows.actions import Reject
from callflows.events import CallArrived
from callflows.parts import desk
from callflows.parts.ending import close
from callflows.parts.known import share, tell_shared
from callflows.steps.voicemail import VoicemailStep
from callflows.turn import Turning


def on_arrived(turn: Turning, event: CallArrived) -> None:
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
        turn.go_to_first(VoicemailStep)
    elif desk.is_for(turn, event):
        desk.enter(turn)
    else:
        begin(turn)


def begin(turn: Turning) -> None:
    """The flow, from its start."""
    turn.go(turn.version.body.start)


def is_loop(turn: Turning) -> bool:
    """DESIGN 5, "Caller id and loops": never for many calls from one number, a town hall shares its trunk."""
    if turn.floor.from_our_line:
        return True
    standing = turn.floor.standings.get(turn.floor.calling)
    held = standing.reservation if standing else None
    if held is None or held.kind != "ringing":
        return False
    return held.expires_at is None or held.expires_at > turn.floor.at
