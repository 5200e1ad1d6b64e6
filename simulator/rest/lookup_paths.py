"""Lookup v2 (twilio.md 7.3): what is known of any number. Numbers and telephones of this world say themselves what
they are, others are judged by their digits. An invalid number is an answer, not a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult
from quart import Blueprint, jsonify, request

from simulator.rest.forms import Answer, RefusedError
from simulator.rest.shapes import Json

if TYPE_CHECKING:
    from simulator.exchange import Exchange

# Only these are imitated; whoever asks for another is told so.
_PACKAGES = (
    "caller_name", "sim_swap", "call_forwarding", "line_type_intelligence", "line_status", "identity_match",
    "reassigned_number", "sms_pumping_risk", "phone_number_quality_score", "pre_fill",
)  # fmt: skip
_PLAYED = ("caller_name", "line_type_intelligence")
_REASONS = {
    ValidationResult.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
    ValidationResult.TOO_SHORT: "TOO_SHORT",
    ValidationResult.TOO_LONG: "TOO_LONG",
    ValidationResult.INVALID_LENGTH: "INVALID_LENGTH",
}
_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
    NumberParseException.NOT_A_NUMBER: "NOT_A_NUMBER",
    NumberParseException.TOO_SHORT_AFTER_IDD: "TOO_SHORT",
    NumberParseException.TOO_SHORT_NSN: "TOO_SHORT",
    NumberParseException.TOO_LONG: "TOO_LONG",
}
_TYPES = {
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",
    PhoneNumberType.TOLL_FREE: "tollFree",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "sharedCost",
    PhoneNumberType.VOIP: "nonFixedVoip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


def lookups(api: Blueprint, exchange: Exchange) -> None:
    @api.get("/PhoneNumbers/<number>")
    async def fetch(number: str) -> Answer:
        return jsonify(_found(exchange, number, _fields(exchange), request.args.get("CountryCode", "US")))


def _fields(exchange: Exchange) -> list[str]:
    fields = [name.strip() for name in request.args.get("Fields", "").split(",") if name.strip()]
    if unknown := [name for name in fields if name not in (*_PACKAGES, "validation")]:
        raise RefusedError(400, 20001, f"Invalid Fields: {', '.join(unknown)}")
    for name in fields:
        if name in _PACKAGES and name not in _PLAYED:
            exchange.complain(f"the field {name} of Lookup is not played yet", "")
    return fields


def _found(exchange: Exchange, number: str, fields: list[str], country: str) -> Json:
    url = f"https://lookups.twilio.com/v2/PhoneNumbers/{number}"
    answer: Json = dict.fromkeys(("calling_country_code", "country_code", "national_format", *_PACKAGES))
    answer |= {"phone_number": number, "valid": False, "url": url}
    try:
        parsed = phonenumbers.parse(number, country.upper())
    except NumberParseException as error:
        return answer | {"validation_errors": [_UNREADABLE[error.error_type]]}
    e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    answer |= {
        "calling_country_code": str(parsed.country_code),
        "country_code": phonenumbers.region_code_for_number(parsed),
        "phone_number": e164,
        "national_format": phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL),
        "valid": phonenumbers.is_valid_number(parsed),
        "validation_errors": _errors(parsed),
    }
    if answer["valid"] and "line_type_intelligence" in fields:
        answer["line_type_intelligence"] = _line_type(exchange, e164, parsed)
    if answer["valid"] and "caller_name" in fields:
        answer["caller_name"] = _caller_name(exchange, e164)
    return answer


def _errors(parsed: phonenumbers.PhoneNumber) -> list[str]:
    if phonenumbers.is_valid_number(parsed):
        return []
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    return [_REASONS.get(reason, "INVALID_BUT_POSSIBLE")]


def _line_type(exchange: Exchange, e164: str, parsed: phonenumbers.PhoneNumber) -> Json:
    phone = exchange.find_phone(e164)
    by_digits = _TYPES.get(phonenumbers.number_type(parsed), "unknown")
    if e164 in exchange.numbers:
        kind = by_digits if by_digits == "tollFree" else "nonFixedVoip"
    else:
        kind = phone.line_type if phone is not None else by_digits
    return {
        "type": kind,
        "carrier_name": None,
        "mobile_country_code": None,
        "mobile_network_code": None,
        "error_code": None,
    }


def _caller_name(exchange: Exchange, e164: str) -> Json:
    phone = exchange.find_phone(e164)
    if phone is None or not phone.listed_name:
        return {"caller_name": None, "caller_type": None, "error_code": None}
    return {
        "caller_name": phone.listed_name,
        "caller_type": "BUSINESS" if phone.is_business else "CONSUMER",
        "error_code": None,
    }
