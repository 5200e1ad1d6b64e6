"""Texts out, run as deeds: to clients and to technicians, each exactly once and in its lane's order.

As with every deed that may have been done without our hearing of it (DESIGN 5, "Unknown fate"): what is about to be
tried is written down first; an answer that never came is waited for 60 s; then Twilio's list is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from callflows.events import TextSent
from callflows.events import from_json as event_from
from callflows.text_events import BEGINS
from callflows.texting.letters import NO_MAIL, UNKNOWN
from db.conversations import save_first_sid
from db.deeds import Deed, claim_deed, find_deed, list_known_sids, save_deed_due, save_deed_end, save_deed_part
from db.desk import Desk
from db.incoming import Incoming
from db.jobs import TryAgain
from db.lanes import find_head, hold_lane, leave_lane, wake_head
from db.letters import Posted
from db.messages import (
    Message,
    claim_text_slot,
    find_message,
    is_opted_out,
    save_body,
    save_message_peer,
    save_message_status,
)
from db.writing import TELL
from ivr.client import Api, TwilioBusy, TwilioRefused, TwilioSilent
from ivr.composing import Composing
from ivr.files import FileLinks, takes
from ivr.links import Links
from ivr.segments import clean, parts, segments
from ivr.telling import tell, tell_incoming
from routing.addresses import is_toll_free, read_address

FATE_KNOWN_WITHIN = timedelta(seconds=60)
OPTED_OUT = "21610"
LOOKED_AT_AGAIN = 2.0  # seconds until a lane in which somebody works is looked at again
MOST_FILES = 10
POSTED_WITHIN = timedelta(minutes=3)  # longer than any mail server is waited for
POSTED_FOR = timedelta(hours=4)  # a mail server that takes nothing is asked again; then whoever wrote is told
POST_AGAIN = 60.0  # seconds, and longer the longer it goes on


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text as it goes out. `refused`: why it can't."""

    to: str
    body: str
    files: tuple[str, ...] = ()
    refused: str = ""


class Post(Protocol):
    """How letters go out: each try is the same letter, which the mail server may have taken all the same."""

    async def send(self, deed: Deed, message: Message, links: tuple[str, ...]) -> Posted:
        """`links`: to the files that go with it."""


@dataclass(frozen=True, slots=True)
class Writing:
    desk: Desk
    clock: Callable[[], datetime]
    api: Api
    links: Links
    files: FileLinks | None = None
    post: Post | None = None

    async def do(self, deed: Deed) -> None:
        """All that is due in the deed's lane, oldest first. Whoever comes to a lane that is not theirs to begin ends:
        the lane's oldest deed always has a wake-up, and whoever ends it goes on with the next."""
        if deed.lane is None:
            await self.one(deed)
            return
        since = self.clock()
        async with self.desk.pool.acquire() as connection:
            if not await hold_lane(connection, deed.lane, since):
                raise TryAgain("somebody works in this lane", LOOKED_AT_AGAIN)
        try:
            await self.work_through(deed.lane, deed.deed)
        finally:
            async with self.desk.pool.acquire() as connection:
                await leave_lane(connection, deed.lane, since)

    async def go_on(self, deed: Deed) -> None:
        """A deed that has ended: its worker may have been killed before it saw to the next one."""
        if deed.lane is not None:
            async with self.desk.pool.acquire() as connection:
                await wake_head(connection, deed.lane, self.clock())

    async def work_through(self, lane: str, own: int) -> None:
        """Until nothing is left, or the oldest must wait; then that one is woken at its time."""
        while (head := await self.head(lane)) is not None:
            try:
                if head.due_at > self.clock():
                    raise TryAgain("early", (head.due_at - self.clock()).total_seconds())
                await self.one(head)
            except TryAgain as wish:
                if head.deed == own:
                    raise
                again = self.clock() + timedelta(seconds=wish.seconds or LOOKED_AT_AGAIN)
                async with self.desk.pool.acquire() as connection:
                    await wake_head(connection, lane, self.clock(), again)
                return

    async def head(self, lane: str) -> Deed | None:
        async with self.desk.pool.acquire() as connection:
            found = await find_head(connection, lane)
            return await find_deed(connection, found) if found is not None else None

    async def one(self, deed: Deed) -> None:
        if deed.kind == TELL:
            await self.tell_on(deed)
            return
        try:
            await self.write(deed)
        except TwilioBusy as busy:
            if deed.state == "due":  # else it was only looked for, and what was tried before is still unknown
                async with self.desk.pool.acquire() as connection:
                    await save_deed_due(connection, deed.deed)
            raise TryAgain(str(busy)) from busy
        except TwilioSilent as silent:
            raise TryAgain(str(silent), FATE_KNOWN_WITHIN.total_seconds()) from silent

    # Events for other contacts.

    async def tell_on(self, deed: Deed) -> None:
        event = event_from(deed.body["event"])
        incoming = Incoming(
            contact="" if isinstance(event, BEGINS) else deed.body["contact"],
            provider_sid="",
            key=f"SendOn:{deed.deed}",
            event=event,
            caller=deed.body["peer"],
            line=deed.body["line"],
        )
        await tell_incoming(self.desk, self.clock, incoming)
        async with self.desk.pool.acquire() as connection:
            await save_deed_end(
                connection, deed.deed, state="done", provider_sid=None, outcome="told", now=self.clock()
            )

    # Texts.

    async def write(self, deed: Deed) -> None:
        """One text, in as many messages as it needs."""
        async with self.desk.pool.acquire() as connection:
            message = await find_message(connection, deed.body["message"])
        if message is None:
            raise LookupError(f"message {deed.body['message']} of deed {deed.deed} was never kept")
        if read_address(message.peer).kind == "mailto":
            await self.write_letter(deed, message)
            return
        outgoing = await self.outgoing(deed, message)
        if outgoing.refused and deed.state == "due":
            await self.end(deed, message, "refused", None, outgoing.refused)
            return
        pieces = parts(outgoing.body)
        for place in range(deed.body.get("part", 0), len(pieces)):
            piece = replace(outgoing, body=pieces[place], files=outgoing.files if place == 0 else ())
            sent = await self.send(deed, message, piece)
            if sent is None:
                return
            sid, status = sent
            if place + 1 < len(pieces):
                sids = [*deed.body.get("sids", ()), sid]
                async with self.desk.pool.acquire() as connection:
                    await save_deed_part(connection, deed.deed, place + 1, sids)
                went = {"part": place + 1, "slotted": False, "sids": sids}
                deed = replace(deed, state="due", body={**deed.body, **went})
            else:
                await self.end(deed, message, "done", sid, status)

    async def write_letter(self, deed: Deed, message: Message) -> None:
        """An e-mail. What a mail server may have taken is not given to it again, as nobody can ask it."""
        if self.post is None:
            await self.end(deed, message, "refused", None, NO_MAIL)
            return
        if deed.state == "tried":
            waited = self.clock() - (deed.tried_at or deed.made_at)
            if waited < POSTED_WITHIN:  # somebody may be giving it to the mail server now
                raise TryAgain("its fate is not known yet", (POSTED_WITHIN - waited).total_seconds())
            await self.end(deed, message, "refused", None, UNKNOWN)
            return
        async with self.desk.pool.acquire() as connection:
            if not await claim_deed(connection, deed.deed, self.clock()):
                return
        posted = await self.post.send(deed, message, self.file_links(message) if message.files else ())
        match posted.fate:
            case "sent":
                await self.end(deed, message, "done", posted.message_id, "accepted")
            case "busy" if (waited := self.clock() - deed.made_at) < POSTED_FOR:
                async with self.desk.pool.acquire() as connection:
                    await save_deed_due(connection, deed.deed)
                raise TryAgain(posted.said, max(waited.total_seconds() / 4, POST_AGAIN))
            case "unknown":
                await self.end(deed, message, "refused", None, UNKNOWN)
            case _:
                await self.end(deed, message, "refused", None, posted.said)

    async def outgoing(self, deed: Deed, message: Message) -> Outgoing:
        """Numbers and names are read now, not when it was asked for."""
        if message.party == "technician":
            technician = self.desk.directory.technician(message.technician)
            if technician is None:
                return Outgoing("", "", refused="the technician is no longer in the directory")
            body = message.body or clean(await Composing(self.desk, self.files).body(deed, message, technician))
            async with self.desk.pool.acquire() as connection:
                await save_body(connection, message.message, body)
                await save_message_peer(connection, message.message, technician.phone)
                out = await is_opted_out(connection, technician.phone)
            return Outgoing(technician.phone, body, refused=OPTED_OUT if out else "")
        number = read_address(message.peer).number or message.peer
        async with self.desk.pool.acquire() as connection:
            out = await is_opted_out(connection, number)
        files = self.file_links(message) if message.files else ()
        refused = OPTED_OUT if out and not deed.body.get("last") else ""
        return Outgoing(message.peer, clean(message.body), files, refused)

    def file_links(self, message: Message) -> tuple[str, ...]:
        """What a technician sent, as Twilio will fetch it."""
        if self.files is None:
            return ()
        kept = [place for place, (_, kind) in enumerate(message.files) if takes(kind)][:MOST_FILES]
        return tuple(self.files.to(message.message, place) for place in kept)

    async def send(self, deed: Deed, message: Message, piece: Outgoing) -> tuple[str, str] | None:
        """(sid, status); None if it was refused, or is somebody else's by now."""
        if deed.state == "tried":
            found = await self.found(deed, message, piece)
            if found is not None:
                return found
        elif not deed.body.get("slotted"):
            await self.wait_for_slot(deed, message, piece)
        async with self.desk.pool.acquire() as connection:
            if not await claim_deed(connection, deed.deed, self.clock()):
                return None
        try:
            return await self.api.send_text(
                to=piece.to,
                sender=self.sender(message),
                body=piece.body,
                status_callback=self.links.message_status(deed.deed),
                files=piece.files,
            )
        except TwilioRefused as refused:
            await self.end(deed, message, "refused", None, str(refused.code or refused))
            return None

    def sender(self, message: Message) -> str:
        """The line that the client wrote to; on another channel by its address there."""
        address = read_address(message.peer)
        own_channel = address.kind not in ("phone", "short_code", "alphanumeric", "other")
        return f"{address.kind}:{message.line}" if own_channel and message.party == "client" else message.line

    async def wait_for_slot(self, deed: Deed, message: Message, piece: Outgoing) -> None:
        """Carriers take so many segments a second of a number (twilio.md 6.7)."""
        async with self.desk.pool.acquire() as connection:
            now = self.clock()
            rate = per_second(message.line)
            slot = await claim_text_slot(connection, deed.deed, message.line, segments(piece.body), rate, now)
        if slot > now:
            raise TryAgain("the line may not send yet", (slot - now).total_seconds())

    async def found(self, deed: Deed, message: Message, piece: Outgoing) -> tuple[str, str] | None:
        """A text of unknown fate: wait for its callback, then look it up."""
        waited = self.clock() - (deed.tried_at or deed.made_at)
        if waited < FATE_KNOWN_WITHIN:
            raise TryAgain("its fate is not known yet", (FATE_KNOWN_WITHIN - waited).total_seconds())
        listed = await self.api.list_texts(to=piece.to, sender=self.sender(message))
        async with self.desk.pool.acquire() as connection:
            known = await list_known_sids(connection, [sid for sid, _, _ in listed])
        known |= set(deed.body.get("sids", ()))  # parts may be alike
        same = [(sid, status) for sid, said, status in reversed(listed) if said == piece.body and sid not in known]
        return same[0] if same else None

    async def end(self, deed: Deed, message: Message, state: str, sid: str | None, outcome: str) -> None:
        """And the contact is told what became of it."""
        async with self.desk.pool.acquire() as connection:
            ended = await save_deed_end(
                connection, deed.deed, state=state, provider_sid=sid, outcome=outcome, now=self.clock()
            )
            status = outcome if state == "done" else "refused"
            error = "" if state == "done" else outcome
            await save_message_status(connection, message.message, status, sid=sid, error=error)
        if ended:
            await tell_written(self.desk, self.clock, deed, sid or "", status, error)


def per_second(line: str) -> float:
    """Segments: a toll-free number 3, a short code 100, any other 1 (twilio.md 6.7)."""
    if read_address(line).kind == "short_code":
        return 100.0
    return 3.0 if is_toll_free(line) else 1.0


async def tell_written(
    desk: Desk, clock: Callable[[], datetime], deed: Deed, sid: str, status: str, detail: str = ""
) -> None:
    """What became of a text of a thread, told to its contact; each status once."""
    async with desk.pool.acquire() as connection:
        message = await find_message(connection, deed.body["message"])
        if message is not None and message.party == "client" and sid:
            await save_first_sid(connection, message.contact, sid)
    if message is None:
        return
    event = TextSent(
        leg=sid,
        technician=message.technician,
        prompt=deed.body.get("prompt", ""),
        status=status,
        detail=detail,
        message=message.message,
        to_client=message.party == "client",
    )
    contact = deed.subject.removeprefix("contact:")
    await tell(desk, clock, contact, event, f"TextSent:{deed.deed}:{status}")
