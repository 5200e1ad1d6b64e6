"""One event, one turn, one transaction: lock, answer a repeat as before, load, `advance`, keep, queue.

The only place where deciding meets keeping. Locks in this order: contact, its matter, technicians; what
must never happen is a constraint in the tables, and a turn that meets one begins again with fresh facts.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg

from callflows.actions import (
    CloseMatter,
    KeepOpen,
    KeepPromises,
    MakePromise,
    MarkOverdue,
    OpenMatter,
    PassMatter,
    Reserve,
)
from callflows.actions import to_json as action_json
from callflows.advance import advance
from callflows.contact import Contact, from_json, to_json
from callflows.events import (
    CallArrived,
    ClientPickedUp,
    ErrandDue,
    Event,
    KeyPressed,
    LegEnded,
    LegPickedUp,
    RecordingStored,
    RingPlaced,
    RingUnplaced,
    RoomDialEnded,
    RoomJoined,
    RoomLeft,
    TechnicianMoved,
    TechnicianUnmoved,
    TextSent,
    TimerFired,
)
from callflows.events import to_json as event_json
from callflows.text_events import BEGINS, TechnicianAsked, TextArrived
from callflows.texting.desk import about_calls, matters_in
from callflows.turn import Turn, WholeFloorNeeded
from callflows.version import Version
from db.agenda import read_agenda
from db.calls import list_live_calls
from db.cast import Cast, gather, needs_places
from db.changes import carry_out, open_matter, release
from db.contacts import BEGUN_BY_US, Held, save_first_turn, save_turn
from db.conversations import list_conversations, place
from db.desk import Desk
from db.floor import Live, read_live
from db.incoming import Incoming
from db.inputs import compact, live_of, slice_of
from db.matters import lock_matter
from db.pool import Connection
from db.reservations import RING_HOLDS, claim_technician
from routing.floor import Agenda, Conversation, Floor, LiveCall

# The document for a turn: (turn, floor, the turn's number) -> what Twilio is answered.
Render = Callable[[Turn, Floor, int], str]

TRIES = 6
CHANGES_MATTER = (PassMatter, MakePromise, KeepPromises, MarkOverdue, CloseMatter, KeepOpen)


@dataclass(frozen=True, slots=True)
class Taken:
    """`turn` is None for a repeat: nothing changed, the reply is the one given before."""

    reply: str
    number: int
    turn: Turn | None = None


class Again(Exception):
    """Somebody was faster, or what is at hand is old: take the turn again from the beginning."""


class UnknownContact(LookupError):
    """An event for a contact that was never kept, and that can't begin one."""


async def take_turn(desk: Desk, incoming: Incoming, now: datetime, render: Render) -> Taken:
    """Raises UnknownContact; asyncpg's errors when the database is away."""
    whole = False
    for attempt in range(TRIES):
        try:
            async with desk.pool.acquire() as connection:
                if attempt == 0 and isinstance(incoming.event, CallArrived):
                    taken = await _take_first_ring(desk, connection, incoming, now, render)
                    if taken is not None:
                        return taken
                async with connection.transaction():
                    placed, held = await place(connection, incoming)
                    return await _take(desk, connection, placed, held, now, render, whole)
        except Again:
            await desk.refresh()
        except WholeFloorNeeded:
            if whole:
                raise
            whole = True
        except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
            if attempt == TRIES - 1:
                raise
            await desk.refresh()
    raise RuntimeError(f"contact {incoming.contact}: the turn met others {TRIES} times in a row")


def begins_contact(event: Event) -> bool:
    """What may be the first that is kept of a call: anything that its own leg asks or tells."""
    told = (LegEnded, ClientPickedUp, RecordingStored, TimerFired, TextSent, RingPlaced, RingUnplaced)
    technicians = (LegPickedUp, KeyPressed, RoomJoined, RoomLeft, TechnicianAsked, TechnicianMoved, TechnicianUnmoved)
    return not isinstance(event, (*told, *technicians)) and not (isinstance(event, RoomDialEnded) and event.ring)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a turn is decided from; `number` is the caller's, E.164 or empty."""

    contact: Contact
    version: Version
    live: Live
    floor: Floor
    number: str


async def _look(
    desk: Desk, connection: Connection, incoming: Incoming, held: Held | None, now: datetime, whole: bool = False
) -> Looked | Taken:
    """Everything that the turn must know, or the answer that a repeat was given before. `whole`: of everybody."""
    # Another turn of this process may bring the desk up to date while this one waits: what is compared with the
    # database is what this turn began with.
    directory, editions = desk.directory, desk.editions
    contact, event = remembered(incoming, held), incoming.event
    wanted = needs_places(directory, contact, event, incoming.caller)
    places = await desk.places() if wanted else None
    cast = gather(directory, places, contact, held, caller=incoming.caller, line=incoming.line, event=event)
    version = await version_of(desk, connection, contact, cast)
    agenda = await read_agenda(connection, cast.technician, now) if cast.technician else None
    matters = {contact.matter, getattr(event, "matter", 0), *matters_of(agenda)}
    conversations: tuple[Conversation, ...] = ()
    calls: tuple[LiveCall, ...] = ()
    if cast.technician and isinstance(event, TextArrived):
        named = matters_in(event.body)
        conversations = await list_conversations(connection, cast.technician, cast.own_pod, named, now)
        matters |= {one.matter for one in conversations}
        if about_calls(event.body):
            calls = await list_live_calls(connection, cast.technician, named)
    technicians = cast.technicians(directory, version, whole=whole)
    whole = whole or len(technicians) == len(directory.technicians)
    live = await read_live(
        connection,
        contact=incoming.contact,
        event_key=incoming.key,
        technicians=technicians,
        find=directory.technician,
        clients=cast.whose(),
        number=cast.number,
        matters=sorted(matters - {0}),
        talking=isinstance(event, TimerFired),
        legs=whole and desk.concurrent_calls is not None,
        line=cast.line.line,
        writes=cast.peer if cast.in_writing else None,
        now=now,
    )
    if live.repeat is not None:
        return Taken(live.repeat, live.turn)
    if (live.directory, live.flows) != editions or live.turn != (held.turn if held else 0):
        raise Again
    floor = cast.floor(directory, live, agenda, now, conversations, calls)
    if whole:
        pods = {one.pod: one for one in directory.pods}
        floor = replace(floor, whole=True, pods=pods, legs_free=legs_free(desk.concurrent_calls, live))
    return Looked(contact, version, live, floor, cast.number)


def legs_free(most: int | None, live: Live) -> int | None:
    """How many calls the account may begin besides those that go on; None for as many as it likes."""
    return None if most is None else max(most - live.legs, 0)


def matters_of(agenda: Agenda | None) -> set[int]:
    """The matters that a technician's menu speaks of."""
    if agenda is None:
        return set()
    return {one.matter for one in (agenda.last, *agenda.promises) if one}


async def _take_first_ring(
    desk: Desk, connection: Connection, incoming: Incoming, now: datetime, render: Render
) -> Taken | None:
    """A call's first turn, if it does nothing but ring somebody: one reading and one writing, no transaction around.

    None for every other first turn. Whoever keeps this contact meanwhile meets us at the constraints (decision 0001).
    """
    looked = await _look(desk, connection, incoming, None, now)
    if isinstance(looked, Taken):
        return looked
    floor = looked.floor
    while True:
        turn = advance(looked.version, looked.contact, incoming.event, floor)
        match turn.changes:
            case (Reserve(technician),):
                pass
            case _:
                return None
        reply = render(turn, floor, 1)
        slice_hash, body = slice_of(floor)
        kept_slice = (slice_hash, None if desk.knows_slice(slice_hash) else body)
        values = columns(incoming, None, turn, looked.version, looked.live, floor, now, reply, kept_slice)
        if await save_first_turn(connection, values, technician, now + RING_HOLDS):
            desk.remember_slice(slice_hash)
            return Taken(reply, 1, turn)
        floor = floor.without(technician, "another")


async def _take(
    desk: Desk,
    connection: Connection,
    incoming: Incoming,
    held: Held | None,
    now: datetime,
    render: Render,
    whole: bool,
) -> Taken:
    if held is None and not begins_contact(incoming.event):
        raise UnknownContact(f"no contact {incoming.contact} for {type(incoming.event).__name__}")
    looked = await _look(desk, connection, incoming, held, now, whole)
    if isinstance(looked, Taken):
        return looked
    if held is not None and held.closed and isinstance(incoming.event, (TextArrived, *BEGINS)):
        raise Again  # it has ended since it was looked for: the text begins another one
    number = looked.live.turn + 1
    turn, floor = await decide(connection, looked.version, looked.contact, incoming.event, looked.floor)
    turn = await open_matter(connection, turn, looked.number, now)
    await carry_out(connection, turn, incoming, number, looked.number, now, peer=floor.peer)
    reply = render(turn, floor, number)
    slice_hash, body = slice_of(floor)
    kept_slice = (slice_hash, None if desk.knows_slice(slice_hash) else body)
    values = columns(incoming, held, turn, looked.version, looked.live, floor, now, reply, kept_slice)
    if not await save_turn(connection, values):
        raise Again
    desk.remember_slice(slice_hash)
    return Taken(reply, number, turn)


def remembered(incoming: Incoming, held: Held | None) -> Contact:
    """The contact as the last turn left it: by its row, else by the URL, else a new one."""
    if held:
        return from_json(json.loads(held.memory))
    return incoming.handed or Contact(incoming.contact)


async def version_of(desk: Desk, connection: Connection, contact: Contact, cast: Cast) -> Version:
    if contact.version:
        return await desk.version(connection, contact.flow, contact.version)
    return desk.newest_text_version(cast.line) if cast.in_writing else desk.newest_version(cast.line)


async def decide(
    connection: Connection, version: Version, contact: Contact, event: Event, floor: Floor
) -> tuple[Turn, Floor]:
    """`advance`, again as often as another call was faster to a technician; it ends, as each try rules one out. The
    floor is the one from which it was decided at last: that one is kept with the turn."""
    for _ in range(len(floor.standings) + 1):
        turn = advance(version, contact, event, floor)
        await guard_matter(connection, turn, floor)
        lost = await hold(connection, turn, floor.at)
        if lost is None:
            return turn, floor
        floor = floor.without(lost, "another")
    raise RuntimeError(f"contact {contact.contact}: the turn asks again for somebody whom another call holds")


async def guard_matter(connection: Connection, turn: Turn, floor: Floor) -> None:
    """A turn that changes an older matter holds its lock, and finds it as the floor said."""
    if not any(isinstance(one, CHANGES_MATTER) for one in turn.changes):
        return
    if not turn.contact.matter or any(isinstance(one, OpenMatter) for one in turn.changes):
        return
    owner = await lock_matter(connection, turn.contact.matter)
    told = next((one.owner for one in floor.matters if one.number == turn.contact.matter), owner)
    if owner != told:
        raise Again


class Lost(Exception):
    """Another call was faster to this technician."""

    def __init__(self, technician: str) -> None:
        super().__init__(technician)
        self.technician = technician


async def hold(connection: Connection, turn: Turn, now: datetime) -> str | None:
    """Give back and reserve all that the turn asks for; the first one lost, or None. Of several, none is held then."""
    wanted = sorted({one.technician for one in turn.changes if isinstance(one, Reserve)})
    if len(wanted) < 2:
        return await claim(connection, turn, wanted, now)
    try:
        async with connection.transaction():  # a savepoint: whoever was held for nothing is let go
            if lost := await claim(connection, turn, wanted, now):
                raise Lost(lost)
    except Lost as lost_one:
        return lost_one.technician
    return None


async def claim(connection: Connection, turn: Turn, wanted: list[str], now: datetime) -> str | None:
    """In key order; the first one lost, or None."""
    await release(connection, turn, now)
    for technician in wanted:
        if not await claim_technician(connection, technician, turn.contact.contact, now):
            return technician
    return None


def columns(
    incoming: Incoming,
    held: Held | None,
    turn: Turn,
    version: Version,
    live: Live,
    floor: Floor,
    now: datetime,
    reply: str,
    kept_slice: tuple[str, str | None],
) -> tuple[Any, ...]:
    """The values of `db.contacts.SAVE_TURN`, in its order."""
    contact, story = turn.contact, turn.story
    outbound = held.direction == "outbound" if held else isinstance(incoming.event, (ErrandDue, *BEGINS))
    ours = incoming.ours or incoming.line
    ends = (ours, incoming.caller) if outbound else (incoming.caller, ours)
    actions = [action_json(one) for one in (*turn.replies, *turn.changes)]
    return (
        contact.contact,
        first_sid(held, incoming),
        held.from_number if held else ends[0],
        held.to_number if held else ends[1],
        contact.line or floor.line.line,
        contact.municipality,
        contact.pod,
        contact.client,
        contact.matter,
        contact.owner,
        version.flow,
        version.version,
        contact.language,
        "closed" if contact.is_over else "open",
        contact.outcome,
        now,
        live.turn + 1,
        compact(to_json(contact)),
        *kept_slice,
        incoming.key,
        compact(event_json(incoming.event)),
        live.directory,
        live_of(floor, None if held else incoming.handed),
        dumped(actions),
        dumped([{"code": one.code, "technician": one.technician, "detail": one.detail} for one in turn.reasons]),
        reply,
        [one.kind for one in story],
        [one.technician for one in story],
        [one.leg for one in story],
        [dumped(one.detail) for one in story],
        "outbound" if outbound else "inbound",
        contact.channel,
        incoming.mailbox,
    )


def first_sid(held: Held | None, incoming: Incoming) -> str:
    """By what the contact is known. A conversation that we have begun, and that has no text of ours at Twilio yet, by
    the first that the client writes."""
    if held is None:
        return incoming.provider_sid
    is_first = held.provider_sid.startswith(BEGUN_BY_US) and isinstance(incoming.event, TextArrived)
    return incoming.provider_sid if is_first else held.provider_sid


def dumped(value: Any) -> str:
    return json.dumps(value, default=_instant, ensure_ascii=False, separators=(",", ":"))


def _instant(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not kept as JSON")
