"""Whom and what a turn concerns, from the directory at hand: the static half of its floor."""

from dataclasses import dataclass
from datetime import date, datetime

from callflows.contact import Contact
from callflows.events import CallArrived, Event
from callflows.version import Version
from db.contacts import Held
from db.floor import Live
from db.snapshot import Directory
from routing.directory import Client, Line, Municipality, Pod, Technician
from routing.due import days_off
from routing.floor import Floor
from routing.numbers import caller_number


@dataclass(frozen=True, slots=True)
class Cast:
    """`number` is the caller's in E.164, empty when withheld. `calling`: the technician it belongs to, if any."""

    line: Line
    number: str
    callers: tuple[Client, ...]
    municipalities: dict[str, Municipality]
    pods: dict[str, Pod]
    calling: str
    from_our_line: bool

    def client(self, contact: Contact) -> str:
        """The client whose open matter is looked for."""
        return contact.client or (self.callers[0].client if len(self.callers) == 1 else "")

    def technicians(self, directory: Directory, version: Version) -> dict[str, Technician]:
        """Whose living facts the turn needs: the pods' people; everybody if no pod is known or none of it works."""
        keys = [key for pod in self.pods for key in version.ring_orders.get(pod, ())]
        people = [directory.technician(key) for key in dict.fromkeys(keys)]
        found = {one.technician: one for one in people if one}
        if not any(key in version.shifts for key in found):
            found = {one.technician: one for one in directory.technicians}
        if self.calling and self.calling not in found:
            calling = directory.technician(self.calling)
            if calling:
                found[calling.technician] = calling
        return found

    def floor(self, directory: Directory, live: Live, now: datetime) -> Floor:
        return Floor(
            at=now,
            line=self.line,
            callers=self.callers,
            municipalities=self.municipalities,
            pods=self.pods,
            standings=live.standings,
            matter=live.matter,
            recent_calls=live.recent_calls,
            calling=self.calling,
            from_our_line=self.from_our_line,
            holidays=holidays(directory, self.municipalities, now.date()),
        )


def gather(directory: Directory, contact: Contact, held: Held | None, *, caller: str, line: str, event: Event) -> Cast:
    """`caller` and `line` count for a contact's first turn only; later ones go by what it began with."""
    said = held.from_number if held else caller
    number = caller_number(said) or ""
    line_number = contact.line or (held.to_number if held else line)
    callers = directory.clients_with(number) if number else ()
    keys = dict.fromkeys(key for one in callers for key in one.municipalities)
    if contact.municipality:
        keys = dict.fromkeys((contact.municipality,))
    places = {key: place for key in keys if (place := directory.municipality(key))}
    pods = {place.pod: pod for place in places.values() if place.pod and (pod := directory.pod(place.pod))}
    if contact.pod and (pod := directory.pod(contact.pod)):
        pods = {contact.pod: pod}
    forwarded = event.forwarded_from if isinstance(event, CallArrived) else ""
    calling = next((one for phone in (number, forwarded) if phone and (one := directory.technician_with(phone))), None)
    return Cast(
        line=directory.line(line_number) or Line(line_number),
        number=number,
        callers=callers,
        municipalities=places,
        pods=pods,
        calling=calling.technician if calling else "",
        from_our_line=bool(number) and directory.line(number) is not None,
    )


def holidays(directory: Directory, places: dict[str, Municipality], day: date) -> frozenset[date]:
    """The days off of the caller's municipality; none are known for a caller without one."""
    place = next(iter(places.values()), None)
    if place is None:
        return frozenset()
    own = directory.holidays(place.province, place.municipality)
    return days_off(own, province=place.province, municipality=place.municipality, since=day, years=2)
