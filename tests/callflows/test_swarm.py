"""A swarm: whom it rings and why not others, the waiting loop, who owns it, and how it ends."""

from dataclasses import replace

import pytest

from callflows.actions import (
    Ask,
    CallOut,
    CancelRing,
    Hangup,
    MoveClient,
    Record,
    Reserve,
    Say,
    Text,
)
from callflows.events import Faulted
from callflows.turn import WholeFloorNeeded
from routing.floor import Reservation
from tests.builders import NOW, said, standing, unknown_floor
from tests.callflows.call import CALL, Call, changes_of
from tests.callflows.swarms import people, ringing, straight, swarm, swarm_floor, willing

# Whom it rings.


def test_the_pods_rest_and_everybody_who_opted_in_are_rung_at_once() -> None:
    call = swarm()
    assert call.invited == ["ana", "ben", "dan", "eve"]
    assert changes_of(call, Reserve, CallOut) == [
        one
        for number, key in enumerate(("ana", "ben", "dan", "eve"), 1)
        for one in (Reserve(key), CallOut(key, number, 20))
    ]


def test_nobody_is_told_to_ring_before_twilio_has_taken_the_call() -> None:
    call = swarm()
    assert call.everybody_rung == []
    call.placed("dan")
    call.placed("dan")
    assert call.everybody_rung == ["dan"]


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (willing("dan", presence=said("away")), "away"),
        (willing("dan", presence=said("off")), "off_shift"),
        (willing("dan", reservation=Reservation("another", "on_call", None)), "on_call"),
        (willing("dan", reservation=Reservation("another", "ringing", None)), "reserved"),
        (willing("dan", languages=("fr",)), "wrong_language"),
        (willing("dan", out_until=NOW.replace(year=2027)), "failed_number"),
    ],
)
def test_whoever_cannot_be_rung_is_left_out_with_the_reason(who: object, reason: str) -> None:
    ana, ben, _, eve, fay = people()
    call = swarm(ana, ben, who, eve, fay)  # type: ignore[arg-type]
    assert call.invited == ["ana", "ben", "eve"]
    assert ("left_out", "dan", reason) in [(one.code, one.technician, one.detail) for one in call.last.reasons]


def test_who_of_another_pod_is_not_at_work_is_no_news_for_a_story() -> None:
    call = swarm(standing("ana"), standing("ben", presence=said("off")), willing("dan", presence=said("off")))
    assert call.skipped == [("ben", "off_shift")]


def test_whoever_was_rung_before_is_not_rung_again() -> None:
    call = Call(swarm_floor(), replace(straight(), document={}))
    call.arrives()
    call.unanswered()
    call.declines()
    assert (call.everybody_rung, call.invited) == (["ana", "ben"], ["dan", "eve"])


def test_nobody_is_called_in_twice_for_one_contact() -> None:
    call = ringing()
    call.helper_leg_ends(*call.invited, status="no-answer")
    call.stays_silent()
    assert isinstance(call.replies[-1], Record)
    call.answers("1")
    call.answers("2")
    assert len(call.invited) == 4


def test_the_text_says_who_needs_help() -> None:
    call = swarm()
    assert changes_of(call, Text)[:1] == [Text("ana", "swarm_invite", {"who": "Taber, Clara Whitfield"})]
    assert [one.technician for one in changes_of(call, Text)] == call.invited


def test_a_floor_that_knows_only_the_pod_is_asked_for_the_rest() -> None:
    call = Call(replace(swarm_floor(), whole=False), straight())
    with pytest.raises(WholeFloorNeeded):
        call.arrives()


def test_without_anybody_to_ring_the_next_step_follows_at_once() -> None:
    call = Call(swarm_floor(standing("ana", presence=said("off"))), straight())
    call.arrives()
    assert isinstance(call.replies[-1], Record)
    assert call.story("swarm_opened") == []
    assert "nobody_to_help" in [one.code for one in call.last.reasons]


@pytest.mark.parametrize(("free", "invited"), [(0, []), (1, ["ana"]), (3, ["ana", "ben", "dan"]), (9, None)])
def test_no_more_are_rung_than_the_account_may_call_at_once(free: int, invited: list[str] | None) -> None:
    call = swarm(legs_free=free)
    assert call.invited == (["ana", "ben", "dan", "eve"] if invited is None else invited)
    codes = [(one.code, one.detail) for one in call.last.reasons if one.code == "concurrent_calls"]
    assert codes == ([] if invited is None else [("concurrent_calls", f"{free} of 4")])


def test_at_most_twenty_five_are_rung_at_once() -> None:
    crowd = [willing(f"h{number:02}") for number in range(40)]
    facts = swarm_floor(*crowd)
    many = replace(straight(), hours={one.technician.technician: {"hours": "24/7", "timezone": "UTC"} for one in crowd})
    call = Call(facts, many)
    call.arrives()
    assert len(call.invited) == 25


def test_a_caller_whom_nobody_knows_is_helped_by_everybody_who_opted_in() -> None:
    call = Call(unknown_floor(*people()), replace(straight(), document={}))
    call.arrives()
    call.stays_silent()
    call.stays_silent()
    assert call.invited == ["dan", "eve"]
    call.placed("dan")
    call.helper_picks_up("dan")
    assert call.said == ["whisper_unknown", "swarm_helper_keys"]


# The waiting loop.


def test_the_first_round_says_how_many_are_called_and_what_the_keys_do() -> None:
    call = swarm()
    final = call.replies[-1]
    assert isinstance(final, Ask)
    assert final.says == (Say("swarm_opened", {"count": "4"}), Say("swarm_keys"))
    assert (final.keys, final.go_on) == (1, False)


def test_a_single_helper_is_told_as_one() -> None:
    assert swarm(willing("dan")).said == ["swarm_opened_one", "swarm_keys"]


def test_every_round_says_what_happens_and_every_third_what_the_keys_do() -> None:
    call = ringing()
    rounds = []
    for _ in range(4):
        call.passes(5)
        call.stays_silent()
        rounds.append(call.said)
    assert rounds == [["swarm_still"], ["swarm_still"], ["swarm_still", "swarm_keys"], ["swarm_still"]]


def test_the_client_hears_when_somebody_has_picked_up() -> None:
    call = ringing()
    call.helper_picks_up("dan")
    call.stays_silent()
    assert call.said == ["swarm_listening"]


def test_one_asks_for_a_call_back_and_lets_all_telephones_be_silent() -> None:
    call = ringing()
    call.answers("1")
    assert call.said == ["callback_number", "callback_number_keys"]
    assert changes_of(call.last, CancelRing) == [CancelRing(number) for number in (1, 2, 3, 4)]
    assert call.results == [(key, "canceled") for key in ("ana", "ben", "dan", "eve")]
    call.answers("1")
    assert (call.contact.outcome, call.story("callback_promised")[0].technician) == ("callback", call.contact.owner)


def test_two_leaves_a_message() -> None:
    call = ringing()
    call.answers("2")
    assert isinstance(call.replies[-1], Record)
    assert call.said == ["voicemail_tone"], "whoever chose a message hears no offer of a call back"


def test_any_other_key_goes_on_waiting() -> None:
    call = ringing()
    call.answers("7")
    assert (call.contact.stage, call.said) == ("waiting", ["swarm_still"])


def test_a_swarm_step_without_ways_for_the_keys_finds_them_itself() -> None:
    plain = {
        **straight().document,
        "steps": {**straight().document["steps"], "swarm": {"step": "swarm", "otherwise": "message"}},
    }
    for key, stage in (("1", "number_right"), ("2", "")):
        call = Call(swarm_floor(), replace(straight(), document=plain))
        call.arrives()
        call.answers(key)
        assert call.contact.stage == "recording"
        assert (call.contact.asked.kind if call.contact.asked else "") == stage


def test_the_time_is_up() -> None:
    call = ringing(times={"swarm": 40})
    call.passes(39)
    call.stays_silent()
    assert call.contact.stage == "waiting"
    call.passes(1)
    call.stays_silent()
    assert isinstance(call.replies[-1], Record)
    assert "time_spent" in [one.code for one in call.last.reasons]
    assert [one.detail["why"] for one in call.story("swarm_closed")] == ["nobody came"]


def test_all_decline() -> None:
    call = ringing()
    for key in call.invited:
        call.helper_declines(key)
    assert call.results == [(key, "declined") for key in call.invited]
    assert set(call.contact.hunt.declined) == set(call.invited)
    assert changes_of(call, MoveClient) == [MoveClient()], "the client waits for nobody any longer"
    call.moved()
    assert isinstance(call.replies[-1], Record)


@pytest.mark.parametrize(
    ("status", "result"), [("no-answer", "no_answer"), ("busy", "busy"), ("failed", "failed"), ("canceled", "canceled")]
)
def test_nobody_answers(status: str, result: str) -> None:
    call = ringing()
    call.helper_leg_ends(*call.invited, status=status)
    assert call.results == [(key, result) for key in call.invited]
    assert call.moved().contact.stage == "recording"


def test_rings_of_which_nothing_is_heard_are_given_up() -> None:
    call = ringing(times={"swarm": 600})
    call.passes(61)
    call.stays_silent()
    assert [result for _, result in call.results] == ["no_answer"] * 4
    assert isinstance(call.replies[-1], Record)


def test_something_breaks_while_the_client_waits() -> None:
    call = ringing()
    for _ in range(3):
        call.takes(Faulted(CALL, "waiting", "11200"))
        assert (call.contact.stage, call.said[0]) == ("waiting", "apology_waiting")
    call.takes(Faulted(CALL, "waiting", "11200"))
    assert (call.contact.stage, call.said) == ("recording", ["apology", "apology_voicemail"])
    assert len(call.results) == 4


def test_something_breaks_on_a_helpers_leg() -> None:
    call = ringing()
    call.takes(Faulted("CA-dan", "technician", "11200"))
    assert call.replies == (Say("technician_fault"), Hangup())
    call.helper_leg_ends("dan")
    assert call.contact.stage == "waiting"
