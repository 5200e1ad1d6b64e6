"""Numbers as people and carriers write them."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.numbers import (
    BadNumber,
    caller_number,
    is_emergency,
    is_withheld,
    mask,
    read_number,
    region_of,
    shown,
    spoken,
)

ANA = "+14035550101"

SPELLINGS = [
    "+14035550101",
    "4035550101",
    "403-555-0101",
    "(403) 555.0101",
    "1-403-555-0101",
    "1 (403) 555 0101",
    "tel:+1-403-555-0101",
    "tel:4035550101;phone-context=+1",
    "４０３５５５０１０１",
    "403‑555‑0101",
    "403\xa0555\xa00101",
    "  403 555 0101\n",
    "011 1 403 555 0101",
]

REFUSED = {
    "": "empty",
    "911": "emergency",
    "9-1-1": "emergency",
    "9111": "emergency",
    "９１１": "emergency",
    "tel:112": "emergency",
    "+1911": "emergency",
    "999": "emergency",
    "403 555 0101 ext 5": "extension",
    "403 555 0101 x5": "extension",
    "403 555 0101 poste 12": "extension",
    "+14035550101;ext=7": "extension",
    "403 555 0101,,5": "extension",
    "5550101": "area code",
    "211": "too short",
    "403 555 01012": "too long",
    "403 555 0101 / 403 555 0102": "too long",
    "+1 911 555 0101": "no such area code",
    "call me 403 555 0101": "not a telephone number",
    "sip:ana@example.org": "not a telephone number",
    "client:ana": "not a telephone number",
    "anonymous": "not a telephone number",
    "+1+4035550101": "not a telephone number",
}

WITHHELD = ["+266696687", "+1266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "266696687"]
WITHHELD += [
    "anonymous",
    "Anonymous",
    "RESTRICTED",
    "unavailable",
    "unknown",
    "private",
    "blocked",
    "+anonymous",
]
WITHHELD += ["withheld"]


@pytest.mark.parametrize("text", SPELLINGS)
def test_one_number_in_every_spelling(text: str) -> None:
    assert read_number(text) == ANA


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_a_refusal_says_why(text: str, reason: str) -> None:
    with pytest.raises(BadNumber, match=reason) as refused:
        read_number(text)
    assert str(refused.value).endswith((".", ")"))


def test_a_number_abroad_keeps_its_country() -> None:
    assert read_number("+44 20 7946 0018") == "+442079460018"
    assert read_number("020 7946 0018", region="GB") == "+442079460018"
    assert region_of("+442079460018") == "GB"
    assert region_of(ANA) == "CA"
    assert region_of("nobody") == ""


@pytest.mark.parametrize("text", ["", "  ", *WITHHELD])
def test_withheld_callers_have_no_number(text: str) -> None:
    assert is_withheld(text)
    assert caller_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "12345",
        "5550101",
        "client:ana",
        "sip:+14035550101@example.org",
        "whatsapp:+14035550101",
        "PODLINE",
        "+1 911 555 0101",
        "911",
        "1-800-FLOWERS",
        "+14035550101;ext=4",
    ],
)
def test_an_unusable_from_is_nobodys_number(text: str) -> None:
    assert not is_withheld(text)
    assert caller_number(text) is None


def test_a_caller_is_known_however_the_carrier_writes_it() -> None:
    assert caller_number(ANA) == caller_number("4035550101") == caller_number("14035550101") == ANA


@pytest.mark.parametrize("text", ["911", "9111", "112", "999", "000", "+911", "1-911", "911-1234"])
def test_emergency_numbers(text: str) -> None:
    assert is_emergency(text)


@pytest.mark.parametrize("text", [ANA, "403 911 0101", "933", "211", "988", "", "client:ana"])
def test_not_emergency_numbers(text: str) -> None:
    assert not is_emergency(text)


def test_what_people_and_voices_get() -> None:
    assert shown(ANA) == "(403) 555-0101"
    assert spoken(ANA) == "4 0 3, 5 5 5, 0 1 0 1"
    assert shown("+442079460018") == "+44 20 7946 0018"
    assert shown("anonymous") == "anonymous"
    assert spoken("anonymous") == ""
    assert shown("12345") == "12345"


@pytest.mark.parametrize(("text", "masked"), [(ANA, "…0101"), ("12345", "…"), ("client:ana", "…"), ("", "…")])
def test_logs_show_four_digits_at_most(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.text(max_size=30) | st.text("+0123456789 -().x,;#", max_size=24))
@example("+8656696")
@example("+86282452253")
def test_whatever_is_read_is_valid_and_reads_as_itself(text: str) -> None:
    try:
        number = read_number(text)
    except BadNumber as refused:
        assert str(refused)
        return
    assert phonenumbers.is_valid_number(phonenumbers.parse(number))
    assert read_number(number) == number
    assert not is_emergency(number)
    assert read_number(shown(number)) == number


@given(st.text(max_size=40))
def test_no_text_breaks_the_questions(text: str) -> None:
    number = caller_number(text)
    assert number is None or number == read_number(text)
    is_emergency(text)
    spoken(text)
    assert sum(character.isdigit() for character in mask(text)) <= 4


@given(st.sampled_from(["403", "306", "418", "506", "780", "867"]), st.integers(100, 199), st.sampled_from(" .-"))
def test_every_fictional_number_is_accepted(area: str, last: int, gap: str) -> None:
    assert read_number(f"{area}{gap}555{gap}0{last}") == f"+1{area}5550{last}"
