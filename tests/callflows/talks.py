"""A talk of two that others are called into: Ana and Clara are on the telephone."""

from collections.abc import Mapping
from dataclasses import replace

from callflows.actions import JoinRoom, Text
from callflows.events import DialEnded, TechnicianMoved
from callflows.text_events import HelperVerb, TechnicianAsked
from callflows.turn import Turn
from routing.floor import Reservation, Standing
from tests.builders import standing
from tests.callflows.call import Call, changes_of
from tests.callflows.swarms import straight, swarm_floor, willing

BUSY = Reservation("another", "on_call", None)
LEG = "CA1"  # of the technician whom the hunt has rung


def knows(one: Standing, *skills: str) -> Standing:
    return replace(one, technician=replace(one.technician, skills=skills))


def people(**others: Standing) -> tuple[Standing, ...]:
    """Ana takes the call; Dan knows about water and Eve about tax, and both help anybody."""
    known: Mapping[str, Standing] = {
        "ana": standing("ana"),
        "dan": knows(willing("dan"), "Water"),
        "eve": knows(willing("eve"), "tax"),
        "fay": standing("fay", pod="north"),
    }
    return tuple({**known, **others}.values())


def talk(*those: Standing, **facts: object) -> Call:
    call = Call(swarm_floor(*(those or people()), **facts), straight({}))
    call.arrives()
    call.accepts()
    call.passes(30)
    return call


def asks(call: Call, verb: HelperVerb = "swarm", words: str = "", who: str = "ana") -> Turn:
    return call.takes(TechnicianAsked("", who, verb, words))


def technician_enters(call: Call) -> Turn:
    return call.takes(TechnicianMoved(LEG, 1))


def caller_enters(call: Call) -> Turn:
    return call.takes(DialEnded(LEG, 1, "completed", True))


def conference(words: str = "", *those: Standing, **facts: object) -> Call:
    call = talk(*those, **facts)
    asks(call, words=words)
    technician_enters(call)
    caller_enters(call)
    return call


def texts(turns: Call | Turn) -> list[tuple[str, str]]:
    return [(one.technician, one.prompt) for one in changes_of(turns, Text) if one.prompt != "swarm_invite"]


def rooms(turn: Turn) -> list[tuple[str, int]]:
    return [(one.room, one.ring) for one in turn.replies if isinstance(one, JoinRoom)]
