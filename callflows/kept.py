"""What the shell writes of a turn, as the next turn reads it: for a preview and for tests, which have no tables."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from callflows.actions import (
    Change,
    CloseMatter,
    Free,
    KeepPromises,
    MakePromise,
    Occupy,
    OpenMatter,
    PassMatter,
    RememberPlace,
    RememberTalk,
    Reserve,
    SetPresence,
)
from callflows.contact import Contact
from routing import floor as floors
from routing.floor import Floor, Presence, Reservation

RING_HOLDS = timedelta(seconds=60)
NEW_MATTER = 12  # the number of a matter that is opened, if the floor has none yet


def kept(contact: Contact, floor: Floor, change: Change) -> tuple[Contact, Floor]:
    """Contact and floor after a change was written, as the next turn reads them."""
    at, matter = floor.at, next((one for one in floor.matters if one.number == contact.matter), None)
    match change:
        case Reserve(key):
            floor = held(floor, key, Reservation(contact.contact, "ringing", at + RING_HOLDS), last_rung_at=at)
        case Occupy(key):
            floor = held(floor, key, Reservation(contact.contact, "on_call", None))
        case Free(key, wrap_up, talked):
            until = at + timedelta(seconds=wrap_up)
            floor = held(
                floor, key, Reservation(contact.contact, "wrap_up", until), **({"last_talked_at": at} if talked else {})
            )
        case SetPresence(key, state):
            floor = stands(floor, key, presence=Presence(state, at))
        case OpenMatter(owner):
            number = max((one.number + 1 for one in floor.matters), default=NEW_MATTER)
            contact = replace(contact, matter=number)
            floor = with_matter(floor, floors.OpenMatter(number, owner, (), contact.client, contact.municipality))
        case PassMatter(owner) if matter:
            floor = with_matter(floor, replace(matter, owner=owner))
        case MakePromise(owner, due_at, kind) if matter:
            number = max((one.promise + 1 for one in matter.promises), default=1)
            made = floors.OpenPromise(number, owner, due_at, contact.contact, kind)
            floor = with_matter(floor, replace(matter, promises=(*matter.promises, made)))
        case KeepPromises(promises) if matter:
            left = tuple(one for one in matter.promises if one.promise not in promises)
            floor = with_matter(floor, replace(matter, promises=left))
        case CloseMatter(number):
            floor = replace(floor, matters=tuple(one for one in floor.matters if one.number != number))
        case RememberTalk(technician):
            talk = floors.Talk(contact.client, contact.municipality, technician, at)
            floor = replace(floor, talks=(talk, *floor.talks))
        case RememberPlace(municipality):
            floor = replace(floor, seen=tuple(dict.fromkeys((municipality, *floor.seen))))
        case _:
            pass
    return contact, floor


def with_matter(floor: Floor, matter: floors.OpenMatter) -> Floor:
    return replace(floor, matters=(matter, *(one for one in floor.matters if one.number != matter.number)))


def stands(floor: Floor, key: str, **facts: Any) -> Floor:
    """The same floor on which one technician stands differently, if they are still in the directory."""
    if key not in floor.standings:
        return floor
    return replace(floor, standings={**floor.standings, key: replace(floor.standings[key], **facts)})


def held(floor: Floor, key: str, reservation: Reservation, **facts: Any) -> Floor:
    return stands(floor, key, reservation=reservation, **facts)
