"""Whom we ring, in what order, how often, and why everybody else was left out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callflows.actions import CountRing, Free, Record, Reserve, Ring, Text
from callflows.advance import advance
from callflows.events import DialEnded, LegEnded
from routing.floor import Reservation, Standing
from tests.builders import NOW, floor, matter, pod, said, standing, version
from tests.callflows.call import Call, changes_of

SEVEN = ("ana", "ben", "cho", "dov", "eli", "fay", "gus")


def ringing(*people: Standing | str, **facts: Any) -> Call:
    """A call whose first technician is being rung."""
    keys = [one if isinstance(one, str) else one.technician.technician for one in people]
    call = Call(floor(*people, **facts), version(*keys) if keys else version())
    call.arrives()
    return call


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("no-answer", "no_answer"),
        ("busy", "busy"),
        ("failed", "failed"),
        ("canceled", "canceled"),
        ("completed", "not_screened"),
    ],
)
def test_whoever_does_not_take_it_is_followed_by_the_next(status: str, result: str) -> None:
    call = ringing()
    call.unanswered(status)
    assert (call.rung, call.said) == ("ben", ["hunt_next"])
    call.unanswered(status)
    assert call.rung == "cho"
    call.unanswered(status)
    assert isinstance(call.replies[-1], Record)
    assert call.results == [("ana", result), ("ben", result), ("cho", result)]
    assert [one.number for one in call.turns[0].replies if isinstance(one, Ring)] == [1]
    assert [one.detail["ring"] for one in call.story("ring_ended")] == [1, 2, 3]


def test_whoever_passes_is_followed_by_the_next() -> None:
    call = ringing()
    call.declines()
    assert call.rung == "ben"
    assert call.results == [("ana", "declined")]
    assert call.story("ring_ended")[0].detail["key"] == "2"
    assert call.contact.hunt.declined == ("ana",)


def test_whoever_presses_three_sends_the_call_to_everybody_who_can_help() -> None:
    call = ringing()
    call.declines("3")
    assert (call.rung, call.invited) == ("", ["ben", "cho"])
    assert call.results == [("ana", "declined")]
    assert call.story("ring_ended")[0].detail["key"] == "3"
    assert (call.contact.stage, call.contact.step) == ("waiting", "swarm")


def test_key_three_passes_where_the_flow_has_no_way_for_help() -> None:
    plain = {
        "start": "who",
        "steps": {
            "who": {"step": "identify", "next": "team", "unknown": "message"},
            "team": {"step": "ring", "otherwise": "message"},
            "message": {"step": "voicemail"},
        },
    }
    call = Call(floor(), replace(version(), document=plain))
    call.arrives()
    call.picks_up()
    assert call.said[-1] == "screening_keys"
    call.presses("3")
    call.dial_ends()
    assert (call.rung, call.results) == ("ben", [("ana", "declined")])


def test_every_ring_is_reserved_given_back_and_counted_once() -> None:
    call = ringing()
    call.unanswered()
    call.declines()
    call.dial_ends("busy")
    assert changes_of(call, Reserve, Free, CountRing) == [
        Reserve("ana"),
        Free("ana"),
        CountRing("ana", "no_answer"),
        Reserve("ben"),
        Free("ben"),
        CountRing("ben", "declined"),
        Reserve("cho"),
        Free("cho"),
        CountRing("cho", "busy"),
    ]


def test_what_was_rung_is_measured_in_seconds() -> None:
    call = ringing()
    call.passes(20)
    call.unanswered()
    call.passes(4)
    call.picks_up()
    call.passes(8)
    call.presses("1")
    call.passes(120)
    call.dial_ends(bridged=True)
    first, second = (one.detail for one in call.story("ring_ended"))
    assert first == {"ring": 1, "result": "no_answer", "rang": 20, "seconds": 20}
    assert second == {"ring": 2, "result": "accepted", "rang": 4, "seconds": 12, "key": "1", "talked": 120}


def test_a_hunt_rings_at_most_six_times() -> None:
    call = ringing(*SEVEN)
    for _ in range(6):
        call.unanswered("busy")
    assert call.everybody_rung == list(SEVEN[:6])
    assert call.invited == ["gus"], "and whoever is left is asked to help"
    assert "rings_spent" in [one.code for one in call.last.reasons]


@pytest.mark.parametrize(("seconds", "rung"), [(39, "dov"), (40, "")])
def test_a_hunt_lasts_at_most_120_seconds(seconds: int, rung: str) -> None:
    call = ringing(*SEVEN)
    for _ in range(3):
        call.passes(seconds)
        call.unanswered()
    assert call.rung == rung
    assert ("time_spent" in [one.code for one in call.last.reasons]) == (not rung)


def test_the_flow_sets_rings_and_times() -> None:
    call = Call(floor(), version(hunt_rings=1, ring=22))
    call.arrives()
    assert call.replies[-1] == Ring("ana", 1, 22)
    call.unanswered()
    assert call.rung == ""


def test_nobody_eligible_is_voicemail_at_once() -> None:
    call = Call(floor(), version(hours="Sun 01:00-02:00"))
    call.arrives()
    assert isinstance(call.replies[-1], Record)
    assert call.everybody_rung == []
    assert call.skipped == [("ana", "off_shift"), ("ben", "off_shift"), ("cho", "off_shift")]


def test_whoever_is_left_out_is_told_with_the_reason() -> None:
    held = Reservation("another", "on_call", None)
    call = ringing(
        standing("ana", reservation=held),
        standing("ben", presence=said("away")),
        standing("cho", languages=("fr",)),
        standing("dov", out_until=NOW + timedelta(minutes=1)),
        "eli",
    )
    assert call.rung == "eli"
    assert call.skipped == [
        ("ana", "on_call"),
        ("ben", "away"),
        ("cho", "wrong_language"),
        ("dov", "failed_number"),
    ]


def test_a_technician_who_is_left_out_again_is_told_once() -> None:
    call = ringing("ana", standing("ben", presence=said("away")), "cho", "dov")
    call.unanswered()
    call.stands("dov", presence=said("off"))
    call.unanswered()
    assert call.everybody_rung == ["ana", "cho"]
    assert call.skipped == [("ben", "away"), ("dov", "off_shift")]
    reasons = [(one.technician, one.detail) for turn in call.turns for one in turn.reasons if one.code == "left_out"]
    assert reasons.count(("ben", "away")) == 3


def test_nobody_is_rung_twice_in_one_hunt() -> None:
    call = Call(floor(), version("ana", "ben", "ana"))
    call.arrives()
    call.unanswered()
    call.unanswered()
    assert call.everybody_rung == ["ana", "ben"]


def test_a_key_that_left_the_directory_is_passed_over() -> None:
    call = Call(floor("ben"), version("ana", "ben"))
    call.arrives()
    assert (call.rung, call.skipped) == ("ben", [])


def test_whoever_another_call_was_faster_to_is_reserved() -> None:
    call = Call(floor().without("ana", "another"))
    call.arrives()
    assert (call.rung, call.skipped) == ("ben", [("ana", "reserved")])


@pytest.mark.parametrize(("strategy", "rung"), [("linear", "ana"), ("circular", "cho"), ("longest_idle", "ben")])
def test_the_pods_strategy_orders_the_hunt(strategy: str, rung: str) -> None:
    earlier = NOW - timedelta(hours=1)
    ana = standing("ana", last_talked_at=earlier)
    ben = standing("ben", last_rung_at=earlier)
    cho = standing("cho", last_talked_at=earlier)
    assert ringing(ana, ben, cho, pods=pod(strategy)).rung == rung


def test_circular_goes_round_within_one_hunt() -> None:
    call = ringing("ana", standing("ben", last_rung_at=NOW - timedelta(hours=1)), "cho", pods=pod("circular"))
    call.passes(20)
    call.unanswered()
    call.passes(20)
    call.unanswered()
    assert call.everybody_rung == ["cho", "ana", "ben"]


def test_an_owner_who_is_not_free_is_passed_over() -> None:
    call = ringing("ana", "ben", standing("cho", presence=said("away")), matter=matter(12, "cho"))
    assert call.everybody_rung == ["ana"]


@pytest.mark.parametrize(
    ("missed", "status", "told"),
    [(1, "no-answer", False), (2, "no-answer", True), (2, "busy", True), (3, "busy", False), (2, "failed", False)],
)
def test_three_missed_rings_in_a_row_are_told_to_the_technician(missed: int, status: str, told: bool) -> None:
    call = ringing(standing("ana", missed=missed), "ben", "cho")
    turn = call.unanswered(status)
    assert changes_of(turn, Text) == ([Text("ana", "missed_rings", {"name": "Ana"})] if told else [])
    assert call.rung == "ben"


def test_a_technician_who_left_the_directory_during_the_ring_is_given_back() -> None:
    call = ringing("ana", "ben")
    call.floor = floor("ben")
    assert advance(call.version, call.contact, DialEnded("CA1", 1, "no-answer", False), call.floor).changes == (
        Free("ana"),
        CountRing("ana", "no_answer"),
        Reserve("ben"),
    )


# The leg's own last word.


def test_a_leg_that_ended_frees_its_technician_before_the_callers_leg_asks() -> None:
    call = ringing()
    turn = call.leg_ends("no-answer")
    assert (turn.changes, turn.replies, turn.story) == ((Free("ana"),), (), ())
    assert changes_of(call.leg_ends("no-answer"), Free) == []
    assert changes_of(call.dial_ends("no-answer"), Free) == []
    assert call.rung == "ben"


def test_a_conversation_that_ended_is_followed_by_wrap_up() -> None:
    call = ringing(pods=pod(wrap_up=90))
    call.accepts()
    assert changes_of(call.leg_ends(), Free) == [Free("ana", 90, talked=True)]
    assert changes_of(call.dial_ends(bridged=True), Free) == []


def test_the_end_of_an_earlier_leg_changes_nothing() -> None:
    call = ringing()
    call.dial_ends("no-answer")
    before = call.contact
    late = call.takes(LegEnded("CA1", 1, "no-answer"))
    assert (call.contact, late.changes) == (before, ())
