"""Whom and what a turn concerns, from the directory at hand: the static half of its floor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from callflows.contact import Contact
from callflows.events import CallArrived, CallerPressed, CallerSaid, ErrandDue, Event
from callflows.text_events import BEGINS, TEXT_EVENTS, LetterArrived, TextArrived
from callflows.version import Version
from db.contacts import Held
from db.floor import Live
from db.snapshot import Directory
from routing.addresses import read_address
from routing.directory import Client, Line, Municipality, Pod, Technician
from routing.due import days_off
from routing.exchanges import exchange_place
from routing.floor import Agenda, AgendaItem, Conversation, Floor, LiveCall
from routing.numbers import caller_number
from routing.places import Found, Places

# Questions whose options are municipalities.
ABOUT_PLACES = {"municipality", "from", "confirm"}


@dataclass(frozen=True, slots=True)
class Cast:
    """`number` is the client's in E.164, empty when withheld. `calling`: the technician it belongs to, if any;
    `technician`: the one whose own telephone is calling us, who is offered a menu. `named`: those of whom the contact
    itself speaks. `peer`: the other side of a conversation in writing; `own_pod`: of the technician who writes.
    `at_domain`: as `routing.floor.Floor` says."""

    line: Line
    number: str
    callers: tuple[Client, ...]
    clients: dict[str, Client]
    municipalities: dict[str, Municipality]
    pods: dict[str, Pod]
    calling: str
    technician: str
    from_our_line: bool
    found: tuple[Found, ...] = ()
    nearby: tuple[str, ...] = ()
    guessing: bool = False
    named: tuple[str, ...] = ()
    peer: str = ""
    own_pod: str = ""
    in_writing: bool = False
    at_domain: str = ""

    def whose(self) -> list[str]:
        """The clients whose open matters and talks are looked for."""
        return [*dict.fromkeys((*(one.client for one in self.callers), *self.clients))]

    def technicians(self, directory: Directory, version: Version, *, whole: bool = False) -> dict[str, Technician]:
        """Whose living facts the turn needs: the pod's people and those whom somebody wants; everybody (`whole`) for a
        swarm, while it is not certain which pod, or if none of it works: then the whole desk may owe the answer."""
        keys = [key for pod in self.pods for key in version.ring_orders.get(pod, ())]
        people = [directory.technician(key) for key in dict.fromkeys(keys)]
        found = {one.technician: one for one in people if one}
        if whole or self.guessing or len(self.pods) != 1 or not any(key in version.shifts for key in found):
            found = {one.technician: one for one in directory.technicians}
        wanted = (key for one in (*self.callers, *self.clients.values()) for key in one.wanted)
        places = (key for one in self.municipalities.values() for key in one.wanted)
        for key in (*wanted, *places, *self.named, self.calling, self.technician):
            if key and key not in found and (one := directory.technician(key)):
                found[key] = one
        return found

    def floor(
        self,
        directory: Directory,
        live: Live,
        agenda: Agenda | None,
        now: datetime,
        conversations: tuple[Conversation, ...] = (),
        calls: tuple[LiveCall, ...] = (),
    ) -> Floor:
        """All of it, once the living facts are read; what they name is looked up here."""
        listed = (*((agenda.last,) if agenda.last else ()), *agenda.promises) if agenda else ()
        items: tuple[AgendaItem | Conversation | LiveCall, ...] = (*listed, *conversations, *calls)
        known = _municipalities(directory, (*live.seen, *(one.municipality for one in items)))
        clients = {one.client: found for one in items if one.client and (found := directory.client(one.client))}
        places = {**self.municipalities, **known}
        return Floor(
            at=now,
            line=self.line,
            callers=self.callers,
            municipalities=places,
            pods={**_pods(directory, known.values()), **self.pods},
            standings=live.standings,
            matters=live.matters,
            talks=live.talks,
            recent_calls=live.recent_calls,
            calling=self.calling,
            from_our_line=self.from_our_line,
            holidays={key: holidays(directory, place, now.date()) for key, place in places.items()},
            number=self.number,
            found=self.found,
            seen=tuple(key for key in live.seen if key in places),
            nearby=self.nearby,
            agenda=agenda,
            namesakes=tuple(other for place in places.values() for other in directory.namesakes(place)),
            clients={**self.clients, **clients},
            peer=self.peer,
            silenced=live.silenced,
            blocked=live.blocked,
            opted_in=live.opted_in,
            deaf=live.deaf,
            conversations=conversations,
            calls=calls,
            at_domain=self.at_domain,
            unwritable=live.unwritable,
            unreached=live.unreached,
            automatic=live.automatic,
        )


def needs_places(directory: Directory, contact: Contact, event: Event, caller: str) -> bool:
    """Whether the names of all municipalities may be wanted: of somebody who is not known by the number."""
    if contact.stage == "asking":
        return True
    begins = isinstance(event, (CallArrived, TextArrived)) and not contact.line
    number = number_of(caller) if begins and not isinstance(event, LetterArrived) else None
    return number is not None and not directory.clients_with(number)


def gather(
    directory: Directory,
    places: Places | None,
    contact: Contact,
    held: Held | None,
    *,
    caller: str,
    line: str,
    event: Event,
) -> Cast:
    """`caller` and `line` count for a contact's first turn only; later ones go by what it began with."""
    address = held.client_number if held else caller
    number = number_of(address)
    in_writing = contact.channel != "voice" or (not contact.line and isinstance(event, TEXT_EVENTS))
    line_number = contact.line or (held.our_number if held else line)
    callers = () if contact.errand or isinstance(event, ErrandDue) else clients_of(directory, address, number)
    at_domain = "" if number or callers else directory.municipality_at(read_address(address).domain)
    found = heard(places, contact, event, number) if places else ()
    nearby = places.named(*exchange_place(number)) if places and number and not callers else ()
    whose = event if isinstance(event, (ErrandDue, LetterArrived, *BEGINS)) and not contact.line else contact
    keys = [*(key for one in callers for key in one.municipalities), at_domain]
    if whose.municipality:
        keys = [whose.municipality]
    elif contact.asked and contact.asked.kind in ABOUT_PLACES:
        keys += contact.asked.options
    known = _municipalities(directory, (*keys, *(one.municipality for one in found), *nearby))
    pods = _pods(directory, known.values())
    if whose.pod and (pod := directory.pod(whose.pod)):
        pods = {whose.pod: pod}
    client = directory.client(key) if (key := getattr(whose, "client", "")) else None
    forwarded = event.forwarded_from if isinstance(event, CallArrived) else ""
    own = directory.technician_with(number) if number else None
    calling = own or (directory.technician_with(forwarded) if forwarded else None)
    return Cast(
        line=directory.line(line_number) or Line(line_number),
        number=number,
        callers=callers,
        clients={client.client: client} if client else {},
        municipalities=known,
        pods=pods,
        calling="" if contact.errand else calling.technician if calling else "",
        technician=contact.technician
        or (own.technician if own and isinstance(event, (CallArrived, TextArrived)) else ""),
        from_our_line=bool(number) and not contact.errand and directory.line(number) is not None,
        found=found,
        nearby=nearby,
        guessing=not callers and not whose.municipality and not whose.pod,
        named=named_by(contact, event),
        peer=(held.client_number if held else caller) if in_writing else "",
        own_pod=own.pod if own else "",
        in_writing=in_writing,
        at_domain=at_domain,
    )


def clients_of(directory: Directory, address: str, number: str) -> tuple[Client, ...]:
    """Everybody who calls or writes from there."""
    if number:
        return directory.clients_with(number)
    known = read_address(address)
    return directory.clients_at(known.value) if known.kind == "mailto" else ()


def number_of(address: str) -> str:
    """The telephone number behind what Twilio calls the other side; empty for none."""
    return caller_number(address) or read_address(address).number


def named_by(contact: Contact, event: Event) -> tuple[str, ...]:
    """Who has talked or owns it, and whom a swarm has rung, rings or would ring; they may be of another pod."""
    members = contact.thread.members if contact.thread else ()
    writes = getattr(event, "technician", "") or contact.wanted_by
    talked = (*contact.talked, *((contact.owner,) if contact.owner else ()), *members, *((writes,) if writes else ()))
    if contact.swarm is None:
        return talked
    rung = (one.technician for one in contact.swarm.helpers)
    return tuple(dict.fromkeys((*rung, *contact.swarm.line, *contact.hunt.tried, *talked)))


def heard(places: Places, contact: Contact, event: Event, number: str) -> tuple[Found, ...]:
    """The municipalities that an answer may mean."""
    if contact.stage != "asking" or not contact.asked or contact.asked.kind != "place":
        return ()
    province = exchange_place(number)[1] if number else ""
    match event:
        case CallerSaid(words=words):
            return places.said(words, province)
        case CallerPressed(digits=digits):
            return places.keyed(digits, province)
        case TextArrived(body=body):
            return places.said(body, province)
        case _:
            return ()


def _municipalities(directory: Directory, keys: Iterable[str]) -> dict[str, Municipality]:
    return {key: place for key in dict.fromkeys(keys) if key and (place := directory.municipality(key))}


def _pods(directory: Directory, places: Iterable[Municipality]) -> dict[str, Pod]:
    return {place.pod: pod for place in places if place.pod and (pod := directory.pod(place.pod))}


def holidays(directory: Directory, place: Municipality, day: date) -> frozenset[date]:
    """The days off of a municipality."""
    own = directory.holidays(place.province, place.municipality)
    return days_off(own, province=place.province, municipality=place.municipality, since=day, years=2)
