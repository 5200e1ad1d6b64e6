"""Telephone numbers: read from what people write to E.164, checked, shown and masked.

The one file that knows phonenumbers, but for its map of exchanges (`exchanges`). What
`phonenumbers.is_valid_number` accepts is a number; nothing looser is, because the keypad spellings of a withheld
caller look possible (Twilio 1.2).
"""

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache

import phonenumbers
from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatch,
    PhoneNumberMatcher,
    ValidationResult,
    shortnumberinfo,
)

HOME_REGION = "CA"

# ANONYMOUS (twice), RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a keypad, then the words themselves.
_WITHHELD_KEYS = frozenset({"266696687", "1266696687", "7378742833", "2562533", "8656696", "86282452253"})
_WITHHELD_WORDS = frozenset({"", "anonymous", "restricted", "unavailable", "unknown", "private", "blocked", "withheld"})

# Emergency numbers of other countries that networks here know too, or that a copied roster may hold.
_EMERGENCY_ELSEWHERE = frozenset({"000", "110", "111", "112", "119", "911", "999"})

_EXTENSION = re.compile(r"(?:\bext(?:ension|n)?|\bposte|\bp\.|\bx|#|;ext=|,|;)[\s.:=]*\d{1,7}\s*$", re.IGNORECASE)
# `sip:`, `client:`, an e-mail address, or words before the number, which phonenumbers would pass over.
_OTHER_ADDRESS = re.compile(r"@|^[^\d+]*[a-z]", re.IGNORECASE)


class BadNumber(ValueError):
    """The text is no telephone number of ours to dial; `str()` is a sentence for whoever wrote it."""


@lru_cache(maxsize=65536)
def read_number(text: str, region: str = HOME_REGION) -> str:
    """E.164 of a number in any usual spelling; `region` (ISO 3166) reads those without a country code.

    Raises BadNumber for emergency numbers, extensions and everything that is not valid.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if not written:
        raise BadNumber("The telephone number is empty.")
    if is_emergency(written, region):
        raise BadNumber(f'"{text}" reaches emergency services; it is never dialled from here.')
    if _OTHER_ADDRESS.search(re.sub(r"^tel:", "", written, flags=re.IGNORECASE)):
        raise BadNumber(f'"{text}" is not a telephone number; write it like 403 555 0101 or +14035550101.')
    if _EXTENSION.search(written):
        raise BadNumber(f'"{text}" has an extension, which cannot be dialled from here; give a direct number.')
    number = _parse(written, text, region)
    if number.extension:
        raise BadNumber(f'"{text}" has an extension, which cannot be dialled from here; give a direct number.')
    if not phonenumbers.is_valid_number(number):
        raise BadNumber(_why_invalid(text, number))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_withheld(text: str) -> bool:
    """Whether a `From` says "no caller number", in any of the forms Twilio uses (Twilio 1.2)."""
    said = text.strip().lower().removeprefix("+")
    return said in _WITHHELD_WORDS or said in _WITHHELD_KEYS


def caller_number(text: str) -> str | None:
    """E.164 of a `From` that is a telephone number we may know, answer or text; else None.

    None for withheld callers, short codes, alphanumeric senders, `client:` and `sip:` addresses and numbers
    that a carrier made up.
    """
    if is_withheld(text) or any(character.isalpha() for character in text):
        return None
    try:
        return read_number(text)
    except BadNumber:
        return None


def is_emergency(text: str, region: str = HOME_REGION) -> bool:
    """Whether dialling this could reach emergency services, here or where the roster came from.

    Longer numbers that begin with one count (9111), because networks connect them.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"\D", "", written)
    if digits in _EMERGENCY_ELSEWHERE or digits.removeprefix("1") in _EMERGENCY_ELSEWHERE:
        return True
    return bool(shortnumberinfo.connects_to_emergency_number(written, region))


def mask(number: str) -> str:
    """For logs: the last four digits, or none of a text too short to hide behind them."""
    digits = re.sub(r"\D", "", number)
    return f"…{digits[-4:]}" if len(digits) >= 8 else "…"


def shown(number: str) -> str:
    """As people read it: national within North America, international elsewhere; other text unchanged."""
    parsed = _known(number)
    if parsed is None:
        return number
    form = PhoneNumberFormat.NATIONAL if parsed.country_code == 1 else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, form))


def spoken(number: str) -> str:
    """As a voice should say it: digit by digit, a comma (a short pause) between the groups."""
    groups = re.findall(r"\d+", shown(number))
    return ", ".join(" ".join(group) for group in groups)


def region_of(number: str) -> str:
    """ISO 3166 country of an E.164 number, empty when it has none."""
    parsed = _known(number)
    return (phonenumbers.region_code_for_number(parsed) or "") if parsed is not None else ""


def _known(number: str) -> PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(number, HOME_REGION)
    except NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def _parse(written: str, text: str, region: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(written, region)
    except NumberParseException as error:
        if error.error_type in (NumberParseException.TOO_LONG, NumberParseException.TOO_SHORT_NSN):
            size = "long" if error.error_type == NumberParseException.TOO_LONG else "short"
            raise BadNumber(f'"{text}" is too {size} for a telephone number.') from error
        raise BadNumber(f'"{text}" is not a telephone number; write it like 403 555 0101 or +14035550101.') from error


def _why_invalid(text: str, number: PhoneNumber) -> str:
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return f'"{text}" lacks its area code; write all ten digits.'
    if possible == ValidationResult.TOO_SHORT:
        return f'"{text}" is too short for a telephone number.'
    if possible == ValidationResult.TOO_LONG:
        return f'"{text}" is too long for a telephone number.'
    return f'"{text}" is not a telephone number in use: no such area code or exchange.'


# What nobody may be sent to dial at our cost.
_COSTLY = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.UAN,
    }
)
_NEAR = frozenset({"CA", "US"})


def number_to_call(keyed: str) -> str | None:
    """E.164 of a number that a caller keyed in to be called back at, or None for one that we would not dial.

    Canada and the United States alone, nothing that costs more than a call: anybody may key in anything.
    """
    try:
        number = read_number(keyed)
    except BadNumber:
        return None
    parsed = _known(number)
    if parsed is None or region_of(number) not in _NEAR:
        return None
    return None if phonenumbers.number_type(parsed) in _COSTLY else number


def number_in(words: str, region: str = HOME_REGION, but: Container[str] = ()) -> str | None:
    """E.164 of the one plain number that somebody names in what they write, to be called there; None for no number,
    several, or one that we would not dial. `but`: numbers that are none of theirs. Mere digits that are no telephone
    number, such as an invoice's, are passed over."""
    named = PhoneNumberMatcher(unicodedata.normalize("NFKC", words), region or HOME_REGION, Leniency.POSSIBLE)
    found = {_plain(one) for one in named if not one.raw_string.isdigit() or phonenumbers.is_valid_number(one.number)}
    theirs = [one for one in found if one not in but]
    return number_to_call(theirs[0]) if len(theirs) == 1 else None


def _plain(found: PhoneNumberMatch) -> str:
    """E.164, or as it was written if it has an extension: that can't be dialled."""
    if found.number.extension:
        return str(found.raw_string)
    return str(phonenumbers.format_number(found.number, PhoneNumberFormat.E164))
