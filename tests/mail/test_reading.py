"""Bytes of a message → a letter, as mail programs write them and as nobody should."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail import bodies
from mail.letter import Letter, TooLarge, Unreadable
from mail.reading import LARGEST, MOST_PARTS, read
from tests.mail.letters import HEAD, PAGE, TEXT, attached, letter, parted


def test_a_plain_letter() -> None:
    raw = letter(
        "Date: Tue, 3 Nov 2026 10:00:00 -0700", "Cc: Dale <dale@TABER.example>", "Delivered-To: desk+12@desk.example"
    )
    assert read(raw) == Letter(
        message_id="<a1@taber.example>",
        kind="letter",
        sender="clara@taber.example",
        sender_name="Clara Whitfield",
        recipients=("desk+12@desk.example", "desk@desk.example", "dale@taber.example"),
        subject="Pump",
        text="The pump is dead.",
        whole="The pump is dead.",
        sent_at=datetime(2026, 11, 3, 17, tzinfo=UTC),
    )


def test_the_domain_is_in_small_letters_and_the_rest_as_it_was() -> None:
    assert read(letter(sender="Clara.W@TABER.Example")).sender == "Clara.W@taber.example"


def test_encoded_words_are_read() -> None:
    """RFC 2047."""
    raw = letter(sender="=?utf-8?q?=C3=89lise_C=C3=B4t=C3=A9?= <elise@taber.example>")
    raw = raw.replace(b"Subject: Pump", b"Subject: =?iso-8859-1?Q?Fuite_d=27eau_=E0_r=E9parer?=")
    assert (read(raw).sender_name, read(raw).subject) == ("Élise Côté", "Fuite d'eau à réparer")


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_a_header_with_bare_bytes_is_read_as_utf_8_and_else_as_older_programs_write(charset: str) -> None:
    raw = letter(sender="Élise <elise@taber.example>").replace("Élise".encode(), "Élise".encode(charset))
    raw = raw.replace(b"Subject: Pump", "Subject: Fuite à réparer".encode(charset))
    assert (read(raw).sender_name, read(raw).subject) == ("Élise", "Fuite à réparer")


@pytest.mark.parametrize(
    ("declared", "octets"),
    [
        ("charset=utf-8", "Ça coule".encode()),
        ("charset=iso-8859-1", "Ça coule".encode("latin-1")),
        ("charset=us-ascii", "Ça coule".encode()),
        ("charset=nobody-knows", "Ça coule".encode()),
        ("charset=punycode", "Ça coule".encode()),
        ("charset=utf-8", "Ça coule".encode("cp1252")),
        ("format=flowed", "Ça coule".encode("cp1252")),
    ],
)
def test_the_text_is_read_whatever_character_set_is_declared(declared: str, octets: bytes) -> None:
    raw = letter(f"Content-Type: text/plain; {declared}", "Content-Transfer-Encoding: 8bit", body="@@")
    assert read(raw.replace(b"@@", octets)).text == "Ça coule"


@pytest.mark.parametrize(("encoding", "body"), [("base64", "w4dhIGNvdWxl"), ("quoted-printable", "=C3=87a cou=\r\nle")])
def test_the_text_is_decoded(encoding: str, body: str) -> None:
    raw = letter("Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}", body=body)
    assert read(raw).text == "Ça coule"


def test_of_alternatives_the_plain_one_is_taken() -> None:
    assert read(parted("alternative", TEXT, PAGE)).text == "See the photo."


@pytest.mark.parametrize("parts", [(PAGE,), (("Content-Type: text/plain", "  "), PAGE)])
def test_without_a_plain_one_the_page_becomes_text(parts: tuple[tuple[str, ...], ...]) -> None:
    assert read(parted("alternative", *parts)).text == "See the photo."


def test_a_page_becomes_lines_without_scripts_and_styles() -> None:
    page = (
        "<html><head><style>p {color: red}</style></head><body><p>Hello&nbsp;Ana,</p><div>one<br>two</div>"
        "<script>alert(1)</script><ul><li>three</li></ul></body></html>"
    )
    whole = read(letter("Content-Type: text/html", body=page)).whole
    assert [line.strip() for line in whole.split("\n") if line.strip()] == ["Hello Ana,", "one", "two", "* three"]


def test_a_page_is_cut_where_it_quotes() -> None:
    page = (
        "<div>Yes, please.</div><div><div>On Tue, Nov 3, 2026 Prairie &lt;desk@desk.example&gt; wrote:<br></div>"
        "<blockquote>Shall we?</blockquote></div>"
    )
    read_page = read(letter("Content-Type: text/html", body=page))
    assert read_page.text == "Yes, please."
    assert "Shall we?" in read_page.whole


def test_texts_around_a_picture_belong_together() -> None:
    around = parted("mixed", TEXT, attached("p.png", "image/png"), ("Content-Type: text/plain", "And the meter."))
    assert read(around).text == "See the photo.\n\nAnd the meter."
    assert [one.name for one in read(around).attachments] == ["p.png"]


def test_what_it_answers_comes_nearest_first() -> None:
    raw = letter("References: <one@x> <two@x>", " <three@x>", "In-Reply-To: <three@x>")
    assert read(raw).references == ("<three@x>", "<two@x>", "<one@x>")


def test_a_message_without_an_id_gets_one_of_its_bytes() -> None:
    bare = letter().replace(b"Message-ID: <a1@taber.example>\r\n", b"")
    made = read(bare).message_id
    assert made.endswith("@made.invalid>")
    assert read(bare).message_id == made != read(bare + b"!").message_id


@pytest.mark.parametrize("bad", ["no id", "<>", "< a@b >", "<a b@c>", "<" + "a" * 300 + "@b>"])
def test_an_id_that_is_none_counts_as_absent(bad: str) -> None:
    assert read(letter().replace(b"<a1@taber.example>", bad.encode())).message_id.endswith("@made.invalid>")


@pytest.mark.parametrize("bad", ["yesterday", "Tue, 99 Nov 2026 99:00:00", "Fri, 31 Dec 9999 23:59:59 -2300", "1e999"])
def test_a_date_that_is_none_is_left_out(bad: str) -> None:
    assert read(letter(f"Date: {bad}")).sent_at is None


def test_an_instant_without_a_zone_is_utc() -> None:
    assert read(letter("Date: Tue, 3 Nov 2026 10:00:00 -0000")).sent_at == datetime(2026, 11, 3, 10, tzinfo=UTC)


def test_the_sender_field_helps_out() -> None:
    assert read(letter("Sender: dale@taber.example", sender="undisclosed:;")).sender == "dale@taber.example"


REFUSED = {
    "nothing": (b"", "no From"),
    "words": (b"hello", "no From"),
    "a form": (b"from=clara%40taber.example&text=hello", "no From"),
    "no sender": (letter(sender="").replace(b"To:", b"Date: today\r\nTo:"), "no sender"),
    "a name alone": (letter(sender="Clara"), "no sender"),
    "an address that is none": (letter(sender="<clara@@taber..example>"), "no sender"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_message_is_refused_with_a_sentence(name: str) -> None:
    octets, said = REFUSED[name]
    with pytest.raises(Unreadable, match=said):
        read(octets)


TOO_MUCH = {
    "bytes": (letter(body="x" * LARGEST), "25 MB"),
    "lines": (letter(body="\n" * 700_000), "lines or parts"),
    "fields": (letter(*["X-A: b"] * 1_000), "1000 fields"),
    "parts": (parted("mixed", *[TEXT] * MOST_PARTS), f"{MOST_PARTS} parts"),
    "letters in letters": (
        b"From: a@b.example\n" + b"Content-Type: message/rfc822\n\n" * 100_000,
        f"{MOST_PARTS} parts",
    ),
    "lines in parts in parts": (letter(body="boundary\n" * 30_000), "lines or parts"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_with_a_sentence(name: str) -> None:
    octets, said = TOO_MUCH[name]
    with pytest.raises(TooLarge, match=said):
        read(octets)


def test_a_long_text_is_cut() -> None:
    long = read(letter(body="water " * 50_000))
    assert long.is_cut and len(long.whole) <= bodies.LONGEST_TEXT
    assert not read(letter()).is_cut


def test_deep_parts_are_read_or_refused() -> None:
    deep = b"From: clara@taber.example\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (level, level) for level in range(400)
    )
    with suppress(Unreadable):
        assert read(deep).kind == "letter"


NAMES = (
    *("From", "To", "Cc", "Sender", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "Auto-Submitted"),
    *("Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version", "Return-Path", "Received"),
    *("Precedence", "Delivered-To", "X-Failed-Recipients"),
)
PIECES = (
    *(
        "=?utf-8?q?",
        "?=",
        '"',
        "(",
        ")",
        "<",
        ">",
        "@",
        ",",
        ";",
        ":",
        "\\",
        "[",
        "]",
        "=",
        "''",
        "%",
        "*0*=",
        " ",
        "\t",
    ),
    *("a@b.example", "multipart/mixed", "multipart/report", "multipart/alternative", "message/rfc822", "text/plain"),
    *("message/delivery-status", "text/html", "boundary=B", "charset=", "filename*=utf-8''", "base64", "x-uuencode"),
    *("begin 644 x", "\r\n ", "\x00", "\udcff", "é", "Tue, 3 Nov 2026 10:00:00 +9999", "\r", "\u2028"),
)
PARTS = ("--B", "--B--", "", "From: a@b.example", "Content-Type: text/html", "<p>x", ">q", "-- ")
VALUES = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join)
LINES = st.lists(
    st.sampled_from(["--B", "--B--", "", "From: a@b.example", "Content-Type: text/html", "<p>x", ">q", "-- "]) | VALUES
)
MESSAGES = st.builds(
    lambda fields, lines: "\r\n".join((*(f"{name}: {value}" for name, value in fields), "", *lines)),
    st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=12),
    LINES,
).map(lambda text: text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=400) | MESSAGES | MESSAGES.map(lambda raw: b"From: clara@taber.example\r\n" + raw))
def test_nothing_but_unreadable_is_ever_raised_and_all_that_is_read_can_be_kept(octets: bytes) -> None:
    """PostgreSQL keeps neither NUL nor half a character; and an answer goes only to an address."""
    try:
        found = read(octets, HEAD)
    except Unreadable as refused:
        assert str(refused).endswith(".")
        return
    texts = [found.message_id, found.sender, found.sender_name, found.subject, found.text, found.whole]
    texts += [
        *found.recipients,
        *found.references,
        *(part for one in found.attachments for part in (one.name, one.type)),
    ]
    if found.report:
        texts += [found.report.recipient, found.report.action, found.report.status, found.report.reason]
    for text in texts:
        text.encode()
        assert "\x00" not in text
    assert all("\n" not in text for text in (found.message_id, found.sender, found.sender_name, found.subject))
    assert found.sender or found.kind != "letter"
    assert found.sender.count("@") == (1 if found.sender else 0)
