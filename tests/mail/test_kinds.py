"""Whether somebody wrote it: what mail servers and mail programs really send."""

import pytest

from mail.letter import Kind, Report
from mail.reading import read
from tests.mail.letters import HEAD, letter, parted

RECEIPT = "Content-Type: multipart/report; report-type=disposition-notification; boundary=x"
KINDS: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "a person": ("letter", ("Auto-Submitted: no", "Return-Path: <clara@taber.example>", "Precedence: normal")),
    "a holiday note": ("auto_reply", ("Auto-Submitted: auto-replied (vacation)",)),
    "a notice": ("auto_reply", ("Auto-Submitted: AUTO-GENERATED; owner-email=x",)),
    "an old holiday note": ("auto_reply", ("Precedence: auto_reply",)),
    "another": ("auto_reply", ("X-Autoreply: yes",)),
    "exchange": ("auto_reply", ("X-Auto-Response-Suppress: DR, OOF, AutoReply",)),
    "exchange, a person who wants no receipt": ("letter", ("X-Auto-Response-Suppress: DR, RN, NRN",)),
    "nobody to answer": ("auto_reply", ("Return-Path: < >",)),
    "a read receipt": ("auto_reply", (RECEIPT,)),
    "a list": ("bulk", ("List-Id: Operators <operators.lists.example>",)),
    "advertising": ("bulk", ("List-Unsubscribe: <https://shop.example/stop>",)),
    "a circular": ("bulk", ("Precedence: bulk",)),
    "an answer on a list": ("auto_reply", ("List-Id: <o.lists.example>", "Auto-Submitted: auto-replied")),
    "a circle": ("loop", ("Received: from a by b",) * 51),
    "a long way": ("letter", ("Received: from a by b",) * 50),
    "ours, by its field": ("loop", ("X-Podline-Matter: 12",)),
    "a bounce of an old server": ("bounce", ("X-Failed-Recipients: clara@taber.example",)),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_who_wrote_it(name: str) -> None:
    kind, fields = KINDS[name]
    assert read(letter(*fields), HEAD).kind == kind


@pytest.mark.parametrize(
    "sender",
    ["MAILER-DAEMON", "Mail System <MAILER-DAEMON>", "MAILER-DAEMON (Mail System)", "Post <postmaster@taber.example>"],
)
def test_a_mail_server_writes_bounces_in_its_own_way(sender: str) -> None:
    assert read(letter(sender=sender), HEAD).kind == "bounce"


@pytest.mark.parametrize("sender", ["desk@desk.example", "Desk+12.abc@DESK.example"])
def test_what_seems_to_be_from_us_is_a_loop(sender: str) -> None:
    assert read(letter(sender=sender), HEAD).kind == "loop"
    assert read(letter(sender=sender)).kind == "letter"


def test_our_own_letter_that_comes_back_is_a_loop() -> None:
    ours = HEAD.message_id(12, 345)
    raw = letter().replace(b"<a1@taber.example>", ours.encode())
    assert read(raw, HEAD).kind == "loop"
    assert read(raw.replace(b"<m.12.", b"<m.13."), HEAD).kind == "letter"


def test_a_bounce_says_whom_it_did_not_reach_and_which_letter_it_was() -> None:
    """RFC 3464, section 2: the last two parts are for programs."""
    status = (
        "Content-Type: message/delivery-status",
        "Reporting-MTA: dns; mx.taber.example\r\n\r\n"
        "Final-Recipient: rfc822; Clara@Taber.example\r\nAction: failed\r\nStatus: 5.1.1 (no such user)\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n",
    )
    returned = (
        "Content-Type: message/rfc822",
        f"From: {HEAD.address}\r\nMessage-ID: {HEAD.message_id(12, 7)}\r\n\r\nTry it",
    )
    raw = parted("report; report-type=delivery-status", ("Content-Type: text/plain", "It came back."), status, returned)
    bounce = read(raw, HEAD)
    assert (bounce.kind, bounce.text) == ("bounce", "It came back.")
    assert bounce.report == Report("Clara@taber.example", "failed", "5.1.1", "550 5.1.1 No such user")
    joined = HEAD.joined(bounce)
    assert joined is not None and (joined.matter, joined.is_certain) == (12, True)


def test_a_bounce_with_only_the_header_says_it_too() -> None:
    header = (
        "Content-Type: text/rfc822-headers",
        f"From: desk@desk.example\r\nMessage-ID:\r\n {HEAD.message_id(12, 7)}\r\n",
    )
    bounce = read(parted("report; report-type=delivery-status", header), HEAD)
    assert HEAD.deed_of(bounce.references[0]) == (12, 7)
    assert bounce.report == Report()
