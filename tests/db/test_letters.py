"""Which conversation a letter belongs to, and what is kept of it."""

import asyncio

import asyncpg
import pytest

from callflows.text_events import LetterArrived, TechnicianWrote
from callflows.turn import Turn
from db.conversations import list_conversations
from db.incoming import Incoming
from db.letters import File, add_files, add_letter, find_answered, find_file, find_open, list_unkept
from db.messages import find_message
from ivr.file_sources import FileGone
from ivr.letter_files import LetterFiles
from tests.db.correspondents import NOW, Correspondents
from tests.world import LINE

CLARA, EVE = "mailto:clara@example.org", "mailto:eve@gmail.com"


async def letter(
    people: Correspondents,
    named: str,
    peer: str = CLARA,
    *,
    matter: int = 0,
    is_signed: bool = True,
    automatic: bool = False,
) -> Turn | None:
    event = LetterArrived(
        named, peer, "", "The pump", matter=matter, is_signed=bool(matter) and is_signed, automatic=automatic
    )
    return await people.takes(Incoming("", named, f"LetterArrived:{named}", event, caller=peer))


async def test_letters_of_one_sender_are_one_conversation_on_the_first_line(people: Correspondents) -> None:
    first, again = await letter(people, "<1@x>"), await letter(people, "<2@x>")
    assert first is not None
    assert again is not None
    assert again.contact.contact == first.contact.contact
    assert (first.contact.channel, first.contact.line, first.contact.client) == ("email", LINE, "clara")
    assert await people.contacts() == [(first.contact.contact, CLARA, "open")]


async def test_of_a_text_and_a_letter_about_one_matter_the_later_is_answered(people: Correspondents) -> None:
    text = await people.writes("Our tax roll is broken")
    people.passes(minutes=1)
    mail = await letter(people, "<1@x>")
    assert text is not None
    assert mail is not None
    assert mail.contact.contact != text.contact.contact
    assert mail.contact.matter == text.contact.matter == 1
    async with people.desk.pool.acquire() as connection:
        found = await list_conversations(connection, "ana", "taber", [], people.now)
    assert [(one.matter, one.peer, one.relayed) for one in found] == [(1, CLARA, True)]


async def test_the_same_letter_again_is_a_repeat(people: Correspondents) -> None:
    assert await letter(people, "<1@x>") is not None
    assert await letter(people, "<1@x>") is None
    at_once = await asyncio.gather(*(letter(people, "<2@x>") for _ in range(4)))
    assert sum(turn is not None for turn in at_once) == 1


async def test_letters_at_once_of_somebody_new_are_one_conversation_and_one_matter(people: Correspondents) -> None:
    await asyncio.gather(*(letter(people, f"<{count}@x>", EVE) for count in range(4)))
    assert [(end, state) for _, end, state in await people.contacts()] == [(EVE, "open")]
    assert await people.desk.pool.fetchval("SELECT count(*) FROM matters") == 1


async def test_a_signed_letter_about_another_matter_has_a_conversation_of_its_own(people: Correspondents) -> None:
    await letter(people, "<1@x>", EVE)
    clara = await letter(people, "<2@x>")
    assert clara is not None
    assert clara.contact.matter == 2
    joined = await asyncio.gather(*(letter(people, f"<{count}@y>", EVE, matter=2) for count in range(3)))
    contacts = {turn.contact.contact for turn in joined if turn}
    assert len(contacts) == 1
    assert {turn.contact.matter for turn in joined if turn} == {2}
    assert len(await people.contacts()) == 3
    back = await letter(people, "<9@y>", EVE, matter=1)
    assert back is not None
    assert back.contact.matter == 1
    assert back.contact.contact not in contacts


async def test_a_number_that_anybody_can_write_counts_for_the_matters_client_alone(people: Correspondents) -> None:
    await letter(people, "<1@x>")
    strangers = await letter(people, "<2@x>", EVE, matter=1, is_signed=False)
    assert strangers is not None
    assert strangers.contact.matter == 2
    closed = await letter(people, "<3@x>", "mailto:dale@gmail.com", matter=99)
    assert closed is not None
    assert closed.contact.matter == 3


async def test_a_stranger_goes_on_with_their_own_open_matter(people: Correspondents) -> None:
    first = await letter(people, "<1@x>", EVE)
    assert first is not None
    people.passes(hours=25)
    await people.fires(first.contact.contact, "text_quiet")
    again = await letter(people, "<2@x>", EVE)
    assert again is not None
    assert again.contact.contact != first.contact.contact
    assert again.contact.matter == first.contact.matter == 1


async def test_a_technician_who_goes_on_with_two_matters_of_one_sender_begins_two(people: Correspondents) -> None:
    await letter(people, "<1@x>")
    await letter(people, "<2@x>", EVE)
    for contact, _, _ in await people.contacts():
        await people.asks(contact, "ana", "close")
    for matter in (1, 2, 1):
        people.count += 1
        wrote = TechnicianWrote(f"SM{people.count}", "ana", "Hello", 0, matter, "", "4802022", "taber", "en")
        assert await people.takes(Incoming("", "", f"SendOn:{people.count}", wrote, CLARA, LINE)) is not None
    begun = [end for _, end, state in await people.contacts() if state == "open"]
    assert begun == [CLARA, CLARA]


async def test_two_open_conversations_of_one_kind_are_impossible(people: Correspondents) -> None:
    await letter(people, "<1@x>")
    copy = """
        INSERT INTO contacts (
            contact, provider_sid, channel, direction, from_number, to_number, line, flow, flow_version, language,
            state, started_at, turn, memory, touched_at
        )
        SELECT $1, $1, channel, direction, from_number, $2, line, flow, flow_version, language, state, started_at, turn,
            memory, touched_at
        FROM contacts LIMIT 1
    """
    await people.desk.pool.execute(copy, "other", "mail#7")
    with pytest.raises(asyncpg.UniqueViolationError, match="contacts_letters"):
        await people.desk.pool.execute(copy, "third", "mail")


async def test_a_machines_letter_is_kept_in_the_conversation_and_changes_nothing_else(people: Correspondents) -> None:
    first = await letter(people, "<1@x>")
    assert first is not None
    assert first.contact.thread is not None
    people.passes(minutes=5)
    automatic = await letter(people, "<2@x>", automatic=True)
    assert automatic is not None
    assert automatic.contact == first.contact
    assert [(change.__class__.__name__) for change in automatic.changes] == ["KeepText"]


async def test_a_machines_letter_alone_ends_at_once_and_opens_no_matter(people: Correspondents) -> None:
    """Its conversation has ended between the look and the turn."""
    turn = await letter(people, "<1@x>", automatic=True)
    assert turn is not None
    assert (turn.contact.is_over, turn.contact.matter) == (True, 0)
    assert await people.out() == []


async def test_what_came_with_a_letter_is_kept_once_and_served(people: Correspondents) -> None:
    files = [File("plan.pdf", "application/pdf", b"%PDF-" + b"x" * 600_000), File("a.png", "image/png", b"png")]
    async with people.desk.pool.acquire() as connection:
        for _ in range(2):
            await add_letter(
                connection,
                letter="<1@x>",
                kind="letter",
                sender="clara@example.org",
                sender_name="Clara",
                subject="Pump",
                thread=["<0@x>"],
                body="The pump",
                unkept=["run.exe"],
                now=NOW,
            )
        kept = await add_files(connection, "<1@x>", files)
        assert await add_files(connection, "<1@x>", files) == kept
        assert await list_unkept(connection, ["<1@x>", "<2@x>"]) == ["run.exe"]
        assert await find_file(connection, 0) is None
    assert [kind for _, kind in kept] == ["application/pdf", "image/png"]
    source = LetterFiles(people.desk.pool)
    fetched = await source.fetch(kept[0][0])
    assert b"".join([piece async for piece in fetched.pieces]) == files[0].content
    assert fetched.length == len(files[0].content)
    await fetched.close()


@pytest.mark.parametrize("address", ["mail:0", "mail:x", "mail:", "https://api.twilio.com/x"])
async def test_what_is_no_file_of_a_letter_is_gone(people: Correspondents, address: str) -> None:
    source = LetterFiles(people.desk.pool)
    assert source.holds(address) == (address == "mail:0")
    with pytest.raises(FileGone):
        await source.fetch(address)


async def test_an_answer_belongs_to_the_last_letter_before_it(people: Correspondents) -> None:
    names = ["<1@x>", "<2@x>", "<3@x>"]
    async with people.desk.pool.acquire() as connection:
        for count, named in enumerate(names):
            await add_letter(
                connection,
                letter=named,
                kind="letter",
                sender="clara@example.org",
                sender_name="",
                subject=f"Pump {count}",
                thread=names[:count],
                body="",
                unkept=(),
                now=NOW,
            )
    await letter(people, names[0])
    await letter(people, names[1])
    ((contact, _, _),) = await people.contacts()
    wrote = TechnicianWrote("SM1", "ana", "I am on it")
    await people.takes(Incoming("", "", "SendOn:1", wrote, CLARA, LINE))
    await letter(people, names[2])
    async with people.desk.pool.acquire() as connection:
        number = await connection.fetchval("SELECT message FROM messages WHERE direction = 'out' AND party = 'client'")
        message = await find_message(connection, number)
        assert message is not None
        answered = await find_answered(connection, message)
        assert await find_open(connection, CLARA) == contact
    assert (answered.matter, answered.letter, answered.subject, answered.thread) == (1, names[1], "Pump 1", ("<1@x>",))
