"""An answer finds its matter again, and nobody else's letter does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.letter import Letter
from mail.letterhead import Joined, Letterhead
from tests.mail.letters import HEAD

NUMBERS = st.integers(1, 10**18 - 1)


def said(*references: str, to: str = "desk@desk.example", subject: str = "Pump") -> Letter:
    return Letter("<a@x>", "letter", "clara@taber.example", recipients=(to,), subject=subject, references=references)


@given(matter=NUMBERS, deed=NUMBERS)
def test_an_answer_to_a_letter_of_ours_finds_its_matter(matter: int, deed: int) -> None:
    assert HEAD.deed_of(HEAD.message_id(matter, deed)) == (matter, deed)
    assert HEAD.joined(said("<other@x>", HEAD.message_id(matter, deed))) == Joined(matter, "reference")
    assert HEAD.joined(said(to=HEAD.reply_address(matter))) == Joined(matter, "address")


def test_mail_servers_that_change_the_case_change_nothing() -> None:
    assert HEAD.joined(said(HEAD.message_id(12, 7).upper())) == Joined(12, "reference")
    assert HEAD.joined(said(to=HEAD.reply_address(12).upper())) == Joined(12, "address")


def test_the_surest_comes_first() -> None:
    """The nearest letter of ours, then the address, then the subject."""
    everything = said(HEAD.message_id(1, 7), HEAD.message_id(2, 8), to=HEAD.reply_address(3), subject="Re: [#4] Pump")
    assert HEAD.joined(everything) == Joined(1, "reference")
    assert HEAD.joined(said(to=HEAD.reply_address(3), subject="Re: [#4] Pump")) == Joined(3, "address")


def test_a_subject_alone_is_not_certain() -> None:
    joined = HEAD.joined(said(subject="Re: [#12] Pump"))
    assert joined == Joined(12, "subject")
    assert not joined.is_certain and Joined(12, "address").is_certain
    assert HEAD.joined(said(subject="Pump #12")) is None


FORGED = {
    "another matter": HEAD.message_id(12, 7).replace("m.12.", "m.13."),
    "another deed": HEAD.message_id(12, 7).replace(".7.", ".8."),
    "another key": Letterhead("desk@desk.example", "another secret").message_id(12, 7),
    "an address's signature": f"<m.12.7.{HEAD.reply_address(12).partition('.')[2].partition('@')[0]}@desk.example>",
    "no signature": "<m.12.7.@desk.example>",
    "a guess": "<m.12.7.aaaaaaaaaaaaaaaa@desk.example>",
    "other digits": HEAD.message_id(12, 7).replace("12", "١٢"),
}


@pytest.mark.parametrize("name", FORGED)
def test_nobody_can_make_one_up(name: str) -> None:
    assert HEAD.deed_of(FORGED[name]) is None
    assert HEAD.joined(said(FORGED[name])) is None


@pytest.mark.parametrize(
    "to",
    [
        HEAD.reply_address(12).replace("+12.", "+13."),
        HEAD.reply_address(12).replace("desk+", "else+"),
        HEAD.reply_address(12).replace("@desk.example", "@evil.example"),
        f"desk+12.{HEAD.message_id(12, 7)[8:24]}@desk.example",
        "desk+12@desk.example",
    ],
)
def test_nor_an_address(to: str) -> None:
    assert HEAD.joined(said(to=to)) is None


@given(matter=NUMBERS, other=st.text(max_size=12))
def test_no_other_secret_signs_alike(matter: int, other: str) -> None:
    if other and other != HEAD.secret_key:
        forger = Letterhead(HEAD.address, other)
        assert HEAD.deed_of(forger.message_id(matter, 1)) is None
        assert HEAD.joined(said(to=forger.reply_address(matter))) is None


def test_a_mail_server_without_tags_gets_the_address_alone() -> None:
    assert Letterhead("desk@desk.example", "s", has_tags=False).reply_address(12) == "desk@desk.example"


@pytest.mark.parametrize(("address", "secret"), [("desk", "s"), ("", "s"), ("desk@desk.example", "")])
def test_a_letterhead_needs_an_address_and_a_secret(address: str, secret: str) -> None:
    with pytest.raises(ValueError, match=r"write it like|PODLINE_SECRET_KEY"):
        Letterhead(address, secret)


def test_the_secret_is_in_nothing_that_is_seen() -> None:
    seen = repr(HEAD) + HEAD.message_id(12, 7) + HEAD.reply_address(12)
    assert HEAD.secret_key not in seen
