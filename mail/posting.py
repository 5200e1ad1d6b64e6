"""A letter of ours goes out: what was written in a conversation, under the subject of the letter that it answers."""

from dataclasses import dataclass

import structlog

from db.deeds import Deed
from db.letters import Fate, Posted, find_answered
from db.messages import Message
from db.pool import Pool
from mail.letterhead import Letterhead
from mail.relay import Relay
from mail.sending import Busy, Refused, Sent, send
from mail.writing import BadLetter, Writing, write
from routing.addresses import read_address

log = structlog.get_logger()

ANSWER = "Re: "


@dataclass(frozen=True, slots=True)
class Posting:
    pool: Pool
    relay: Relay
    head: Letterhead

    async def send(self, deed: Deed, message: Message, links: tuple[str, ...]) -> Posted:
        """The same deed is the same letter, to the byte but for its links."""
        async with self.pool.acquire() as connection:
            answered = await find_answered(connection, message)
        writing = Writing(
            matter=answered.matter,
            deed=deed.deed,
            to=read_address(message.peer).value,
            subject=subject_of(answered.subject),
            text="\n\n".join((message.body, *links)),
            at=message.at,
            answered=answered.letter,
            thread=tuple(reversed(answered.thread)),
            is_automatic=message.automatic,
        )
        try:
            octets = write(writing, self.head)
            outcome = await send(self.relay, octets, sender=self.head.address, to=writing.to)
        except BadLetter as error:
            return Posted("refused", str(error))
        match outcome:
            case Sent(said):
                return Posted("sent", said, self.head.message_id(writing.matter, deed.deed))
            case Refused(_, said):
                fate: Fate = "refused"
            case Busy(said):
                fate = "busy"
            case _:
                fate, said = "unknown", outcome.said
        log.warning("mail_not_sent", deed=deed.deed, fate=fate, said=said)
        return Posted(fate, said)


def subject_of(subject: str) -> str:
    """Of the answer to a letter with that subject."""
    if not subject or subject.lower().startswith(ANSWER.strip().lower()):
        return subject
    return ANSWER + subject
