"""A talk of two becomes a conference (DESIGN 5.7): the intent, both ways into the room, and how it fails."""

from dataclasses import replace

import pytest

from callflows.actions import CallOut, HangUpLeg, JoinRoom, MoveClient, MoveTechnician, Reserve, SetTimer, Text
from callflows.events import DialEnded, LegEnded, RoomJoined, RoomLeft, TechnicianUnmoved
from callflows.text_events import HelperVerb
from callflows.turn import WholeFloorNeeded
from routing.swarm import Becoming
from tests.builders import matter, said
from tests.callflows.call import Call, changes_of
from tests.callflows.swarms import straight, swarm_floor, willing
from tests.callflows.talks import (
    BUSY,
    LEG,
    asks,
    caller_enters,
    conference,
    people,
    rooms,
    talk,
    technician_enters,
    texts,
)

# The intent.


def test_the_intent_is_kept_before_twilio_is_asked_and_counts_ten_seconds() -> None:
    call = talk()
    turn = asks(call, words="water")
    assert call.contact.becoming == Becoming(1, turn_ms(call) + 10_000, helps=True, skill="water")
    assert changes_of(turn, MoveTechnician) == [MoveTechnician(1)]
    assert [one.timer for one in changes_of(turn, SetTimer)] == ["becoming"]
    assert changes_of(turn, CallOut, Reserve, Text) == [], "nobody is rung before there is a room"
    assert turn.replies == ()


def turn_ms(call: Call) -> int:
    return int(call.floor.at.timestamp() * 1000)


def test_with_nobody_who_could_help_nothing_is_begun() -> None:
    call = talk(*people(dan=willing("dan", reservation=BUSY), eve=willing("eve", presence=said("off"))))
    turn = asks(call)
    assert (texts(turn), call.contact.becoming) == ([("ana", "tech_nobody_to_help")], None)
    assert changes_of(turn, MoveTechnician) == []


def test_who_may_help_must_be_known_of_everybody() -> None:
    call = talk()
    call.floor = replace(call.floor, whole=False)
    with pytest.raises(WholeFloorNeeded):
        asks(call)


def test_a_second_wish_joins_the_first() -> None:
    call = talk()
    asks(call, "join", who="fay")
    assert changes_of(asks(call, words="tax"), MoveTechnician) == [], "the leg is on its way"
    intent = call.contact.becoming
    assert intent is not None
    assert (intent.helps, intent.skill, intent.joining) == (True, "tax", ("fay",))


@pytest.mark.parametrize("verb", ["swarm", "join"])
def test_a_call_in_which_nobody_talks_yet_is_not_opened(verb: HelperVerb) -> None:
    call = Call(swarm_floor(*people()), straight({}))
    call.arrives()
    assert texts(asks(call, verb, who="dan")) == [("dan", "tech_call_over")]
    call.over()
    assert texts(asks(call, verb, who="dan")) == [("dan", "tech_call_over")]


# Both ways in.


def test_whoever_comes_first_both_are_in_the_same_room_and_nobody_hears_a_word() -> None:
    first, second = talk(), talk()
    for call in (first, second):
        asks(call)
    expected = [("contact-1", 1)], [("contact-1", 0)]
    assert (rooms(technician_enters(first)), rooms(caller_enters(first))) == expected
    assert (rooms(caller_enters(second)), rooms(technician_enters(second))) == expected[::-1]
    for call in (first, second):
        assert all(isinstance(one, JoinRoom) for turn in call.turns[-2:] for one in turn.replies)
        assert call.contact.stage == "conferring"
        assert (call.contact.owner, call.contact.swarmed) == ("ana", False)
        assert call.results == [("ana", "accepted")]
        assert [one.technician for one in call.story("swarm_joined")] == ["ana"]
        assert call.invited == ["dan", "eve"]
        assert texts(call) == [("ana", "tech_call_opened")]


def test_the_room_outlives_the_technician_and_not_the_client() -> None:
    call = talk()
    asks(call)
    (theirs,) = technician_enters(call).replies
    (clients,) = caller_enters(call).replies
    assert isinstance(theirs, JoinRoom)
    assert isinstance(clients, JoinRoom)
    assert (theirs.ends, clients.ends) == (False, True)


def test_nobody_is_rung_before_both_are_there() -> None:
    call = talk()
    asks(call)
    assert changes_of(caller_enters(call), CallOut) == []
    assert [one.technician for one in changes_of(technician_enters(call), CallOut)] == ["dan", "eve"]
    late = talk()
    asks(late)
    caller_enters(late)
    joined = late.takes(RoomJoined(LEG, late.room, 1))  # the request is lost, and the room tells
    assert [one.technician for one in changes_of(joined, CallOut)] == ["dan", "eve"]


def test_asked_twice_changes_nothing() -> None:
    call = conference()
    assert rooms(technician_enters(call)) == [("contact-1", 1)]
    assert call.invited == ["dan", "eve"]
    assert len(call.story("swarm_joined")) == 1


# When it does not come about.


def test_a_refusal_leaves_the_call_as_it_was() -> None:
    call = talk()
    asks(call, "join", who="fay")
    asks(call)
    turn = call.takes(TechnicianUnmoved(LEG, 1))
    assert texts(turn) == [("ana", "tech_call_unmoved"), ("fay", "tech_call_unmoved")]
    assert (call.contact.becoming, call.contact.stage) == (None, "hunting")
    call.dial_ends(bridged=True)
    assert call.said == ["cut_off"]


def test_an_intent_that_is_over_changes_nothing() -> None:
    call = talk()
    asks(call)
    call.passes(10)
    call.dial_ends(bridged=True)
    assert call.said == ["cut_off"]
    assert (call.contact.stage, call.contact.becoming) == ("returning", None)
    assert [type(one).__name__ for one in technician_enters(call).replies] == ["Say", "Hangup"]


def test_nothing_came_of_it_and_the_technician_is_told_after_ten_seconds() -> None:
    call = talk()
    asks(call)
    turn = call.fires("becoming")
    assert (texts(turn), call.contact.becoming) == ([("ana", "tech_call_unmoved")], None)
    assert changes_of(turn, HangUpLeg) == []


def test_who_went_ahead_into_the_room_is_let_out_of_it() -> None:
    call = talk()
    asks(call)
    technician_enters(call)
    assert changes_of(call.fires("becoming"), HangUpLeg) == [HangUpLeg(1, leg=LEG)]
    gone = talk()
    asks(gone)
    technician_enters(gone)
    assert changes_of(gone.over(), HangUpLeg) == [HangUpLeg(1, leg=LEG)]


def test_the_technicians_leg_ended_first_so_there_is_no_room() -> None:
    call = talk()
    asks(call)
    call.takes(LegEnded(LEG, 1, "completed"))
    caller_enters(call)
    assert call.said == ["cut_off"]
    call.stays_silent()
    assert call.rung == "ana"


def test_the_technicians_leg_ended_after_the_caller_came() -> None:
    call = talk()
    asks(call)
    caller_enters(call)
    turn = call.takes(LegEnded(LEG, 1, "completed"))
    assert changes_of(turn, MoveClient) == [MoveClient()]
    assert changes_of(turn, CallOut) == []
    call.moved()
    assert call.said == ["cut_off"]
    assert call.story("swarm_joined") == []


def test_the_technician_is_not_in_the_room_ten_seconds_after_the_caller() -> None:
    call = talk()
    asks(call, "join", who="fay")
    caller_enters(call)
    turn = call.fires("becoming")
    assert changes_of(turn, HangUpLeg, MoveClient) == [HangUpLeg(1, leg=LEG), MoveClient()]
    call.moved()
    assert call.said == ["cut_off"]
    assert texts(call) == [("fay", "tech_call_over")]
    call.stays_silent()
    assert call.rung == "ana"


@pytest.mark.parametrize("entered", [False, True])
def test_the_caller_hangs_up_while_it_becomes_one(entered: bool) -> None:
    call = talk(matter=matter(12, "ana"))
    asks(call)
    if entered:
        technician_enters(call)
    call.takes(DialEnded(LEG, 1, "completed", True, gone=True))
    assert (call.contact.outcome, call.contact.becoming) == ("answered", None)
    assert call.ledger.held == set()
    assert [type(one).__name__ for one in technician_enters(call).replies] == ["Say", "Hangup"]


def test_the_caller_hangs_up_in_the_room() -> None:
    call = conference()
    call.placed("dan", "eve")
    call.takes(RoomLeft("CA0", call.room, final=True))
    assert (call.contact.outcome, call.ledger.held) == ("answered", set())
    assert HangUpLeg(1, 10, LEG) in changes_of(call.last, HangUpLeg)


def test_helpers_of_a_call_that_is_over_find_it_so() -> None:
    call = conference()
    call.placed("dan")
    call.over()
    call.helper_picks_up("dan")
    assert call.said == ["screening_caller_gone"]
