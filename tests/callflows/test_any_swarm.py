"""Any swarm that a world of telephones can bring: the client is never alone, nobody stays held, one of them owns it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from callflows.actions import Ask, DialOther, JoinRoom, Record, Ring
from callflows.events import CallArrived, CallerStayed, FallbackEnded, KeyPressed, LegPickedUp
from callflows.version import Version
from routing.floor import Floor
from tests.builders import CALLER, LINE, pod, version
from tests.callflows.anything import PEOPLE, staffed_floor
from tests.callflows.call import CALL
from tests.callflows.crowd import Crowd
from tests.callflows.moves import Draw, a_technician_wants_help, happen
from tests.callflows.test_any_call import all_is_told_once, nobody_stays_reserved, the_outcome_is_true
from tests.often import often

STRAIGHT_TO_THE_SWARM = {
    "start": "who",
    "steps": {
        "who": {"step": "identify", "next": "swarm", "unknown": "swarm", "ask": False},
        "swarm": {"step": "swarm", "call_back": "call_back", "voicemail": "message", "otherwise": "message"},
        "message": {"step": "voicemail", "call_back": "call_back"},
        "call_back": {"step": "call_back", "otherwise": "message"},
    },
}
MOST_ROUNDS = 60


def begins(
    facts: Floor,
    shipped: Version,
    cap: int,
    together: bool,
    free: int | None,
    document: Mapping[str, Any] = STRAIGHT_TO_THE_SWARM,
    kind: type[Crowd] = Crowd,
) -> Crowd:
    known = replace(facts, legs_free=free)
    if together:
        known = replace(known, pods={**known.pods, **pod("simultaneous")})
    document = {**({} if together else document), "times": {"swarm_cap": cap}}
    world = kind(known, replace(shipped, document=document))
    world.asks = CallArrived(CALL, CALLER, LINE)
    world.answer()
    return world


@settings(deadline=None, max_examples=often(100), suppress_health_check=[HealthCheck.too_slow])
@given(
    staffed_floor(),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from([None, 2, None, None]),
    st.integers(25, 80),
    st.data(),
)
def test_any_swarm_ends_well(facts: Floor, cap: int, together: bool, free: int | None, steps: int, draw: Draw) -> None:
    world = begins(facts, version(*PEOPLE), cap, together, free)
    happen(world, draw, steps)
    the_caller_who_stays_comes_to_an_end(world)
    world.settle()
    all_is_told_once(world)
    nobody_stays_reserved(world)
    the_outcome_is_true(world)
    one_owns_it(world)


def talks(facts: Floor, cap: int, free: int | None, kind: type[Crowd] = Crowd) -> Crowd:
    """The first technician takes the call, and wants help a while later."""
    world = begins(facts, version(*PEOPLE), cap, together=False, free=free, document={}, kind=kind)
    for leg in world.free():
        leg.asks = LegPickedUp(leg.sid, leg.ring)
        world.reply_to(leg)
        leg.asks = KeyPressed(leg.sid, leg.ring, "1")
        world.reply_to(leg)
    assume(world.talking())
    world.passes(30)
    return world


@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    staffed_floor(),
    st.integers(1, 4),
    st.sampled_from([None, 2, None, None]),
    st.integers(5, 60),
    st.data(),
)
def test_any_talk_into_which_others_are_called_ends_well(
    facts: Floor, cap: int, free: int | None, steps: int, draw: Draw
) -> None:
    world = talks(facts, cap, free)
    a_technician_wants_help(world, draw)
    happen(world, draw, steps)
    the_caller_who_stays_comes_to_an_end(world)
    world.settle()
    all_is_told_once(world)
    nobody_stays_reserved(world)
    the_outcome_is_true(world)
    one_owns_it(world)


def the_caller_who_stays_comes_to_an_end(world: Crowd) -> None:
    """Nobody does anything any more but the caller, who waits: they are in a room with somebody, or the call ends."""
    for _ in range(MOST_ROUNDS):
        world.catch_up()
        if isinstance(world.verb, JoinRoom) and not world.inside():
            world.fire_timers()
        if world.contact.is_over or not world.caller_there:
            return
        match world.verb:
            case JoinRoom():
                assert world.inside(), "the client is alone in a room"
                for helper in world.inside():
                    world.passes(30)
                    world.hangs_up(helper)
            case Ask(seconds=seconds, music=music):
                world.passes(seconds + music + 5)
                world.ask(CallerStayed(CALL))
            case Ring(number=number):
                leg = world.legs[number]
                world.passes(20)
                world.hang_up(leg, "no-answer" if leg.state == "ringing" else "completed")
            case Record():
                world.record(None)
            case DialOther():
                world.ask(FallbackEnded(CALL, "no-answer", False))
            case other:
                raise AssertionError(f"the caller is left with {other}")
    raise AssertionError("the caller waits for ever")


def one_owns_it(world: Crowd) -> None:
    contact = world.contact
    if contact.talked or contact.promised:
        assert contact.owner, "whoever was helped, or promised something, has an owner"
