"""A swarm for tests of it: Ana and Ben are Clara's pod, Dan and Eve of another pod help anybody, Fay doesn't."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callflows.version import Version
from routing.directory import Pod
from routing.floor import Floor, Standing
from tests.builders import NORTH, floor, pod, standing, version
from tests.callflows.call import Call

STRAIGHT_TO_THE_SWARM: Mapping[str, Any] = {
    "start": "who",
    "steps": {
        "who": {"step": "identify", "next": "swarm", "unknown": "swarm", "ask": False},
        "swarm": {"step": "swarm", "call_back": "call_back", "voicemail": "message", "otherwise": "message"},
        "message": {"step": "voicemail", "call_back": "call_back"},
        "call_back": {"step": "call_back", "otherwise": "message"},
    },
}
PODS: Mapping[str, Pod] = {**pod(), "north": NORTH}
EVERYBODY = ("ana", "ben", "dan", "eve", "fay")


def willing(key: str, **facts: Any) -> Standing:
    """Somebody of another pod who helps any."""
    one = standing(key, pod="north", **facts)
    return replace(one, technician=replace(one.technician, swarm=True))


def people() -> tuple[Standing, ...]:
    return standing("ana"), standing("ben"), willing("dan"), willing("eve"), standing("fay", pod="north")


def swarm_floor(*those: Standing, **facts: Any) -> Floor:
    return floor(*(those or people()), **{"pods": PODS, **facts})


def straight(document: Mapping[str, Any] = STRAIGHT_TO_THE_SWARM, **times: int) -> Version:
    """A version whose callers go to the swarm at once; only Ana and Ben are of Clara's pod."""
    made = version(*EVERYBODY, "gus")
    orders = {"south": ("ana", "ben"), "north": ("dan", "eve", "fay")}
    return replace(made, document={**document, "times": times}, ring_orders=orders)


def swarm(*those: Standing, times: Mapping[str, int] | None = None, **facts: Any) -> Call:
    """Clara waits, and all who can help are to be rung."""
    call = Call(swarm_floor(*those, **facts), straight(STRAIGHT_TO_THE_SWARM, **(times or {})))
    call.arrives()
    return call


def ringing(*those: Standing, times: Mapping[str, int] | None = None, **facts: Any) -> Call:
    """Clara waits, and the telephones of all helpers ring."""
    call = swarm(*those, times=times, **facts)
    call.placed(*call.invited)
    return call


def met(*keys: str, times: Mapping[str, int] | None = None, **facts: Any) -> Call:
    """Clara is in the room with these, who joined in this order."""
    call = ringing(times=times, **facts)
    first, *others = keys
    call.helper_accepts(first)
    call.passes(1)
    call.moved()
    for key in others:
        call.passes(1)
        call.helper_accepts(key)
    return call
