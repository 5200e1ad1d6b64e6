"""The calls that go on now, as a technician who texts may mean them."""

import json
from typing import Any

from callflows.contact import Contact, from_json
from db.pool import Connection
from routing.floor import LiveCall

# Those about the matters that were named, and whatever holds this technician on the telephone.
LIVE_CALLS = """
SELECT contact, coalesce(matter, 0) AS matter, coalesce(client, '') AS client,
    coalesce(municipality, '') AS municipality, memory
FROM contacts
WHERE channel = 'voice' AND state = 'open' AND (
    matter = ANY($2::bigint [])
    OR contact = (SELECT contact FROM reservations WHERE technician = $1 AND kind = 'on_call')
)
ORDER BY started_at DESC, contact
LIMIT 20
"""


async def list_live_calls(connection: Connection, technician: str, matters: list[int]) -> tuple[LiveCall, ...]:
    rows = await connection.fetch(LIVE_CALLS, technician, matters)
    found = (live_call(from_json(json.loads(row.pop("memory"))), technician, row) for row in map(dict, rows))
    return tuple(one for one in found if one is not None)


def live_call(contact: Contact, technician: str, row: dict[str, Any]) -> LiveCall | None:
    """None for a call in which nobody talks with a client, or waits for somebody to come."""
    ring, swarm = contact.hunt.ring, contact.swarm
    if contact.errand or contact.technician:
        own = (contact.technician, ring.technician if ring else "")
        return LiveCall(**row, talking=(technician,), by_us=True) if technician in own else None
    match contact.stage:
        case "hunting" if ring and ring.state == "taken" and not ring.freed:
            return LiveCall(**row, talking=(ring.technician,))
        case "conferring" if swarm:
            return LiveCall(**row, talking=tuple(one.technician for one in swarm.inside))
        case "waiting" if swarm:
            return LiveCall(**row, talking=())
        case _:
            return None
