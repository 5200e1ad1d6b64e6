"""Who can be called and who may be shown as the caller (twilio.md 4.3, 4.4): E.164 numbers and the typed addresses
client:, sip:, whatsapp: and sim:."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import phonenumbers

from simulator.numbers.places import is_e164

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.exchange import Exchange

Kind = Literal["number", "client", "sip", "whatsapp", "sim", "application", "none"]
_TYPED: dict[str, Kind] = {"client": "client", "sip": "sip", "sips": "sip", "whatsapp": "whatsapp", "sim": "sim"}
_TYPED |= {"app": "application"}
NOT_E164 = (13223, "Dial: the number is not E.164")
INVALID = (13224, "Dial: the number is invalid or not supported")
NO_PERMISSION = (13227, "Dial: no geographic permission for this number")
BAD_CALLER_ID = (13214, "Dial: invalid callerId")
NO_APPLICATION = (21218, "Dial: there is no such Application")


def kind_of(address: str) -> Kind:
    """What is neither typed nor E.164 is none."""
    scheme, colon, rest = address.partition(":")
    if colon and rest and scheme in _TYPED:
        return _TYPED[scheme]
    return "number" if is_e164(address) else "none"


def dialled(text: str) -> str:
    """A plain US number, with or without its punctuation, is made E.164 (4.4); all else stays as it is."""
    digits = re.sub(r"[\s().-]", "", text)
    if re.fullmatch(r"1?[2-9][0-9]{9}", digits):
        return "+1" + digits[-10:]
    return digits if is_e164(digits) else text


def is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False


def country_of(number: str) -> str:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None)) or ""
    except phonenumbers.NumberParseException:
        return ""


def refusal(exchange: Exchange, to: str, caller_id: str, parent: Leg) -> tuple[int, str] | None:
    """Why a leg of a Dial fails before anything rings."""
    if kind_of(to) == "none":
        return NOT_E164
    if kind_of(to) == "application" and to.partition(":")[2] not in exchange.applications.all:
        return NO_APPLICATION
    if kind_of(to) == "number" and to not in exchange.numbers:
        if not is_possible(to):
            return INVALID
        if country_of(to) in exchange.closed_countries:
            return NO_PERMISSION
    return None if _may_show(exchange, kind_of(to), caller_id, parent) else BAD_CALLER_ID


def _may_show(exchange: Exchange, kind: Kind, caller_id: str, parent: Leg) -> bool:
    """4.3. To a telephone: the To or From of the inbound request, a number of the account, or a verified one; only the
    last two for a call that came by SIP or from a client."""
    if kind in ("client", "application"):
        return True
    if kind == "sip":
        return kind_of(caller_id) != "none" or re.fullmatch(r"[A-Za-z0-9+_.-]*", caller_id) is not None
    if caller_id in exchange.numbers or caller_id in exchange.verified:
        return True
    is_typed = kind_of(parent.from_) not in ("number", "none")
    return not is_typed and caller_id in (parent.from_, parent.to)
