"""Carries out what a turn asked to be kept, in its own transaction; one case each."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from callflows.actions import (
    AskLeg,
    BeginErrand,
    CallOut,
    CancelRing,
    CloseMatter,
    CountRing,
    FetchRecording,
    FloorChange,
    Free,
    HangUpLeg,
    KeepNote,
    KeepOpen,
    KeepPromises,
    KeepSound,
    LegChange,
    MakePromise,
    MarkOverdue,
    MatterChange,
    MemoryChange,
    MoveClient,
    MoveTechnician,
    Occupy,
    OpenMatter,
    PassMatter,
    RememberPlace,
    RememberTalk,
    Reserve,
    SetPresence,
    SetTimer,
    Text,
)
from callflows.contact import Contact
from callflows.parts.promises import errand_id
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
    WriteNote,
)
from callflows.turn import Turn
from db.floor import peers
from db.incoming import Incoming
from db.matters import (
    add_matter,
    add_promise,
    find_matter_number,
    save_matter_closed,
    save_matter_kept_open,
    save_matter_owner,
    save_note,
    save_promise_overdue,
    save_promises_kept,
    save_sighting,
    save_talk,
    save_voicemail,
)
from db.pool import Connection
from db.presence import say_presence
from db.reservations import save_free, save_on_call, save_ring_result
from db.rows import Rows
from db.writing import write
from routing.floor import Presence

TEXT = "text"
CALL = "call"
RECORDING = "recording"
CANCEL = "cancel"
MOVE = "move"
MOVE_TECHNICIAN = "move_technician"
ASK_LEG = "ask_leg"
HANG_UP = "hang_up"
ERRAND = "errand:"  # and the contact in which the promise was made
CALL_OF = "call_of:"  # and the technician who wants to call, and the matter


async def open_matter(connection: Connection, turn: Turn, number: str, now: datetime) -> Turn:
    """A new matter gets its number before anything speaks of it: the contact and the story then name it."""
    asked = next((one for one in turn.changes if isinstance(one, OpenMatter)), None)
    if asked is None:
        return turn
    contact = turn.contact
    matter = await add_matter(
        connection,
        owner=asked.owner,
        client=contact.client or None,
        municipality=contact.municipality or None,
        pod=contact.pod or None,
        number=number,
        now=now,
    )
    story = tuple(
        replace(one, detail={**one.detail, "matter": matter}) if one.kind in ("owner_changed", "promise_made") else one
        for one in turn.story
    )
    return replace(turn, contact=replace(contact, matter=matter), story=story)


async def release(connection: Connection, turn: Turn, now: datetime) -> None:
    """Give back before anybody is claimed, so that two turns never wait for each other."""
    for one in turn.changes:
        if isinstance(one, Free):
            await save_free(
                connection, one.technician, turn.contact.contact, now, wrap_up=one.wrap_up, talked=one.talked
            )


async def carry_out(
    connection: Connection,
    turn: Turn,
    incoming: Incoming,
    number: int,
    client_number: str,
    now: datetime,
    *,
    peer: str = "",
) -> None:
    """Everything but `Reserve`, `Free` and `OpenMatter`, which come before it, and the contact itself.

    `number` is the turn's, `client_number` E.164 or empty, `peer` the other side of a
    conversation in writing.
    """
    rows = Rows(now)
    for one in turn.changes:
        match one:
            case Reserve() | Occupy() | Free() | CountRing() | SetPresence():
                await change_floor(connection, one, turn.contact, now)
            case OpenMatter() | PassMatter() | MakePromise() | KeepPromises() | MarkOverdue():
                await change_matter(connection, one, turn.contact, client_number, rows)
            case CloseMatter() | KeepOpen() | KeepNote():
                await change_matter(connection, one, turn.contact, client_number, rows)
            case SetTimer() | BeginErrand():
                set_timer(one, turn.contact, number, rows)
            case CallOut() | CancelRing() | MoveClient() | MoveTechnician() | AskLeg() | HangUpLeg():
                begin_deed(one, turn.contact, rows)
            case Text() | FetchRecording():
                begin_deed(one, turn.contact, rows)
            case RememberTalk() | RememberPlace() | KeepSound():
                await remember(connection, one, turn.contact, client_number, rows)
            case KeepText() | SendText() | PassOn() | RelayText() | TellTechnician() | SendOn():
                await write(connection, one, turn, incoming, peer or client_number, rows)
            case SetOptOut() | SetBlocked() | SetDeaf() | WriteNote():
                await write(connection, one, turn, incoming, peer or client_number, rows)
            case _:
                assert_never(one)
    if any(isinstance(one, OpenMatter) for one in turn.changes):
        rows.touched.discard(turn.contact.matter)  # it is as new as can be
    await rows.add(connection)


async def change_floor(connection: Connection, one: FloorChange, contact: Contact, now: datetime) -> None:
    match one:
        case Reserve() | Free():
            pass
        case Occupy(technician):
            await save_on_call(connection, technician, contact.contact, now)
        case CountRing(technician, result):
            await save_ring_result(connection, technician, result, now)
        case SetPresence(technician, state, until):
            await say_presence(connection, technician, Presence(state, now, until), by="telephone")
        case _:
            assert_never(one)


async def change_matter(
    connection: Connection, one: MatterChange, contact: Contact, client_number: str, rows: Rows
) -> None:
    now = rows.now
    match one:
        case OpenMatter():
            pass
        case PassMatter(owner):
            await save_matter_owner(connection, contact.matter, owner, now)
        case MakePromise(owner, due_at, kind):
            await add_promise(
                connection,
                matter=contact.matter,
                contact=contact.contact,
                owner=owner,
                due_at=due_at,
                number=(contact.number or client_number) if kind == "call_back" else "",
                kind=kind,
                now=now,
            )
            rows.touch(contact.matter)
        case KeepPromises(promises, technician):
            await save_promises_kept(connection, list(promises), technician, now)
            rows.touch(contact.matter)
        case MarkOverdue(promise):
            await save_promise_overdue(connection, promise, now)
        case CloseMatter(matter):
            await save_matter_closed(connection, matter, now)
        case KeepOpen(matter):
            await save_matter_kept_open(connection, matter, now)
        case KeepNote(technician, matter, recording, url, seconds):
            await save_note(
                connection,
                contact=contact.contact,
                matter=matter,
                technician=technician,
                recording=recording,
                url=url,
                seconds=seconds,
                now=now,
            )
            rows.touch(matter)
        case _:
            assert_never(one)


def set_timer(one: SetTimer | BeginErrand, contact: Contact, number: int, rows: Rows) -> None:
    """A row with its wake-up, in this very transaction."""
    match one:
        case SetTimer(timer, due_at):
            rows.timer(subject="contact:" + contact.contact, kind=timer, turn=number, due_at=due_at)
        case BeginErrand(count, technician, matter):
            errand = "contact:" + errand_id(contact.contact, count)
            kind = f"{CALL_OF}{technician}:{matter or contact.matter}" if technician else ERRAND + contact.contact
            rows.timer(subject=errand, kind=kind, turn=number, due_at=rows.now)
        case _:
            assert_never(one)


Doing = LegChange | Text | FetchRecording


def begin_deed(one: Doing, contact: Contact, rows: Rows) -> None:
    """As with timers; it is done by a job."""
    kind, body, delay = as_deed(one)
    due = rows.now + timedelta(seconds=delay)
    rows.deed(subject="contact:" + contact.contact, kind=kind, body=body, due_at=due)


def as_deed(one: Doing) -> tuple[str, dict[str, Any], int]:
    """Its kind, what it must know, and the seconds until it is due."""
    match one:
        case CallOut(technician, ring, seconds):
            return CALL, {"technician": technician, "ring": ring, "seconds": seconds}, 0
        case CancelRing(ring, queued):
            return CANCEL, {"ring": ring, "queued": queued}, 0
        case MoveClient():
            return MOVE, {}, 0
        case MoveTechnician(ring):
            return MOVE_TECHNICIAN, {"ring": ring}, 0
        case AskLeg(ring):
            return ASK_LEG, {"ring": ring}, 0
        case HangUpLeg(ring, delay, leg):
            return HANG_UP, {"ring": ring, "leg": leg}, delay
        case Text(technician, prompt, params, delay):
            return TEXT, {"technician": technician, "prompt": prompt, "params": params}, delay
        case FetchRecording():
            return RECORDING, {}, 0
        case _:
            assert_never(one)


async def remember(connection: Connection, one: MemoryChange, contact: Contact, client_number: str, rows: Rows) -> None:
    now = rows.now
    match one:
        case RememberTalk(technician):
            number = client_number
            if contact.technician:  # whose own telephone is nobody's to be remembered by
                about = await find_matter_number(connection, contact.matter)
                number = about if about != client_number else ""
            for peer in peers([contact.client] if contact.client else [], number)[:1]:
                await save_talk(
                    connection, peer=peer, municipality=contact.municipality, technician=technician, now=now
                )
            if contact.matter:
                rows.touch(contact.matter)
        case RememberPlace(municipality):
            await save_sighting(connection, client_number, municipality, now)
        case KeepSound(recording, url, seconds):
            await save_voicemail(
                connection,
                contact=contact.contact,
                recording=recording,
                url=url,
                seconds=seconds,
                now=now,
            )
        case _:
            assert_never(one)
