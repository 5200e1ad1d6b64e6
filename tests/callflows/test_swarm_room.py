"""In a swarm's room: who joins and who leaves, who owns it then, and a client who is never alone."""

from dataclasses import replace

import pytest

from callflows.actions import (
    Ask,
    AskLeg,
    CancelRing,
    CountRing,
    Free,
    Hangup,
    JoinRoom,
    KeepPromises,
    MoveClient,
    PassMatter,
    Record,
    RememberTalk,
    Say,
    Text,
)
from callflows.events import CallerMoved, Event, LegEnded, RoomDialEnded, RoomJoined, RoomLeft
from tests.builders import NORTH, NOW, matter, pod
from tests.callflows.call import CALL, changes_of, leg_of
from tests.callflows.swarms import met, ringing, swarm


def test_others_join_and_the_first_stays_the_owner() -> None:
    call = met("dan", "ana")
    assert (call.contact.owner, call.contact.talked) == ("dan", ("dan", "ana"))
    assert [one.technician for one in call.story("swarm_joined")] == ["dan", "ana"]
    assert changes_of(call, RememberTalk) == [RememberTalk("dan")]


def test_whoever_talks_keeps_what_was_promised() -> None:
    call = met("dan", matter=matter(12, "ben", NOW))
    assert changes_of(call, KeepPromises) == [KeepPromises((1,), "dan")]


def test_a_helper_who_leaves_drops_nobody() -> None:
    call = met("dan", "ana", pods={**pod(wrap_up=90), "north": NORTH})
    call.passes(30)
    turn = call.leaves_room("ana")
    assert changes_of(turn, Free) == [Free("ana", 90, talked=True)]
    assert changes_of(turn, MoveClient, PassMatter) == []
    assert (call.contact.stage, call.contact.owner) == ("conferring", "dan")
    assert call.story("swarm_left")[0].detail["talked"] == 30


def test_when_the_owner_leaves_the_longest_there_owns_it_and_all_are_told() -> None:
    call = met("dan", "ana", "ben")
    turn = call.leaves_room("dan")
    assert (call.contact.owner, changes_of(turn, PassMatter)) == ("ana", [PassMatter("ana")])
    assert call.matter is not None
    assert call.matter.owner == "ana"
    assert [(one.technician, one.prompt, one.params["owner"]) for one in changes_of(turn, Text)] == [
        ("ana", "swarm_owner", "Ana"),
        ("ben", "swarm_owner", "Ana"),
    ]
    assert call.story("owner_changed")[-1].detail == {"instead_of": "dan"}


def test_a_matter_of_somebody_elses_stays_theirs() -> None:
    call = met("dan", "ana", matter=matter(12, "ben"))
    assert changes_of(call.leaves_room("dan"), PassMatter) == []
    assert (call.contact.owner, call.matter and call.matter.owner) == ("ana", "ben")


def test_when_the_last_helper_leaves_the_client_is_taken_back_and_asked_whether_they_were_cut_off() -> None:
    call = met("dan")
    call.passes(60)
    assert changes_of(call.leaves_room("dan"), MoveClient) == [MoveClient()]
    call.moved()
    assert call.said == ["cut_off"]
    assert (call.contact.stage, call.contact.swarm) == ("returning", None)
    call.stays_silent()
    assert call.rung == "dan", "the same technician first"


def test_a_room_that_is_over_for_the_client_is_as_good_as_being_moved() -> None:
    call = met("dan")
    call.passes(60)
    call.leaves_room("dan")
    call.room_is_over()
    assert call.said == ["cut_off"]
    call.moved()
    assert not call.contact.is_over
    assert call.contact.stage == "returning"


def test_a_helper_who_was_gone_before_the_client_came_leaves_them_waiting_for_the_others() -> None:
    call = ringing()
    call.helper_accepts("dan")
    call.leaves_room("dan")
    call.moved()
    assert (call.contact.stage, call.said[0]) == ("waiting", "swarm_still")
    assert call.contact.talked == ()
    call.helper_accepts("ana")
    assert changes_of(call.last, MoveClient) == []
    assert changes_of(call, MoveClient) == [MoveClient(), MoveClient()]
    assert call.contact.owner == "ana"


def test_a_helper_who_was_gone_before_the_client_came_and_nobody_else_is_left() -> None:
    call = ringing()
    call.helper_accepts("dan")
    call.helper_leg_ends("ana", "ben", "eve", status="no-answer")
    call.leaves_room("dan")
    call.moved()
    assert isinstance(call.replies[-1], Record)


def test_another_helper_stays_when_the_first_leaves_before_the_client_came() -> None:
    call = ringing()
    call.helper_accepts("dan")
    call.passes(1)
    call.helper_accepts("ana")
    call.leaves_room("dan")
    call.moved()
    assert (call.contact.owner, call.contact.talked) == ("ana", ("ana",))
    assert call.replies[-1] == JoinRoom("contact-1", ends=True)


def test_a_helper_who_pressed_one_and_left_too_early_has_no_failed_number() -> None:
    call = ringing()
    call.helper_accepts("dan")
    call.leaves_room("dan")
    assert CountRing("dan", "failed") not in changes_of(call, CountRing)


# Reports that are lost, late, or come twice.


def test_a_report_of_joining_that_is_lost_is_made_up_for_by_time() -> None:
    call = ringing()
    call.helper_picks_up("dan")
    call.helper_presses("dan", "1")
    call.moved()
    assert not call.contact.swarmed
    call.passes(60)
    call.helper_leg_ends("dan")
    assert (call.contact.talked, call.results) == (("dan",), [("dan", "accepted")])
    call.moved()
    assert call.said == ["cut_off"]


def test_a_helper_who_left_at_once_has_not_talked() -> None:
    call = ringing()
    call.helper_picks_up("dan")
    call.helper_presses("dan", "1")
    call.moved()
    call.passes(1)
    call.helper_leg_ends("dan")
    assert (call.contact.talked, call.contact.swarmed) == ((), False)


def test_a_report_of_leaving_that_is_lost_is_found_by_the_room_check() -> None:
    call = met("dan")
    call.passes(19)
    assert changes_of(call.fires("room_check"), AskLeg) == [AskLeg(3)]
    turn = call.takes(LegEnded(leg_of("dan"), 3, "completed"))
    assert changes_of(turn, Free, MoveClient) == [Free("dan", 0, talked=True), MoveClient()]


def test_a_helpers_own_dial_tells_that_they_have_hung_up() -> None:
    call = met("dan")
    call.passes(60)
    turn = call.takes(RoomDialEnded(leg_of("dan"), "contact-1", 3, gone=True))
    assert changes_of(turn, MoveClient) == [MoveClient()]


def test_a_helper_who_was_sent_out_of_the_room_is_told_so_and_is_over_with_their_leg() -> None:
    """The client hung up, and that may be told only after it."""
    call = met("dan")
    call.passes(60)
    turn = call.takes(RoomDialEnded(leg_of("dan"), "contact-1", 3))
    assert turn.replies == (Say("swarm_helper_over", technician="dan"), Hangup())
    assert changes_of(turn, MoveClient, Free) == []
    call.over()
    assert (call.contact.outcome, call.story("swarm_left")[0].detail["talked"]) == ("swarmed", 60)


@pytest.mark.parametrize("first", ["leg", "room", "dial"])
def test_a_helper_who_leaves_is_told_once_however_many_reports_come(first: str) -> None:
    call = met("dan", "ana")
    call.passes(60)
    leg = leg_of("dan")
    reports: dict[str, Event] = {
        "leg": LegEnded(leg, 3, "completed"),
        "room": RoomLeft(leg, "contact-1", 3, final=True),
        "dial": RoomDialEnded(leg, "contact-1", 3, gone=True),
    }
    for event in (reports.pop(first), *reports.values(), *reports.values()):
        call.takes(event)
    assert len(call.story("swarm_left")) == 1
    assert [one.technician for one in changes_of(call, Free)] == ["dan"]


def test_reports_of_joining_in_any_order_meet_once() -> None:
    call = ringing()
    call.helper_picks_up("dan")
    call.helper_presses("dan", "1")
    call.moved()
    for _ in range(2):
        call.joins_room("dan")
        call.takes(RoomJoined("CA0", "contact-1"))
    assert len(call.story("swarm_joined")) == 1


def test_the_key_may_overtake_every_other_report() -> None:
    call = swarm()
    call.helper_presses("dan", "1")
    assert call.everybody_rung == ["dan"]
    call.placed("dan")
    call.helper_picks_up("dan")
    assert call.everybody_rung == ["dan"]
    assert call.contact.owner == "dan"


def test_a_leg_that_was_over_before_it_was_known_to_ring_is_no_ring() -> None:
    call = swarm()
    call.helper_leg_ends("dan", status="canceled")
    assert (call.everybody_rung, call.results) == ([], [])
    assert "dan" not in call.ledger.held


def test_after_the_end_nobody_is_left_in_an_open_document() -> None:
    call = met("dan")
    call.over()
    leg = leg_of("dan")
    assert call.takes(RoomDialEnded(leg, "contact-1", 3)).replies[-1] == Hangup()
    assert call.helper_picks_up("ana").replies[-1] == Hangup()
    assert call.helper_presses("ana", "1").replies[-1] == Hangup()
    assert call.moved().replies[-1] == Hangup()
    assert call.ledger.held == set()


def test_a_leg_that_began_to_ring_after_the_end_is_ended() -> None:
    call = swarm()
    call.over()
    call.placed("dan")
    assert changes_of(call.last, CancelRing) == [CancelRing(3)]
    assert call.everybody_rung == []


@pytest.mark.parametrize("left", [False, True])
def test_a_round_of_waiting_that_is_served_after_the_client_was_moved_changes_nothing(left: bool) -> None:
    """Two requests of one leg in the wrong order: the answer to the first is thrown away, as the leg was moved."""
    call = met("dan")
    if left:
        call.passes(60)
        call.leaves_room("dan")
    before = call.contact
    ends = not left  # else a job is about to take the client back
    assert call.stays_silent().replies == (JoinRoom("contact-1", ends=ends),)
    assert call.answers("1").replies == (JoinRoom("contact-1", ends=ends),)
    assert replace(call.contact, asked=None) == before


@pytest.mark.parametrize("moved_first", [False, True])
def test_the_rooms_own_dial_and_the_move_out_of_it_may_ask_in_either_order(moved_first: bool) -> None:
    """Twilio may ask for the action of a Dial that REST has ended, and plays the move's answer alone."""
    call = met("dan")
    call.passes(60)
    call.leaves_room("dan")
    rung = call.everybody_rung
    room = RoomDialEnded(CALL, "contact-1")
    asked = [call.takes(CallerMoved(CALL)), call.takes(room)] if moved_first else [call.takes(room), call.moved()]
    assert all(isinstance(turn.replies[0], Ask) for turn in asked)
    assert call.contact.stage == "returning"
    assert call.everybody_rung == rung
