"""Texts out as deeds: exactly once, in their lane's order."""

from datetime import datetime, timedelta

import pytest

from db.deeds import claim_deed, find_deed, withdraw_deed
from db.jobs import TryAgain
from db.lanes import hold_lane, leave_lane
from db.messages import save_opt_out
from db.texts import find_text
from ivr.client import TwilioAway, TwilioBusy, TwilioRefused, TwilioSilent
from ivr.sending import LOOKED_AT_AGAIN
from tests.counting import counted
from tests.db.correspondents import ANA, BEN, CLARA, Correspondents
from tests.ivr.office import Office
from tests.ivr.swarms import House
from tests.world import LINE

WHATSAPP = f"whatsapp:{CLARA}"
SLOTTED = '{"slotted": true}'


async def test_a_technician_reads_whose_words_they_are(house: House) -> None:
    office = Office(Correspondents(house.desk))
    await office.people.writes("Our tax roll is broken")
    (deed,) = await office.deeds()
    assert await office.did(deed) == "done"
    (sent,) = office.carrier.taken
    assert (sent["to"], sent["from"]) == (ANA, LINE)
    assert sent["body"] == "#1 Taber, Clara Whitfield: Our tax roll is broken"
    assert sent["url"].startswith("https://desk.example/messages/status?")
    kept = await office.message(deed)
    assert (kept.body, kept.peer, kept.provider_sid, kept.status) == (sent["body"], ANA, "SMout1", "queued")
    assert len(await office.told("queued")) == 1


async def test_a_client_sees_our_number_alone(office: Office) -> None:
    await office.answers("I am on it")
    await office.everything_goes()
    ((sent),) = office.carrier.taken
    assert (sent["to"], sent["from"], sent["body"]) == (CLARA, LINE, "I am on it")


async def test_on_another_channel_it_goes_out_from_our_address_there(office: Office) -> None:
    turn = await office.people.writes("And here?", WHATSAPP, f"whatsapp:{LINE}")
    assert turn is not None
    await office.everything_goes()
    assert [(one["to"], one["from"]) for one in office.carrier.taken] == [(ANA, LINE)]
    office.carrier.taken.clear()
    await office.answers("I am on it")
    await office.everything_goes()
    assert [(one["to"], one["from"]) for one in office.carrier.taken] == [(WHATSAPP, f"whatsapp:{LINE}")]


async def test_a_page_without_a_number_writes_in_its_own_name_and_to_technicians_a_line_does(office: Office) -> None:
    person, page = "messenger:1234567890", "messenger:99887766"
    await office.people.writes("Our roll is broken", person, page)
    await office.everything_goes()
    office.people.passes(minutes=1)
    await office.people.writes("Taber", person, page)
    await office.everything_goes()
    to_person = [one["from"] for one in office.carrier.taken if one["to"] == person]
    assert to_person and set(to_person) == {page}
    assert [one["from"] for one in office.carrier.taken if one["to"] == ANA] == [LINE]


async def test_what_a_relay_and_an_answer_cost_in_round_trips(office: Office) -> None:
    """Hold the lane, read, take the slot, write down what became of it, tell the conversation, leave the lane."""
    await office.people.writes("Hello?")
    await office.answers("I am on it")
    for deed, most in zip(await office.deeds(), (12, 11), strict=True):
        office.people.passes(minutes=1)
        async with office.people.desk.pool.acquire() as connection:
            found = await find_deed(connection, deed)
        assert found is not None
        with counted(office.people.desk) as statements:
            await office.writing.do(found)
        assert len(statements) <= most, statements
    assert await office.deeds() == []


# Refused, busy, silent.


async def test_what_twilio_refuses_is_not_tried_again_and_is_told_by_its_code(office: Office) -> None:
    await office.answers("I am on it")
    office.carrier.trouble = [TwilioRefused(400, 21614, "not a mobile number")]
    (deed,) = await office.deeds()
    assert await office.did(deed) == "refused"
    assert (await office.message(deed)).error == "21614"
    assert len(await office.told("refused")) == 1
    assert await office.people.desk.pool.fetchval("SELECT code FROM deaf_numbers WHERE number = $1", CLARA) == "21614"
    await office.everything_goes()
    assert [(one["to"], "no text can be sent" in one["body"]) for one in office.carrier.taken] == [(ANA, True)]


@pytest.mark.parametrize("trouble", [TwilioBusy("429"), TwilioAway("connection refused")])
async def test_what_certainly_did_not_go_is_simply_tried_again(office: Office, trouble: Exception) -> None:
    await office.answers("I am on it")
    office.carrier.trouble = [trouble]
    (deed,) = await office.deeds()
    assert (await office.did(deed)).startswith("again in ")
    await office.everything_goes()
    assert office.carrier.bodies == ["I am on it"]


@pytest.mark.parametrize("lost", [True, False], ids=["it was taken", "it was not"])
async def test_of_unknown_fate_is_looked_for_after_a_minute(office: Office, lost: bool) -> None:
    await office.answers("I am on it")
    office.carrier.trouble, office.carrier.lost = [TwilioSilent("no answer")], lost
    (deed,) = await office.deeds()
    assert await office.did(deed) == "again in 60.0"
    office.people.passes(seconds=20)
    assert await office.did(deed) == "again in 40.0"
    assert office.carrier.asked == 2, "the fixture's and this one: nothing is sent while nothing is known"
    office.people.passes(seconds=40)
    assert await office.did(deed) == "done"
    assert office.carrier.bodies == ["I am on it"]


async def test_a_text_of_the_same_words_is_not_taken_for_another(office: Office) -> None:
    await office.answers("ok")
    await office.everything_goes()
    await office.answers("ok")
    office.carrier.trouble = [TwilioSilent("no answer")]
    await office.everything_goes()
    assert office.carrier.bodies == ["ok", "ok"]


# In order.


async def test_later_words_wait_for_earlier_ones_of_unknown_fate(office: Office) -> None:
    await office.answers("first")
    await office.answers("second")
    first, second = await office.deeds()
    office.carrier.trouble = [TwilioSilent("no answer")]
    assert await office.did(first) == "again in 60.0"
    await office.did(second)
    assert office.carrier.bodies == []
    await office.everything_goes()
    assert office.carrier.bodies == ["first", "second"]


async def test_whoever_comes_first_does_the_oldest_first(office: Office) -> None:
    for words in ("first", "second", "third"):
        await office.answers(words)
    office.people.passes(minutes=1)
    *_, last = await office.deeds()
    await office.did(last)
    await office.everything_goes()
    assert office.carrier.bodies == ["first", "second", "third"]


async def test_while_somebody_works_in_the_lane_nobody_else_does(office: Office) -> None:
    await office.answers("I am on it")
    (deed,) = await office.deeds()
    async with office.people.desk.pool.acquire() as connection:
        kept = await find_deed(connection, deed)
        assert kept is not None
        assert kept.lane
        assert await hold_lane(connection, kept.lane, office.people.now)
        assert await office.did(deed) == f"again in {LOOKED_AT_AGAIN}"
        assert office.carrier.bodies == []
        await leave_lane(connection, kept.lane, office.people.now)
    assert await office.did(deed) == "done"


async def test_a_client_who_is_slow_holds_nobody_else_back(office: Office) -> None:
    """The way to a technician is a lane of its own."""
    await office.answers("I am on it")
    office.carrier.trouble = [TwilioSilent("no answer")]
    (deed,) = await office.deeds()
    await office.did(deed)
    await office.people.writes("Hello?")
    office.people.passes(seconds=5)
    (relay,) = await office.deeds()
    assert await office.did(relay) == "done"


# Opted out meanwhile.


async def opts_out(office: Office, number: str, now: datetime) -> None:
    async with office.people.desk.pool.acquire() as connection:
        await save_opt_out(connection, number, "STOP", now, out=True)


async def test_what_waits_while_they_opt_out_is_not_sent(office: Office) -> None:
    await office.answers("I am on it")
    await opts_out(office, CLARA, office.people.now)
    (deed,) = await office.deeds()
    assert await office.did(deed) == "refused"
    assert office.carrier.bodies == []
    assert (await office.message(deed)).error == "21610"


async def test_the_answer_to_an_opt_out_is_still_sent(office: Office) -> None:
    await office.people.writes("Arrêt")
    deeds = await office.deeds()
    assert [await office.did(deed) for deed in deeds] == ["done"]
    assert [one["to"] for one in office.carrier.taken] == [CLARA]


async def test_a_technician_who_ended_our_texts_is_sent_none(office: Office) -> None:
    await office.people.asks(office.contact, "ben", "join")
    await opts_out(office, BEN, office.people.now)
    (deed,) = await office.deeds()
    assert await office.did(deed) == "refused"
    assert office.carrier.bodies == []


async def test_a_technician_who_has_left_is_sent_none(office: Office) -> None:
    await office.people.writes("Hello?")
    (deed,) = await office.deeds()
    await office.people.desk.pool.execute(
        "UPDATE messages SET technician = 'gone' WHERE technician = 'ana' AND status = ''"
    )
    assert await office.did(deed) == "refused"


async def test_what_is_done_is_not_done_again(office: Office) -> None:
    await office.answers("I am on it")
    (deed,) = await office.deeds()
    assert await office.did(deed) == "done"
    assert await office.did(deed) == "done"
    assert office.carrier.bodies == ["I am on it"]


async def test_whoever_claims_it_first_sends_it(office: Office) -> None:
    await office.answers("I am on it")
    (deed,) = await office.deeds()
    async with office.people.desk.pool.acquire() as connection:
        assert await withdraw_deed(connection, deed, "over", office.people.now)
        assert not await claim_deed(connection, deed, office.people.now + timedelta(seconds=1))
    assert await office.did(deed) == "refused"
    assert office.carrier.bodies == []


@pytest.mark.parametrize("is_slotted", [False, True])
async def test_whoever_has_lost_the_lane_does_not_send_what_another_has_begun(office: Office, is_slotted: bool) -> None:
    """Its job process counted as dead, because its connection was, and both had read the text before it was tried."""
    await office.answers("I am on it")
    (deed,) = await office.deeds()
    if is_slotted:
        await office.people.desk.pool.execute("UPDATE deeds SET body = body || $1 WHERE deed = $2", SLOTTED, deed)
    async with office.people.desk.pool.acquire() as connection:
        text = await find_text(connection, deed)
    assert text is not None
    office.carrier.trouble = [TwilioSilent("no answer")]
    assert await office.did(deed) == "again in 60.0"
    with pytest.raises(TryAgain, match="somebody else does it"):
        await office.writing.one(text)
    office.people.passes(minutes=1)
    async with office.people.desk.pool.acquire() as connection:
        unknown = await find_text(connection, deed)
    assert unknown is not None
    assert await office.did(deed) == "done"
    office.carrier.taken.clear()  # as if Twilio's list did not show it yet
    with pytest.raises(TryAgain, match="somebody else does it"):
        await office.writing.one(unknown)
    assert office.carrier.bodies == []
