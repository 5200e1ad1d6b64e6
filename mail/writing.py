"""One letter of ours, as bytes. Whatever text it is made of, its header has exactly the fields that stand here."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from mail.headers import ids_in, tidy_address
from mail.letterhead import Letterhead
from mail.plain import clean, one_line

MOST_REFERENCES = 20
LONGEST_SUBJECT = 200
LONGEST_NAME = 100
LONGEST_LINE = 76  # RFC 2047, section 2


class BadLetter(ValueError):
    """It can't be sent as it is, and trying again won't help; a sentence."""


class _Field:
    """A field that is ready: ASCII, folded between its words and never within one.

    The standard library's own classes decode what looks like an encoded word and write it out again, line ends in it
    included; they lose spaces between encoded words, and encode message ids that are longer than a line.
    """

    max_count = 1
    name: str

    @staticmethod
    def parse(value: str, kwds: dict[str, Any]) -> None:
        kwds.update(decoded=value, parse_tree=None)

    def fold(self, *, policy: Any) -> str:
        lines = [f"{self.name}:"]
        for word in str(self).split():
            if len(lines[-1]) + 1 + len(word) > LONGEST_LINE and not lines[-1].endswith(":"):
                lines.append("")
            lines[-1] += f" {word}"
        return "".join(f"{line}{policy.linesep}" for line in lines)


_FIELDS = HeaderRegistry(default_class=_Field, use_default_map=False)  # type: ignore[arg-type]  # a mixin
_POLICY = policy.SMTP.clone(header_factory=_FIELDS, cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Writing:
    """What is to be written. `deed`: its number among all we do; the same deed is the same letter. `answered`: the
    message id that it answers, `thread` those before it, the oldest first. `is_automatic`: nobody wrote it."""

    matter: int
    deed: int
    to: str
    subject: str
    text: str
    at: datetime
    answered: str = ""
    thread: tuple[str, ...] = ()
    is_automatic: bool = False


def write(writing: Writing, head: Letterhead) -> bytes:
    """Ready for SMTP, with \\r\\n and seven-bit. Raises BadLetter."""
    message = EmailMessage(_POLICY)
    answered = ids_in(writing.answered)[:1]
    thread = [one for one in ids_in(*writing.thread) if one not in answered][1 - MOST_REFERENCES :]
    fields = {
        "From": person(head.name, head.address),
        "To": sendable(writing.to),
        "Subject": in_ascii(tagged(writing.subject, writing.matter)),
        "Date": format_datetime(writing.at),
        "Message-ID": head.message_id(writing.matter, writing.deed),
        "In-Reply-To": "".join(answered),
        "References": " ".join((*thread, *answered)),
        "Reply-To": person(head.name, head.reply_address(writing.matter)),
        "X-Podline-Matter": str(writing.matter),
    }
    if writing.is_automatic:  # RFC 3834, section 5; and Exchange's own field against answers to it
        fields["Auto-Submitted"] = "auto-replied" if answered else "auto-generated"
        fields["X-Auto-Response-Suppress"] = "All"
    for name, value in fields.items():
        if value:
            message[name] = value
    message.set_content(clean(writing.text).strip("\n") + "\n", charset="utf-8")
    return message.as_bytes()


def person(name: str, address: str) -> str:
    """`Prairie Support <desk@example.org>`; a name with other signs than these is encoded."""
    said = one_line(name, LONGEST_NAME)
    if not said:
        return sendable(address)
    return f"{said if re.fullmatch('[A-Za-z0-9 -]+', said) else encoded(said)} <{sendable(address)}>"


def in_ascii(text: str) -> str:
    """As it is, if it is ASCII and nobody can take it for encoded words."""
    return text if text.isascii() and "=?" not in text else encoded(text)


def encoded(text: str) -> str:
    """In encoded words (RFC 2047), each short enough."""
    return " ".join(Header(text, "utf-8", maxlinelen=75).encode().split())


def sendable(address: str) -> str:
    """An address that every mail server takes: the domain as the network knows it. Raises BadLetter."""
    tidy = tidy_address(address)
    local, _, domain = tidy.rpartition("@")
    try:
        known = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError as error:
        raise BadLetter("The recipient's domain can't be written; correct the address.") from error
    if not tidy or not local.isascii() or not re.fullmatch(r"[!-~]+", local):
        raise BadLetter("The recipient has no address that mail servers take; correct it.")
    return f"{local}@{known}"


def tagged(subject: str, matter: int) -> str:
    """With the matter's number in it, for people and for answers that carry nothing else of ours."""
    tag, said = f"[#{matter}]", one_line(subject, LONGEST_SUBJECT)
    return said if tag in said or not matter else f"{tag} {said}".rstrip()
