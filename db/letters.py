"""E-mail: the letters that were taken, what came with them, and which conversation one belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from callflows.contact import contact_id
from callflows.text_events import LetterArrived
from db.incoming import Incoming
from db.messages import Message
from db.pool import Connection

Fate = Literal["sent", "refused", "busy", "unknown"]

OURS = "mail"  # what our side of a conversation by e-mail is called
FILES = "mail:"  # how the address of a file begins that is kept here


@dataclass(frozen=True, slots=True)
class File:
    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a letter of ours. `said`: the mail server's words; `message_id`: ours."""

    fate: Fate
    said: str = ""
    message_id: str = ""


# Taken letters.


async def add_letter(
    connection: Connection,
    *,
    letter: str,
    kind: str,
    sender: str,
    sender_name: str,
    subject: str,
    thread: Sequence[str],
    body: str,
    unkept: Sequence[str],
    now: datetime,
) -> None:
    """A repeat changes nothing."""
    await connection.execute(
        """
        INSERT INTO letters (letter, kind, sender, sender_name, subject, thread, body, unkept, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (letter) DO NOTHING
        """,
        letter,
        kind,
        sender,
        sender_name,
        subject,
        list(thread),
        body,
        list(unkept),
        now,
    )


async def add_files(connection: Connection, letter: str, files: Sequence[File]) -> tuple[tuple[str, str], ...]:
    """(address, media type) of each; of a repeat, those that are kept already."""
    kept: list[tuple[str, str]] = []
    for place, one in enumerate(files):
        file = await connection.fetchval(
            """
            INSERT INTO letter_files AS files (letter, place, name, type, content) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (letter, place) DO UPDATE SET name = files.name
            RETURNING file
            """,
            letter,
            place,
            one.name,
            one.type,
            one.content,
        )
        kept.append((f"{FILES}{file}", one.type))
    return tuple(kept)


async def find_file(connection: Connection, file: int) -> bytes | None:
    content: bytes | None = await connection.fetchval("SELECT content FROM letter_files WHERE file = $1", file)
    return content


async def list_unkept(connection: Connection, letters: Sequence[str]) -> list[str]:
    """The names of files that came with these letters and were not kept."""
    rows = await connection.fetch(
        "SELECT unnest(unkept) AS name FROM letters WHERE letter = ANY($1) AND unkept <> '{}'", list(letters)
    )
    return [row["name"] for row in rows]


# Which conversation.

PEER = "(CASE direction WHEN 'outbound' THEN to_number ELSE from_number END)"
OUR_SIDE = "(CASE direction WHEN 'outbound' THEN from_number ELSE to_number END)"


async def place_letter(connection: Connection, incoming: Incoming, peer: str) -> Incoming:
    """The same event with its contact: the one that has it already, the sender's conversation that goes on (about its
    matter, if it certainly belongs to one), or a new one."""
    event = incoming.event
    if isinstance(event, LetterArrived):
        return await place_theirs(connection, incoming, event, peer)
    matter = getattr(event, "matter", 0)
    ours = our_side(matter)
    found = await find_open(connection, peer, matter, ours)
    incoming = replace(incoming, mailbox=await find_mailbox(connection, peer))
    return placed(incoming, found, peer, ours)


async def place_theirs(connection: Connection, incoming: Incoming, event: LetterArrived, peer: str) -> Incoming:
    """Also the matter that it belongs to, and the line from which technicians are told of it."""
    taken = await find_taken(connection, event.leg)
    about = await find_matter(connection, event, peer) if event.matter and not taken else None
    ours = our_side(about["matter"] if about else 0)
    found = taken or await find_open(connection, peer, about["matter"] if about else 0, ours)
    if not found and about is None:
        about = await find_matter_of_stranger(connection, peer)
    known: dict[str, Any] = dict(about) if about else {"matter": 0, "municipality": "", "pod": ""}
    line = await find_line(connection, known["matter"], peer)
    incoming = replace(incoming, event=replace(event, line=line, **known), line=line)
    return placed(incoming, found, peer, ours)


def our_side(matter: int) -> str:
    return f"{OURS}#{matter}" if matter else OURS


def placed(incoming: Incoming, found: str | None, peer: str, ours: str) -> Incoming:
    begun = incoming.provider_sid or incoming.key
    return replace(incoming, contact=found or contact_id(begun), provider_sid=begun, caller=peer, ours=ours)


async def find_taken(connection: Connection, letter: str) -> str | None:
    contact: str | None = await connection.fetchval(
        "SELECT contact FROM messages WHERE provider_sid = $1 AND direction = 'in'", letter
    )
    return contact


async def find_open(connection: Connection, peer: str, matter: int = 0, ours: str = OURS) -> str | None:
    """The conversation with them that goes on; about that matter, if one is given."""
    contact: str | None = await connection.fetchval(
        f"""
        SELECT contact FROM contacts
        WHERE channel = 'email' AND state = 'open' AND {PEER} = $1
            AND ($2::bigint = 0 OR matter = $2 OR {OUR_SIDE} = $3)
        ORDER BY (matter = $2) DESC NULLS LAST, touched_at DESC
        LIMIT 1
        """,
        peer,
        matter,
        ours,
    )
    return contact


async def find_mailbox(connection: Connection, peer: str) -> str:
    """The address of ours to which they wrote last: nobody is written to by e-mail before that."""
    mailbox: str | None = await connection.fetchval(
        f"""
        SELECT mailbox FROM contacts
        WHERE channel = 'email' AND {PEER} = $1 AND mailbox <> ''
        ORDER BY started_at DESC LIMIT 1
        """,
        peer,
    )
    return mailbox or ""


async def find_matter(connection: Connection, event: LetterArrived, peer: str) -> Any:
    """What the letter names, if it is open: signed, or by the client of the matter."""
    return await connection.fetchrow(
        """
        SELECT matters.matter, coalesce(matters.municipality, '') AS municipality, coalesce(matters.pod, '') AS pod
        FROM matters LEFT JOIN clients USING (client)
        WHERE matters.matter = $1 AND matters.state = 'open' AND ($2 OR lower(clients.email) = $3)
        """,
        event.matter,
        event.is_signed,
        peer.removeprefix("mailto:"),
    )


async def find_matter_of_stranger(connection: Connection, peer: str) -> Any:
    """The open matter of nobody in the directory about which this address wrote last."""
    return await connection.fetchrow(
        f"""
        SELECT matters.matter, coalesce(matters.municipality, '') AS municipality, coalesce(matters.pod, '') AS pod
        FROM contacts JOIN matters USING (matter)
        WHERE contacts.channel = 'email' AND {PEER} = $1 AND matters.state = 'open' AND matters.client IS null
        ORDER BY contacts.started_at DESC
        LIMIT 1
        """,
        peer,
    )


async def find_line(connection: Connection, matter: int, peer: str) -> str:
    """From which technicians are written to: the line of the matter's last contact, or of this client's, else the
    first."""
    line: str = await connection.fetchval(
        """
        SELECT coalesce(
            (
                SELECT line FROM contacts JOIN lines USING (line)
                WHERE contacts.matter = $1 ORDER BY contacts.started_at DESC LIMIT 1
            ),
            (
                SELECT line FROM contacts JOIN lines USING (line)
                WHERE contacts.client IN (SELECT client FROM clients WHERE lower(email) = $2 AND email <> '')
                ORDER BY contacts.started_at DESC LIMIT 1
            ),
            (SELECT line FROM lines ORDER BY line LIMIT 1),
            ''
        )
        """,
        matter or None,
        peer.removeprefix("mailto:"),
    )
    return line


# Ours.


@dataclass(frozen=True, slots=True)
class Answered:
    """What a letter of ours is about. `letter`: the one that it answers, empty for none; `thread`: those before it,
    the nearest first."""

    matter: int
    letter: str = ""
    subject: str = ""
    thread: tuple[str, ...] = ()


async def find_answered(connection: Connection, message: Message) -> Answered:
    """The same, however often it is asked: letters that came after the message was written are not looked at."""
    matter = await connection.fetchval("SELECT coalesce(matter, 0) FROM contacts WHERE contact = $1", message.contact)
    row = await connection.fetchrow(
        """
        SELECT letters.letter, letters.subject, letters.thread
        FROM messages JOIN letters ON letters.letter = messages.provider_sid JOIN contacts USING (contact)
        WHERE messages.peer = $1 AND messages.peer LIKE 'mailto:%' AND messages.direction = 'in'
            AND messages.message < $2
        ORDER BY (messages.contact = $3) DESC, (contacts.matter = $4) DESC NULLS LAST, messages.message DESC
        LIMIT 1
        """,
        message.peer,
        message.message,
        message.contact,
        matter,
    )
    if row is None:
        return Answered(matter or 0)
    return Answered(matter or 0, row["letter"], row["subject"], tuple(row["thread"]))
