"""Texts out, run as deeds: to clients and to technicians, each exactly once and in its lane's order.

How one message goes is `ivr/sending.py`'s; here is what it says, and what becomes of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from callflows.contact import contact_id
from callflows.events import TextSent
from callflows.events import from_json as event_from
from callflows.text_events import BEGINS
from callflows.texting.letters import NO_MAIL, UNKNOWN
from callflows.turn import epoch_ms
from db.contacts import BEGUN_BY_US
from db.conversations import save_first_sid
from db.deeds import Deed, save_deed_due, save_deed_end, save_deed_part
from db.desk import Desk
from db.incoming import Incoming
from db.jobs import TryAgain
from db.lanes import go_on, hold_lane, leave_lane, wake_head
from db.letters import Posted
from db.meanwhile import find_meanwhile
from db.messages import Message, is_opted_out, save_message_status, save_outgoing
from db.texts import About, Text, claim_seen, find_text, save_text_end
from db.writing import TELL
from ivr.client import UNSENT, Api, Sent, TwilioBusy, TwilioRefused, TwilioSilent
from ivr.composing import Composing, mark_of
from ivr.files import FileLinks, takes
from ivr.links import Links
from ivr.segments import clean, marked_parts, parts
from ivr.sending import FATE_KNOWN_WITHIN, LOOKED_AT_AGAIN, Outgoing, Sending
from ivr.telling import tell, tell_incoming
from routing.addresses import read_address

OPTED_OUT = "21610"
MOST_FILES = 10
POSTED_WITHIN = timedelta(minutes=3)  # longer than any mail server is waited for
POSTED_FOR = timedelta(hours=4)  # a mail server that takes nothing is asked again; then whoever wrote is told
POST_AGAIN = 60.0  # seconds, and longer the longer it goes on


class Post(Protocol):
    """How letters go out: each try is the same letter, which the mail server may have taken all the same."""

    async def send(self, deed: Deed, message: Message, links: tuple[str, ...]) -> Posted:
        """`links`: to the files that go with it."""


@dataclass(frozen=True, slots=True)
class Writing:
    """`holder`: by which a lane knows that this process lives (db/lanes.py)."""

    desk: Desk
    clock: Callable[[], datetime]
    api: Api
    links: Links
    files: FileLinks | None = None
    post: Post | None = None
    holder: int | None = None

    async def do(self, deed: Deed) -> None:
        """All that is due in the deed's lane, oldest first. Whoever comes to a lane that is not theirs to begin ends:
        the lane's oldest deed always has a wake-up, and whoever ends it goes on with the next."""
        if deed.lane is None:
            async with self.desk.pool.acquire() as connection:
                text = await find_text(connection, deed.deed)
            if text is not None:
                await self.one(text)
            return
        since = self.clock()
        async with self.desk.pool.acquire() as connection:
            if not await hold_lane(connection, deed.lane, since, self.holder):
                raise TryAgain("somebody works in this lane", LOOKED_AT_AGAIN)
        has_left = False
        try:
            has_left = await self.work_through(deed.lane, deed.deed, since)
        finally:
            if not has_left:
                async with self.desk.pool.acquire() as connection:
                    await leave_lane(connection, deed.lane, since)

    async def go_on(self, deed: Deed) -> None:
        """A deed that has ended: its worker may have been killed before it saw to the next one."""
        if deed.lane is not None:
            async with self.desk.pool.acquire() as connection:
                await wake_head(connection, deed.lane, self.clock())

    async def work_through(self, lane: str, own: int, since: datetime) -> bool:
        """Until nothing is left, and neither are we in it; or the oldest must wait: False, that one is woken at its
        time."""
        while (head := await self.head(lane, since)) is not None:
            try:
                if head.deed.due_at > self.clock():
                    raise TryAgain("early", (head.deed.due_at - self.clock()).total_seconds())
                await self.one(head)
            except TryAgain as wish:
                if head.deed.deed == own:
                    raise
                again = self.clock() + timedelta(seconds=wish.seconds or LOOKED_AT_AGAIN)
                async with self.desk.pool.acquire() as connection:
                    await wake_head(connection, lane, self.clock(), again)
                return False
        return True

    async def head(self, lane: str, since: datetime) -> Text | None:
        async with self.desk.pool.acquire() as connection:
            return await go_on(connection, lane, since)

    async def one(self, text: Text) -> None:
        if text.deed.kind == TELL:
            await self.tell_on(text.deed)
            return
        try:
            await self.write(text)
        except TwilioBusy as busy:
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

    async def write(self, text: Text) -> None:
        """One text, in as many messages as it needs."""
        deed, message, about = text.deed, text.message, text.about
        if message is None or about is None:
            raise LookupError(f"message {deed.body['message']} of deed {deed.deed} was never kept")
        if read_address(message.peer).kind == "mailto":
            await self.write_letter(text, message)
            return
        if deed.body.get("put_off") and deed.state == "due" and await self.is_out_of_place(text, message):
            return
        outgoing, refused = await self.outgoing(deed, message, about)
        if refused and deed.state == "due":
            await self.end(replace(text, deed=replace(deed, tried_at=None)), "refused", None, refused)
            return
        asked_at = self.clock()
        try:
            await self.send_parts(text, message, outgoing)
        except TwilioRefused as no:
            tried = replace(text, deed=replace(deed, tried_at=asked_at))
            await self.end(tried, "refused", None, str(no.code or no))

    async def send_parts(self, text: Text, message: Message, outgoing: Outgoing) -> None:
        sending = Sending(self.desk, self.clock, self.api, self.links)
        deed = text.deed
        is_relay = "legs" in deed.body
        pieces = marked_parts(outgoing.body, mark_of(outgoing.body)) if is_relay else parts(outgoing.body)
        for place in range(deed.body.get("part", 0), len(pieces)):
            piece = replace(outgoing, body=pieces[place], files=outgoing.files if place == 0 else ())
            sent = await sending.send(deed, message.line, piece)
            if place + 1 == len(pieces):
                await self.end(text, "done", sent.sid, sent.status, sent.error)
                return
            async with self.desk.pool.acquire() as connection:
                deed = await save_deed_part(connection, deed.deed, place + 1, [*deed.body.get("sids", ()), sent.sid])
            if sent.status in UNSENT:
                await self.part_lost(text, message, sent)

    async def part_lost(self, text: Text, message: Message, sent: Sent) -> None:
        """What Twilio's report on it would have told."""
        async with self.desk.pool.acquire() as connection:
            await save_message_status(connection, message.message, sent.status, sid=sent.sid, error=sent.error)
        await tell_written(self.desk, self.clock, text, sent.sid, sent.status, sent.error)

    async def write_letter(self, text: Text, message: Message) -> None:
        """An e-mail. What a mail server may have taken is not given to it again, as nobody can ask it."""
        deed = text.deed
        if self.post is None:
            await self.end(text, "refused", None, NO_MAIL)
            return
        if deed.state == "tried":
            waited = self.clock() - (deed.tried_at or deed.made_at)
            if waited < POSTED_WITHIN:  # somebody may be giving it to the mail server now
                raise TryAgain("its fate is not known yet", (POSTED_WITHIN - waited).total_seconds())
            await self.end(text, "refused", None, UNKNOWN)
            return
        async with self.desk.pool.acquire() as connection:
            if not await claim_seen(connection, deed, self.clock()):
                raise TryAgain("somebody else does it", LOOKED_AT_AGAIN)
        posted = await self.post.send(deed, message, self.file_links(message) if message.files else ())
        match posted.fate:
            case "sent":
                await self.end(text, "done", posted.message_id, "accepted")
            case "busy" if (waited := self.clock() - deed.made_at) < POSTED_FOR:
                async with self.desk.pool.acquire() as connection:
                    await save_deed_due(connection, deed.deed)
                raise TryAgain(posted.said, max(waited.total_seconds() / 4, POST_AGAIN))
            case "unknown":
                await self.end(text, "refused", None, UNKNOWN)
            case _:
                await self.end(text, "refused", None, posted.said)

    async def is_out_of_place(self, text: Text, message: Message) -> bool:
        """What waited for the client's morning is not sent to somebody who has written or talked with us since."""
        async with self.desk.pool.acquire() as connection:
            number = read_address(message.peer).number
            why = await find_meanwhile(connection, message, number, text.deed.made_at)
        if why:
            await self.end(text, "refused", None, why, status="canceled")
        return bool(why)

    async def outgoing(self, deed: Deed, message: Message, about: About) -> tuple[Outgoing, str]:
        """And why it may not go, if so. Numbers and names are read now, not when it was asked for."""
        sender = self.sender(message)
        if message.party == "technician":
            technician = self.desk.directory.technician(message.technician)
            if technician is None:
                return Outgoing("", sender, ""), "the technician is no longer in the directory"
            body = message.body or clean(await Composing(self.desk, self.files).body(deed, message, about, technician))
            async with self.desk.pool.acquire() as connection:
                out = await save_outgoing(connection, message.message, body, technician.phone, sender)
            return Outgoing(technician.phone, sender, body), OPTED_OUT if out else ""
        async with self.desk.pool.acquire() as connection:
            out = await is_opted_out(connection, message.peer, message.line)
        files = self.file_links(message) if message.files else ()
        refused = OPTED_OUT if out and not deed.body.get("last") else ""
        return Outgoing(message.peer, sender, clean(message.body), files), refused

    def file_links(self, message: Message) -> tuple[str, ...]:
        """What a technician sent, as Twilio will fetch it."""
        if self.files is None:
            return ()
        kept = [place for place, (_, kind) in enumerate(message.files) if takes(kind)][:MOST_FILES]
        return tuple(self.files.to(message.message, place) for place in kept)

    def sender(self, message: Message) -> str:
        """The line that the client wrote to; on another channel by its address there. To a telephone only a telephone
        may write: if the line is none, our first one does."""
        line = read_address(message.line)
        if message.party == "technician":
            telephones = (one.line for one in self.desk.directory.lines)
            return line.value if line.kind in ("phone", "short_code") else next(telephones, message.line)
        channel = read_address(message.peer).kind
        own_channel = channel not in ("phone", "short_code", "alphanumeric", "other")
        return f"{channel}:{line.value}" if own_channel else message.line

    async def end(
        self, text: Text, state: str, sid: str | None, outcome: str, error: str = "", *, status: str = "refused"
    ) -> None:
        """And the contact is told what became of it. `error`: of what Twilio took, and what did not arrive; `status`:
        of what is not done."""
        error = error if state == "done" else outcome
        status = outcome if state == "done" else status
        async with self.desk.pool.acquire() as connection:
            ending = await save_text_end(
                connection, text, status, state=state, outcome=outcome, sid=sid, error=error, now=self.clock()
            )
        if ending.is_first:
            await tell_written(self.desk, self.clock, text, sid or "", status, error, first=True)


def may_name(about: About, contact: str, *, first: bool) -> bool:
    """Whether a text's sid may be that of a conversation which we have begun: an id is made of what it began with."""
    return about.provider_sid.startswith(BEGUN_BY_US) or (first and contact_id(about.provider_sid) != contact)


async def tell_written(
    desk: Desk,
    clock: Callable[[], datetime],
    text: Text,
    sid: str,
    status: str,
    detail: str = "",
    *,
    first: bool = False,
) -> None:
    """What became of a text of a thread, told to its contact; each status once. `first`: nothing was known before."""
    deed, message, about = text.deed, text.message, text.about
    if message is None or about is None:
        return
    if message.party == "client" and sid and may_name(about, message.contact, first=first):
        async with desk.pool.acquire() as connection:
            await save_first_sid(connection, message.contact, sid)
    event = TextSent(
        leg=sid,
        technician=message.technician,
        prompt=deed.body.get("prompt", ""),
        status=status,
        detail=detail,
        message=message.message,
        to_client=message.party == "client",
        legs=() if deed.body.get("by") else tuple(deed.body.get("legs", ())),
        first=first,
        asked_at=epoch_ms(deed.tried_at) if deed.tried_at else 0,
    )
    contact = deed.subject.removeprefix("contact:")
    await tell(desk, clock, contact, event, f"TextSent:{deed.deed}:{status}")
