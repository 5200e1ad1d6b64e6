"""A text on its way: what is read of it, its turn to go, and its end."""

from datetime import timedelta

import pytest

from callflows.text_events import TechnicianWrote
from db.deeds import claim_deed, save_deed_end
from db.incoming import Incoming
from db.pool import Connection
from db.rows import Rows
from db.texts import Text, claim_text, find_text, save_text_end
from tests.db.correspondents import CLARA, NOW, Correspondents
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


async def begun(connection: Connection) -> int:
    rows = Rows(NOW)
    rows.deed(subject="contact:x", kind="write", body={})
    await rows.add(connection)
    return int(await connection.fetchval("SELECT max(deed) FROM deeds"))


async def test_each_line_gives_its_seconds_to_the_texts_in_their_order(people: Correspondents) -> None:
    async with people.desk.pool.acquire() as connection:
        waits = []
        for line, segments, rate in ((LINE, 1, 1.0), (LINE, 3, 1.0), (LINE, 1, 1.0), ("+15875550101", 1, 3.0)):
            deed = await begun(connection)
            slot = await claim_text(connection, deed, line, segments, rate, NOW)
            assert slot is not None
            waits.append((slot - NOW).total_seconds())
            claimed = await find_text(connection, deed)
            assert claimed is not None
            assert (claimed.deed.due_at, claimed.deed.body) == (slot, {"slotted": True})
            tried = ("tried", 1, NOW) if slot == NOW else ("due", 0, None)
            assert (claimed.deed.state, claimed.deed.tries, claimed.deed.tried_at) == tried
        assert waits == [0, 1, 4, 0]
        later = NOW + timedelta(minutes=1)
        assert await claim_text(connection, await begun(connection), LINE, 1, 1.0, later) == later, (
            "nothing is saved up"
        )


async def test_what_somebody_else_has_begun_is_not_claimed(people: Correspondents) -> None:
    async with people.desk.pool.acquire() as connection:
        deed = await begun(connection)
        assert await claim_deed(connection, deed, NOW)
        assert await claim_text(connection, deed, LINE, 1, 1.0, NOW) is None
        await save_deed_end(connection, deed, state="done", provider_sid="SM1", outcome="queued", now=NOW)
        assert await claim_text(connection, deed, LINE, 1, 1.0, NOW) is None


# Its end.


async def ended(people: Correspondents, text: Text, status: str, sid: str | None = "SM9") -> tuple[bool, bool]:
    async with people.desk.pool.acquire() as connection:
        return await save_text_end(connection, text, status, state="done", outcome=status, now=NOW, sid=sid)


async def test_its_end_is_kept_once_and_of_its_message_what_is_newest(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    text = await newest(people)
    told = [await ended(people, text, status) for status in ("sent", "queued", "delivered")]
    assert told == [(True, True), (False, False), (False, True)]
    kept = await newest(people)
    assert kept.message is not None
    assert (kept.deed.state, kept.deed.provider_sid) == ("done", "SM9")
    assert (kept.message.status, kept.message.provider_sid) == ("delivered", "SM9")


async def test_a_late_report_that_says_nothing_new_still_names_it(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    text = await newest(people)
    await ended(people, text, "sent", sid=None)
    await ended(people, text, "queued")
    kept = await newest(people)
    assert kept.message is not None
    assert (kept.message.status, kept.message.provider_sid) == ("sent", "SM9")
