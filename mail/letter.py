"""What a letter is to us: one RFC 5322 message, read. `mail.reading` makes it; nothing past it knows of headers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

# "letter": somebody wrote it. The others are kept as well, but are never answered by themselves:
# "bounce": what we wrote, or part of its way, is reported on (RFC 3464). "auto_reply": a machine answers (RFC 3834).
# "bulk": it went to a list. "loop": it is our own letter, or it has been on its way for too long.
Kind = Literal["letter", "bounce", "auto_reply", "loop", "bulk"]


class Unreadable(Exception):
    """The message can't be taken; the text is a sentence for whoever sent it."""


class TooLarge(Unreadable):
    """There is too much of it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """What came with a letter. `content` None: it was not kept, and `refused` says why. `size` in bytes, as it would
    be kept. The name is one line and has no folders; neither it nor `type` proves what is inside."""

    name: str
    type: str
    size: int
    content: bytes | None = field(default=None, repr=False)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of a letter of ours (RFC 3464): `action` is failed, delayed, delivered, relayed or
    expanded, `status` its code (5.1.1). All may be empty: not every server writes as it should."""

    recipient: str = ""
    action: str = ""
    status: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """`sender` may be empty unless the kind is "letter". `references`: the messages it answers, the nearest first; of
    a bounce, the message that came back. `recipients`: everybody it went to, our own addresses among them. `text`:
    what the sender wrote now, without what they quote and their signature; `whole`: all of it. `is_cut`: `whole` is
    not all, because it was too long. `is_unproven`: our mail server has looked, and found nothing that speaks for the
    sender. `sent_at`: what the sender's clock said, in UTC."""

    message_id: str
    kind: Kind
    sender: str
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    references: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    whole: str = field(default="", repr=False)
    is_cut: bool = False
    is_unproven: bool = False
    sent_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    report: Report | None = None
