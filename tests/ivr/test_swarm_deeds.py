"""A swarm's other deeds: legs canceled, moved, asked about and hung up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from callflows.actions import AskLeg, CancelRing, Change, HangUpLeg, MoveClient
from callflows.contact import Contact
from db.deeds import claim_deed
from db.jobs import TryAgain
from ivr.client import TwilioAway, TwilioBusy, TwilioRefused, TwilioSilent
from ivr.links import read_handed
from routing.swarm import Swarm
from tests.ivr.swarms import ANA, CALL, LEG, MS, NOW, RING, WAITING, House, rung
from tests.ivr.test_links import query

# Canceling.


@pytest.mark.parametrize("queued", [True, False])
async def test_a_ring_that_waits_for_its_turn_is_withdrawn_without_asking_twilio(house: House, queued: bool) -> None:
    deed = await house.ask_for(RING)
    assert await house.did(await house.ask_for(CancelRing(1, queued))) == "done"
    assert await house.did(deed) == "refused"
    assert house.twilio.asked == []
    ((kind, event),) = await house.told()
    assert (kind, event["ring"], event["status"]) == ("LegEnded", 1, "canceled")


async def test_whoever_claims_a_ring_first_has_it(house: House) -> None:
    """The withdrawal and the claim are each one statement on the same row."""
    deed = await house.ask_for(RING)
    async with house.pool.acquire() as connection:
        assert await claim_deed(connection, deed, NOW)
    assert await house.did(await house.ask_for(CancelRing(1))) == "again in 1"
    assert await house.state(deed) == "tried"


async def test_a_ringing_leg_is_canceled(house: House) -> None:
    await rung(house)
    assert await house.did(await house.ask_for(CancelRing(1))) == "done"
    assert house.twilio.asked == [("cancel", LEG)]
    assert await house.kinds() == ["RingPlaced", "LegEnded"]


@pytest.mark.parametrize(
    ("status", "asked"), [("queued", ["status", "cancel"]), ("ringing", ["status"]), ("in-progress", ["status"])]
)
async def test_only_what_is_queued_may_be_meant(house: House, status: str, asked: list[str]) -> None:
    await rung(house)
    house.twilio.answers["status"] = [status]
    assert await house.did(await house.ask_for(CancelRing(1, queued=True))) == "done"
    assert [method for method, _ in house.twilio.asked] == asked
    assert await house.kinds() == (["RingPlaced", "LegEnded"] if status == "queued" else ["RingPlaced"])


async def test_a_leg_that_was_picked_up_goes_on(house: House) -> None:
    await rung(house)
    house.twilio.answers["cancel"] = ["in-progress"]
    assert await house.did(await house.ask_for(CancelRing(1))) == "done"
    assert await house.kinds() == ["RingPlaced"]


async def test_whether_there_is_a_leg_to_cancel_is_waited_for(house: House) -> None:
    ring = await rung(house, TwilioSilent("500"))
    deed = await house.ask_for(CancelRing(1))
    waits = [await house.did(deed) for _ in range(3)]
    assert waits == ["again in 1", "again in 2", "again in 4"]
    house.now += timedelta(seconds=60)
    house.twilio.answers["list"] = [LEG]
    await house.did(ring)
    assert await house.did(deed) == "done"
    assert ("cancel", LEG) in house.twilio.asked


async def test_nothing_is_tried_for_ever(house: House) -> None:
    await rung(house)
    house.twilio.answers["cancel"] = [TwilioAway("nobody there")]
    deed = await house.ask_for(CancelRing(1))
    waits = [await house.did(deed) for _ in range(10)]
    assert waits == [*(f"again in {seconds}" for seconds in (1, 2, 4, 8, 8, 8, 8, 8, 8)), "refused"]


# Moving the client.

TAKEN = replace(ANA, state="taken", leg=LEG)
ANOTHER = replace(ANA, ring=2, technician="ben", state="ringing")
ACCEPTED = replace(WAITING, swarm=Swarm(1, MS, (TAKEN,), moving=True))


@pytest.mark.parametrize(
    ("contact", "moved"),
    [
        (ACCEPTED, True),
        (replace(ACCEPTED, stage="conferring"), False),
        (replace(ACCEPTED, swarm=Swarm(1, MS, (TAKEN,))), False),
        (replace(ACCEPTED, swarm=Swarm(1, MS, (replace(TAKEN, state="gone"), ANOTHER), moving=True)), False),
        (replace(ACCEPTED, swarm=Swarm(1, MS, (replace(TAKEN, state="gone"),), moving=True)), True),
        (replace(WAITING, stage="conferring", swarm=Swarm(1, MS, (replace(TAKEN, state="gone"),))), True),
        (replace(WAITING, stage="conferring", swarm=None), True),
        (replace(WAITING, stage="recording", swarm=None), False),
        (replace(ACCEPTED, stage="over"), False),
    ],
    ids=[
        "a helper is there",
        "the loop was faster",
        "nobody asked for it any more",
        "the helper has left already, another one rings",
        "nobody is left to wait for",
        "alone in the room",
        "alone, the swarm closed",
        "leaves a message",
        "over",
    ],
)
async def test_the_client_is_moved_if_it_is_still_wanted(house: House, contact: Contact, moved: bool) -> None:
    await house.keep(contact)
    assert await house.did(await house.ask_for(MoveClient())) == "done"
    assert [sid for _, (sid, _) in house.twilio.asked] == ([CALL] if moved else [])
    for _, (_, url) in house.twilio.asked:
        handed = read_handed(query(url))
        assert handed is not None
        assert "/voice/moved?" in url
        assert (handed.number, handed.contact.stage) == (1, contact.stage)


@pytest.mark.parametrize("error", [TwilioAway("nobody there"), TwilioBusy("429"), TwilioSilent("500")])
async def test_a_move_is_tried_again_soon_while_it_is_wanted(house: House, error: Exception) -> None:
    await house.keep(ACCEPTED)
    house.twilio.answers["move"] = [error]
    deed = await house.ask_for(MoveClient())
    assert [await house.did(deed) for _ in range(3)] == ["again in 1", "again in 2", "again in 4"]
    await house.keep(replace(ACCEPTED, stage="conferring"))
    assert await house.did(deed) == "done"
    assert len(house.twilio.asked) == 3


@pytest.mark.parametrize("refused", [TwilioRefused(400, 21220, "not in progress"), TwilioRefused(404, 20404, "?")])
async def test_a_call_that_is_over_is_not_moved(house: House, refused: Exception) -> None:
    await house.keep(ACCEPTED)
    house.twilio.answers["move"] = [refused]
    assert await house.did(await house.ask_for(MoveClient())) == "refused"


# Asking about a leg, and ending it.


@pytest.mark.parametrize(
    ("status", "told"),
    [("in-progress", None), ("ringing", None), ("completed", "completed"), ("busy", "busy"), (None, "canceled")],
)
async def test_a_leg_that_is_over_is_told_as_its_own_report_would(
    house: House, status: str | None, told: str | None
) -> None:
    await rung(house)
    house.twilio.answers["status"] = [status]
    for _ in range(2):  # the same end is told once
        assert await house.did(await house.ask_for(AskLeg(1))) == "done"
    ended = [event["status"] for kind, event in await house.told() if kind == "LegEnded"]
    assert ended == ([told] if told else [])


async def test_a_leg_is_known_by_its_own_requests_too(house: House) -> None:
    await house.keep(ACCEPTED)
    assert await house.did(await house.ask_for(AskLeg(1))) == "done"
    assert house.twilio.asked == [("status", LEG)]


async def test_a_ring_that_has_not_begun_is_no_leg_to_ask_about(house: House) -> None:
    ring = await house.ask_for(RING)
    assert await house.did(await house.ask_for(AskLeg(1))) == "done"
    assert (house.twilio.asked, await house.state(ring)) == ([], "due")


async def test_a_leg_is_hung_up_when_it_is_time(house: House) -> None:
    await rung(house)
    deed = await house.ask_for(HangUpLeg(1, 10))
    assert await house.did(deed) == "again in 10.0"
    house.now += timedelta(seconds=10)
    assert await house.did(deed) == "done"
    assert house.twilio.asked == [("hang_up", LEG)]


async def test_a_leg_that_has_ended_by_itself_is_fine(house: House) -> None:
    await rung(house)
    house.twilio.answers["hang_up"] = [TwilioRefused(400, 21220, "not in progress")]
    assert await house.did(await house.ask_for(HangUpLeg(1))) == "refused"


@pytest.mark.parametrize("change", [CancelRing(7), HangUpLeg(7), AskLeg(7)])
async def test_a_ring_that_nobody_knows_is_nothing_to_do(house: House, change: Change) -> None:
    assert await house.did(await house.ask_for(change)) == "done"
    assert house.twilio.asked == []


# The sweeper.


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        (ACCEPTED, ["TimerFired"]),
        (WAITING, ["TimerFired"]),
        (replace(WAITING, swarm=Swarm(1, MS, (replace(ANA, state="gone"),))), []),
        (replace(WAITING, stage="hunting", swarm=None), []),
    ],
    ids=["with a helper inside", "while somebody rings", "with nobody", "without a swarm"],
)
async def test_a_quiet_swarm_is_looked_after(house: House, contact: Contact, told: list[str]) -> None:
    await house.keep(contact)
    house.now += timedelta(minutes=5)
    with pytest.raises(TryAgain):
        await house.deeds.sweep(0, 0)
    assert [kind for kind in await house.kinds() if kind == "TimerFired"] == told
    assert house.twilio.asked == [("status", CALL)]
    with pytest.raises(TryAgain):
        await house.deeds.sweep(0, 0)
    assert len(await house.kinds()) == len(told)
