"""The swarm: nobody of the pod takes the call, and whoever can help is drawn in while one person owns it."""

from dataclasses import replace

import aiohttp
import pytest

from tests.dealing import but
from tests.scenarios.crews import Crew
from tests.world import LINE, Worlds

pytestmark = pytest.mark.settled(
    because="a helper for whose leg Twilio answered nothing is rung last, and two stories here tell how",
    **but(rest_error="500"),
)


@pytest.fixture
def crew(worlds: Worlds) -> Crew:
    return Crew.of(worlds)


def test_nobody_in_the_pod_two_join_the_first_leaves_and_the_call_goes_on(crew: Crew) -> None:
    crew.waits()
    crew.dan.rings()
    crew.eve.rings()
    crew.dan.accepts()
    crew.clara.is_in_room_with(crew.dan)
    crew.eve.accepts()
    crew.clara.is_in_room_with(crew.dan, crew.eve)
    crew.dan.hangs_up()
    crew.clara.is_in_room_with(crew.eve)
    crew.eve.got_text("Eve Lund owns this call now")
    crew.clara.hangs_up()
    crew.gus.does_not_ring()
    crew.eve.has_ended()
    contact = crew.desk.contact()
    assert (contact["outcome"], contact["owner"]) == ("swarmed", "eve")
    owners = [one["technician"] for one in contact["events"] if one["kind"] == "owner_changed"]
    assert owners == ["dan", "eve"]
    assert {("ana", "declined"), ("dan", "accepted"), ("eve", "accepted")} <= set(crew.desk.rung())


def test_key_3_at_screening_sends_it_to_the_swarm(crew: Crew) -> None:
    crew.clara.dials(LINE)
    crew.ana.rings().answers().presses("3").has_ended()
    crew.dan.rings().accepts()
    crew.clara.is_in_room_with(crew.dan).hangs_up()
    assert crew.outcome == "swarmed"


def test_whoever_did_not_opt_in_and_whoever_passed_is_not_rung(crew: Crew) -> None:
    crew.waits()
    for one in (crew.dan, crew.eve, crew.fay):
        one.rings().declines()
    crew.clara.hears("After the tone", within=crew.world.allows(60))
    crew.gus.does_not_ring()
    crew.ana.does_not_ring()
    assert [who for who, _ in crew.desk.rung()] == ["ana", "dan", "eve", "fay"]


def test_the_client_asks_for_a_call_back_while_they_wait(crew: Crew) -> None:
    crew.waits()
    crew.dan.rings()
    crew.clara.hears("press 1", within=20).presses("1").hears("We will call you at", within=10).presses("1")
    crew.clara.hears("call you back by").has_ended()
    crew.dan.has_ended()
    contact = crew.desk.contact()
    assert (contact["outcome"], contact["state"]) == ("callback", "closed")
    assert any(one["kind"] == "promise_made" for one in contact["events"])


def test_the_client_leaves_a_message_while_they_wait(crew: Crew) -> None:
    crew.waits()
    crew.dan.rings()
    crew.clara.hears("press 2", within=20).presses("2").hears("After the tone").speaks(6).has_ended()
    assert crew.outcome == "voicemail"


@pytest.mark.settled(because="who comes first comes before the others are rung", rest_error="none")
def test_nobody_is_told_that_their_telephone_will_ring_when_it_will_not(crew: Crew) -> None:
    crew.waits()
    crew.dan.rings().accepts()
    crew.passes(30)
    crew.clara.is_in_room_with(crew.dan)
    for one in (crew.eve, crew.fay):
        assert one.phone.ringing is None
        one.got_no_text("Your telephone will ring")


def test_nobody_comes_and_the_wait_ends_with_a_message(crew: Crew) -> None:
    crew.waits()
    crew.clara.hears("After the tone", within=150).speaks(5).has_ended()
    assert sorted(crew.desk.rung()[1:]) == [("dan", "no_answer"), ("eve", "no_answer"), ("fay", "no_answer")]
    crew.clara.heard_no_silence_longer_than(2)


def test_key_and_acceptance_meet_and_the_key_was_first(crew: Crew) -> None:
    crew.waits()
    crew.dan.rings().answers()
    crew.clara.hears("press 1", within=20).presses("1").hears("We will call you at")
    crew.dan.presses("1").hears("moved on").has_ended()
    crew.clara.presses("1").has_ended()
    assert crew.outcome == "callback"


@pytest.mark.settled(because="nothing but a report tells it of a client who waits", **but(status_callback_order="lost"))
def test_the_client_hangs_up_while_they_wait_and_nobody_rings_on(crew: Crew) -> None:
    crew.waits()
    crew.dan.rings()
    crew.eve.rings().answers()
    crew.clara.hangs_up()
    crew.world.catches_up()
    crew.eve.presses("1").hears("hung up").has_ended()
    crew.dan.has_ended()
    contact = crew.desk.contact()
    assert contact["outcome"] == "abandoned"
    assert not crew.desk.query("SELECT * FROM reservations WHERE expires_at > since AND kind <> 'wrap_up'")


@pytest.mark.settled(because="the story is about it", status_callback_order="lost", gather_action_on_hangup="not sent")
def test_nobody_was_told_that_the_client_hung_up_and_the_helper_is_let_go(crew: Crew) -> None:
    crew.waits()
    crew.dan.rings()
    crew.clara.hangs_up()
    asked_in_vain = crew.world.exchange.switches.rest_error != "none"  # then Twilio is asked again a minute later
    crew.dan.answers().presses("1").has_ended(within=120 if asked_in_vain else 30)
    contact = crew.desk.contact()
    assert (contact["outcome"], contact["state"]) == ("abandoned", "closed")


def test_the_last_helper_drops_and_the_client_is_taken_back(crew: Crew) -> None:
    crew.waits()
    crew.dan.rings().accepts()
    crew.clara.is_in_room_with(crew.dan)
    crew.passes(10)
    crew.dan.hangs_up()
    crew.clara.hears("cut off", within=15).presses("1")
    crew.dan.rings().accepts()
    crew.clara.is_connected_to(crew.dan).hangs_up()
    assert crew.outcome == "swarmed"


def test_a_helper_who_is_gone_before_the_client_came(crew: Crew) -> None:
    crew.waits()
    crew.dan.rings()
    crew.eve.rings()
    crew.dan.answers().presses("1")
    crew.dan.hangs_up()
    crew.eve.accepts()
    crew.clara.is_in_room_with(crew.eve, within=40).hangs_up()
    assert crew.outcome == "swarmed"


def test_others_join_up_to_the_cap_and_then_nobody_rings(crew: Crew) -> None:
    crew.waits()
    for one in (crew.dan, crew.eve, crew.fay):
        one.rings()
    for one in (crew.dan, crew.eve, crew.fay):
        one.accepts()
    crew.clara.is_in_room_with(crew.dan, crew.eve, crew.fay).hangs_up()
    for one in (crew.dan, crew.eve, crew.fay):
        one.has_ended()
    assert crew.desk.contact()["owner"] == "dan"


def test_a_stranger_is_helped_by_the_whole_desk(crew: Crew) -> None:
    stranger = crew.world.phone(None, "stranger")
    stranger.dials(LINE)
    for _ in range(2):
        stranger.stays_silent()
    crew.ana.rings(within=60).accepts()
    stranger.is_in_room_with(crew.ana).hangs_up()
    assert crew.outcome == "swarmed"


def test_without_twilios_api_the_helpers_are_rung_one_by_one(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        key = aiohttp.client_reqrep.ConnectionKey("api.twilio.com", 443, True, True, None, None, None)
        raise aiohttp.ClientConnectorError(key, OSError("refused"))

    monkeypatch.setattr(crew.world.rehearsal.rest, "request", away)
    crew.waits()
    crew.dan.rings(within=30).declines()
    crew.eve.rings().accepts()
    crew.clara.is_connected_to(crew.eve).hangs_up()
    crew.clara.heard_no_silence_longer_than(2)
    assert crew.outcome == "swarmed"
    assert not any("/Calls" in one.url for one in crew.world.exchange.requests)


def test_without_an_answer_of_twilios_api_too_but_only_once_no_telephone_can_ring(crew: Crew) -> None:
    crew.world.exchange.switches = replace(crew.world.exchange.switches, rest_error="500", rest_error_times=0)
    crew.waits()
    crew.dan.rings(within=60).accepts()
    crew.clara.is_connected_to(crew.dan).hangs_up()
    assert crew.desk.rung() == [("ana", "declined"), ("dan", "accepted")]


def test_a_leg_whose_answer_was_lost_is_not_rung_twice(crew: Crew) -> None:
    crew.world.exchange.switches = replace(
        crew.world.exchange.switches, rest_error="timeout after the effect", rest_error_times=0
    )
    crew.waits()
    crew.dan.rings(within=30).accepts()
    crew.clara.is_in_room_with(crew.dan, within=30).hangs_up()
    assert [who for who, _ in crew.desk.rung()].count("dan") == 1
