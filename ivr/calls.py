"""Calls that we begin by Twilio's API: a technician is rung to keep a promise, or as a swarm's helper. Run as a deed,
never in a webhook.

A leg of unknown fate is never asked for again within its ring time (DESIGN 5, "Unknown fate"): its own webhooks tell
that it rings; after 60 s without any, Twilio's list is asked, and the contact goes on to the next technician.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from callflows.contact import Contact, from_json
from callflows.events import ErrandDue, LegEnded, RingPlaced, RingUnplaced
from db.contacts import save_provider_sid
from db.deeds import Deed, Timer, claim_call_slot, claim_deed, list_known_sids, save_deed_end
from db.desk import Desk
from db.errands import find_errand, find_matter_to_call
from db.incoming import Incoming
from db.jobs import TryAgain
from ivr.client import Api, TwilioAway, TwilioRefused, TwilioSilent
from ivr.links import Links
from ivr.parse import FINAL
from ivr.telling import tell, tell_incoming

Clock = Callable[[], datetime]

FATE_KNOWN_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Kept:
    """A contact as its row has it. `turn`: its last turn's number. `sid`: the leg that it hangs on."""

    contact: Contact
    turn: int
    line: str
    sid: str


async def read_contact(desk: Desk, contact: str) -> Kept | None:
    """As it is now."""
    async with desk.pool.acquire() as connection:
        row = await connection.fetchrow(
            "SELECT line, memory, turn, provider_sid FROM contacts WHERE contact = $1", contact
        )
    return Kept(from_json(json.loads(row["memory"])), row["turn"], row["line"], row["provider_sid"]) if row else None


def contact_of(deed: Deed) -> str:
    return deed.subject.removeprefix("contact:")


@dataclass(frozen=True, slots=True)
class Calls:
    """`per_second`: how many calls the account may begin by API."""

    desk: Desk
    clock: Clock
    api: Api
    links: Links
    per_second: float

    async def ring_out(self, deed: Deed) -> None:
        """Ring the technician of the deed, if the contact still wants that ring, when the account may begin a call."""
        kept = await read_contact(self.desk, contact_of(deed))
        technician = self.desk.directory.technician(deed.body["technician"])
        wanted = kept is not None and wants(kept.contact, deed)
        helps = kept is not None and not kept.contact.errand
        was_tried = deed.state == "tried"
        # A helper's leg may ring though nobody wants it any more: then it must be known, to be ended.
        if kept is None or technician is None or not (wanted or (helps and was_tried)):
            await self.end(deed, "refused", None, "the ring is no longer wanted")
            if kept is not None and still_rings(kept.contact, deed):
                await self.told_over(deed, "canceled")
        elif was_tried:
            await self.find_out(deed, technician.phone, kept.line, helps=helps)
        elif await self.may_begin(deed):
            await self.begin(deed, technician.phone, kept, helps=helps)

    async def begin(self, deed: Deed, to: str, kept: Kept, *, helps: bool) -> None:
        """Ask for the leg, and tell a swarm what came of it; an errand hears from the leg itself."""
        try:
            sid = await self.call(deed, to, kept, deed.body["ring"] if helps else 0)
        except TwilioRefused as refused:
            await self.end(deed, "refused", None, str(refused))
            await self.told_over(deed, "failed")
        except TwilioAway as away:
            if not helps:
                raise
            # Told first: this ring must not begin later, when the swarm has gone on without it.
            await self.tell_unplaced(deed, unknown=False)
            await self.end(deed, "refused", None, str(away))
        except TwilioSilent:
            if helps:
                await self.tell_unplaced(deed, unknown=True)
            raise
        else:
            await self.end(deed, "done", sid, "queued")
            if helps:
                await self.tell_placed(deed, sid)

    async def may_begin(self, deed: Deed) -> bool:
        """When its turn among the account's calls has come; False if it was withdrawn meanwhile."""
        async with self.desk.pool.acquire() as connection:
            now = self.clock()
            if not deed.body.get("slotted"):
                slot = await claim_call_slot(connection, deed.deed, self.per_second, now)
                if slot > now:
                    raise TryAgain("the account may not begin a call yet", (slot - now).total_seconds())
            return await claim_deed(connection, deed.deed, now)

    async def call(self, deed: Deed, to: str, kept: Kept, ring: int) -> str:
        """The leg's sid; its URLs name the ring where several may live."""
        screen, fallback, leg = (
            self.links.to(place, kept.contact, kept.turn, ring) for place in ("screen", "fallback", "leg")
        )
        return await self.api.call(
            to=to,
            sender=kept.line,
            url=screen,
            fallback_url=fallback,
            status_callback=leg,
            seconds=deed.body["seconds"],
        )

    async def find_out(self, deed: Deed, to: str, sender: str, *, helps: bool) -> None:
        """No answer came when it was asked for, and no webhook since: Twilio's list says whether there was a leg."""
        began = deed.tried_at or deed.made_at
        waited = self.clock() - began
        if helps and waited < FATE_KNOWN_WITHIN:  # whoever asked for it died before they could tell
            await self.tell_unplaced(deed, unknown=True)
            raise TryAgain("its fate is not known yet", (FATE_KNOWN_WITHIN - waited).total_seconds())
        async with self.desk.pool.acquire() as connection:
            found = await self.api.list_calls(to=to, sender=sender, since=began)
            known = await list_known_sids(connection, [sid for sid, _ in found])
        sid = next((sid for sid, _ in found if sid not in known), None)
        if sid is None:
            await self.end(deed, "refused", None, "Twilio knows of no such call")
            await self.told_over(deed, "canceled")
            return
        await self.end(deed, "done", sid, "found")
        status = await self.api.call_status(sid)
        if status in FINAL:
            await self.told_over(deed, status, sid if helps else "")
        elif helps:
            await self.tell_placed(deed, sid)
        else:
            raise TryAgain("the leg of unknown fate still lives", 60)

    async def told_over(self, deed: Deed, status: str, sid: str = "") -> None:
        """The contact is told that this ring is over, as the leg's own callback would."""
        event = LegEnded(leg=sid, ring=deed.body["ring"], status=status)
        key = f"LegEnded:{sid}" if sid else f"LegEnded:deed:{deed.deed}"
        await tell(self.desk, self.clock, contact_of(deed), event, key)

    async def tell_placed(self, deed: Deed, sid: str) -> None:
        event = RingPlaced(leg=sid, ring=deed.body["ring"])
        await tell(self.desk, self.clock, contact_of(deed), event, f"RingPlaced:{deed.deed}")

    async def tell_unplaced(self, deed: Deed, *, unknown: bool) -> None:
        event = RingUnplaced(leg="", ring=deed.body["ring"], unknown=unknown)
        await tell(self.desk, self.clock, contact_of(deed), event, f"RingUnplaced:{deed.deed}:{unknown}")

    async def end(self, deed: Deed, state: str, sid: str | None, outcome: str) -> None:
        async with self.desk.pool.acquire() as connection:
            now = self.clock()
            await save_deed_end(connection, deed.deed, state=state, provider_sid=sid, outcome=outcome, now=now)
            if sid:
                await save_provider_sid(connection, contact_of(deed), sid)


def wants(contact: Contact, deed: Deed) -> bool:
    """Whether that ring may still begin: as a helper's of a swarm, or as an errand's."""
    number, swarm, ring = deed.body["ring"], contact.swarm, contact.hunt.ring
    if contact.is_over:
        return False
    if swarm is not None and (helper := swarm.helper(number)):
        # After a wave's first accept no further leg of it begins, but of who asked to join.
        return helper.state == "invited" and (helper.asked or not swarm.is_answered(helper.wave))
    return ring is not None and ring.number == number


def still_rings(contact: Contact, deed: Deed) -> bool:
    """Whether a swarm still counts on that ring."""
    helper = contact.swarm.helper(deed.body["ring"]) if contact.swarm else None
    return helper is not None and helper.rings


async def begin_wanted(desk: Desk, clock: Clock, timer: Timer, wanted: str) -> None:
    """A technician asked to be connected with the client of a matter. `wanted`: their key, and the matter."""
    technician, _, matter = wanted.partition(":")
    await begin_errand(desk, clock, timer, "", technician, int(matter))


async def begin_errand(
    desk: Desk, clock: Clock, timer: Timer, promised_in: str, technician: str = "", matter: int = 0
) -> None:
    """A contact of its own begins, to keep the promise made in another one; nothing if it is kept by now."""
    async with desk.pool.acquire() as connection:
        if technician:
            errand = await find_matter_to_call(connection, matter)
        else:
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
        technician=technician,
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
