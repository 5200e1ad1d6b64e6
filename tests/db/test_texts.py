"""A text on its way: what is read of it, its turn to go, and its end."""

import asyncio
from datetime import datetime, timedelta

import pytest

from callflows.text_events import TechnicianWrote
from db.deeds import Deed, find_deed, save_deed_end, save_deed_part
from db.incoming import Incoming
from db.pool import Connection
from db.rows import Rows
from db.texts import Ending, Text, claim_seen, claim_text, find_text, list_known_texts, save_text_due, save_text_end
from tests.db.correspondents import CLARA, DALE, NOW, Correspondents
from tests.world import LINE


async def newest(people: Correspondents) -> Text:
    async with people.desk.pool.acquire() as connection:
        text = await find_text(connection, await connection.fetchval("SELECT max(deed) FROM deeds"))
    assert text is not None
    return text


async def test_a_relay_is_read_with_whose_words_it_gives(people: Correspondents) -> None:
    turn = await people.writes("Our tax roll is broken")
    assert turn is not None
    text = await newest(people)
    assert text.message is not None
    assert text.about is not None
    assert text.deed.body["message"] == text.message.message
    assert (text.message.party, text.message.technician) == ("technician", "ana")
    about = text.about
    assert (about.matter, about.client, about.municipality, about.peer) == (1, "clara", "4802022", CLARA)
    assert (about.channel, about.provider_sid) == ("text", "SM" + "1".zfill(32))


async def test_the_other_side_is_the_client_also_where_we_have_begun(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    ((contact, _, _),) = await people.contacts()
    await people.asks(contact, "ana", "close")
    wrote = TechnicianWrote("SMa", "ana", "One more thing", 0, 1, "clara", "4802022", "taber", "en")
    people.count += 1
    await people.takes(incoming(wrote))
    text = await newest(people)
    assert text.about is not None
    assert (text.about.peer, text.about.provider_sid) == (CLARA, "SendOn:77")


def incoming(wrote: TechnicianWrote) -> Incoming:
    return Incoming("", "", "SendOn:77", wrote, CLARA, LINE)


async def test_another_deed_sends_no_message(people: Correspondents) -> None:
    rows = Rows(NOW)
    rows.deed(subject="contact:x", kind="cancel", body={"ring": 1, "message": 1})
    async with people.desk.pool.acquire() as connection:
        await rows.add(connection)
        assert await find_text(connection, 999_999) is None
    text = await newest(people)
    assert (text.deed.kind, text.message, text.about) == ("cancel", None, None)
    async with people.desk.pool.acquire() as connection:
        with pytest.raises(LookupError, match="sends no message"):
            await save_text_end(connection, text, "sent", state="done", outcome="sent", now=NOW)


# Its turn (twilio.md 6.7: so many segments a second of each sender).


async def begun(connection: Connection) -> Deed:
    rows = Rows(NOW)
    rows.deed(subject="contact:x", kind="write", body={})
    await rows.add(connection)
    return await reread(connection, await connection.fetchval("SELECT max(deed) FROM deeds"))


async def reread(connection: Connection, deed: int) -> Deed:
    found = await find_deed(connection, deed)
    assert found is not None
    return found


async def test_each_line_gives_its_seconds_to_the_texts_in_their_order(people: Correspondents) -> None:
    async with people.desk.pool.acquire() as connection:
        waits = []
        for line, seconds in ((LINE, 1), (LINE, 3), (LINE, 1), ("+15875550101", 1 / 3)):
            deed = await begun(connection)
            slot = await claim_text(connection, deed, line, seconds, NOW)
            assert slot is not None
            waits.append((slot - NOW).total_seconds())
            claimed = await reread(connection, deed.deed)
            assert (claimed.due_at, claimed.body) == (slot, {"slotted": True})
            tried = ("tried", 1, NOW) if slot == NOW else ("due", 0, None)
            assert (claimed.state, claimed.tries, claimed.tried_at) == tried
        assert waits == [0, 1, 4, 0]
        later = NOW + timedelta(minutes=1)
        assert await claim_text(connection, await begun(connection), LINE, 1, later) == later, "nothing is saved up"


async def next_slot(connection: Connection) -> float:
    """Seconds until the line may send again."""
    at = await connection.fetchval("SELECT next_at FROM text_slots WHERE line = $1", LINE)
    return float((at - NOW).total_seconds()) if at else 0.0


async def test_of_several_who_have_read_it_one_claims_it_and_the_others_take_no_slot(people: Correspondents) -> None:
    async with people.desk.pool.acquire() as connection:
        deed = await begun(connection)
        assert await claim_seen(connection, deed, NOW)
        assert not await claim_seen(connection, deed, NOW)
        assert await claim_text(connection, deed, LINE, 1, NOW) is None
        again = await reread(connection, deed.deed)
        assert await claim_text(connection, again, LINE, 1, NOW) == NOW, "whoever has looked it up may try it again"
        assert await claim_text(connection, again, LINE, 1, NOW) is None
        assert await next_slot(connection) == 1
        await save_deed_end(connection, deed.deed, state="done", provider_sid="SM1", outcome="queued", now=NOW)
        assert await claim_text(connection, await reread(connection, deed.deed), LINE, 1, NOW) is None
        assert await next_slot(connection) == 1


@pytest.mark.parametrize("is_free", [True, False], ids=["the line may send", "it may not yet"])
async def test_of_several_at_once_one_claims_it_for_one_slot(people: Correspondents, is_free: bool) -> None:
    pool = people.desk.pool
    async with pool.acquire() as connection:
        deed = await begun(connection)
        if not is_free:
            await claim_text(connection, await begun(connection), LINE, 1, NOW)

    async def claimed() -> datetime | None:
        async with pool.acquire() as own:
            return await claim_text(own, deed, LINE, 1, NOW)

    slots = await asyncio.gather(*(claimed() for _ in range(6)))
    async with pool.acquire() as connection:
        assert await next_slot(connection) == (1 if is_free else 2)
        assert (await reread(connection, deed.deed)).tries == (1 if is_free else 0)
    assert slots.count(None) == 5


async def test_what_certainly_did_not_go_is_due_again_and_asks_for_another_slot(people: Correspondents) -> None:
    async with people.desk.pool.acquire() as connection:
        deed = await begun(connection)
        assert await claim_text(connection, deed, LINE, 1, NOW) == NOW
        await save_text_due(connection, deed)
        again = await reread(connection, deed.deed)
        assert (again.state, again.tries, again.body) == ("due", 1, {"slotted": False})
        assert await claim_seen(connection, again, NOW)
        await save_text_due(connection, deed)
        assert (await reread(connection, deed.deed)).state == "tried", "that is another's try"


async def test_a_sid_is_known_as_a_texts_or_as_a_part_of_one(people: Correspondents) -> None:
    async with people.desk.pool.acquire() as connection:
        long, short = await begun(connection), await begun(connection)
        await begun(connection)
        await save_deed_part(connection, long.deed, 2, ["SM1", "SM2"])
        await save_deed_end(connection, short.deed, state="done", provider_sid="SM4", outcome="queued", now=NOW)
        assert await list_known_texts(connection, ["SM0", "SM2", "SM3", "SM4"]) == {"SM2", "SM4"}
        assert await list_known_texts(connection, []) == set()


# Its end.


async def ended(people: Correspondents, text: Text, status: str, sid: str | None = "SM9") -> Ending:
    async with people.desk.pool.acquire() as connection:
        return await save_text_end(connection, text, status, state="done", outcome=status, now=NOW, sid=sid)


async def test_its_end_is_kept_once_and_of_its_message_what_is_newest(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    text = await newest(people)
    told = [await ended(people, text, status) for status in ("sent", "queued", "delivered")]
    assert told == [Ending(True, True, None), Ending(False, False, None), Ending(False, True, None)]
    kept = await newest(people)
    assert kept.message is not None
    assert (kept.deed.state, kept.deed.provider_sid) == ("done", "SM9")
    assert (kept.message.status, kept.message.provider_sid) == ("delivered", "SM9")


async def test_its_end_names_what_waits_behind_it(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    first = await newest(people)
    await people.writes("Hello?")
    second = await newest(people)
    await people.writes("The water meters", DALE)
    assert (await ended(people, first, "sent", "SM8")).behind == second.deed.deed
    assert (await ended(people, second, "sent")).behind is None


async def test_a_late_report_that_says_nothing_new_still_names_it(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    text = await newest(people)
    await ended(people, text, "sent", sid=None)
    await ended(people, text, "queued")
    kept = await newest(people)
    assert kept.message is not None
    assert (kept.message.status, kept.message.provider_sid) == ("sent", "SM9")
