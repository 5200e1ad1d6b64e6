"""Whether somebody wrote it, or a machine did: RFC 3834, RFC 3464 and what mail programs really send.

What is wrongly taken for a machine's is still kept and read; it is only not answered by itself.
"""

import re
from email.message import EmailMessage

from mail.bodies import within
from mail.headers import bound, raw_field, raw_fields, tidy_address
from mail.letter import Kind, Report
from mail.letterhead import Letterhead
from mail.plain import one_line

MOST_HOPS = 50  # as Postfix counts by default; an ordinary letter has under ten

OURS = "x-podline-"  # how fields of our own letters begin
POSTMASTERS = {"mailer-daemon", "postmaster"}
SUPPRESSED = {"all", "autoreply", "oof"}
ANSWERING = ("x-autoreply", "x-autorespond", "x-autoresponder")


def kind_of(message: EmailMessage, sender: str, message_id: str, own: Letterhead | None) -> Kind:
    """`own` None: we write no letters, and can know our own only by their fields."""
    if is_report(message) or _local(sender or raw_field(message, "from")) in POSTMASTERS:
        return "bounce"
    if is_loop(message, sender, message_id, own):
        return "loop"
    if answers_by_itself(message):
        return "auto_reply"
    return "bulk" if is_bulk(message) else "letter"


def is_report(message: EmailMessage) -> bool:
    """RFC 3464, section 2. A message without this form may still come from a mail server."""
    if message.get_content_type() != "multipart/report":
        return bool(raw_field(message, "x-failed-recipients"))
    return str(message.get_param("report-type", "")).lower() == "delivery-status"


def is_loop(message: EmailMessage, sender: str, message_id: str, own: Letterhead | None) -> bool:
    """Our own letter has come back, or some mail server sends it in a circle (RFC 5321, section 6.3)."""
    if any(name.lower().startswith(OURS) for name, _ in message.raw_items()):
        return True
    if own is not None and (own.is_our_address(sender) or own.deed_of(message_id) is not None):
        return True
    return sum(1 for _ in raw_fields(message, "received")) > MOST_HOPS


def answers_by_itself(message: EmailMessage) -> bool:
    """RFC 3834, sections 2 and 5; Exchange's and older fields; a read receipt and other reports (RFC 6522)."""
    submitted = _word(raw_field(message, "auto-submitted"))
    suppressed = re.split(r"[\s,;]+", raw_field(message, "x-auto-response-suppress").lower())
    return (
        (bool(submitted) and submitted != "no")
        or _word(raw_field(message, "precedence")) == "auto_reply"
        or bool(SUPPRESSED & set(suppressed))
        or any(raw_field(message, name) for name in ANSWERING)
        or raw_field(message, "return-path").replace(" ", "") == "<>"
        or message.get_content_type() == "multipart/report"
    )


def is_bulk(message: EmailMessage) -> bool:
    if _word(raw_field(message, "precedence")) in ("bulk", "list", "junk"):
        return True
    return bool(raw_field(message, "list-id") or raw_field(message, "list-unsubscribe"))


def report_of(message: EmailMessage) -> tuple[Report, list[str]]:
    """What a bounce says, and the raw text of the header that came back with it, field by field."""
    report, returned = Report(recipient=_recipient(raw_field(message, "x-failed-recipients"))), list[str]()
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            report = _read_status(part, report)
        elif part.get_content_type() == "message/rfc822":
            returned += [one for letter in within(part) for one in raw_fields(letter, "message-id")]
        elif part.get_content_type() == "text/rfc822-headers":
            returned.append(_returned_id(str(part.get_payload())))
    return report, returned


def _read_status(part: EmailMessage, before: Report) -> Report:
    """Of the first recipient that is told about: a letter of ours has only one."""
    for block in within(part):
        if raw_field(block, "final-recipient") or raw_field(block, "action"):
            return Report(
                recipient=_recipient(raw_field(block, "final-recipient")) or before.recipient,
                action=_word(raw_field(block, "action")),
                status=one_line(raw_field(block, "status").partition(" ")[0], 20),
                reason=one_line(raw_field(block, "diagnostic-code").partition(";")[2], 500),
            )
    return before


def _recipient(field: str) -> str:
    """`rfc822; clara@taber.example` (RFC 3464, section 2.3.2)."""
    return tidy_address(field.rpartition(";")[2].partition(",")[0])


def _returned_id(header: str) -> str:
    """The Message-ID of a header that stands as text in a part."""
    found = re.search(r"^message-id:[ \t\r\n]*(<[^<>\s]{1,300}>)", header[:100_000], re.IGNORECASE | re.MULTILINE)
    return bound(found[1]) if found else ""


def _word(field: str) -> str:
    """The first word of a field, without parameters and comments."""
    return re.split(r"[\s;(]", field.strip().lower(), maxsplit=1)[0]


def _local(address: str) -> str:
    """What stands before the @, of `MAILER-DAEMON` and `Mail System <MAILER-DAEMON>` too."""
    inner = address.rpartition("<")[2].partition(">")[0]
    return _word(inner.partition("@")[0])
