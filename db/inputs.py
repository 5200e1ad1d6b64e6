"""A turn's inputs as they are kept: what rarely changes under a hash, what lives beside the turn.

The floor is split in two. The slice (line, clients, municipalities, pods, technicians, holidays) is the same for
thousands of turns and kept once; the live part (presence, reservations, the matter) is small and kept with each
turn. Together they are the floor again, so any turn can be replayed through `advance`.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from callflows.contact import Contact
from callflows.contact import from_json as contact_from
from callflows.contact import to_json as contact_json
from callflows.plain import plain
from routing.directory import Client, Line, Municipality, Pod, Technician
from routing.floor import (
    Agenda,
    AgendaItem,
    Conversation,
    Floor,
    LiveCall,
    OpenMatter,
    OpenPromise,
    Presence,
    Reservation,
    Standing,
    Talk,
)
from routing.places import Found

# Live facts that are kept as they are, if there is anything to keep.
NAMES = (
    *("recent_calls", "calling", "from_our_line", "number", "seen", "nearby", "whole"),
    *("peer", "silenced", "blocked", "deaf", "opted_in", "unwritable", "unreached", "automatic", "at_domain"),
)

compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


@lru_cache(maxsize=20_000)
def _frozen(thing: Client | Line | Municipality | Pod | Technician) -> str:
    return compact(plain(thing))


def slice_of(floor: Floor) -> tuple[str, str]:
    """The hash and the JSON of the floor's static part."""
    people = ",".join(_frozen(one.technician) for one in floor.standings.values())
    body = (
        f'{{"line":{_frozen(floor.line)}'
        f',"callers":[{",".join(map(_frozen, floor.callers))}]'
        f',"municipalities":[{",".join(map(_frozen, floor.municipalities.values()))}]'
        f',"pods":[{",".join(map(_frozen, floor.pods.values()))}]'
        f',"technicians":[{people}]'
        f',"clients":[{",".join(map(_frozen, floor.clients.values()))}]'
        f',"namesakes":[{",".join(map(_frozen, floor.namesakes))}]'
        f',"holidays":{compact({key: _days(days) for key, days in floor.holidays.items()})}}}'
    )
    return sha256(body.encode()).hexdigest()[:24], body


def _days(days: Iterable[date]) -> list[str]:
    return sorted(day.isoformat() for day in days)


def live_of(floor: Floor, handed: Contact | None = None) -> str:
    """The JSON of what may differ at the next instant; people with nothing to tell are left out. `handed`: the state
    that a contact's first turn began with, if its URL carried one."""
    live: dict[str, Any] = {"at": floor.at.isoformat()}
    if handed is not None:
        live["handed"] = contact_json(handed)
    people = {key: _standing(one) for key, one in floor.standings.items()}
    if told := {key: value for key, value in people.items() if value}:
        live["people"] = told
    if floor.matters:
        live["matters"] = [_matter(one) for one in floor.matters]
    if floor.talks:
        live["talks"] = [[one.client, one.municipality, one.technician, one.at.isoformat()] for one in floor.talks]
    if floor.found:
        live["found"] = [[one.municipality, one.score] for one in floor.found]
    if floor.agenda:
        items = (*((floor.agenda.last,) if floor.agenda.last else ()), *floor.agenda.promises)
        live["agenda"] = [{**plain(one), "at": _instant(one.at), "due_at": _instant(one.due_at)} for one in items]
    if floor.conversations:
        live["conversations"] = [{**plain(one), "since": _instant(one.since)} for one in floor.conversations]
    if floor.calls:
        live["calls"] = [plain(one) for one in floor.calls]
    for name in NAMES:
        if value := getattr(floor, name):
            live[name] = value
    if floor.legs_free is not None:
        live["legs_free"] = floor.legs_free
    return compact(live)


def handed_from(contact: str, live: dict[str, Any]) -> Contact:
    """What a contact's first turn began with."""
    return contact_from(live["handed"]) if "handed" in live else Contact(contact)


def _matter(one: OpenMatter) -> dict[str, Any]:
    promises = [[each.promise, each.owner, each.due_at.isoformat(), each.contact, each.kind] for each in one.promises]
    kept: dict[str, Any] = {"number": one.number, "owner": one.owner, "promises": promises}
    kept |= {name: value for name in ("client", "municipality") if (value := getattr(one, name))}
    return kept | {"theirs": one.theirs, "talking": one.talking}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _standing(one: Standing) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if one.presence:
        kept["presence"] = [one.presence.state, _instant(one.presence.since), _instant(one.presence.until)]
    if one.reservation:
        held = one.reservation
        kept["reservation"] = [held.contact, held.kind, _instant(held.expires_at)]
    for name in ("out_until", "last_rung_at", "last_talked_at"):
        if at := getattr(one, name):
            kept[name] = at.isoformat()
    if one.missed:
        kept["missed"] = one.missed
    if one.absences:
        kept["absences"] = [[begins.isoformat(), ends.isoformat()] for begins, ends in one.absences]
    return kept


def _read(kind: Callable[..., Any], kept: dict[str, Any]) -> Any:
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()})


def floor_from(body: dict[str, Any], live: dict[str, Any]) -> Floor:
    """The floor that a kept turn read."""
    people = live.get("people", {})
    technicians = [_read(Technician, kept) for kept in body["technicians"]]
    places = [_read(Municipality, kept) for kept in body["municipalities"]]
    pods = [_read(Pod, kept) for kept in body["pods"]]
    clients = [_read(Client, kept) for kept in body.get("clients", ())]
    return Floor(
        at=datetime.fromisoformat(live["at"]),
        line=_read(Line, body["line"]),
        callers=tuple(_read(Client, kept) for kept in body["callers"]),
        municipalities={one.municipality: one for one in places},
        pods={one.pod: one for one in pods},
        standings={one.technician: standing_from(one, people.get(one.technician, {})) for one in technicians},
        matters=tuple(matter_from(one) for one in live.get("matters", ())),
        talks=tuple(Talk(who, place, technician, _at(at)) for who, place, technician, at in live.get("talks", ())),
        recent_calls=live.get("recent_calls", 0),
        calling=live.get("calling", ""),
        from_our_line=live.get("from_our_line", False),
        holidays={key: frozenset(date.fromisoformat(day) for day in days) for key, days in body["holidays"].items()},
        number=live.get("number", ""),
        found=tuple(Found(*one) for one in live.get("found", ())),
        seen=tuple(live.get("seen", ())),
        nearby=tuple(live.get("nearby", ())),
        namesakes=tuple(_read(Municipality, kept) for kept in body.get("namesakes", ())),
        agenda=agenda_from(live["agenda"]) if "agenda" in live else None,
        clients={one.client: one for one in clients},
        whole=live.get("whole", False),
        legs_free=live.get("legs_free"),
        peer=live.get("peer", ""),
        silenced=live.get("silenced", False),
        blocked=live.get("blocked", False),
        opted_in=tuple((who, at) for who, at in live.get("opted_in", ())),
        deaf=live.get("deaf", False),
        calls=tuple(_read(LiveCall, one) for one in live.get("calls", ())),
        unwritable=tuple(live.get("unwritable", ())),
        unreached=tuple(live.get("unreached", ())),
        automatic=live.get("automatic", 0),
        at_domain=live.get("at_domain", ""),
        conversations=tuple(
            Conversation(**{**one, "since": _maybe(one["since"])}) for one in live.get("conversations", ())
        ),
    )


def agenda_from(kept: list[dict[str, Any]]) -> Agenda:
    items = [AgendaItem(**{**one, "at": _at(one["at"]), "due_at": _maybe(one["due_at"])}) for one in kept]
    last = next((one for one in items if not one.promise), None)
    return Agenda(last, tuple(one for one in items if one.promise))


def standing_from(technician: Technician, kept: dict[str, Any]) -> Standing:
    presence, held = kept.get("presence"), kept.get("reservation")
    return Standing(
        technician,
        presence=Presence(presence[0], _at(presence[1]), _maybe(presence[2])) if presence else None,
        reservation=Reservation(held[0], held[1], _maybe(held[2])) if held else None,
        out_until=_maybe(kept.get("out_until")),
        last_rung_at=_maybe(kept.get("last_rung_at")),
        last_talked_at=_maybe(kept.get("last_talked_at")),
        missed=kept.get("missed", 0),
        absences=tuple((_at(begins), _at(ends)) for begins, ends in kept.get("absences", ())),
    )


def matter_from(kept: dict[str, Any]) -> OpenMatter:
    promises = tuple(
        OpenPromise(number, owner, _at(due), *contact) for number, owner, due, *contact in kept["promises"]
    )
    whose = (kept.get("client", ""), kept.get("municipality", ""), kept.get("theirs", True))
    return OpenMatter(kept["number"], kept["owner"], promises, *whose, kept.get("talking", False))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
