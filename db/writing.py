"""Carries out what a turn asked for in writing: rows of messages, each with its deed; events for other contacts.

Every text is a deed in a lane, so that a conversation's words go in their order, each way for itself.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, assert_never

from callflows.events import to_json as event_json
from callflows.languages import language
from callflows.text_actions import (
    KeepText,
    PassOn,
    RelayText,
    SendOn,
    SendText,
    SetDeaf,
    SetOptOut,
    TellTechnician,
    TextChange,
    WriteNote,
)
from callflows.text_events import TextArrived
from callflows.turn import Turn
from callflows.version import Version
from db.deeds import add_deed
from db.incoming import Incoming
from db.jobs import Wakeups
from db.matters import add_written_note, save_matter_touched
from db.messages import add_message, list_messages_by_sid, save_deaf, save_opt_out
from db.pool import Connection
from routing.addresses import read_address

WRITE = "write"
TELL = "tell"


async def write(
    connection: Connection, one: TextChange, turn: Turn, incoming: Incoming, peer: str, now: datetime, wakes: Wakeups
) -> None:
    match one:
        case KeepText():
            await keep(connection, one, turn, incoming, peer, now)
        case SendText() | PassOn():
            await to_client(connection, one, turn, peer, now, wakes)
        case RelayText() | TellTechnician():
            await to_technician(connection, one, turn, now, wakes)
        case SendOn(contact, event, line, other):
            line, other = line or turn.contact.line, other or peer
            body = {"contact": contact, "event": event_json(event), "line": line, "peer": other}
            lane = f"tell:{contact or f'{line}:{other}'}"
            subject = "contact:" + turn.contact.contact
            await add_deed(
                connection, subject=subject, kind=TELL, body=body, due_at=now, now=now, lane=lane, wakes=wakes
            )
        case SetOptOut(word, out):
            await save_opt_out(connection, number_of(peer), word, now, out=out)
        case SetDeaf(code):
            await save_deaf(connection, number_of(peer), code, now)
        case WriteNote(technician, matter, words):
            await add_written_note(
                connection, contact=turn.contact.contact, matter=matter, technician=technician, words=words, now=now
            )
            await save_matter_touched(connection, matter, now)
        case _:
            assert_never(one)


def number_of(peer: str) -> str:
    """By which an opt-out is known: of the person, whatever channel it came by."""
    return read_address(peer).number or peer


async def keep(connection: Connection, one: KeepText, turn: Turn, incoming: Incoming, peer: str, now: datetime) -> None:
    event = incoming.event
    await add_message(
        connection,
        contact=turn.contact.contact,
        direction="in",
        party="technician" if one.technician else "client",
        technician=one.technician,
        line=turn.contact.line,
        peer=peer,
        body=event.body if isinstance(event, TextArrived) else "",
        files=incoming.files,
        provider_sid=one.leg,
        now=now,
    )
    if turn.contact.matter:
        await save_matter_touched(connection, turn.contact.matter, now)


async def to_client(
    connection: Connection, one: SendText | PassOn, turn: Turn, peer: str, now: datetime, wakes: Wakeups
) -> None:
    contact = turn.contact
    body: dict[str, Any] = {}
    if isinstance(one, PassOn):
        wrote = await list_messages_by_sid(connection, [one.leg])
        files = wrote[0].files if wrote else ()
        relays = wrote[0].message if wrote else None
        words, due, technician = one.words, now, one.technician
        body = {"technician": technician}
    else:
        files, relays, technician = (), None, ""
        words, due = worded(turn.version, contact.language, one.prompts), one.due_at or now
        body = {"prompt": one.prompts[0][0], "last": one.last}
    message = await add_message(
        connection,
        contact=contact.contact,
        direction="out",
        party="client",
        technician=technician,
        line=contact.line,
        peer=peer,
        body=words,
        files=files,
        relays=relays,
        automatic=not technician,
        now=now,
    )
    await add_deed(
        connection,
        subject="contact:" + contact.contact,
        kind=WRITE,
        body={"message": message, **body},
        due_at=due,
        now=now,
        lane=f"write:{contact.contact}:client" if due == now else None,
        wakes=wakes,
    )
    if contact.matter:
        await save_matter_touched(connection, contact.matter, now)


def worded(version: Version, code: str, prompts: Iterable[tuple[str, dict[str, str]]], between: str = " ") -> str:
    speech = language(code)
    return between.join(version.text(prompt, speech, params) for prompt, params in prompts)


async def to_technician(
    connection: Connection, one: RelayText | TellTechnician, turn: Turn, now: datetime, wakes: Wakeups
) -> None:
    """What a relay says is put together when it goes out: with the names and the matter's number of then."""
    contact = turn.contact
    body: dict[str, Any] = {"technician": one.technician}
    if isinstance(one, TellTechnician):
        first = next((prompt for prompt, _ in one.lines), "")
        body |= {"prompt": first, "lines": [[prompt, params] for prompt, params in one.lines]}
    else:
        prompt = "tech_header_by" if one.by else "tech_header"
        body |= {"prompt": prompt, "legs": list(one.legs), "by": one.by, "words": one.words, "note": one.note}
    message = await add_message(
        connection,
        contact=contact.contact,
        direction="out",
        party="technician",
        technician=one.technician,
        line=contact.line,
        peer="",
        automatic=isinstance(one, TellTechnician),
        now=now,
    )
    await add_deed(
        connection,
        subject="contact:" + contact.contact,
        kind=WRITE,
        body={"message": message, **body},
        due_at=now,
        now=now,
        lane=f"write:{contact.contact}:{one.technician}",
        wakes=wakes,
    )
