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
from db.conversations import BEGUN_BY_US, save_first_sid
from db.deeds import Deed, claim_deed, list_known_sids, save_deed_due, save_deed_end, save_deed_part
from db.desk import Desk
from db.incoming import Incoming
from db.jobs import TryAgain
from db.lanes import go_on, hold_lane, leave_lane, wake_head
from db.letters import Posted
from db.meanwhile import find_meanwhile
from db.messages import Message, is_opted_out, save_outgoing
from db.texts import About, Text, claim_text, find_text, save_text_end
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
            async with self.desk.pool.acquire() as connection:
                text = await find_text(connection, deed.deed)
            if text is not None:
                await self.one(text)
            return
        since = self.clock()
        async with self.desk.pool.acquire() as connection:
            if not await hold_lane(connection, deed.lane, since):
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
            if text.deed.state == "due":  # else it was only looked for, and what was tried before is still unknown
                async with self.desk.pool.acquire() as connection:
                    await save_deed_due(connection, text.deed.deed)
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
        outgoing = await self.outgoing(deed, message, about)
        if outgoing.refused and deed.state == "due":
            await self.end(text, "refused", None, outgoing.refused)
            return
        pieces = parts(outgoing.body)
        for place in range(deed.body.get("part", 0), len(pieces)):
            piece = replace(outgoing, body=pieces[place], files=outgoing.files if place == 0 else ())
            sent = await self.send(replace(text, deed=deed), message, piece)
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
                await self.end(text, "done", sid, status)

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
            if not await claim_deed(connection, deed.deed, self.clock()):
                return
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

    async def outgoing(self, deed: Deed, message: Message, about: About) -> Outgoing:
        """Numbers and names are read now, not when it was asked for."""
        if message.party == "technician":
            technician = self.desk.directory.technician(message.technician)
            if technician is None:
                return Outgoing("", "", refused="the technician is no longer in the directory")
            body = message.body or clean(await Composing(self.desk, self.files).body(deed, message, about, technician))
            async with self.desk.pool.acquire() as connection:
                out = await save_outgoing(connection, message.message, body, technician.phone)
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

    async def send(self, text: Text, message: Message, piece: Outgoing) -> tuple[str, str] | None:
        """(sid, status); None if it was refused, or is somebody else's by now."""
        deed = text.deed
        if deed.state == "tried":
            found = await self.found(deed, message, piece)
            if found is not None:
                return found
        if not await claim(self.desk, self.clock(), deed, message.line, piece.body):
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
            await self.end(text, "refused", None, str(refused.code or refused))
            return None

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

    async def end(self, text: Text, state: str, sid: str | None, outcome: str, *, status: str = "refused") -> None:
        """And the contact is told what became of it. `status`: of what is not done."""
        error = "" if state == "done" else outcome
        status = outcome if state == "done" else status
        async with self.desk.pool.acquire() as connection:
            ended, _ = await save_text_end(
                connection, text, status, state=state, outcome=outcome, sid=sid, error=error, now=self.clock()
            )
        if ended:
            await tell_written(self.desk, self.clock, text, sid or "", status, error, first=True)


async def claim(desk: Desk, now: datetime, deed: Deed, line: str, words: str) -> bool:
    """False if it is somebody else's by now. Carriers take so many segments a second of a number (twilio.md 6.7): a
    text that has no slot yet waits for one."""
    async with desk.pool.acquire() as connection:
        if deed.state == "tried" or deed.body.get("slotted"):
            return await claim_deed(connection, deed.deed, now)
        slot = await claim_text(connection, deed.deed, line, segments(words), per_second(line), now)
    if slot is not None and slot > now:
        raise TryAgain("the line may not send yet", (slot - now).total_seconds())
    return slot is not None


def per_second(line: str) -> float:
    """Segments: a toll-free number 3, a short code 100, any other 1 (twilio.md 6.7)."""
    if read_address(line).kind == "short_code":
        return 100.0
    return 3.0 if is_toll_free(line) else 1.0


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
    if message.party == "client" and sid and about.provider_sid.startswith(BEGUN_BY_US):
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
    )
    contact = deed.subject.removeprefix("contact:")
    await tell(desk, clock, contact, event, f"TextSent:{deed.deed}:{status}")
