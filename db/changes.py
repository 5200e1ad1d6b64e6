"""Carries out what a turn asked to be kept, in its own transaction; one case each."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from callflows.actions import (
    CountRing,
    FetchRecording,
    Free,
    KeepPromises,
    KeepSound,
    MakePromise,
    Occupy,
    OpenMatter,
    Reserve,
    SetTimer,
    Text,
)
from callflows.turn import Turn
from db.deeds import add_deed, add_timer
from db.matters import add_matter, add_promise, save_matter_touched, save_promises_kept, save_voicemail
from db.pool import Connection
from db.reservations import save_free, save_on_call, save_ring_result

TEXT = "text"
RECORDING = "recording"


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


async def carry_out(connection: Connection, turn: Turn, number: int, now: datetime) -> None:
    """Everything but `Reserve`, `Free` and `OpenMatter`, which come before it, and the contact itself."""
    contact = turn.contact
    subject = "contact:" + contact.contact
    for one in turn.changes:
        match one:
            case Reserve() | Free() | OpenMatter():
                pass
            case Occupy(technician):
                await save_on_call(connection, technician, contact.contact, now)
            case CountRing(technician, result):
                await save_ring_result(connection, technician, result, now)
            case MakePromise(owner, due_at):
                await add_promise(
                    connection,
                    matter=contact.matter,
                    contact=contact.contact,
                    owner=owner,
                    due_at=due_at,
                    now=now,
                )
                await save_matter_touched(connection, contact.matter, now)
            case KeepPromises(promises):
                await save_promises_kept(connection, list(promises), now)
                await save_matter_touched(connection, contact.matter, now)
            case KeepSound(recording, url, seconds):
                await save_voicemail(
                    connection,
                    contact=contact.contact,
                    recording=recording,
                    url=url,
                    seconds=seconds,
                    now=now,
                )
            case SetTimer(timer, due_at):
                await add_timer(connection, subject=subject, kind=timer, turn=number, due_at=due_at, now=now)
            case Text(technician, prompt, params, delay):
                body = {"technician": technician, "prompt": prompt, "params": params}
                due = now + timedelta(seconds=delay)
                await add_deed(connection, subject=subject, kind=TEXT, body=body, due_at=due, now=now)
            case FetchRecording():
                await add_deed(connection, subject=subject, kind=RECORDING, body={}, due_at=now, now=now)
            case _:
                assert_never(one)
