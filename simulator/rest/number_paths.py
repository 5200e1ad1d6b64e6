"""The REST API of the account's own numbers (twilio.md 7.3). An ApplicationSid or a TrunkSid overrides the URLs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quart import Blueprint, jsonify, request

from simulator.rest import shapes
from simulator.rest.forms import (
    Answer,
    Form,
    RefusedError,
    complain_of_unknown,
    flag,
    form,
    is_asked,
    not_found,
    one_of,
)
from simulator.webhooks.urls import is_url

if TYPE_CHECKING:
    from simulator.exchange import Exchange, Number

_URLS = {
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
    "SmsUrl": "sms_url",
    "SmsFallbackUrl": "sms_fallback_url",
}
_METHODS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
    "SmsMethod": "sms_method",
    "SmsFallbackMethod": "sms_fallback_method",
}
_WORDS = {"FriendlyName": "friendly_name", "EmergencyAddressSid": "emergency_address_sid", "TrunkSid": "trunk_sid"}
_APPLICATIONS = {"VoiceApplicationSid": "voice_application_sid", "SmsApplicationSid": "sms_application_sid"}
# They change nothing that can be seen here.
_HARMLESS = ("ApiVersion", "EmergencyStatus", "AddressSid", "IdentitySid", "BundleSid", "AccountSid")
_OTHERS = ("VoiceCallerIdLookup", "VoiceReceiveMode")


def numbers(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    def find(sid: str) -> Number:
        for number in exchange.numbers.values():
            if number.sid == sid:
                return number
        raise not_found(request.path)

    @api.get("/IncomingPhoneNumbers.json")
    async def list_numbers() -> Answer:
        given = request.args
        # `*` stands for one digit.
        wanted = re.escape(given.get("PhoneNumber", "")).replace(r"\*", "[0-9]")
        found = [
            shapes.number(account, number)
            for number in exchange.numbers.values()
            if re.search(wanted, number.phone_number) and is_asked(given, "FriendlyName", number.friendly_name)
        ]
        return jsonify(shapes.page("incoming_phone_numbers", found, request.path, given.to_dict()))

    @api.get("/IncomingPhoneNumbers/<sid>.json")
    async def fetch_number(sid: str) -> Answer:
        return jsonify(shapes.number(account, find(sid)))

    @api.post("/IncomingPhoneNumbers/<sid>.json")
    async def change_number(sid: str) -> Answer:
        return jsonify(shapes.number(account, _change(exchange, find(sid), await form())))


def _change(exchange: Exchange, number: Number, given: Form) -> Number:
    """All of it or nothing: whatever is refused leaves the number as it was."""
    known = (*_URLS, *_METHODS, *_WORDS, *_APPLICATIONS, *_OTHERS, *_HARMLESS)
    complain_of_unknown(exchange, given, known, "POST IncomingPhoneNumbers")
    changes: dict[str, str | bool] = {field: given[name] for name, field in _WORDS.items() if name in given}
    changes |= {field: _url(given, name) for name, field in _URLS.items() if name in given}
    for name, field in _METHODS.items():
        if name in given:
            changes[field] = one_of(given, name, ("GET", "POST"), "POST")
    changes |= {field: _application(exchange, given, name) for name, field in _APPLICATIONS.items() if name in given}
    changes["voice_receive_mode"] = one_of(given, "VoiceReceiveMode", ("voice", "fax"), number.voice_receive_mode)
    changes["voice_caller_id_lookup"] = flag(given, "VoiceCallerIdLookup", number.voice_caller_id_lookup)
    if changes.get("trunk_sid"):
        changes["voice_application_sid"] = ""
    elif changes.get("voice_application_sid"):
        changes["trunk_sid"] = ""
    for field, value in changes.items():
        setattr(number, field, value)
    number.updated_at = exchange.clock.now()
    return number


def _url(given: Form, name: str) -> str:
    url = given[name]
    if url and not is_url(url):
        raise RefusedError(400, 21402, f"{name} is not a valid URL: {url}")
    return url


def _application(exchange: Exchange, given: Form, name: str) -> str:
    sid = given[name]
    if sid and sid not in exchange.applications.all:
        raise RefusedError(400, 21420, f"{name} {sid} could not be found.")
    return sid
