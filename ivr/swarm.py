"""A swarm's deeds that need Twilio's API, besides ringing: legs are canceled, moved, asked about and hung up.

Each may be done twice without harm, so an answer that never came is no reason to wait: it is tried again, a little
later each time, and given up after a minute. Whatever is missed then, the timers of the swarm find again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from callflows.contact import Contact
from callflows.events import CallOver, LegEnded, TechnicianUnmoved
from db.changes import ASK_LEG, CANCEL, HANG_UP, MOVE, MOVE_TECHNICIAN
from db.deeds import Deed, claim_deed, find_call, save_deed_end, withdraw_deed
from db.desk import Desk
from db.jobs import TryAgain
from ivr.calls import Clock, contact_of, read_contact
from ivr.client import Api, TwilioBusy, TwilioRefused, TwilioSilent
from ivr.links import Links
from ivr.parse import FINAL
from ivr.telling import tell

MOST_TRIES = 10
LONGEST_PAUSE = 8  # seconds


class FateUnknown(Exception):
    """The leg was asked for, and nobody knows yet whether there is one."""


@dataclass(frozen=True, slots=True)
class Legs:
    """The hands for living legs of one contact."""

    desk: Desk
    clock: Clock
    api: Api
    links: Links

    def works(self) -> dict[str, Callable[[Deed], Awaitable[str]]]:
        """What is done for each kind of deed; the word that comes back is kept as its outcome."""
        moves = {MOVE: self.move, MOVE_TECHNICIAN: self.move_technician}
        return {**moves, CANCEL: self.cancel, ASK_LEG: self.ask, HANG_UP: self.hang_up}

    async def do(self, deed: Deed) -> None:
        async with self.desk.pool.acquire() as connection:
            if not await claim_deed(connection, deed.deed, self.clock()):
                return
        try:
            state, outcome = "done", await self.works()[deed.kind](deed)
        except TwilioRefused as refused:
            state, outcome = "refused", str(refused)
        except (TwilioBusy, TwilioSilent, FateUnknown) as error:
            if deed.tries + 1 < MOST_TRIES:
                raise TryAgain(str(error), min(2**deed.tries, LONGEST_PAUSE)) from error
            state, outcome = "refused", f"given up: {error}"
        async with self.desk.pool.acquire() as connection:
            now = self.clock()
            await save_deed_end(connection, deed.deed, state=state, provider_sid=None, outcome=outcome, now=now)

    async def cancel(self, deed: Deed) -> str:
        """A leg that was picked up meanwhile goes on: Twilio cancels none of those."""
        sid = await self.leg(deed)
        if not sid:
            return "it was not begun"
        status = (await self.api.call_status(sid) or "canceled") if deed.body["queued"] else "queued"
        if status == "queued":
            status = await self.api.cancel(sid)
        await self.tell_if_over(deed, sid, status)  # of a leg that never rang, Twilio reports nothing
        return status

    async def move(self, deed: Deed) -> str:
        """Where to is the next turn's to say; whether at all, the contact's as it is now."""
        kept = await read_contact(self.desk, contact_of(deed))
        if kept is None or not is_to_move(kept.contact):
            return "nobody is to be moved any more"
        try:
            await self.api.move(kept.sid, self.links.to("moved", kept.contact, kept.turn))
        except TwilioRefused:
            status = await self.api.call_status(kept.sid) or "unknown"
            if status not in (*FINAL, "unknown"):
                raise
            # They hung up, and the report of it is late or lost: nobody may wait for them alone.
            event = CallOver(leg=kept.sid, status=status, source="asked")
            await tell(self.desk, self.clock, contact_of(deed), event, f"CallOver:{kept.sid}")
            return f"their call is over: {status}"
        return "moved"

    async def move_technician(self, deed: Deed) -> str:
        """Out of the caller's Dial, while the contact still means to become a conference. What of it is not known is
        tried again: had it been done, the leg would have asked us where to go."""
        ring, kept = deed.body["ring"], await read_contact(self.desk, contact_of(deed))
        if kept is None or not self.is_becoming(kept.contact, ring):
            return "no longer wanted"
        leg = kept.contact.hunt.ring.leg if kept.contact.hunt.ring else ""
        urls = (self.links.to(place, kept.contact, kept.turn, ring) for place in ("joining", "fallback"))
        try:
            if not leg:
                raise TwilioRefused(404, None, "nobody knows of such a leg")
            await self.api.move(leg, *urls)
        except TwilioRefused as refused:
            event = TechnicianUnmoved(leg=leg, ring=ring)
            await tell(self.desk, self.clock, contact_of(deed), event, f"TechnicianUnmoved:{deed.deed}")
            return str(refused)
        return "moved"

    def is_becoming(self, contact: Contact, ring: int) -> bool:
        intent = contact.becoming
        if contact.stage != "hunting" or intent is None or intent.ring != ring or intent.entered:
            return False
        return self.clock().timestamp() * 1000 < intent.until

    async def ask(self, deed: Deed) -> str:
        sid = await self.leg(deed)
        if not sid:
            return "there is no such leg"
        status = await self.api.call_status(sid) or "canceled"
        await self.tell_if_over(deed, sid, status)
        return status

    async def hang_up(self, deed: Deed) -> str:
        sid = await self.leg(deed)
        if not sid:
            return "it was not begun"
        await self.api.hang_up(sid)
        return "hung up"

    async def leg(self, deed: Deed) -> str:
        """Twilio's sid of the ring's leg. Empty if there is none; then it never will be, unless it was only asked
        about, and that is told. Raises FateUnknown."""
        if known := deed.body.get("leg"):
            return str(known)
        ring = deed.body["ring"]
        async with self.desk.pool.acquire() as connection:
            call = await find_call(connection, deed.subject, ring)
            if call and call.state == "due" and deed.kind != ASK_LEG:
                await withdraw_deed(connection, call.deed, "the ring is no longer wanted", self.clock())
                call = await find_call(connection, deed.subject, ring)
        sid = (call.provider_sid if call else None) or await self.known_leg(deed)
        if not sid and call and call.state == "tried":
            raise FateUnknown("whether there is a leg is not known yet")
        if not sid and call and call.state == "refused":
            event = LegEnded(leg="", ring=ring, status="canceled")
            await tell(self.desk, self.clock, contact_of(deed), event, f"LegEnded:deed:{call.deed}")
        return sid

    async def known_leg(self, deed: Deed) -> str:
        """As the leg's own requests have told it."""
        kept = await read_contact(self.desk, contact_of(deed))
        helper = kept.contact.swarm.helper(deed.body["ring"]) if kept and kept.contact.swarm else None
        return helper.leg if helper else ""

    async def tell_if_over(self, deed: Deed, sid: str, status: str) -> None:
        """As the leg's own report would, and only once."""
        if status in FINAL:
            event = LegEnded(leg=sid, ring=deed.body["ring"], status=status)
            await tell(self.desk, self.clock, contact_of(deed), event, f"LegEnded:{sid}")


def is_to_move(contact: Contact) -> bool:
    """Into the room to those who are there, out of it because nobody is, or on because nobody is left to wait for."""
    if contact.stage == "waiting":
        swarm = contact.swarm
        return swarm is not None and swarm.moving and bool(swarm.inside or not swarm.ringing)
    return contact.stage == "conferring" and not (contact.swarm and contact.swarm.inside)
