"""What becomes of a letter that was brought: it is kept, and a letter that somebody wrote takes a turn."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from callflows.events import TextSent
from callflows.text_events import LetterArrived
from db.deeds import find_deed
from db.desk import Desk
from db.incoming import Incoming
from db.letters import File, add_files, add_letter, find_open
from db.messages import find_message, save_message_status
from db.turns import UnknownContact, take_turn
from db.writing import WRITE
from mail.letter import Letter
from mail.letterhead import Letterhead
from mail.plain import one_line

log = structlog.get_logger()

LONGEST = 1_200  # characters that a technician is texted; the whole letter then comes as a file
LONGEST_NAME = 60
LONGEST_WHY = 160
# What mail programs put before a subject, and we do.
_TAGS = re.compile(r"(?:(?:re|rép|tr|fw|fwd|aw)\s*:|\[#[0-9]+\])\s*", re.IGNORECASE)
# What a report of a mail server means (RFC 3464, section 2.3.3), as texts have it.
REPORTED = {"failed": "undelivered", "": "undelivered", "delayed": "delayed", "delivered": "delivered"}


@dataclass(frozen=True, slots=True)
class Taking:
    """`head`: by which letters of ours, and answers to them, are known; None while we write none."""

    desk: Desk
    clock: Callable[[], datetime]
    head: Letterhead | None = None

    async def take(self, letter: Letter) -> None:
        """Raises what the database raises: the letter is then brought again."""
        if letter.kind == "loop":
            log.warning("mail_loop", letter=letter.message_id)
            return
        files = await self.keep(letter)
        match letter.kind:
            case "bounce":
                await self.report(letter)
            case "letter":
                await self.turn(letter, files)
            case _:
                async with self.desk.pool.acquire() as connection:
                    goes_on = await find_open(connection, peer_of(letter)) if letter.sender else None
                if goes_on:
                    await self.turn(letter, (), automatic=True)

    async def keep(self, letter: Letter) -> tuple[tuple[str, str], ...]:
        """The letter, whatever it is, and the files of one that somebody wrote: (address, media type)."""
        async with self.desk.pool.acquire() as connection, connection.transaction():
            await add_letter(
                connection,
                letter=letter.message_id,
                kind=letter.kind,
                sender=letter.sender,
                sender_name=letter.sender_name,
                subject=letter.subject,
                thread=letter.references,
                body=letter.whole,
                unkept=unkept(letter),
                now=self.clock(),
            )
            if letter.kind != "letter":
                return ()
            return await add_files(connection, letter.message_id, files_of(letter))

    async def turn(self, letter: Letter, files: tuple[tuple[str, str], ...], *, automatic: bool = False) -> None:
        joined = self.head.joined(letter) if self.head else None
        event = LetterArrived(
            leg=letter.message_id,
            sender=peer_of(letter),
            line="",
            body=words_of(letter),
            files=len(files),
            subject=letter.subject,
            matter=joined.matter if joined else 0,
            is_signed=joined is not None and joined.is_certain,
            automatic=automatic,
            unkept=unkept(letter),
            is_unproven=letter.is_unproven,
        )
        key = f"LetterArrived:{letter.message_id}"
        mailbox = self.head.address if self.head else ""
        await self.tell(Incoming("", letter.message_id, key, event, caller=event.sender, files=files, mailbox=mailbox))

    async def report(self, letter: Letter) -> None:
        """A letter of ours did not arrive, or late: whoever wrote it hears of it."""
        deeds = (self.head.deed_of(one) for one in letter.references) if self.head else iter(())
        number = next((one[1] for one in deeds if one), 0)
        async with self.desk.pool.acquire() as connection:
            deed = await find_deed(connection, number)
            message = await find_message(connection, deed.body["message"]) if deed and deed.kind == WRITE else None
        if deed is None or message is None:
            log.warning("mail_bounce_unknown", letter=letter.message_id)
            return
        action = letter.report.action if letter.report else ""
        status = REPORTED.get(action, action)
        why = one_line((letter.report.reason or letter.report.status) if letter.report else "", LONGEST_WHY)
        async with self.desk.pool.acquire() as connection:
            await save_message_status(connection, message.message, status, error=why)
        event = TextSent(
            leg=letter.message_id,
            technician=message.technician,
            prompt=deed.body.get("prompt", ""),
            status=status,
            detail=why,
            message=message.message,
            to_client=True,
        )
        contact = deed.subject.removeprefix("contact:")
        await self.tell(Incoming(contact, "", f"TextSent:{deed.deed}:{status}", event))

    async def tell(self, incoming: Incoming) -> None:
        try:
            await take_turn(self.desk, incoming, self.clock(), lambda turn, floor, number: "")
        except UnknownContact:
            log.warning("contact_unknown", contact=incoming.contact, event_kind=type(incoming.event).__name__)


def peer_of(letter: Letter) -> str:
    return f"mailto:{letter.sender.lower()}"


def words_of(letter: Letter) -> str:
    """As a technician is given them: a letter that answers nothing has its subject first."""
    subject = _TAGS.sub("", letter.subject).strip()
    said = letter.text.strip() or letter.whole.strip()
    words = said if letter.references or not subject else f"{subject}\n{said}".strip()
    return words if len(words) <= LONGEST else words[:LONGEST].rstrip() + "…"


def files_of(letter: Letter) -> list[File]:
    """What came with it and is kept; before all the letter itself, if its words are not all passed on."""
    kept = [File(one.name, one.type, one.content) for one in letter.attachments if one.content is not None]
    if words_of(letter).endswith("…"):
        kept.insert(0, File("letter.txt", "text/plain", letter.whole.encode()))
    return kept


def unkept(letter: Letter) -> tuple[str, ...]:
    return tuple(one_line(one.name, LONGEST_NAME) for one in letter.attachments if one.content is None)
