"""A colleague texts that they want to join a call that goes on, and is rung and put into it."""

import pytest

from tests.scenarios.talks import SOON, Talk, talk_of
from tests.world import LINE, Worlds


@pytest.fixture
def call(worlds: Worlds) -> Talk:
    return talk_of(worlds)


def test_a_colleague_asks_to_join(call: Talk) -> None:
    call.gus.sends_text(LINE, "join #1").got_text("Press 1 to join the call", within=SOON)
    call.gus.rings(within=call.world.allows(30)).answers().hears("Clara Whitfield").presses("1")
    call.clara.is_in_room_with(call.ana, call.gus)
    call.dan.does_not_ring()
    call.nobody_was_dropped()
    call.gus.hangs_up()
    call.clara.is_in_room_with(call.ana)
    call.talk_and_hang_up()
    contact = call.desk.contact()
    assert (contact["outcome"], contact["owner"]) == ("swarmed", "ana")
    assert [one["detail"] for one in contact["events"] if one["kind"] == "swarm_opened"] == [{"joins": True}]


def test_a_colleague_joins_while_others_are_rung(call: Talk) -> None:
    call.ana.sends_text(LINE, "swarm #1 water")
    call.dan.rings(within=call.world.allows(20)).accepts()
    call.clara.is_in_room_with(call.ana, call.dan)
    call.gus.sends_text(LINE, "join #1")
    call.gus.rings(within=call.world.allows(90)).accepts()
    call.clara.is_in_room_with(call.ana, call.dan, call.gus)
    call.talk_and_hang_up()
    assert call.outcome == "swarmed"


def test_a_colleague_joins_a_client_who_waits_for_a_swarm(call: Talk) -> None:
    """A second call of hers, while Ana has passed it on: whoever is rung already is told so."""
    call.clara.hangs_up()
    call.world.catches_up()
    call.clara.dials(LINE)
    call.ana.rings(within=60).declines()
    call.clara.hears("who can help you", within=20)
    call.gus.sends_text(LINE, "join #1").got_text("Press 1 to join the call", within=SOON)
    call.gus.rings(within=call.world.allows(30)).accepts()
    call.clara.is_in_room_with(call.gus, within=40)
    call.passes(5)
    call.clara.hangs_up()
    assert call.outcome == "swarmed"


@pytest.mark.parametrize(
    ("state", "words"), [("off", "you are off duty"), ("away", "you are off duty")], ids=["off", "away"]
)
def test_who_is_off_duty_is_told_how_to_come(call: Talk, state: str, words: str) -> None:
    call.world.api("PUT", "/api/v1/technicians/eve/presence", {"state": state})
    call.eve.sends_text(LINE, "join #1").got_text(words, within=SOON)
    call.clara.is_connected_to(call.ana)
    call.eve.sends_text(LINE, "on").got_text("on duty", within=SOON)
    call.eve.sends_text(LINE, "join #1").rings(within=call.world.allows(90)).accepts()
    call.clara.is_in_room_with(call.ana, call.eve)
    call.talk_and_hang_up()


def test_who_is_on_another_call_is_told_so(call: Talk) -> None:
    other = call.world.phone(None, "somebody")
    other.dials(LINE)
    for _ in range(2):
        other.stays_silent()
    call.dan.rings(within=60).accepts()
    call.passes(5)
    call.dan.sends_text(LINE, "join #1").got_text("another call has you", within=SOON)
    call.clara.is_connected_to(call.ana).hangs_up()
    other.hangs_up()


def test_who_is_on_it_and_who_is_not_are_told_so(call: Talk) -> None:
    call.ana.sends_text(LINE, "join #1").got_text("you are on that call", within=SOON)
    call.dan.sends_text(LINE, "swarm #1").got_text("Ana Ferreira is on the telephone with them", within=SOON)
    call.clara.is_connected_to(call.ana).hangs_up()
