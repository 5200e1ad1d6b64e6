"""Carries out what a turn asked for in writing: rows of messages, each with its deed; events for other contacts.

Every text is a deed in a lane, so that a conversation's words go in their order, each way for itself.
"""

from collections.abc import Iterable
from typing import Any, assert_never

from callflows.events import to_json as event_json
from callflows.languages import language
from callflows.text_actions import (
    KeepText,
    PassOn,
    RelayText,
    SendOn,
    SendText,
    SetBlocked,
    SetDeaf,
    SetOptOut,
    TellTechnician,
    TextChange,
    WriteNote,
)
from callflows.text_events import TextArrived
from callflows.turn import Turn
from callflows.version import Version
from db.incoming import Incoming
from db.matters import add_written_note
from db.messages import find_phone, number_of, save_block, save_deaf, save_opt_out
from db.pool import Connection
from db.rows import Rows
from routing.numbers import shown
from routing.optout import sender_of

WRITE = "write"
TELL = "tell"


async def write(connection: Connection, one: TextChange, turn: Turn, incoming: Incoming, peer: str, rows: Rows) -> None:
    now = rows.now
    match one:
        case KeepText():
            keep(one, turn, incoming, peer, rows)
        case SendText() | PassOn():
            to_client(one, turn, peer, rows)
        case RelayText() | TellTechnician():
            to_technician(one, turn, rows)
        case SendOn(contact, event, line, other):
            line, other = line or turn.contact.line, other or peer
            body = {"contact": contact, "event": event_json(event), "line": line, "peer": other}
            lane = f"tell:{contact or f'{line}:{other}'}"
            rows.deed(subject="contact:" + turn.contact.contact, kind=TELL, body=body, lane=lane)
        case SetOptOut(word, out):
            await save_opt_out(connection, number_of(peer), word, now, out=out)
        case SetBlocked(out, technician, everywhere):
            other = await find_phone(connection, technician) if technician else peer
            sender = sender_of(turn.contact.line, other)
            await save_block(connection, number_of(other), sender, now, out=out, everywhere=everywhere)
        case SetDeaf(code):
            await save_deaf(connection, number_of(peer), code, now)
        case WriteNote(technician, matter, words):
            await add_written_note(
                connection, contact=turn.contact.contact, matter=matter, technician=technician, words=words, now=now
            )
            rows.touch(matter)
        case _:
            assert_never(one)


def keep(one: KeepText, turn: Turn, incoming: Incoming, peer: str, rows: Rows) -> None:
    event = incoming.event
    rows.message(
        contact=turn.contact.contact,
        direction="in",
        party="technician" if one.technician else "client",
        technician=one.technician,
        line=turn.contact.line,
        peer=peer,
        body=event.body if isinstance(event, TextArrived) else "",
        files=incoming.files,
        provider_sid=one.leg,
    )
    if turn.contact.matter:
        rows.touch(turn.contact.matter)


def to_client(one: SendText | PassOn, turn: Turn, peer: str, rows: Rows) -> None:
    contact = turn.contact
    body: dict[str, Any] = {}
    if isinstance(one, PassOn):
        words, due, technician, passes_on = one.words, rows.now, one.technician, one.leg
        body = {"technician": technician}
    else:
        words, due = worded(turn.version, contact.language, one.prompts, contact.number), one.due_at or rows.now
        technician, passes_on = "", None
        body = {"prompt": one.prompts[0][0], "last": one.last, "put_off": due > rows.now}
    message = rows.message(
        contact=contact.contact,
        direction="out",
        party="client",
        technician=technician,
        line=contact.line,
        peer=peer,
        body=words,
        passes_on=passes_on,
        automatic=not technician,
    )
    rows.deed(
        subject="contact:" + contact.contact,
        kind=WRITE,
        body=body,
        due_at=due,
        lane=f"write:{contact.contact}:client" if due == rows.now else None,
        sends=message,
    )
    if contact.matter:
        rows.touch(contact.matter)


def worded(version: Version, code: str, prompts: Iterable[tuple[str, dict[str, str]]], number: str) -> str:
    """`number`: where they are called back, if they have named it; no action has one."""
    speech = language(code)
    return " ".join(version.text(prompt, speech, {"number": shown(number), **params}) for prompt, params in prompts)


def to_technician(one: RelayText | TellTechnician, turn: Turn, rows: Rows) -> None:
    """What a relay says is put together when it goes out: with the names and the matter's number of then."""
    contact = turn.contact
    body: dict[str, Any] = {"technician": one.technician}
    if isinstance(one, TellTechnician):
        first = next((prompt for prompt, _ in one.lines), "")
        body |= {"prompt": first, "lines": [[prompt, params] for prompt, params in one.lines]}
    else:
        prompt = "tech_header_by" if one.by else "tech_header"
        body |= {"prompt": prompt, "legs": list(one.legs), "by": one.by, "words": one.words, "note": one.note}
    message = rows.message(
        contact=contact.contact,
        direction="out",
        party="technician",
        technician=one.technician,
        line=contact.line,
        peer="",
        automatic=isinstance(one, TellTechnician),
    )
    rows.deed(
        subject="contact:" + contact.contact,
        kind=WRITE,
        body=body,
        lane=f"write:{contact.contact}:{one.technician}",
        sends=message,
    )
