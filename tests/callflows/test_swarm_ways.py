"""A swarm whose helpers can't be rung as usual: a pod that rings together, Twilio's API away, a leg of unknown fate."""

import pytest

from callflows.actions import CancelRing, Free, MoveClient, Record, Reserve, Ring, Text
from callflows.events import RingPlaced, RingUnplaced
from tests.builders import floor, matter, pod, said, standing, version
from tests.callflows.call import Call, changes_of, leg_of
from tests.callflows.swarms import PODS, ringing, straight, swarm, swarm_floor

# A pod that rings all at once.


def together(**facts: object) -> Call:
    """Everybody of Clara's pod is to be rung at the same time."""
    call = Call(floor(**{"pods": pod("simultaneous"), **facts}))
    call.arrives()
    return call


def test_a_pod_that_rings_together_is_a_swarm_of_its_own() -> None:
    call = together()
    assert (call.rung, call.invited) == ("", ["ana", "ben", "cho"])
    assert changes_of(call, Text) == [], "a pod rings as always: nobody is called in by text"
    assert call.story("swarm_opened")[0].detail == {"helpers": 3, "pod": "south"}


def test_those_ahead_of_the_order_are_rung_first() -> None:
    call = together(matter=matter(12, "ben"))
    assert (call.rung, call.invited) == ("ben", [])
    call.unanswered()
    assert call.invited == ["ana", "cho"]


def test_a_pod_of_which_one_is_free_is_rung_from_the_callers_leg() -> None:
    call = Call(floor("ana", standing("ben", presence=said("off")), pods=pod("simultaneous")), version("ana", "ben"))
    call.arrives()
    assert (call.rung, call.invited) == ("ana", [])


def test_when_nobody_of_the_pod_comes_the_others_are_called_in() -> None:
    people = swarm_floor(pods={**PODS, **pod("simultaneous")})
    call = Call(people, straight({}))
    call.arrives()
    assert call.invited == ["ana", "ben"]
    call.placed("ana", "ben")
    call.helper_leg_ends("ana", "ben", status="no-answer")
    call.moved()
    assert call.invited == ["ana", "ben", "dan", "eve"]
    assert [one.detail.get("pod", "") for one in call.story("swarm_opened")] == ["south", ""]


def test_whoever_of_the_pod_takes_it_talks_in_a_room() -> None:
    call = together()
    call.placed("ana", "ben", "cho")
    call.helper_accepts("ben")
    call.passes(1)
    call.moved()
    call.over()
    assert (call.contact.outcome, call.contact.owner) == ("swarmed", "ben")


# Twilio's API is away.


def test_when_the_api_is_away_for_all_they_are_rung_from_the_clients_leg_one_by_one() -> None:
    call = swarm()
    call.unplaced("ana", "ben", "dan", "eve")
    assert changes_of(call, Free) == [Free(key) for key in ("ana", "ben", "dan", "eve")]
    call.stays_silent()
    assert call.rung == "ana"
    assert ("one_by_one", "4") in [(one.code, one.detail) for one in call.last.reasons]
    for key in ("ben", "dan", "eve"):
        call.unanswered()
        assert call.rung == key
    call.unanswered()
    assert isinstance(call.replies[-1], Record)
    assert call.everybody_rung == ["ana", "ben", "dan", "eve"]


def test_a_helper_who_is_rung_one_by_one_has_swarmed_all_the_same() -> None:
    call = swarm()
    call.unplaced("ana", "ben", "dan", "eve")
    call.stays_silent()
    call.unanswered()
    call.talks()
    call.over()
    assert (call.contact.outcome, call.contact.talked, call.contact.owner) == ("swarmed", ("ben",), "ben")


def test_when_the_api_is_away_for_some_the_others_are_waited_for_first() -> None:
    call = swarm()
    call.unplaced("ana", "dan")
    call.placed("ben", "eve")
    call.stays_silent()
    assert call.contact.stage == "waiting"
    call.helper_leg_ends("ben", "eve", status="no-answer")
    call.moved()
    assert call.rung == "ana"
    call.unanswered()
    assert call.rung == "dan"


def test_nobody_is_rung_one_by_one_whom_another_call_has_taken_meanwhile() -> None:
    call = swarm()
    call.unplaced("ana", "ben", "dan", "eve")
    call.stands("ana", presence=said("off"))
    call.stays_silent()
    assert (call.rung, call.skipped) == ("ben", [("ana", "off_shift")])


def test_while_they_are_rung_one_by_one_late_moves_change_nothing() -> None:
    call = swarm()
    call.unplaced("ana", "ben", "dan", "eve")
    call.stays_silent()
    before = call.contact
    late = call.takes(RingPlaced(leg_of("ben"), 2))
    assert changes_of(late, CancelRing) == [CancelRing(2)]
    assert call.contact == before


@pytest.mark.parametrize("state", ["ringing", "screening", "taken"])
def test_a_late_word_that_the_api_was_away_takes_nothing_from_a_leg_that_lives(state: str) -> None:
    call = ringing()
    if state != "ringing":
        call.helper_picks_up("dan")
    if state == "taken":
        call.helper_presses("dan", "1")
    turn = call.takes(RingUnplaced("", 3))
    assert changes_of(turn, Free) == []
    assert "dan" in call.ledger.held


# A leg of unknown fate.


def test_a_leg_of_unknown_fate_may_ring_and_is_not_rung_again() -> None:
    call = swarm()
    call.unplaced("ana", "ben", "dan", "eve", unknown=True)
    assert (changes_of(call, Free), call.everybody_rung) == ([], [])
    call.stays_silent()
    assert call.contact.stage == "waiting"
    call.helper_accepts("dan")
    assert call.everybody_rung == ["dan"]


def test_a_leg_of_unknown_fate_is_known_when_twilio_tells_of_it() -> None:
    call = swarm()
    call.unplaced("dan", unknown=True)
    call.placed("dan")
    call.helper_leg_ends("dan", status="busy")
    assert call.results == [("dan", "busy")]


def test_legs_of_which_nothing_is_heard_for_their_ring_time_are_rung_one_by_one() -> None:
    call = swarm()
    call.unplaced("ana", "ben", "dan", "eve", unknown=True)
    call.passes(25)
    call.stays_silent()
    assert call.contact.stage == "waiting"
    call.passes(10)
    call.stays_silent()
    assert (call.rung, len(changes_of(call.last, Free))) == ("ana", 4)
    assert [type(one) for one in call.last.replies][-1] is Ring


def test_a_leg_of_unknown_fate_that_was_never_begun_is_no_ring() -> None:
    call = swarm()
    call.unplaced("ana", "ben", "dan", "eve", unknown=True)
    call.helper_leg_ends("ana", "ben", "dan", "eve", status="canceled")
    call.moved()
    assert (call.everybody_rung, call.results) == ([], [])
    assert isinstance(call.replies[-1], Record)


def test_whoever_is_given_back_may_be_rung_by_another_call() -> None:
    call = swarm()
    call.placed("dan")
    call.helper_declines("dan")
    held = call.floor.standings["dan"].reservation
    assert held is not None
    assert held.expires_at == call.floor.at
    assert [one.technician for one in changes_of(call, Reserve)] == ["ana", "ben", "dan", "eve"]
    assert changes_of(call, MoveClient) == []
