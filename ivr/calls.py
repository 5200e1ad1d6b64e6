"""Calls that we begin by Twilio's API: a technician is rung to keep a promise. Run as a deed, never in a webhook.

A leg of unknown fate is never asked for again within its ring time (DESIGN 5, "Unknown fate"): its own webhooks tell
that it rings; after 60 s without any, Twilio's list is asked, and the errand goes on to the next technician.
"""

import json
from collections.abc import Callable
from datetime import datetime

from callflows.contact import Contact, from_json
from callflows.events import ErrandDue, Event, LegEnded
from db.contacts import save_provider_sid
from db.deeds import Deed, Timer, claim_call_slot, claim_deed, list_known_sids, save_deed_end
from db.desk import Desk
from db.errands import find_errand
from db.jobs import TryAgain
from db.turns import Incoming
from ivr.client import Api, TwilioRefused
from ivr.links import Links
from ivr.telling import tell, tell_incoming

Clock = Callable[[], datetime]


async def ring_out(desk: Desk, clock: Clock, api: Api, links: Links, deed: Deed, per_second: float) -> None:
    """Ring the technician of the deed, if the contact still wants that ring, when the account may begin a call."""
    contact_id = deed.subject.removeprefix("contact:")
    async with desk.pool.acquire() as connection:
        row = await connection.fetchrow("SELECT line, memory, turn FROM contacts WHERE contact = $1", contact_id)
    contact = from_json(json.loads(row["memory"])) if row else None
    technician = desk.directory.technician(deed.body["technician"])
    if row is None or contact is None or technician is None or not wants(contact, deed):
        await end(desk, clock, deed, "refused", None, "the ring is no longer wanted")
        return
    to, sender = technician.phone, row["line"]
    if deed.state == "tried":
        await find_out(desk, clock, api, deed, to, sender)
        return
    async with desk.pool.acquire() as connection:
        now = clock()
        if not deed.body.get("slotted"):
            slot = await claim_call_slot(connection, deed.deed, per_second, now)
            if slot > now:
                raise TryAgain("the account may not begin a call yet", (slot - now).total_seconds())
        if not await claim_deed(connection, deed.deed, now):
            return
    try:
        sid = await api.call(
            to=to,
            sender=sender,
            url=links.to("screen", contact, row["turn"]),
            fallback_url=links.to("fallback", contact, row["turn"]),
            status_callback=links.to("leg", contact, row["turn"]),
            seconds=deed.body["seconds"],
        )
    except TwilioRefused as refused:
        await end(desk, clock, deed, "refused", None, str(refused))
        await told_over(desk, clock, deed, "failed")
        return
    await end(desk, clock, deed, "done", sid, "queued")


def wants(contact: Contact, deed: Deed) -> bool:
    ring = contact.hunt.ring
    return not contact.is_over and ring is not None and ring.number == deed.body["ring"]


async def find_out(desk: Desk, clock: Clock, api: Api, deed: Deed, to: str, sender: str) -> None:
    """No answer came when it was asked for, and no webhook since: Twilio's list says whether there was a leg."""
    began = deed.tried_at or deed.made_at
    async with desk.pool.acquire() as connection:
        found = await api.list_calls(to=to, sender=sender, since=began)
        known = await list_known_sids(connection, [sid for sid, _ in found])
    sid = next((sid for sid, _ in found if sid not in known), None)
    if sid is None:
        await end(desk, clock, deed, "refused", None, "Twilio knows of no such call")
        await told_over(desk, clock, deed, "canceled")
        return
    await end(desk, clock, deed, "done", sid, "found")
    status = await api.call_status(sid)
    if status in ("completed", "busy", "failed", "no-answer", "canceled"):
        await told_over(desk, clock, deed, status)
    else:
        raise TryAgain("the leg of unknown fate still lives", 60)


async def told_over(desk: Desk, clock: Clock, deed: Deed, status: str) -> None:
    """The contact is told that this ring is over, as the leg's own callback would."""
    contact = deed.subject.removeprefix("contact:")
    event: Event = LegEnded(leg="", ring=deed.body["ring"], status=status)
    await tell(desk, clock, contact, event, f"LegEnded:deed:{deed.deed}")


async def end(desk: Desk, clock: Clock, deed: Deed, state: str, sid: str | None, outcome: str) -> None:
    async with desk.pool.acquire() as connection:
        await save_deed_end(connection, deed.deed, state=state, provider_sid=sid, outcome=outcome, now=clock())
        if sid:
            await save_provider_sid(connection, deed.subject.removeprefix("contact:"), sid)


async def begin_errand(desk: Desk, clock: Clock, timer: Timer, promised_in: str) -> None:
    """A contact of its own begins, to keep the promise made in another one; nothing if it is kept by now."""
    async with desk.pool.acquire() as connection:
        errand = await find_errand(connection, promised_in)
    if errand is None:
        return
    contact = timer.subject.removeprefix("contact:")
    event = ErrandDue(
        leg="",
        promised_in=promised_in,
        matter=errand.matter,
        client=errand.client,
        municipality=errand.municipality,
        pod=errand.pod,
        language=errand.language,
    )
    incoming = Incoming(
        contact=contact,
        provider_sid=f"errand:{contact}",
        key=f"ErrandDue:{timer.timer}",
        event=event,
        caller=errand.number,
        line=errand.line,
    )
    await tell_incoming(desk, clock, incoming)
