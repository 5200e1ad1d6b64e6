"""The leg of a technician who talks with a client is moved out of the caller's Dial, while that is still wanted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from callflows.actions import HangUpLeg, MoveTechnician
from callflows.contact import Contact
from callflows.events import TechnicianMoved
from ivr import rooms
from ivr.client import TwilioAway, TwilioBusy, TwilioRefused, TwilioSilent
from ivr.links import Handed, read_handed
from routing.hunt import Hunt, Ring
from routing.swarm import Becoming
from tests.ivr.swarms import CALL, ID, LEG, MS, WAITING, House
from tests.ivr.test_links import query

TAKEN = Ring(3, "ana", MS, "taken", pressed=MS, key="1", leg=LEG)
INTENT = Becoming(3, MS + 10_000, helps=True)
TALKING = replace(
    WAITING, stage="hunting", swarm=None, swarms=0, hunt=Hunt(MS, 3, TAKEN, ("ana",)), owner="ana", becoming=INTENT
)


async def moved(house: House) -> str:
    return await house.did(await house.ask_for(MoveTechnician(3)))


async def test_the_technicians_leg_is_told_where_to_ask(house: House) -> None:
    await house.keep(TALKING)
    assert await moved(house) == "done"
    ((_, (sid, url)),) = house.twilio.asked
    handed = read_handed(query(url))
    assert handed is not None
    assert (sid, handed.ring, handed.contact.becoming) == (LEG, 3, INTENT)
    assert "/voice/joining?" in url


@pytest.mark.parametrize(
    "contact",
    [
        replace(TALKING, becoming=None),
        replace(TALKING, becoming=replace(INTENT, ring=2)),
        replace(TALKING, becoming=replace(INTENT, until=MS)),
        replace(TALKING, becoming=replace(INTENT, entered=MS)),
        replace(TALKING, stage="conferring"),
        replace(TALKING, stage="over"),
    ],
    ids=["given up", "of another ring", "expired", "in the room already", "the caller was faster", "over"],
)
async def test_it_is_moved_only_while_that_is_wanted(house: House, contact: Contact) -> None:
    await house.keep(contact)
    assert await moved(house) == "done"
    assert house.twilio.asked == []


@pytest.mark.parametrize("refused", [TwilioRefused(400, 21220, "not in progress"), TwilioRefused(404, 20404, "?")])
async def test_a_refusal_is_told_once(house: House, refused: Exception) -> None:
    await house.keep(TALKING)
    house.twilio.answers["move"] = [refused]
    assert await moved(house) == "done"
    assert await house.kinds() == ["TechnicianUnmoved"]


async def test_a_leg_that_nobody_knows_of_is_as_good_as_refused(house: House) -> None:
    await house.keep(replace(TALKING, hunt=Hunt(MS, 3, replace(TAKEN, leg=""), ("ana",))))
    assert await moved(house) == "done"
    assert (house.twilio.asked, await house.kinds()) == ([], ["TechnicianUnmoved"])


@pytest.mark.parametrize("error", [TwilioAway("nobody there"), TwilioBusy("429"), TwilioSilent("500")])
async def test_what_is_not_known_is_tried_again_until_the_intent_is_over(house: House, error: Exception) -> None:
    await house.keep(TALKING)
    house.twilio.answers["move"] = [error]
    deed = await house.ask_for(MoveTechnician(3))
    assert [await house.did(deed) for _ in range(3)] == ["again in 1", "again in 2", "again in 4"]
    house.now += timedelta(seconds=10)
    assert await house.did(deed) == "done"
    assert len(house.twilio.asked) == 3
    assert await house.kinds() == []


async def test_a_leg_that_we_did_not_begin_is_hung_up_by_its_sid(house: House) -> None:
    await house.keep(TALKING)
    assert await house.did(await house.ask_for(HangUpLeg(3, leg=LEG))) == "done"
    assert house.twilio.asked == [("hang_up", LEG)]


# What its own requests tell.


def test_the_moved_leg_asks_for_its_ring() -> None:
    arrived = rooms.joining({"CallSid": LEG, "ParentCallSid": CALL, "CallStatus": "in-progress"}, Handed(TALKING, 5, 3))
    assert (arrived.event, arrived.contact) == (TechnicianMoved(LEG, 3), ID)
    again = rooms.joining({"CallSid": LEG, "ParentCallSid": CALL}, Handed(TALKING, 5, 3))
    assert again.key == arrived.key


def test_a_room_is_known_before_anybody_is_in_it() -> None:
    assert rooms.room_of(TALKING) == f"{ID}-1"
    assert rooms.room_of(replace(TALKING, becoming=None, swarms=2)) == f"{ID}-2"
