"""What comes with a letter: kept, or only named."""

from base64 import b64encode

import pytest

from mail import attachments
from mail.attachments import MEGABYTE
from mail.letter import Attachment
from mail.reading import read
from tests.mail.letters import TEXT, attached, parted


def only(*part: str) -> Attachment:
    found = read(parted("mixed", TEXT, part)).attachments
    assert len(found) == 1
    return found[0]


def test_a_file_is_kept_to_the_byte() -> None:
    content = bytes(range(256))
    kept = only(*attached("plan.pdf", "application/pdf", b64encode(content).decode()))
    assert kept == Attachment("plan.pdf", "application/pdf", 256, content)


TAKEN = [(kind, one) for kind, endings in attachments.TAKEN.items() for one in sorted(endings)]


@pytest.mark.parametrize(("kind", "ending"), TAKEN)
def test_what_we_take_is_kept(kind: str, ending: str) -> None:
    assert only(*attached(f"a.{ending.upper()}", kind)).content


@pytest.mark.parametrize(
    ("name", "declared", "kept_as"),
    [("a.pdf", "application/octet-stream", "application/pdf"), ("a.jpg", "image/jpg", "image/jpeg")],
)
def test_a_program_that_does_not_know_a_type_is_helped(name: str, declared: str, kept_as: str) -> None:
    assert only(*attached(name, declared)).type == kept_as


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("a.exe", "application/octet-stream"),
        ("a.exe", "image/png"),
        ("a.pdf.exe", "application/pdf"),
        ("a.html", "text/html"),
        ("a.svg", "image/svg+xml"),
        ("a.zip", "application/zip"),
        ("a.docm", "application/msword"),
        ("winmail.dat", "application/ms-tnef"),
        ("invite.ics", "text/calendar"),
        ("a", "application/pdf"),
    ],
)
def test_everything_else_is_named_and_not_kept(name: str, declared: str) -> None:
    named = only(*attached(name, declared))
    assert (named.name, named.type, named.content, named.size) == (name, declared, None, 9)
    assert named.refused == "Files of this type are not kept."


@pytest.mark.parametrize("declared", ["\x00/", "image/pn g", "image/" + "a" * 99, "é/è"])
def test_a_type_that_is_none_counts_as_unknown(declared: str) -> None:
    named = only(f"Content-Type: {declared}", "Content-Disposition: attachment; filename=a.exe", "x")
    assert named.type in ("application/octet-stream", "text/plain")
    assert named.content is None


def test_a_letter_inside_a_letter_is_named() -> None:
    inner = ("Content-Type: message/rfc822", "From: dale@taber.example\r\nSubject: old\r\n\r\nNo water.")
    whole = read(parted("mixed", TEXT, inner))
    assert whole.text == "See the photo."
    assert [one.refused for one in whole.attachments] == ["Letters inside a letter are not kept."]


def test_an_empty_file_is_named() -> None:
    assert only(*attached("a.pdf", "application/pdf", "")).refused == "It is empty."


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\\\photos\\\\a.txt", "a.txt"),
        ("..", "unnamed.log"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        ("=?utf-8?q?d=C3=A9bit=2Etxt?=", "débit.txt"),
        ("a" * 300 + ".txt", "a" * 140 + ".txt"),
        ("a<b>|c?.txt", "a_b__c_.txt"),
    ],
)
def test_a_name_is_one_piece_without_tricks(given: str, kept: str) -> None:
    assert only(*attached(given, "text/plain")).name == kept


def test_a_name_in_pieces_is_put_together() -> None:
    """RFC 2231, sections 3 and 4."""
    disposition = "Content-Disposition: attachment; filename*0*=utf-8''d%C3%A9; filename*1=bit.txt"
    assert only("Content-Type: text/plain", disposition, "12").name == "débit.txt"


def test_a_text_with_a_name_is_a_file() -> None:
    letter = read(parted("mixed", TEXT, ("Content-Type: text/plain; name=pump.log", "pressure 0")))
    assert (letter.text, letter.attachments[0].content) == ("See the photo.", b"pressure 0")


def sized(megabytes: float) -> tuple[str, ...]:
    return attached("a.txt", "text/plain", "x" * int(megabytes * MEGABYTE), encoding="7bit")


def test_one_that_is_too_large_is_named() -> None:
    assert only(*sized(10.01)).refused == "It is larger than 10 MB."
    assert only(*sized(10)).content is not None


def test_what_is_too_large_together_is_named() -> None:
    found = read(parted("mixed", TEXT, sized(9), sized(9), sized(3), sized(1))).attachments
    assert [one.content is not None for one in found] == [True, True, False, True]
    assert found[2].refused == "With those before it there are more than 20 MB."


def test_too_many_are_named_and_far_too_many_are_not_even_that() -> None:
    found = read(parted("mixed", TEXT, *[attached("a.pdf", "application/pdf")] * 150)).attachments
    assert [one.content is not None for one in found] == [True] * 20 + [False] * 80
    assert found[20].refused == "It is more than the 20 that are kept."
