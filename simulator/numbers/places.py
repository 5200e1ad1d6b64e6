"""The places that Twilio guesses from a number (twilio.md 1.1): city, state and country, never the caller's
own."""

from __future__ import annotations

from functools import cache

import phonenumbers
from phonenumbers import geocoder


@cache
def place_of(number: str) -> dict[str, str]:
    """City (upper case), State, Zip, Country; empty where nothing is known."""
    known = {"City": "", "State": "", "Zip": "", "Country": ""}
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return known
    if not phonenumbers.is_valid_number(parsed):
        return known
    known["Country"] = phonenumbers.region_code_for_number(parsed) or ""
    parts = geocoder.description_for_number(parsed, "en").split(", ")
    if len(parts) == 2:
        known["City"], known["State"] = parts[0].upper(), parts[1]
    return known


def is_e164(number: str) -> bool:
    return number.startswith("+") and number[1:].isdigit() and 8 <= len(number) <= 16
