"""Which conversation a text belongs to, and what a technician who writes may mean."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from callflows.contact import contact_id
from callflows.text_events import CallMissed, TechnicianWrote
from callflows.turn import MOST_AUTOMATIC
from db.conversations import list_conversations
from db.floor import read_live
from db.incoming import Incoming
from db.messages import list_thread
from routing.floor import Conversation
from tests.db.correspondents import ANA, CLARA, DALE, Correspondents
from tests.world import LINE

SECOND_LINE = "+15875550101"
STRANGER = "+14035550177"


async def test_texts_of_one_number_to_one_line_are_one_conversation(people: Correspondents) -> None:
    first = await people.writes("Our tax roll is broken")
    again = await people.writes("Hello?")
    assert first is not None
    assert again is not None
    assert again.contact.contact == first.contact.contact == contact_id("SM" + "1".zfill(32))
    await people.writes("The water meters", DALE)
    await people.writes("And this line?", line=SECOND_LINE)
    await people.writes("By another road", f"whatsapp:{CLARA}", f"whatsapp:{LINE}")
    ends = [end for _, end, _ in await people.contacts()]
    assert sorted(ends) == sorted([CLARA, DALE, CLARA, f"whatsapp:{CLARA}"])


async def test_after_the_end_the_next_text_begins_another_one_of_the_same_matter(people: Correspondents) -> None:
    first = await people.writes("Our tax roll is broken")
    assert first is not None
    people.passes(hours=25)
    closed = await people.fires(first.contact.contact, "text_quiet")
    assert closed is not None
    assert closed.contact.is_over
    again = await people.writes("It is broken again")
    assert again is not None
    assert again.contact.contact != first.contact.contact
    assert again.contact.matter == first.contact.matter == 1


async def test_a_text_that_ended_its_conversation_and_comes_again_is_a_repeat(people: Correspondents) -> None:
    """Our answer was lost, and Twilio sends it once more (twilio.md 2.3)."""
    sid = "SM" + "f" * 32
    turn = await people.writes("STOP", sid=sid)
    assert turn is not None
    assert turn.contact.is_over
    assert await people.writes("STOP", sid=sid) is None
    await people.writes("Hello", sid="SM" + "e" * 32)
    assert await people.writes("STOP", sid=sid) is None, "though another conversation goes on by now"
    assert len(await people.contacts()) == 2


async def test_two_deliveries_of_one_text_at_once_are_one(people: Correspondents) -> None:
    sid = "SM" + "f" * 32
    turns = await asyncio.gather(*(people.writes("Our tax roll is broken", sid=sid) for _ in range(4)))
    assert sum(turn is not None for turn in turns) == 1
    ((contact, _, _),) = await people.contacts()
    async with people.desk.pool.acquire() as connection:
        assert len([one for one in await list_thread(connection, contact) if one.direction == "in"]) == 1


async def test_two_texts_at_once_of_somebody_new_are_one_conversation(people: Correspondents) -> None:
    await asyncio.gather(*(people.writes(f"part {part}") for part in range(4)))
    ((contact, end, state),) = await people.contacts()
    assert (end, state) == (CLARA, "open")
    async with people.desk.pool.acquire() as connection:
        words = {one.body for one in await list_thread(connection, contact) if one.direction == "in"}
    assert words == {f"part {part}" for part in range(4)}
    assert await people.desk.pool.fetchval("SELECT count(*) FROM matters") == 1


async def test_two_who_begin_with_one_client_at_once_meet(people: Correspondents) -> None:
    """A technician writes first, and so does the client: whoever is later finds the other's conversation."""
    await people.writes("Our tax roll is broken")
    ((contact, _, _),) = await people.contacts()
    await people.asks(contact, "ana", "close")
    people.passes(seconds=1)
    wrote = TechnicianWrote("SMa", "ana", "One more thing", 0, 1, "clara", "4802022", "taber", "en")
    await asyncio.gather(
        people.takes(Incoming("", "", "SendOn:77", wrote, CLARA, LINE)),
        people.writes("Thank you"),
    )
    assert [(end, state) for _, end, state in await people.contacts()] == [(CLARA, "closed"), (CLARA, "open")]


COPY = """
INSERT INTO contacts (
    contact, provider_sid, channel, direction, from_number, to_number, line, flow, flow_version, language, state,
    outcome, started_at, ended_at, turn, memory, touched_at
)
SELECT $1, $1, $2, $3, $4, $5, line, flow, flow_version, language, $6,
    CASE $6 WHEN 'closed' THEN 'replied' END, started_at, CASE $6 WHEN 'closed' THEN started_at END, turn, memory,
    touched_at
FROM contacts LIMIT 1
"""


@pytest.mark.parametrize(
    ("channel", "direction", "sender", "to", "state", "meets"),
    [
        ("text", "inbound", CLARA, LINE, "open", True),
        ("text", "outbound", LINE, CLARA, "open", True),
        ("text", "inbound", CLARA, LINE, "closed", False),
        ("text", "inbound", DALE, LINE, "open", False),
        ("text", "inbound", f"whatsapp:{CLARA}", LINE, "open", False),
        ("voice", "inbound", CLARA, LINE, "open", False),
    ],
)
async def test_what_must_never_be_is_a_constraint(
    people: Correspondents, channel: str, direction: str, sender: str, to: str, state: str, meets: bool
) -> None:
    await people.writes("Our tax roll is broken")
    values = ("other", channel, direction, sender, to, state)
    if meets:
        with pytest.raises(asyncpg.UniqueViolationError, match="contacts_conversation"):
            await people.desk.pool.execute(COPY, *values)
    else:
        await people.desk.pool.execute(COPY, *values)


async def test_of_two_connections_that_open_one_conversation_the_later_waits_and_is_refused(
    people: Correspondents,
) -> None:
    await people.writes("Our tax roll is broken")
    mine = ("text", "inbound", STRANGER, LINE, "open")
    async with people.desk.pool.acquire() as one, people.desk.pool.acquire() as other:
        first = one.transaction()
        await first.start()
        await one.execute(COPY, "first", *mine)
        second = asyncio.create_task(other.execute(COPY, "second", *mine))
        done, _ = await asyncio.wait({second}, timeout=0.2)
        assert not done, "it waits for what becomes of the first"
        await first.commit()
        with pytest.raises(asyncpg.UniqueViolationError, match="contacts_conversation"):
            await second


# What a technician may mean.


async def meant(people: Correspondents, technician: str = "ana", *named: int) -> tuple[Conversation, ...]:
    async with people.desk.pool.acquire() as connection:
        return await list_conversations(connection, technician, "taber", list(named), people.now)


async def test_what_was_given_is_plainly_meant_for_a_day(people: Correspondents) -> None:
    turn = await people.writes("Our tax roll is broken")
    assert turn is not None
    (one,) = await meant(people)
    assert one == Conversation(
        matter=1,
        owner="ana",
        contact=turn.contact.contact,
        line=LINE,
        peer=CLARA,
        client="clara",
        municipality="4802022",
        pod="taber",
        language="en",
        relayed=True,
        member=True,
        since=people.now,
        waiting=True,
    )
    (pods,) = await meant(people, "ben")
    assert (pods.relayed, pods.member) == (False, False), "his pod's, but never given to him"
    people.passes(hours=23, minutes=59)
    assert [one.relayed for one in await meant(people)] == [True]
    people.passes(minutes=1)
    assert [one.relayed for one in await meant(people)] == [False]


async def test_what_was_given_last_comes_first_and_what_is_named_before_all(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    people.passes(minutes=1)
    await people.writes("The water meters", DALE)
    assert [one.matter for one in await meant(people)] == [2, 1]
    assert [one.matter for one in await meant(people, "ana", 1)] == [1, 2]


async def test_one_matter_by_two_roads_is_listed_once_where_it_was_given_last(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    people.passes(minutes=1)
    await people.writes("Did you get it?", line=SECOND_LINE)
    (one,) = await meant(people)
    assert (one.matter, one.line, one.relayed) == (1, SECOND_LINE, True)


async def test_a_notice_of_ours_makes_no_conversation_plainly_meant(people: Correspondents) -> None:
    """Ben is told that he gets a conversation's texts no more: that gave him nothing of it."""
    turn = await people.writes("Our tax roll is broken")
    assert turn is not None
    await people.asks(turn.contact.contact, "ben", "mute")
    assert ("technician", "ben", "") in await people.out()
    assert [one.relayed for one in await meant(people, "ben")] == [False]


async def test_a_closed_matter_is_not_meant(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    await people.desk.pool.execute("UPDATE matters SET state = 'closed', closed_at = now()")
    assert await meant(people, "ana", 1) == ()


async def test_a_matter_that_grew_quiet_is_gone_on_with_at_the_clients_number(people: Correspondents) -> None:
    turn = await people.writes("Our tax roll is broken")
    assert turn is not None
    people.passes(hours=25)
    await people.fires(turn.contact.contact, "text_quiet")
    (one,) = await meant(people)
    assert (one.contact, one.line, one.peer, one.language) == ("", LINE, CLARA, "en")


async def test_a_technicians_own_conversation_is_no_clients(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    await people.writes("note #1 called them", ANA)
    assert [one.peer for one in await meant(people)] == [CLARA]


# A technician's answer, and a missed call, find or begin it.


async def test_an_answer_reaches_the_conversation_that_goes_on(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    await people.writes("#1 I am on it", ANA)
    await people.passes_on()
    assert ("client", "ana", "I am on it") in await people.out()
    assert [end for _, end, _ in await people.contacts()] == [CLARA, ANA]


async def test_an_answer_begins_another_conversation_when_the_last_is_over(people: Correspondents) -> None:
    turn = await people.writes("Our tax roll is broken")
    assert turn is not None
    people.passes(hours=25)
    await people.fires(turn.contact.contact, "text_quiet")
    await people.writes("#1 Does it work now?", ANA)
    await people.passes_on()
    found = [(end, state) for _, end, state in await people.contacts()]
    assert found == [(CLARA, "closed"), (ANA, "open"), (CLARA, "open")] or found == [
        (CLARA, "closed"),
        (CLARA, "open"),
        (ANA, "open"),
    ]
    assert ("client", "ana", "Does it work now?") in await people.out()
    again = await people.writes("Yes, thank you")
    assert again is not None
    assert again.contact.matter == 1, "the client's answer comes to the same conversation"
    assert len(await people.contacts()) == 3


async def test_a_text_after_a_missed_call_waits_for_the_clients_morning(people: Correspondents) -> None:
    people.passes(hours=14)  # eleven at night in Alberta
    missed = CallMissed("", "acall", 0, "clara", "4802022", "taber", "en")
    await people.takes(Incoming("", "", "SendOn:1", missed, CLARA, LINE))
    (row,) = await people.desk.pool.fetch("SELECT due_at, lane FROM deeds WHERE kind = 'write'")
    assert row["due_at"] - people.now == timedelta(hours=9)
    assert row["lane"] is None, "it holds nothing back that is written meanwhile"


# Our own texts are counted over all conversations with somebody.


async def test_our_automatic_texts_are_counted_over_conversations(people: Correspondents) -> None:
    """Each of them is ended at once, as some flows end them: a machine that answers us would get texts for ever."""
    for _ in range(MOST_AUTOMATIC + 3):
        await people.writes("Arrêt", STRANGER)
        await people.writes("Débuter", STRANGER)
        await people.writes("DEMARRER", STRANGER)
        people.passes(minutes=1)
    sent = [words for party, _, words in await people.out() if party == "client"]
    assert len(sent) == MOST_AUTOMATIC
    assert len(await people.contacts()) > 3
    people.passes(days=1)
    await people.writes("Arrêt", STRANGER)
    assert len([one for one in await people.out() if one[0] == "client"]) == MOST_AUTOMATIC + 1


async def test_what_technicians_wrote_and_what_others_got_is_not_counted(people: Correspondents) -> None:
    await people.writes("Our tax roll is broken")
    await people.writes("#1 I am on it", ANA)
    await people.passes_on()
    await people.writes("Arrêt", STRANGER)
    (stranger,) = [contact for contact, end, _ in await people.contacts() if end == STRANGER]
    assert await automatic(people, CLARA) == 0
    assert await automatic(people, STRANGER) == 1
    assert await automatic(people, STRANGER, stranger) == 0
    people.passes(days=1)
    assert await automatic(people, STRANGER) == 0


async def automatic(people: Correspondents, peer: str, contact: str = "") -> int:
    """How many a turn of that contact is told of."""
    async with people.desk.pool.acquire() as connection:
        live = await read_live(
            connection,
            contact=contact,
            event_key="",
            technicians={},
            find=people.desk.directory.technician,
            clients=[],
            number="",
            writes=peer,
            now=people.now,
        )
    return live.automatic
