"""What we write: its header has the fields it should have, whatever text it is made of."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.letterhead import Letterhead
from mail.reading import read
from mail.writing import BadLetter, Writing, write
from tests.mail.letters import HEAD

AT = datetime(2026, 11, 3, 17, tzinfo=UTC)
PLAIN = Writing(12, 345, "clara@taber.example", "Pump", "Try it again.", AT)
FIELDS = ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "X-Podline-Matter"]
BODY = ["Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
INNER = ["In-Reply-To", "References"]


def fields_of(writing: Writing, head: Letterhead = HEAD) -> dict[str, str]:
    """By name, unfolded; each must be there once."""
    found = message_from_bytes(write(writing, head)).items()
    assert len({name.lower() for name, _ in found}) == len(found)
    return {name: "".join(str(value).splitlines()) for name, value in found}


def test_a_letter_of_ours() -> None:
    assert fields_of(PLAIN) == {
        "From": "Prairie Support <desk@desk.example>",
        "To": "clara@taber.example",
        "Subject": "[#12] Pump",
        "Date": "Tue, 03 Nov 2026 17:00:00 +0000",
        "Message-ID": HEAD.message_id(12, 345),
        "Reply-To": f"Prairie Support <{HEAD.reply_address(12)}>",
        "X-Podline-Matter": "12",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
        "MIME-Version": "1.0",
    }


def test_the_same_deed_is_the_same_letter_to_the_byte() -> None:
    assert write(PLAIN, HEAD) == write(PLAIN, HEAD)
    assert fields_of(replace(PLAIN, deed=346))["Message-ID"] != fields_of(PLAIN)["Message-ID"]


def test_an_answer_names_what_it_answers() -> None:
    """RFC 5322, section 3.6.4. A long id stays as it is: Exchange's are longer than a line."""
    long = f"<{'SN6PR04MB' * 8}@SN6PR04MB5151.namprd04.prod.outlook.example>"
    fields = fields_of(replace(PLAIN, answered=long, thread=("<one@x>", "<two@x>")))
    assert (fields["In-Reply-To"], fields["References"]) == (long, f"<one@x> <two@x> {long}")


def test_a_long_thread_keeps_its_end() -> None:
    thread = tuple(f"<{number}@x>" for number in range(40))
    references = fields_of(replace(PLAIN, answered="<39@x>", thread=thread))["References"].split()
    assert references == [f"<{number}@x>" for number in range(20, 40)]


def test_what_nobody_wrote_says_so() -> None:
    """RFC 3834, section 5: auto-replied is for answers."""
    fields = fields_of(replace(PLAIN, is_automatic=True, answered="<a@x>"))
    assert (fields["Auto-Submitted"], fields["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert fields_of(replace(PLAIN, is_automatic=True))["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("given_subject", "written"),
    [
        ("Re: [#12] Pump", "Re: [#12] Pump"),
        ("[#13] Pump", "[#12] [#13] Pump"),
        ("", "[#12]"),
        ("a\r\nBcc: x@y", "[#12] a Bcc: x@y"),
    ],
)
def test_the_subject_carries_the_matter(given_subject: str, written: str) -> None:
    assert fields_of(replace(PLAIN, subject=given_subject))["Subject"] == written


def test_french_goes_in_seven_bits_and_comes_back() -> None:
    raw = write(replace(PLAIN, subject="Fuite d’eau à réparer " * 6, text="Ça coule\u00a0!\n\nÉlise"), HEAD)
    assert raw.isascii()
    back = read(raw)
    assert back.subject == f"[#12] {'Fuite d’eau à réparer ' * 6}".strip()
    assert back.whole == "Ça coule\u00a0!\n\nÉlise"


def test_a_foreign_domain_is_written_as_the_network_knows_it() -> None:
    assert fields_of(replace(PLAIN, to="clara@québec.example"))["To"] == "clara@xn--qubec-csa.example"


@pytest.mark.parametrize(
    "to", ["", "clara", "a@b@c", "a b@c", "élise@taber.example", "a@b, c@d", "a@b\nBcc: c@d", "<a@b> x"]
)
def test_a_recipient_that_is_none_is_refused(to: str) -> None:
    with pytest.raises(BadLetter):
        write(replace(PLAIN, to=to), HEAD)


PIECES = (
    *(
        "\r\n",
        "\n",
        "\r",
        "\x00",
        "\x0b",
        "\x85",
        "\u2028",
        "Bcc: a@b",
        ":",
        " ",
        "\t",
        "=?utf-8?q?=0A?=",
        '"',
        "\\",
        "<",
    ),
    *(">", "@", ";", ",", "\ud800", "é", ".", "a" * 80, "\u202e", "=?"),
)
HOSTILE = st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(subject=HOSTILE, text=HOSTILE, name=HOSTILE, answered=HOSTILE, thread=st.lists(HOSTILE, max_size=4))
def test_no_text_makes_a_field_of_its_own(subject: str, text: str, name: str, answered: str, thread: list[str]) -> None:
    writing = replace(
        PLAIN, subject=subject, text=text, answered=f"<{answered}>", thread=tuple(f"<{one}>" for one in thread)
    )
    raw = write(writing, Letterhead(HEAD.address, HEAD.secret_key, name))
    header = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode() for line in header.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert [one for one in names if one not in INNER] == [*FIELDS, *BODY]
    assert b"\r" not in raw.replace(b"\r\n", b"") and b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\x00" not in raw and raw.isascii() and max(map(len, raw.split(b"\r\n"))) < 998
    back = read(raw)
    assert (back.sender, back.recipients) == (HEAD.address, ("clara@taber.example",))
    assert HEAD.deed_of(back.message_id) == (12, 345)
