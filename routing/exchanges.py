"""Where a telephone number was given out: the place and province of its exchange, as phonenumbers knows them.

A hint and no more: numbers are kept when people move, and a mobile's exchange says where it was bought.
"""

from functools import lru_cache
from types import ModuleType

import phonenumbers
from phonenumbers import NumberParseException

from routing.kinds import PROVINCES

_CODES = {english: code for code, (english, _) in PROVINCES.items()} | {
    "British Colombia": "BC"  # as the geocoder spells it for some of its prefixes
}


@lru_cache(maxsize=4096)
def exchange_place(number: str) -> tuple[str, str]:
    """Place and province code of an E.164 number: ("Taber", "AB"), ("", "AB") where only the province is known,
    ("", "") for other countries, regions of several provinces and all that is no number."""
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return "", ""
    if phonenumbers.region_code_for_number(parsed) != "CA":
        return "", ""
    place, _, province = _geocoder().description_for_valid_number(parsed, "en").rpartition(", ")
    if province in PROVINCES:
        return place, province
    return "", _CODES.get(province, "")


def warm() -> None:
    """Loads the geocoder's data now instead of within the first call."""
    _geocoder()


@lru_cache(maxsize=1)
def _geocoder() -> ModuleType:
    # Its tables of the whole world take 0.4 s and some 100 MB; whoever never asks (a command, a test, an import
    # of the directory) shall not pay for them.
    from phonenumbers import geocoder

    return geocoder
