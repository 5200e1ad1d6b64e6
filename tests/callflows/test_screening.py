"""The technician's own leg: the keys, their limits, and never an open end that would bridge the caller."""

import pytest

from callflows.actions import Connect, Free, Hangup, Occupy, OpenMatter, Reply, Say, Screen
from callflows.events import KeyPressed, LegPickedUp
from tests.builders import floor, matter
from tests.callflows.call import Call, changes_of


def screened() -> Call:
    """Ana has picked up and hears who is calling."""
    call = Call(floor())
    call.arrives()
    call.picks_up()
    return call


def hung_up(replies: tuple[Reply, ...]) -> bool:
    return isinstance(replies[-1], Hangup)


def test_whoever_picks_up_hears_the_whisper_and_the_keys_in_one_gather() -> None:
    call = screened()
    (screen,) = call.replies
    assert isinstance(screen, Screen)
    assert (screen.technician, screen.seconds) == ("ana", 5)
    assert call.said == ["whisper_who", "screening_keys_help"]


def test_one_takes_the_call() -> None:
    call = screened()
    turn = call.presses("1")
    assert turn.replies == (Connect(),)
    assert turn.changes == (Occupy("ana"), OpenMatter("ana"))
    assert (call.contact.owner, [one.kind for one in turn.story]) == ("ana", ["pressed", "owner_changed"])


def test_taking_a_call_with_an_open_matter_opens_no_second_one() -> None:
    call = Call(floor(matter=matter(12, "ana")))
    call.arrives()
    assert changes_of(call.accepts(), OpenMatter) == []
    assert call.contact.matter == 12


def test_taking_a_call_about_somebody_elses_matter_tells_of_no_change_that_nobody_keeps() -> None:
    """A matter has one owner, and no change of this turn makes it another; the call is whose it was taken by."""
    call = Call(floor(matter=matter(12, "ben")))
    call.arrives()
    call.declines()
    call.accepts()
    assert (call.everybody_rung, call.contact.owner) == (["ben", "ana"], "ana")
    assert call.story("owner_changed") == []
    assert changes_of(call, OpenMatter) == []


@pytest.mark.parametrize(("key", "heard"), [("2", "screening_passed"), ("3", "screening_swarm")])
def test_two_and_three_pass_the_call_on(key: str, heard: str) -> None:
    call = screened()
    assert call.presses(key).replies == (Say(heard), Hangup())
    assert (call.contact.hunt.ring and call.contact.hunt.ring.key) == key
    assert changes_of(call, Occupy) == []


@pytest.mark.parametrize("digits", ["0", "4", "9", "*", "#", "12"])
def test_a_wrong_key_hears_the_keys_again(digits: str) -> None:
    call = screened()
    call.presses(digits)
    assert call.said == ["screening_again", "screening_keys_help"]
    assert call.presses("1").replies == (Connect(),)


@pytest.mark.parametrize(("seconds", "again"), [(0, True), (15, True), (16, False), (60, False)])
def test_wrong_keys_end_25_seconds_after_the_pick_up(seconds: int, again: bool) -> None:
    """The keys take 5 s to say and 5 s to wait for."""
    call = screened()
    call.passes(seconds)
    assert hung_up(call.presses("7").replies) == (not again)


def test_a_second_whisper_does_not_begin_the_limit_anew() -> None:
    call = screened()
    call.passes(16)
    assert isinstance(call.picks_up().replies[0], Screen)
    assert hung_up(call.presses("7").replies)


def test_wrong_keys_end_also_when_the_pick_up_was_never_seen() -> None:
    call = Call(floor())
    call.arrives()
    for _ in range(5):
        call.passes(8)
        call.presses("7")
    assert hung_up(call.replies)


@pytest.mark.parametrize("seconds", [14, 60])
def test_no_key_at_all_is_hung_up_15_seconds_after_the_pick_up(seconds: int) -> None:
    """Twilio may report the silence after the keys as an empty key; saying them once more would take another 10 s."""
    call = screened()
    call.passes(seconds)
    assert hung_up(call.presses("").replies)


def test_the_key_may_overtake_the_whisper() -> None:
    call = Call(floor())
    call.arrives()
    assert call.presses("1").replies == (Connect(),)
    ring = call.contact.hunt.ring
    assert ring
    assert (ring.state, ring.picked_up) == ("taken", ring.pressed)


@pytest.mark.parametrize("digits", ["1", "2", "7", ""])
def test_after_key_one_no_key_takes_the_call_away(digits: str) -> None:
    call = screened()
    call.presses("1")
    before = call.contact
    turn = call.presses(digits)
    assert (turn.replies, turn.changes, turn.story, call.contact) == ((Connect(),), (), (), before)


@pytest.mark.parametrize("digits", ["1", "7", ""])
def test_after_passing_no_key_takes_the_call(digits: str) -> None:
    call = screened()
    call.presses("2")
    before = call.contact
    turn = call.presses(digits)
    assert hung_up(turn.replies)
    assert (turn.changes, call.contact) == ((), before)


def test_a_ring_that_was_passed_keeps_its_first_key() -> None:
    call = screened()
    call.presses("2")
    before = call.contact
    call.passes(1)
    assert hung_up(call.presses("3").replies)
    assert call.contact == before


@pytest.mark.parametrize("key", ["1", "2"])
def test_a_telephone_that_asks_again_after_its_key_is_hung_up(key: str) -> None:
    call = screened()
    call.presses(key)
    before = call.contact
    assert call.picks_up().replies == (Say("screening_too_late"), Hangup())
    assert call.contact == before


@pytest.mark.parametrize("digits", ["1", "2", "7"])
def test_who_is_late_for_an_earlier_ring_is_told_so(digits: str) -> None:
    call = screened()
    call.dial_ends("no-answer")
    before = call.contact
    too_late = (Say("screening_too_late"), Hangup())
    assert call.takes(LegPickedUp("CA1", 1)).replies == too_late
    assert call.takes(KeyPressed("CA1", 1, digits)).replies == too_late
    assert (call.contact, call.contact.hunt.ring and call.contact.hunt.ring.technician) == (before, "ben")


@pytest.mark.parametrize("digits", ["1", "2", "7", ""])
def test_whoever_presses_after_the_caller_hung_up_is_told_so(digits: str) -> None:
    call = screened()
    call.over()
    caller_gone = (Say("screening_caller_gone"), Hangup())
    assert call.presses(digits).replies == caller_gone
    assert call.picks_up().replies == caller_gone
    assert changes_of(call, Occupy) == []
    assert call.results == [("ana", "canceled")]


@pytest.mark.parametrize("digits", ["1", "2", "7"])
def test_a_key_that_arrives_after_its_leg_has_ended_occupies_nobody(digits: str) -> None:
    """Two requests of one leg may be served in the wrong order; nobody would give the technician back again."""
    call = screened()
    call.leg_ends()
    call.presses(digits)
    call.dial_ends("completed", bridged=False)
    held = [type(one) for one in changes_of(call, Occupy, Free) if one.technician == "ana"]
    assert held[-1] is Free


def test_key_one_without_a_bridge_goes_on_to_the_next() -> None:
    call = screened()
    call.presses("1")
    call.dial_ends("completed", bridged=False)
    assert (call.results, call.rung) == ([("ana", "failed")], "ben")
    assert call.contact.talked == ()


def test_a_bridge_without_a_key_counts_because_our_screening_hangs_up() -> None:
    """The key was pressed while the database was away (DESIGN 6)."""
    call = screened()
    call.dial_ends("completed", bridged=True)
    assert call.results == [("ana", "accepted")]
    assert (call.contact.talked, call.contact.owner, call.contact.stage) == (("ana",), "ana", "returning")
    assert changes_of(call, OpenMatter) == [OpenMatter("ana")]
