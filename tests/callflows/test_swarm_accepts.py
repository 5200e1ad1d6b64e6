"""The first helper presses 1: the client is fetched, others may join up to the cap, keys and reports meet."""

import pytest

from callflows.actions import (
    CancelRing,
    Hangup,
    HangUpLeg,
    JoinRoom,
    MoveClient,
    Occupy,
    OpenMatter,
    Say,
    SetTimer,
)
from tests.callflows.call import changes_of
from tests.callflows.swarms import met, ringing, swarm


def test_whoever_presses_one_first_owns_the_contact_and_the_client_is_fetched() -> None:
    call = ringing()
    call.helper_picks_up("dan")
    turn = call.helper_presses("dan", "1")
    assert turn.replies == (
        Say("swarm_helper_joining", technician="dan"),
        JoinRoom("contact-1", 3),
    )
    assert changes_of(turn, Occupy, OpenMatter, MoveClient) == [OpenMatter("dan"), Occupy("dan"), MoveClient()]
    assert (call.contact.owner, call.story("owner_changed")[0].technician) == ("dan", "dan")


def test_telephones_that_ring_may_still_be_accepted_others_do_not_begin() -> None:
    call = swarm()
    call.placed("dan", "ana")
    call.helper_accepts("dan")
    call.passes(1)
    assert changes_of(call, CancelRing) == [CancelRing(2, queued=True), CancelRing(4, queued=True)]
    call.helper_accepts("ana")
    assert [one.technician for one in call.contact.swarm.inside] == ["dan", "ana"]  # type: ignore[union-attr]
    assert call.contact.owner == "dan"


def test_at_the_cap_no_telephone_rings_on() -> None:
    call = ringing(times={"swarm_cap": 2})
    call.helper_accepts("dan")
    call.helper_picks_up("ana")
    turn = call.helper_presses("ben", "1")
    assert changes_of(turn, CancelRing) == [CancelRing(1), CancelRing(4)]
    assert call.helper_presses("ana", "1").replies == (Say("swarm_helper_enough", technician="ana"), Hangup())
    assert call.helper_picks_up("eve").replies == (Say("swarm_helper_enough", technician="eve"), Hangup())
    assert len(call.contact.swarm.inside) == 2  # type: ignore[union-attr]


def test_the_client_comes_into_the_room_and_they_have_talked() -> None:
    call = met("dan")
    assert call.turns[-1].replies == (Say("swarm_connecting"), JoinRoom("contact-1", ends=True))
    assert (call.contact.stage, call.contact.talked, call.contact.swarmed) == ("conferring", ("dan",), True)
    assert ("dan", "accepted") in call.results
    assert [one.technician for one in call.story("swarm_joined")] == ["dan"]
    assert [one.timer for one in changes_of(call, SetTimer)] == ["room_check"]


def test_the_loops_next_request_answers_with_the_room_as_well() -> None:
    """The job that moves them may still come: the room must outlive it."""
    call = ringing()
    call.helper_accepts("dan")
    call.stays_silent()
    assert call.replies == (Say("swarm_connecting"), JoinRoom("contact-1", ends=False))
    call.moved()
    assert call.replies[-1] == JoinRoom("contact-1", ends=True)


@pytest.mark.parametrize("key", ["1", "2", "7"])
def test_a_key_that_comes_after_the_acceptance_leads_into_the_room(key: str) -> None:
    call = ringing()
    call.helper_accepts("dan")
    call.answers(key)
    assert call.replies[-1] == JoinRoom("contact-1", ends=False)


@pytest.mark.parametrize("key", ["1", "2"])
def test_an_acceptance_that_comes_after_the_key_is_told_so(key: str) -> None:
    call = ringing()
    call.helper_picks_up("dan")
    call.answers(key)
    assert call.helper_presses("dan", "1").replies == (Say("screening_too_late"), Hangup())
    assert changes_of(call, Occupy) == []


@pytest.mark.parametrize("stage", ["invited", "ringing", "listening", "taken", "met"])
def test_the_client_may_hang_up_at_every_stage(stage: str) -> None:
    call = swarm()
    if stage != "invited":
        call.placed(*call.invited)
    if stage in ("listening", "taken", "met"):
        call.helper_picks_up("dan")
    if stage in ("taken", "met"):
        call.helper_presses("dan", "1")
        call.joins_room("dan")
    if stage == "met":
        call.moved()
        call.passes(60)
    call.over()
    outcome = "swarmed" if stage == "met" else "abandoned"
    assert (call.contact.outcome, call.ledger.held) == (outcome, set())
    cancelled = {one.ring for one in changes_of(call.last, CancelRing)}
    hung_up = {one.ring for one in changes_of(call.last, HangUpLeg)}
    assert cancelled | hung_up == {1, 2, 3, 4}
    assert hung_up == ({3} if stage in ("taken", "met") else set())
    assert call.helper_presses("dan", "1").replies[-1] == Hangup()


def test_waiting_and_hanging_up_after_a_promise_was_heard_keeps_it() -> None:
    call = ringing()
    call.answers("2")
    call.over()
    assert (call.contact.outcome, len(call.story("promise_made"))) == ("callback", 1)
