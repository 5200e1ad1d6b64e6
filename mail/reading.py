"""The bytes of one RFC 5322 message → a `Letter`. Whatever the bytes are, nothing but `Unreadable` is raised.

It takes up to some seconds of CPU for the worst message that is let in: call it in a thread.
"""

import hashlib
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import Policy
from typing import Any, cast

from mail import attachments, headers
from mail.authentication import is_unproven
from mail.bodies import find_parts, text_of
from mail.kinds import kind_of, report_of
from mail.letter import Letter, TooLarge, Unreadable
from mail.letterhead import Letterhead
from mail.quoting import own_words

LARGEST = 25 * 1024 * 1024
# The parser compares each line with the boundary of every part it is in, and counts everything once more at the end.
MOST_LINES = 600_000
MOST_WORK = 10_000_000
MOST_FIELDS = 1_000
MOST_PARTS = 500
LONGEST_SUBJECT = 500


def read(octets: bytes, own: Letterhead | None = None) -> Letter:
    """`own` None: we write no letters, so none of ours can come back."""
    if len(octets) > LARGEST:
        raise TooLarge(f"The message is larger than {LARGEST // 1024 // 1024} MB; send less with it.")
    lines = max(octets.count(b"\n"), octets.count(b"\r"))
    if lines > MOST_LINES or lines * octets.lower().count(b"boundary") > MOST_WORK:
        raise TooLarge("The message has too many lines or parts; send it in a simpler form.")
    try:
        return _read(octets, own)
    except Unreadable:
        raise
    except Exception as error:  # the standard parser's, of any kind: a message nobody's mail program makes
        raise Unreadable("This is no message that can be read; send it as RFC 5322 says.") from error


def _read(octets: bytes, own: Letterhead | None) -> Letter:
    parser = BytesParser(policy=headers.Careful(message_factory=cast(Any, _Parts())))
    message = cast(EmailMessage, parser.parsebytes(octets))
    if not (message["from"] or message["date"] or message["received"]):
        raise Unreadable("This is no message: it has no From; send it whole, with its header.")
    if len(message) > MOST_FIELDS:
        raise TooLarge(f"The header has more than {MOST_FIELDS} fields; send the message as it was written.")
    sender, sender_name = _sender(message)
    message_id = next(iter(headers.ids_in(headers.raw_field(message, "message-id"))), "") or _made_id(octets)
    kind = kind_of(message, sender, message_id, own)
    if kind == "letter" and not sender:
        raise Unreadable("The message has no sender: write an address into From.")
    subject = headers.words_of(message, "subject", LONGEST_SUBJECT)
    parts = find_parts(message)
    whole, is_cut = text_of(parts.bodies)
    report, returned = report_of(message) if kind == "bounce" else (None, [])
    return Letter(
        message_id=message_id,
        kind=kind,
        sender=sender,
        sender_name=sender_name,
        recipients=_recipients(message),
        subject=subject,
        references=_references(message, returned),
        text=own_words(whole, subject),
        whole=whole,
        is_cut=is_cut,
        is_unproven=is_unproven(message, sender),
        sent_at=headers.date_of(message),
        attachments=attachments.keep(parts.others),
        report=report,
    )


class _Parts:
    """Makes the parts of one message while it is parsed, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, policy: "Policy[EmailMessage] | None" = None) -> EmailMessage:
        self.count += 1
        if self.count > MOST_PARTS:
            raise TooLarge(f"The message has more than {MOST_PARTS} parts; send it in a simpler form.")
        return EmailMessage(policy)


def _sender(message: EmailMessage) -> tuple[str, str]:
    """The author; else who sent it for them."""
    found = headers.addresses_of(message, "from") or headers.addresses_of(message, "sender")
    return found[0] if found else ("", "")


def _recipients(message: EmailMessage) -> tuple[str, ...]:
    """Those that our mail server was told first: they need not stand in To."""
    told = ("delivered-to", "x-original-to", "envelope-to")
    envelope = [headers.tidy_address(field) for name in told for field in headers.raw_fields(message, name)]
    named = [address for name in ("to", "cc") for address, _ in headers.addresses_of(message, name)]
    return tuple(dict.fromkeys(one for one in (*envelope, *named) if one))[: headers.MOST_ADDRESSES]


def _references(message: EmailMessage, returned: list[str]) -> tuple[str, ...]:
    """What came back, what it answers, and then the thread from its end."""
    thread = headers.ids_in(*headers.raw_fields(message, "references"))
    answered = headers.ids_in(*headers.raw_fields(message, "in-reply-to"))
    return tuple(headers.ids_in(*returned, *answered, *reversed(thread)))


def _made_id(octets: bytes) -> str:
    """For a message without one: the same bytes have the same."""
    return f"<{hashlib.sha256(octets).hexdigest()[:32]}@made.invalid>"
