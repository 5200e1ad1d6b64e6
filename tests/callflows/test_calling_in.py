"""Whom a technician who talks with a client calls in, who may join by themselves, and what the client never notices."""

from dataclasses import replace

import pytest

from callflows.actions import CallOut, Free, MoveClient
from callflows.events import RoomLeft
from routing.floor import Reservation
from tests.builders import said, standing
from tests.callflows.call import changes_of
from tests.callflows.swarms import ringing, straight
from tests.callflows.talks import BUSY, LEG, asks, caller_enters, conference, people, talk, technician_enters, texts

# Whom it rings.


def test_those_with_the_skill_first_and_the_others_when_none_of_them_comes() -> None:
    call = conference("WATER")
    assert call.invited == ["dan"]
    call.placed("dan")
    call.helper_declines("dan")
    assert call.invited == ["dan", "eve"]
    assert call.contact.swarm is not None
    assert call.contact.swarm.skill == ""


def test_a_skill_that_nobody_has_rings_all() -> None:
    assert conference("bees").invited == ["dan", "eve"]


def test_when_nobody_comes_the_two_talk_on_and_it_is_said_once() -> None:
    call = conference()
    call.placed("dan", "eve")
    call.helper_leg_ends("dan", "eve", status="no-answer")
    assert texts(call) == [("ana", "tech_call_opened"), ("ana", "tech_nobody_came")]
    assert (call.contact.stage, changes_of(call, MoveClient)) == ("conferring", [])
    call.over()
    assert call.contact.outcome == "answered"


def test_rings_of_which_nothing_is_told_are_given_up() -> None:
    call = conference()
    call.fires("wave_over")
    assert texts(call)[-1] == ("ana", "tech_nobody_came")
    assert {one.technician for one in changes_of(call, Free)} >= {"dan", "eve"}


def test_a_helper_who_comes_makes_it_a_swarms_and_leaves_the_owner_the_owner() -> None:
    call = conference()
    call.placed("dan", "eve")
    call.helper_accepts("dan")
    call.passes(20)
    assert (call.contact.owner, call.contact.swarmed) == ("ana", True)
    call.leaves_room("dan")
    assert changes_of(call.last, MoveClient) == []
    call.over()
    assert call.contact.outcome == "swarmed"


def test_the_concierge_leaves_and_the_helper_owns_it() -> None:
    call = conference()
    call.placed("dan", "eve")
    call.helper_accepts("dan")
    call.passes(20)
    call.takes(RoomLeft(LEG, call.room, 1, final=True))
    assert call.contact.owner == "dan"
    assert changes_of(call.last, MoveClient) == []


def test_all_have_left_and_the_client_returns_to_who_left_last() -> None:
    call = conference()
    call.placed("dan", "eve")
    call.helper_accepts("dan")
    call.helper_leg_ends("eve", status="no-answer")
    call.passes(20)
    call.leaves_room("dan")
    call.takes(RoomLeft(LEG, call.room, 1, final=True))
    call.moved()
    assert call.said == ["cut_off"]
    call.stays_silent()
    assert call.rung == "ana"


def test_the_concierge_leaves_while_others_ring_and_the_client_waits_for_them() -> None:
    call = conference()
    call.placed("dan", "eve")
    call.takes(RoomLeft(LEG, call.room, 1, final=True))
    call.moved()
    assert call.contact.stage == "waiting"
    call.helper_leg_ends("dan", "eve", status="no-answer")
    call.moved()
    assert call.said == ["cut_off"], "as after any talk, when nobody comes"


def test_the_cap_counts_those_who_came_to_help() -> None:
    call = conference()
    call.version = straight({}, swarm_cap=1)
    call.placed("dan", "eve")
    call.helper_accepts("dan")
    assert texts(asks(call)) == [("ana", "tech_call_full")]
    assert texts(asks(call, "join", who="fay")) == [("fay", "tech_call_full")]


def test_no_more_are_rung_than_the_account_may_call() -> None:
    assert conference(legs_free=2).invited == ["dan"], "the concierge has a leg of their own"


def test_asked_for_once_more_whoever_did_not_answer_is_rung_again_and_who_passed_is_not() -> None:
    call = conference()
    call.placed("dan", "eve")
    call.helper_declines("dan")
    assert texts(asks(call)) == [("ana", "tech_call_opened")], "Eve's telephone rings already"
    call.helper_leg_ends("eve", status="no-answer")
    turn = asks(call)
    assert [one.technician for one in changes_of(turn, CallOut)] == ["eve"]
    call.placed("eve")
    call.helper_declines("eve")
    assert texts(asks(call)) == [("ana", "tech_nobody_to_help")]


def test_whoever_came_by_the_flows_swarm_may_call_in_others() -> None:
    call = ringing()
    call.helper_declines("ben")
    call.helper_accepts("dan")
    call.moved()
    call.helper_leg_ends("eve", status="no-answer")
    turn = asks(call, who="dan")
    assert [one.technician for one in changes_of(turn, CallOut)] == ["eve"]
    swarm = call.contact.swarm
    assert swarm is not None
    assert (swarm.is_answered(0), swarm.is_answered(1)) == (True, False), "so the new leg begins"
    assert swarm.asked_by == "dan"


# Who asks to join.


def test_a_colleague_is_rung_whether_they_opted_in_or_not_and_alone() -> None:
    call = talk()
    asks(call, "join", who="fay")
    technician_enters(call)
    turn = caller_enters(call)
    assert [one.technician for one in changes_of(turn, CallOut)] == ["fay"]
    assert texts(turn) == [("fay", "tech_join_rings")]
    call.placed("fay")
    call.helper_accepts("fay")
    assert (call.contact.owner, call.contact.swarmed) == ("ana", True)


@pytest.mark.parametrize(
    ("facts", "prompt"),
    [
        ({"presence": said("off")}, "tech_join_off_duty"),
        ({"presence": said("away")}, "tech_join_off_duty"),
        ({"reservation": BUSY}, "tech_join_busy"),
        ({"reservation": Reservation("another", "wrap_up", None)}, "tech_join_busy"),
    ],
)
def test_who_can_not_be_rung_is_told_why(facts: dict[str, object], prompt: str) -> None:
    call = talk(*people(fay=standing("fay", pod="north", **facts)))
    turn = asks(call, "join", who="fay")
    assert (texts(turn), call.contact.becoming) == ([("fay", prompt)], None)


def test_whom_the_client_does_not_want_is_not_brought_in() -> None:
    call = talk()
    call.floor = replace(call.floor, callers=tuple(replace(one, unwanted=("fay",)) for one in call.floor.callers))
    assert texts(asks(call, "join", who="fay")) == [("fay", "tech_join_refused")]


def test_who_was_lost_to_another_call_meanwhile_is_told_so() -> None:
    call = talk()
    asks(call, "join", who="fay")
    call.floor = call.floor.without("fay", "another")
    technician_enters(call)
    caller_enters(call)
    assert texts(call) == [("fay", "tech_join_busy")]


def test_another_language_and_a_ring_that_was_passed_are_no_hindrance() -> None:
    call = talk(*people(fay=standing("fay", pod="north", languages=("fr",))))
    asks(call, "join", who="fay")
    assert call.contact.becoming is not None


def test_who_is_rung_already_and_who_is_in_it_are_told_so() -> None:
    call = conference()
    assert texts(asks(call, "join", who="dan")) == [("dan", "tech_join_rings")]
    assert texts(asks(call, "join", who="ana")) == [("ana", "tech_in_it_already")]
    assert texts(asks(call, "swarm", who="fay")) == [("fay", "tech_call_over")]
