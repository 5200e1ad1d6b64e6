"""Any call that a world of telephones can bring: nobody is left in silence, nobody stays reserved, all is told once."""

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.actions import Free, MakePromise, Occupy, OpenMatter, Reject, Reserve
from callflows.events import (
    CallArrived,
)
from routing.floor import Agenda, Floor
from tests.builders import CALLER, LINE, PHONE, WORKDAYS, version
from tests.callflows.anything import PEOPLE, agendas, any_floor, staffed_floor
from tests.callflows.call import CALL, changes_of
from tests.callflows.crowd import Crowd
from tests.callflows.moves import Draw, happen
from tests.often import often


@settings(deadline=None, max_examples=often(160), suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(staffed_floor(), staffed_floor(), any_floor()),
    st.sampled_from(["24/7", "24/7", WORKDAYS, "Sun 01:00-02:00"]),
    st.sampled_from([CALLER, CALLER, ""]),
    st.integers(10, 60),
    st.data(),
)
def test_any_call_ends_well(facts: Floor, week: str, caller: str, steps: int, draw: Draw) -> None:
    known = replace(facts, number=caller)
    ends_well(Crowd(known, version(*PEOPLE, hours=week)), CallArrived(CALL, caller, LINE), steps, draw)


@settings(deadline=None, max_examples=often(80), suppress_health_check=[HealthCheck.too_slow])
@given(staffed_floor(), agendas, st.booleans(), st.integers(5, 40), st.data())
def test_any_call_of_a_technician_ends_well(
    facts: Floor, agenda: Agenda | None, trusted: bool, steps: int, draw: Draw
) -> None:
    calling = draw.draw(st.sampled_from(sorted(facts.standings)))
    world = Crowd(replace(facts, calling=calling, agenda=agenda, callers=(), number=PHONE), version(*PEOPLE))
    ends_well(world, CallArrived(CALL, PHONE, LINE, trusted=trusted), steps, draw)


def ends_well(world: Crowd, first: CallArrived, steps: int, draw: Draw) -> None:
    world.asks = first
    happen(world, draw, steps)
    world.settle()
    all_is_told_once(world)
    nobody_stays_reserved(world)
    the_outcome_is_true(world)


def all_is_told_once(world: Crowd) -> None:
    started = Counter((one.technician, one.detail["ring"]) for one in world.story("ring_started"))
    ended = Counter((one.technician, one.detail["ring"]) for one in world.story("ring_ended"))
    assert started == ended
    assert len({number for _, number in started}) == started.total()
    assert len(world.story("received")) == len(world.story("ended")) == 1
    assert len(changes_of(world, MakePromise)) == len(world.story("promise_made")) <= 1
    assert len(changes_of(world, OpenMatter)) <= 1
    assert len(world.story("voicemail_left")) <= 1
    invited = [one.technician for one in world.story("swarm_invited") if not {"asked", "again"} & set(one.detail)]
    assert len(set(invited)) == len(invited), "nobody is asked for help twice"
    assert len(world.story("swarm_opened")) == len(world.story("swarm_closed"))
    assert len(world.story("swarm_joined")) == len(world.story("swarm_left"))


def nobody_stays_reserved(world: Crowd) -> None:
    last: dict[str, object] = {}
    for one in changes_of(world, Reserve, Occupy, Free):
        last[one.technician] = type(one)
    assert [technician for technician, kind in last.items() if kind is not Free] == []


def the_outcome_is_true(world: Crowd) -> None:
    contact = world.contact
    assert contact.is_over
    if any(leg.talked for leg in world.legs.values()):
        assert contact.outcome in ("answered", "swarmed"), "they talked"
    if world.met:
        assert contact.outcome == "swarmed", "a helper talked with the client"
    if contact.outcome in ("answered", "swarmed"):
        assert contact.talked or contact.fell_back
    if contact.outcome == "failed":
        assert changes_of(world, Reserve) == [], "whoever was helped was not failed"
        rejected = any(isinstance(one, Reject) for turn in world.turns for one in turn.replies)
        assert rejected or not world.floor.standings, "a person or a promise"
    if contact.outcome in ("voicemail", "callback") and world.floor.standings:
        assert changes_of(world, MakePromise), "an owned promise"
        assert contact.owner
