"""What Twilio writes in From and To of a text (twilio.md 6.1)."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.addresses import Address, Kind, as_read, is_toll_free, read_address

ANA = "+14035550101"

READ: dict[str, tuple[Kind, str]] = {
    ANA: ("phone", ANA),
    "(403) 555-0101": ("phone", ANA),
    " 14035550101 ": ("phone", ANA),
    "+442079460018": ("phone", "+442079460018"),
    "211": ("short_code", "211"),
    "12345": ("short_code", "12345"),
    "123456": ("short_code", "123456"),
    "911": ("short_code", "911"),
    "Taber": ("alphanumeric", "Taber"),
    "BANK 4 YOU": ("alphanumeric", "BANK 4 YOU"),
    "whatsapp:+14035550101": ("whatsapp", ANA),
    "WhatsApp: +14035550101": ("whatsapp", ANA),
    "rcs:+14035550101": ("rcs", ANA),
    "rcs:podline_x1_agent": ("rcs", "podline_x1_agent"),
    "messenger:4035550101": ("messenger", "4035550101"),
    "mailto:Clara@Taber.example": ("mailto", "clara@taber.example"),
    "mailto:": ("other", "mailto:"),
    "": ("other", ""),
    "12": ("other", "12"),
    "1234567": ("other", "1234567"),
    "+12345": ("other", "+12345"),
    "+266696687": ("other", "+266696687"),
    "Anonymous": ("other", "Anonymous"),
    "RESTRICTED": ("other", "RESTRICTED"),
    "A name too long": ("other", "A name too long"),
    "client:ana": ("other", "client:ana"),
    "sip:ana@example.org": ("other", "sip:ana@example.org"),
    "whatsapp:": ("other", "whatsapp:"),
    "+15550100000": ("other", "+15550100000"),
    "١٢٣٤٥": ("other", "١٢٣٤٥"),
}


@pytest.mark.parametrize(("text", "read"), READ.items())
def test_what_an_address_is(text: str, read: tuple[Kind, str]) -> None:
    assert read_address(text) == Address(*read)


# 6.1: "From, To: E.164, short code, alphanumeric sender, `whatsapp:+…`, `rcs:…`".
@pytest.mark.parametrize("text", [ANA, "12345", "Taber", "whatsapp:+14035550101", "rcs:agent", "messenger:403", "x:y"])
def test_what_twilio_said_is_given_back(text: str) -> None:
    assert str(read_address(text)) == text


@pytest.mark.parametrize("text", [ANA, "whatsapp:+14035550101", "rcs:+14035550101"])
def test_the_number_behind_an_address(text: str) -> None:
    assert read_address(text).number == ANA


@pytest.mark.parametrize(
    "text",
    [
        "messenger:4035550101",
        "rcs:agent",
        "whatsapp:CA.123",
        "mailto:4035550101@x.example",
        "12345",
        "Taber",
        "",
        "+12345",
    ],
)
def test_an_address_without_a_number(text: str) -> None:
    assert read_address(text).number == ""


@pytest.mark.parametrize(
    ("text", "answered", "begun"),
    [
        (ANA, True, True),
        ("whatsapp:+14035550101", True, False),
        ("rcs:+14035550101", True, False),
        ("messenger:123", True, False),
        ("mailto:clara@taber.example", True, False),
        ("12345", False, False),
        ("Taber", False, False),
        ("anonymous", False, False),
        ("client:ana", False, False),
        ("", False, False),
    ],
)
def test_whom_we_may_write_to(text: str, answered: bool, begun: bool) -> None:
    address = read_address(text)
    assert (address.may_be_answered, address.may_be_begun) == (answered, begun)


@given(st.text() | st.from_regex(r"(whatsapp|rcs|messenger|mailto)?:? ?\+?[0-9]{0,12}", fullmatch=True))
@example("whatsapp:rcs:+14035550101")
@example("whatsapp:١٤٠٣٥٥٥٠١٠١")
@example("\ud800")
def test_an_address_read_again_is_the_same(text: str) -> None:
    address = read_address(text)
    assert read_address(str(address)) == address
    assert address.number == "" or phonenumbers.is_valid_number(phonenumbers.parse(address.number))
    assert address.may_be_answered or not address.may_be_begun


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("mailto:clara@taber.example", "taber.example"),
        ("mailto:clara@gmail.com", ""),
        ("mailto:clara", "clara"),
        (ANA, ""),
    ],
)
def test_a_domain_that_tells_whose_an_address_is(text: str, domain: str) -> None:
    assert read_address(text).domain == domain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mailto:clara@taber.example", "clara@taber.example"),
        (ANA, "(403) 555-0101"),
        ("whatsapp:+14035550101", "(403) 555-0101"),
        ("messenger:123", "messenger:123"),
        ("anonymous", "anonymous"),
    ],
)
def test_an_address_as_people_read_it(text: str, shown: str) -> None:
    assert as_read(text) == shown


@pytest.mark.parametrize("code", [800, 833, 844, 855, 866, 877, 888])
def test_toll_free_lines(code: int) -> None:
    assert is_toll_free(f"+1{code}5550199")
    assert is_toll_free(f"{code}-555-0199")


@pytest.mark.parametrize(
    "line", [ANA, "+15875550199", "+19005550199", "+448081570192", "12345", "whatsapp:+18005550199", "", "\ud800"]
)
def test_other_lines(line: str) -> None:
    assert not is_toll_free(line)
