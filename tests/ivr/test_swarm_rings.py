"""Rings of a swarm's helpers, begun by Twilio's API: each once, and what the swarm is told of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.client import TwilioAway, TwilioBusy, TwilioRefused, TwilioSilent
from ivr.links import read_handed
from routing.swarm import Helper, Swarm
from tests.ivr.swarms import ANA, LEG, MS, RING, WAITING, House, rung
from tests.ivr.test_links import query
from tests.world import LINE

# Ringing.


async def test_a_helpers_leg_is_asked_for_with_its_ring_in_every_url(house: House) -> None:
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "done"
    ((_, how),) = house.twilio.asked
    for name in ("url", "fallback_url", "status_callback"):
        handed = read_handed(query(how[name]))
        assert handed is not None
        assert handed.ring == 1
    assert (how["to"], how["sender"], how["seconds"]) == ("+14035550111", LINE, 20)
    ((kind, event),) = await house.told()
    assert (kind, event["leg"], event["ring"]) == ("RingPlaced", LEG, 1)


@pytest.mark.parametrize(
    ("swarm", "why"),
    [
        (Swarm(1, MS, (replace(ANA, state="gone"),)), "their ring is over"),
        (Swarm(1, MS, (ANA, Helper(2, "ben", MS, "taken"))), "somebody has accepted"),
        (None, "the swarm is closed"),
    ],
)
async def test_a_ring_that_nobody_wants_any_more_never_begins(house: House, swarm: Swarm | None, why: str) -> None:
    await house.keep(replace(WAITING, swarm=swarm))
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "refused"
    assert house.twilio.asked == []


async def test_without_a_connection_the_ring_never_begins_and_the_swarm_is_told(house: House) -> None:
    house.twilio.answers["call"] = [TwilioAway("nobody there"), LEG]
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "refused"
    ((kind, event),) = await house.told()
    assert (kind, event["unknown"]) == ("RingUnplaced", False)
    assert await house.did(deed) == "refused"
    assert len(house.twilio.asked) == 1


async def test_too_many_requests_are_no_reason_to_tell_anybody(house: House) -> None:
    house.twilio.answers["call"] = [TwilioBusy("429"), LEG]
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "again in None"
    assert (await house.state(deed), await house.kinds()) == ("due", [])
    assert await house.did(deed) == "done"


async def test_a_refused_number_has_failed(house: House) -> None:
    await rung(house, TwilioRefused(400, 21211, "no such number"))
    ((kind, event),) = await house.told()
    assert (kind, event["status"]) == ("LegEnded", "failed")


async def test_a_leg_of_unknown_fate_is_told_once_and_looked_up_after_a_minute(house: House) -> None:
    house.twilio.answers |= {"call": [TwilioSilent("500")], "list": [LEG]}
    deed = await house.ask_for(RING)
    assert await house.did(deed) == "again in 60.0"
    house.now += timedelta(seconds=20)
    assert await house.did(deed) == "again in 40.0"  # woken too early: nothing is asked
    assert [method for method, _ in house.twilio.asked] == ["call"]
    assert await house.kinds() == ["RingUnplaced"]
    house.now += timedelta(seconds=40)
    assert await house.did(deed) == "done"
    assert [method for method, _ in house.twilio.asked] == ["call", "list", "status"]
    assert await house.kinds() == ["RingUnplaced", "RingPlaced"]


async def test_a_leg_of_unknown_fate_that_twilio_does_not_know_is_over(house: House) -> None:
    deed = await rung(house, TwilioSilent("500"))
    house.now += timedelta(seconds=60)
    assert await house.did(deed) == "refused"
    assert (await house.told())[-1][1]["status"] == "canceled"
    assert [method for method, _ in house.twilio.asked] == ["list"]


@pytest.mark.parametrize("busy", [TwilioBusy("429"), TwilioAway("nobody there")])
async def test_a_lookup_that_fails_does_not_ring_a_second_time(house: House, busy: Exception) -> None:
    deed = await rung(house, TwilioSilent("500"))
    house.now += timedelta(seconds=60)
    house.twilio.answers["list"] = [busy, LEG]
    assert (await house.did(deed)).startswith("again")
    assert await house.state(deed) == "tried"
    assert await house.did(deed) == "done"
    assert "call" not in [method for method, _ in house.twilio.asked]
