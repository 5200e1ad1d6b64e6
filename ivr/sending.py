"""One message to Twilio, for a deed: sent once, when its line may send, and looked up if its fate is unknown.

What is about to be tried is written down first; an answer that never came is waited for 60 s, for the report that
carries our id; then Twilio's list is asked (DESIGN 5, "Unknown fate").
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.deeds import Deed
from db.desk import Desk
from db.jobs import TryAgain
from db.texts import claim_seen, claim_text, list_known_texts, save_text_due
from ivr.client import Api, Sent, TwilioBusy
from ivr.links import Links
from ivr.segments import segments
from routing.addresses import is_toll_free, read_address

FATE_KNOWN_WITHIN = timedelta(seconds=60)
SLOT_LASTS = timedelta(seconds=10)  # later than that after its slot, others have had the line, or all would go at once
LOOKED_AT_AGAIN = 2.0  # seconds until what somebody else does is looked at again


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it goes out. `files`: addresses from which Twilio fetches them."""

    to: str
    sender: str
    body: str
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    desk: Desk
    clock: Callable[[], datetime]
    api: Api
    links: Links

    async def send(self, deed: Deed, line: str, outgoing: Outgoing) -> Sent:
        """`line`: whose pace it keeps. Raises TwilioRefused, TwilioBusy, TwilioSilent, and TryAgain while it must wait.

        What Twilio certainly did not take gives its slot back: all that waited would be tried again at once.
        """
        if deed.state == "tried" and (found := await self.found(deed, outgoing)) is not None:
            return found
        await self.claim(deed, line, outgoing.body)
        try:
            return await self.api.send_text(
                to=outgoing.to,
                sender=outgoing.sender,
                body=outgoing.body,
                status_callback=self.links.message_status(deed.deed),
                files=outgoing.files,
            )
        except TwilioBusy:
            async with self.desk.pool.acquire() as connection:
                await save_text_due(connection, deed)
            raise

    async def found(self, deed: Deed, outgoing: Outgoing) -> Sent | None:
        """What Twilio has of a message of unknown fate, if it has it; of two that are alike the older one."""
        waited = self.clock() - (deed.tried_at or deed.made_at)
        if waited < FATE_KNOWN_WITHIN:
            raise TryAgain("its fate is not known yet", (FATE_KNOWN_WITHIN - waited).total_seconds())
        listed = await self.api.list_texts(to=outgoing.to, sender=outgoing.sender)
        async with self.desk.pool.acquire() as connection:
            known = await list_known_texts(connection, [one.sid for one in listed])
        same = (one for one in reversed(listed) if one.body == outgoing.body and one.sid not in known)
        return next(same, None)

    async def claim(self, deed: Deed, line: str, words: str) -> None:
        """Carriers take so many segments a second of a number (twilio.md 6.7): a text without a slot waits for one. It
        asks for one alone, so that a worker that is killed has not asked twice for one sending."""
        now = self.clock()
        async with self.desk.pool.acquire() as connection:
            if deed.body.get("slotted") and now - deed.due_at <= SLOT_LASTS:
                slot = now if await claim_seen(connection, deed, now) else None
            else:
                slot = await claim_text(connection, deed, line, segments(words) / per_second(line), now)
        if slot is None:
            raise TryAgain("somebody else does it", LOOKED_AT_AGAIN)
        if slot > now:
            raise TryAgain("the line may not send yet", (slot - now).total_seconds())


def per_second(line: str) -> float:
    """Segments: a toll-free number 3, a short code 100, any other 1 (twilio.md 6.7)."""
    if read_address(line).kind == "short_code":
        return 100.0
    return 3.0 if is_toll_free(line) else 1.0
