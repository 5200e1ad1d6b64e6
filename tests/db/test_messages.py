"""What people wrote, in order, and what became of ours: Twilio's reports arrive in any order and none goes down."""

from itertools import permutations
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.messages import (
    RANKS,
    UNKNOWN,
    Message,
    find_message,
    is_opted_out,
    list_latest,
    list_messages_by_sid,
    list_thread,
    save_block,
    save_deaf,
    save_message_status,
    save_opt_out,
    save_outgoing,
)
from db.rows import Rows
from tests.db.correspondents import ANA, BEN, CLARA, NOW, Correspondents
from tests.world import LINE

FINAL = ("delivered", "undelivered", "failed", "canceled", "refused")
STATUSES = [one for one in RANKS if one]
OTHER_LINE = "+15875550101"
PICTURE = ("https://api.twilio.com/media/ME1", "image/jpeg")


@pytest.fixture
async def contact(people: Correspondents) -> str:
    """A conversation, with Clara's text in it."""
    turn = await people.writes("Our tax roll is broken", sid="SMfirst", files=(PICTURE,))
    assert turn is not None
    return turn.contact.contact


async def kept(people: Correspondents, contact: str, **facts: Any) -> int:
    usual: dict[str, Any] = {"direction": "out", "party": "client", "line": LINE, "peer": CLARA}
    rows = Rows(people.now)
    rows.message(contact=contact, **{**usual, **facts})
    async with people.desk.pool.acquire() as connection:
        await rows.add(connection)
        return int(await connection.fetchval("SELECT max(message) FROM messages"))


async def found(people: Correspondents, message: int) -> Message:
    async with people.desk.pool.acquire() as connection:
        one = await find_message(connection, message)
    assert one is not None
    return one


async def reported(people: Correspondents, message: int, *statuses: str, error: str = "") -> list[bool]:
    async with people.desk.pool.acquire() as connection:
        return [
            await save_message_status(connection, message, one, sid=f"SM{message}", error=error if one in FINAL else "")
            for one in statuses
        ]


# 6.4: "the order in which they arrive is not guaranteed"; a final status is not followed by an earlier one.
async def test_in_any_order_the_last_word_stands(people: Correspondents, contact: str) -> None:
    for order in permutations(["queued", "sending", "sent", "delivered"]):
        message = await kept(people, contact)
        news = await reported(people, message, *order)
        assert (await found(people, message)).status == "delivered"
        assert news[0], "the first report is always news"
        assert not any(news[order.index("delivered") + 1 :]), "nothing after it is"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statuses=st.lists(st.sampled_from([*STATUSES, "a status of tomorrow"]), min_size=1, max_size=8))
async def test_a_report_is_news_exactly_if_it_goes_up(
    people: Correspondents, contact: str, statuses: list[str]
) -> None:
    message = await kept(people, contact)
    news = await reported(people, message, *statuses)
    best, expected = 0, []
    for one in statuses:
        rank = RANKS.get(one, UNKNOWN)
        expected.append(rank > best)
        best = max(best, rank)
    assert news == expected
    assert RANKS.get((await found(people, message)).status, UNKNOWN) == best


async def test_the_first_of_two_ends_stands_with_its_reason(people: Correspondents, contact: str) -> None:
    message = await kept(people, contact)
    assert await reported(people, message, "undelivered", "delivered", error="30003") == [True, False]
    one = await found(people, message)
    assert (one.status, one.error) == ("undelivered", "30003")


async def test_the_sid_comes_with_whichever_report_is_first_and_stays(people: Correspondents, contact: str) -> None:
    message = await kept(people, contact)
    async with people.desk.pool.acquire() as connection:
        assert await save_message_status(connection, message, "sent", sid=None)
        assert (await found(people, message)).provider_sid is None
        assert not await save_message_status(connection, message, "queued", sid="SMours")
        assert (await found(people, message)).provider_sid == "SMours", "late, but the first to name it"
        assert await save_message_status(connection, message, "delivered", sid="SMsecondpart")
        assert (await found(people, message)).provider_sid == "SMours"


async def test_a_message_of_twilios_is_kept_once(people: Correspondents, contact: str) -> None:
    with pytest.raises(asyncpg.UniqueViolationError, match="provider_sid"):
        await kept(people, contact, direction="in", provider_sid="SMfirst")
    await kept(people, contact)
    await kept(people, contact)  # what has no sid yet is no repeat


@pytest.mark.parametrize("facts", [{"direction": "sideways"}, {"party": "neighbour"}])
async def test_nobody_else_writes(people: Correspondents, contact: str, facts: dict[str, str]) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await kept(people, contact, **facts)


async def test_a_message_belongs_to_a_conversation(people: Correspondents) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await kept(people, "nobody")


async def test_what_passes_on_another_goes_with_its_files(people: Correspondents, contact: str) -> None:
    async with people.desk.pool.acquire() as connection:
        first, *_ = await list_thread(connection, contact)
    passed = await found(people, await kept(people, contact, passes_on="SMfirst"))
    assert (passed.relays, passed.files) == (first.message, (PICTURE,))
    lost = await found(people, await kept(people, contact, passes_on="SMnone"))
    assert (lost.relays, lost.files) == (None, ())


async def test_what_came_is_kept_as_it_came(people: Correspondents, contact: str) -> None:
    async with people.desk.pool.acquire() as connection:
        first, *_ = await list_thread(connection, contact)
        (same,) = await list_messages_by_sid(connection, ["SMfirst", "SMnone"])
    assert first == same
    assert (first.direction, first.party, first.body, first.files) == (
        "in",
        "client",
        "Our tax roll is broken",
        (PICTURE,),
    )
    assert (first.peer, first.line, first.at, first.automatic) == (CLARA, LINE, NOW, False)


@pytest.mark.parametrize("words", ["", "🙂" * 800, "שלום, מה שלומך?", "two\nlines", "l'été à Québec", "a\\b'c\"d{}"])
async def test_any_words_come_back(people: Correspondents, words: str) -> None:
    turn = await people.writes(words, sid="SMwords")
    assert turn is not None
    async with people.desk.pool.acquire() as connection:
        (one,) = await list_messages_by_sid(connection, ["SMwords"])
    assert one.body == words


async def test_the_last_words_are_those_between_the_client_and_us(people: Correspondents, contact: str) -> None:
    """Copies for technicians are none of their own."""
    for count in range(5):
        await kept(people, contact, body=f"answer {count}", technician="ana")
        await kept(people, contact, body=f"#1: answer {count}", party="technician", technician="ben")
    async with people.desk.pool.acquire() as connection:
        latest = await list_latest(connection, contact, 3)
    assert [one.body for one in latest] == ["answer 2", "answer 3", "answer 4"]


async def test_what_went_out_is_kept_as_it_was_written(people: Correspondents, contact: str) -> None:
    message = await kept(people, contact, party="technician", technician="ana")
    async with people.desk.pool.acquire() as connection:
        await save_block(connection, ANA, OTHER_LINE, people.now, out=True)
        assert not await save_outgoing(connection, message, "#1 Taber: broken", ANA, LINE)
        assert await save_outgoing(connection, message, "#1 Taber: broken", ANA, OTHER_LINE), "not from there"
        await save_opt_out(connection, BEN, "STOP", people.now, out=True)
        assert await save_outgoing(connection, message, "#1 Taber: it is broken", BEN, LINE), "who wants no texts"
    one = await found(people, message)
    assert (one.body, one.peer) == ("#1 Taber: it is broken", BEN)
    async with people.desk.pool.acquire() as connection:
        assert await find_message(connection, 999_999) is None


# Who wants no texts.


async def test_the_first_word_of_an_opt_out_stands_until_it_is_taken_back(people: Correspondents) -> None:
    async with people.desk.pool.acquire() as connection:
        assert not await is_opted_out(connection, CLARA, LINE)
        for word in ("ARRET", "STOP"):
            await save_opt_out(connection, CLARA, word, people.now, out=True)
        assert await is_opted_out(connection, CLARA, LINE)
        assert await is_opted_out(connection, f"whatsapp:{CLARA}", OTHER_LINE), "on every line and channel"
        assert await connection.fetchval("SELECT word FROM opt_outs WHERE number = $1", CLARA) == "ARRET"
        for _ in range(2):
            await save_opt_out(connection, CLARA, "START", people.now, out=False)
        assert not await is_opted_out(connection, CLARA, LINE)


async def test_what_twilio_keeps_holds_for_one_line_until_start_is_said_there(people: Correspondents) -> None:
    """SMS, MMS and RCS share a list of their own (twilio.md 6.6); WhatsApp has none of it."""
    async with people.desk.pool.acquire() as connection:

        async def kept_from() -> list[str]:
            peers = {LINE: CLARA, OTHER_LINE: CLARA, "rcs": f"rcs:{CLARA}", "whatsapp": f"whatsapp:{CLARA}"}
            senders = {"rcs": OTHER_LINE, "whatsapp": OTHER_LINE}
            return [way for way, peer in peers.items() if await is_opted_out(connection, peer, senders.get(way, way))]

        await save_block(connection, CLARA, OTHER_LINE, people.now, out=True)
        assert await kept_from() == [OTHER_LINE, "rcs"]
        await save_block(connection, CLARA, LINE, people.now, out=False)
        assert await kept_from() == [OTHER_LINE, "rcs"], "said to another line"
        await save_block(connection, CLARA, OTHER_LINE, people.now, out=False)
        assert await kept_from() == []
        await save_block(connection, CLARA, OTHER_LINE, people.now, out=True)
        await save_block(connection, CLARA, LINE, people.now, out=False, everywhere=True)
        assert await kept_from() == [], "by a Messaging Service, whose numbers share one list"


async def test_an_opt_out_is_the_persons_whatever_road_it_came_by(people: Correspondents) -> None:
    await people.writes("Arrêt", f"whatsapp:{CLARA}")
    turn = await people.writes("Our tax roll is broken")
    assert turn is not None
    assert [one for one in await people.out() if one[0] == "client"] == [("client", "", one_answer(await people.out()))]
    rows = await people.desk.pool.fetch("SELECT number, word FROM opt_outs")
    assert [tuple(row) for row in rows] == [(CLARA, "ARRET")]
    notes = await people.desk.pool.fetch("SELECT body ->> 'note' AS note FROM deeds WHERE body ? 'legs'")
    assert [row["note"] for row in notes] == ["silenced"], "the technician is told to phone"


def one_answer(out: list[tuple[str, str, str]]) -> str:
    return next(words for party, _, words in out if party == "client")


async def test_a_number_that_no_text_reaches_is_known_by_the_first_that_failed(people: Correspondents) -> None:
    async with people.desk.pool.acquire() as connection:
        await save_deaf(connection, CLARA, "30006", people.now)
        await save_deaf(connection, CLARA, "21614", people.now)
        assert await connection.fetchval("SELECT code FROM deaf_numbers WHERE number = $1", CLARA) == "30006"
    people.passes(days=2)
    await people.writes("Our tax roll is broken")
    assert [party for party, _, _ in await people.out()] == ["technician"], "they can write, and are given to somebody"
