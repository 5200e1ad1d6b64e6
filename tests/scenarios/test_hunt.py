"""The hunt: whom we ring next, and why, when somebody does not take the call."""

from typing import Any

import pytest

from simulator.people.story import StoryClock, StoryHandset
from tests.dealing import but
from tests.world import DIRECTORY, Reader, World


def test_who_declines_is_passed_over_and_the_second_takes_it(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, third: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    third.does_not_ring()
    caller.is_connected_to(second).hangs_up()
    assert desk.rung() == [("ana", "declined"), ("ben", "accepted")]
    declined = next(one for one in desk.contact()["events"] if one["kind"] == "ring_ended")
    assert declined["detail"]["key"] == "2"
    assert desk.contact()["owner"] == "ben"


def test_a_voicemail_that_picks_up_is_not_a_person(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    first.phone.has_voicemail(after_seconds=10)
    caller.dials(line)
    second.rings(within=60).accepts()
    caller.is_connected_to(second).hangs_up()
    assert desk.rung() == [("ana", "not_screened"), ("ben", "accepted")]


def test_no_answer_then_busy_then_a_dead_number(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, third: StoryHandset, desk: Reader, line: str
) -> None:
    third.phone.fails()
    caller.dials(line)
    first.rings(for_seconds=20)
    second.rings().rejects()
    caller.hears("After the tone", within=60).speaks(6).hears("call you back").has_ended()
    assert desk.rung() == [("ana", "no_answer"), ("ben", "busy"), ("cho", "failed")]
    assert desk.contact()["outcome"] == "voicemail"


def test_a_silent_screening_hangs_up_within_15_seconds(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().answers()
    clock.passes(seconds=15)
    first.has_ended(within=0)
    second.rings().accepts()
    assert desk.rung() == [("ana", "not_screened")]


def test_a_wrong_key_is_said_again_but_not_for_ever(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().answers().presses("7").hears("That key does nothing")
    for key in "8*#":
        if not first.leg.is_over:
            first.presses(key)
    clock.passes(seconds=25)
    first.has_ended(within=0)
    second.rings().accepts()
    assert desk.rung() == [("ana", "not_screened")]


def test_a_wrong_key_and_then_the_right_one(caller: StoryHandset, first: StoryHandset, desk: Reader, line: str) -> None:
    caller.dials(line)
    first.rings().answers().presses("#").hears("That key does nothing").presses("1")
    caller.is_connected_to(first).hangs_up()
    assert desk.rung() == [("ana", "accepted")]


@pytest.mark.settled(because="a helper for whose leg Twilio answered nothing is rung last", **but(rest_error="500"))
def test_key_3_passes_the_call_on(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().answers().presses("3")
    second.rings().accepts()
    ended = next(one for one in desk.contact()["events"] if one["kind"] == "ring_ended")
    assert (ended["detail"]["result"], ended["detail"]["key"]) == ("declined", "3")


def test_who_is_on_a_call_is_not_rung(worlds: Any, line: str) -> None:
    world: World = worlds(directory=two_clients())
    caller, other, first, second = people(world)
    caller.dials(line)
    first.rings().accepts()
    other.dials(line)
    second.rings().accepts()
    assert world.desk.skipped(other) == [("ana", "on_call")]


def two_clients() -> dict[str, str]:
    """Owen of the same town: a client who has no owner yet."""
    clients = DIRECTORY["clients.csv"] + "owen,Owen Blackwater,+1 403 555 0121,4802022,en,voice,,\n"
    return {**DIRECTORY, "clients.csv": clients}


def people(world: World) -> list[StoryHandset]:
    """Clara, Owen, Ana and Ben."""
    numbers = ("+14035550120", "+14035550121", "+14035550111", "+14035550112")
    return world.phones(list(zip(numbers, ("Clara", "Owen", "Ana", "Ben"), strict=True)))


def test_the_caller_hears_something_before_every_ring(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, third: StoryHandset, line: str
) -> None:
    caller.dials(line)
    first.rings().declines()
    second.rings().declines()
    third.rings().declines()
    caller.hears("After the tone").heard_no_silence_longer_than(2)


def test_after_a_conversation_the_caller_returns_to_the_same_technician(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().accepts()
    clock.passes(minutes=3)
    first.hangs_up()
    caller.hears("cut off").presses("1").hears("calling Ana Ferreira again")
    first.rings().accepts()
    second.does_not_ring()
    caller.hangs_up()
    assert desk.rung() == [("ana", "accepted"), ("ana", "accepted")]
    assert desk.contact()["outcome"] == "answered"


def test_whoever_stays_on_the_line_returns_too_and_goes_on_to_the_others(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, desk: Reader, line: str
) -> None:
    caller.dials(line)
    first.rings().accepts()
    first.hangs_up()
    caller.hears("cut off")
    first.rings(for_seconds=20)
    second.rings().accepts()
    caller.is_connected_to(second).hangs_up()
    assert desk.rung() == [("ana", "accepted"), ("ana", "no_answer"), ("ben", "accepted")]


def test_wrap_up_keeps_the_next_call_away(worlds: Any, line: str) -> None:
    pods = "pod,name,strategy,timezone,wrap_up\ntaber,Taber,linear,America/Edmonton,60\n"
    world: World = worlds(directory={**two_clients(), "pods.csv": pods})
    caller, other, first, second = people(world)
    caller.dials(line)
    first.rings().accepts()
    caller.hangs_up()
    world.story.clock.passes(seconds=30)
    other.dials(line)
    second.rings().accepts()
    other.hangs_up()
    assert world.desk.skipped() == [("ana", "wrap_up")]
    world.story.clock.passes(seconds=61)
    caller.dials(line)
    first.rings().accepts()


def test_three_failed_rings_leave_a_number_out_for_15_minutes(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, clock: StoryClock, desk: Reader, line: str
) -> None:
    first.phone.fails()
    second.phone.is_busy()
    for _ in range(3):
        caller.dials(line).hears("trying the next person").hangs_up()
    second.phone.is_well()
    caller.dials(line)
    second.rings().accepts()
    caller.hangs_up()
    assert desk.skipped() == [("ana", "failed_number")]
    assert desk.rung() == [("ben", "accepted")]


def test_a_number_that_works_again_is_rung_again_after_15_minutes(
    caller: StoryHandset, first: StoryHandset, second: StoryHandset, clock: StoryClock, line: str
) -> None:
    first.phone.fails()
    for _ in range(3):
        caller.dials(line).hears("trying the next person").hangs_up()
    first.phone.is_well()
    clock.passes(minutes=16)
    caller.dials(line)
    first.rings().accepts()


def test_three_unanswered_rings_are_told_to_the_technician(
    world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str
) -> None:
    for _ in range(3):
        caller.dials(line)
        first.rings(for_seconds=20)
        second.rings()
        caller.hangs_up()
    first.got_text("not answered three times", within=world.allows(30))
    caller.dials(line)
    first.rings().accepts()
