"""Any swarm that a world of telephones can bring: the client is never alone, nobody stays held, one of them owns it."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.actions import Ask, DialOther, JoinRoom, Record, Ring
from callflows.events import CallArrived, CallerStayed, FallbackEnded
from callflows.version import Version
from routing.floor import Floor
from tests.builders import CALLER, LINE, pod, version
from tests.callflows.anything import PEOPLE, staffed_floor
from tests.callflows.call import CALL
from tests.callflows.crowd import Crowd
from tests.callflows.moves import Draw, happen
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


def begins(facts: Floor, shipped: Version, cap: int, pod_rings_together: bool, free: int | None) -> Crowd:
    known = replace(facts, legs_free=free)
    if pod_rings_together:
        known = replace(known, pods={**known.pods, **pod("simultaneous")})
    document = {**({} if pod_rings_together else STRAIGHT_TO_THE_SWARM), "times": {"swarm_cap": cap}}
    world = Crowd(known, replace(shipped, document=document))
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


def the_caller_who_stays_comes_to_an_end(world: Crowd) -> None:
    """Nobody does anything any more but the caller, who waits: they are in a room with somebody, or the call ends."""
    for _ in range(MOST_ROUNDS):
        world.catch_up()
        if isinstance(world.verb, JoinRoom) and not world.inside():
            world.fire_room_checks()
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
