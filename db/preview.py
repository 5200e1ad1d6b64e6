"""What a preview of a flow needs: the version as it would be live now, and the floor as it stands, for a made-up call
or text.

Nothing is kept: no contact, no reservation.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from callflows.contact import Contact
from callflows.events import CallArrived, CallerPressed, CallerSaid, Event
from callflows.preview import Hear
from callflows.text_events import TextArrived
from callflows.version import Version
from db.cast import gather
from db.desk import Desk
from db.editions import HOURS, RING_ORDERS, read_version
from db.floor import read_live
from db.pool import Connection
from routing.exchanges import exchange_place
from routing.floor import Floor
from routing.numbers import caller_number
from routing.places import Places

CONTACT = "preview"


async def version_today(connection: Connection, flow: str, version: int, document: Mapping[str, Any]) -> Version:
    """A document with the ring orders and hours that it would get if it were published now."""
    row = await connection.fetchrow(f"SELECT {RING_ORDERS} AS ring_orders, {HOURS} AS hours")
    assert row is not None
    return replace(read_version({**row, "flow": flow, "version": version, "document": "{}"}), document=document)


async def floor_for(
    desk: Desk, connection: Connection, version: Version, *, caller: str, line: str, at: datetime
) -> tuple[Floor, Hear]:
    """The floor as a call to `line`, or a text, would find it, with everybody on it; and what its answers may mean.
    `caller` as Twilio would give it; empty: withheld."""
    arrived: Event = CallArrived("", caller_number(caller) or "", line)
    if version.channel == "text":
        arrived = TextArrived("", caller, line, "")
    contact = Contact(CONTACT)
    places = await desk.places()
    cast = gather(desk.directory, places, contact, None, caller=caller, line=line, event=arrived)
    live = await read_live(
        connection,
        contact=CONTACT,
        event_key="",
        technicians=cast.technicians(desk.directory, version, whole=True),
        find=desk.directory.technician,
        clients=cast.whose(),
        number=cast.number,
        now=at,
    )
    floor = cast.floor(desk.directory, live, None, at)
    pods = {one.pod: one for one in desk.directory.pods}
    return replace(floor, whole=True, pods=pods, from_our_line=False, recent_calls=0), hearing(desk, places)


def hearing(desk: Desk, places: Places) -> Hear:
    """Words and keys as the names of municipalities, with all that follows from those."""

    def hear(floor: Floor, event: Event) -> Floor:
        province = exchange_place(floor.number)[1] if floor.number else ""
        match event:
            case CallerSaid(words=words) | TextArrived(body=words):
                found = places.said(words, province)
            case CallerPressed(digits=digits):
                found = places.keyed(digits, province)
            case _:
                return replace(floor, found=())
        known = {one.municipality: place for one in found if (place := desk.directory.municipality(one.municipality))}
        return replace(floor, found=found, municipalities={**floor.municipalities, **known})

    return hear
