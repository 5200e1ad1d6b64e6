"""An errand, for tests of what keeps a promise: Ben promised Clara a call, and now it is due."""

from typing import Any

from callflows.actions import CallOut, Free, KeepPromises, Occupy, Reserve
from callflows.events import ClientCalled, ClientPickedUp, ErrandDue, LegEnded
from callflows.turn import Turn
from tests.builders import CLARA, NOW, TABER, floor, matter
from tests.callflows.call import Call, changes_of

DUE = ErrandDue("", "contact-1", 12, "clara", TABER.municipality, "south", "en")
REACHED = ClientCalled("CA9", "completed", True)
NO_ANSWER = ClientCalled("CA9", "no-answer", False)
PICKED_UP = ClientPickedUp("CA9")
HUNG_UP = LegEnded("CA1", 1, "completed")


def errand(*people: Any, due: ErrandDue = DUE, **facts: Any) -> Call:
    """Ben promised Clara a call; now it is due."""
    usual: dict[str, Any] = {"callers": (), "clients": {"clara": CLARA}, "matter": matter(12, "ben", NOW)}
    call = Call(floor(*people, **{**usual, **facts}))
    call.takes(due)
    return call


def called(turns: Call | Turn) -> list[str]:
    """Whom we ring, in order."""
    return [one.technician for one in changes_of(turns, CallOut)]


def taken(call: Call | None = None) -> Call:
    """Ben has pressed 1, and the client is being called."""
    call = call or errand()
    call.accepts()
    return call


def reached() -> Call:
    """Ben and Clara have talked, or Ben and her voicemail; Ben is still there."""
    call = taken()
    call.takes(PICKED_UP)
    call.passes(90)
    call.takes(REACHED)
    return call


def not_reached() -> Call:
    call = taken()
    call.takes(NO_ANSWER)
    return call


def held(call: Call) -> list[str]:
    """Who is still held for this contact when all is over."""
    last: dict[str, type] = {one.technician: type(one) for one in changes_of(call, Reserve, Occupy, Free)}
    return [key for key, kind in last.items() if kind is not Free]


def kept(call: Call) -> bool:
    return [one.promises for one in changes_of(call, KeepPromises)] == [(1,)]
