"""Who sends and gets texts (twilio.md 6.1, 6.7): E.164 numbers, short codes, alphanumeric senders, and the
addresses of other channels, such as `whatsapp:+14035550199`."""

from __future__ import annotations

import re
from typing import Literal

import phonenumbers

from simulator.numbers.parties import is_possible
from simulator.numbers.places import is_e164

Channel = Literal["sms", "whatsapp", "rcs", "messenger"]
Kind = Literal["long code", "toll-free", "short code", "alphanumeric", "channel", "none"]
_CHANNEL = re.compile(r"(whatsapp|rcs|messenger):(.+)")
# Segments a second (6.7).
RATES: dict[Kind, float] = {"long code": 1.0, "toll-free": 3.0, "short code": 100.0}


def channel_of(address: str) -> str:
    found = _CHANNEL.fullmatch(address)
    return found[1] if found else "sms"


def without_channel(address: str) -> str:
    found = _CHANNEL.fullmatch(address)
    return found[2] if found else address


def on_channel(channel: str, number: str) -> str:
    return number if channel == "sms" else f"{channel}:{number}"


def is_short_code(address: str) -> bool:
    return re.fullmatch(r"[0-9]{5,6}", address) is not None


def kind_of(address: str) -> Kind:
    if _CHANNEL.fullmatch(address):
        return "channel"
    if is_short_code(address):
        return "short code"
    if is_e164(address):
        return "toll-free" if _is_toll_free(address) else "long code"
    if re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}", address):
        return "alphanumeric"
    return "none"


def rate_of(sender: str) -> float:
    return RATES.get(kind_of(without_channel(sender)), 1.0)


def can_be_texted(address: str) -> bool:
    """A number that may exist, or an address of another channel; nobody can answer an alphanumeric sender."""
    if channel_of(address) in ("rcs", "whatsapp"):
        return is_e164(without_channel(address))
    if kind_of(address) == "channel":
        return True
    return is_e164(address) and is_possible(address)


def _is_toll_free(number: str) -> bool:
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE
