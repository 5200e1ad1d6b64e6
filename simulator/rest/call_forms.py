"""What a request for a call says (twilio.md 7.1, 7.2, 2.6), read alike for POST Calls and POST Participants: both
parties, the document, the detection of machines. Each raises RefusedError with Twilio's code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simulator.calls.detection import Detection, read
from simulator.calls.legs import Fetch, Twiml
from simulator.numbers.parties import country_of, is_possible, kind_of
from simulator.rest.forms import LONGEST_TIMEOUT, Form, RefusedError, one_of, whole
from simulator.webhooks.urls import is_url

if TYPE_CHECKING:
    from simulator.exchange import Exchange
    from simulator.numbers.applications import Application

# What POST Calls and POST Participants know alike.
OF_LEGS = (
    "To", "From", "CallerId", "CallToken", "Timeout", "TimeLimit", "StatusCallback", "StatusCallbackMethod",
    "StatusCallbackEvent", "Record", "RecordingChannels", "RecordingTrack", "RecordingStatusCallback",
    "RecordingStatusCallbackMethod", "RecordingStatusCallbackEvent", "Trim", "MachineDetection",
    "MachineDetectionTimeout", "MachineDetectionSpeechThreshold", "MachineDetectionSpeechEndThreshold",
    "MachineDetectionSilenceTimeout",
)  # fmt: skip
# They change nothing that can be seen here.
HARMLESS = ("CallReason", "CallerDisplayName", "SipAuthUsername", "SipAuthPassword", "Passports")
LONGEST_TWIML = 4000
MOST_DIGITS = 32
LONGEST_REASON = 50
_THRESHOLDS = {
    "Timeout": (3, 60),
    "SpeechThreshold": (1000, 6000),
    "SpeechEndThreshold": (500, 5000),
    "SilenceTimeout": (2000, 10_000),
}


def both(exchange: Exchange, form: Form) -> tuple[str, str]:
    """Whom to call, and who is shown as the caller: CallerId if it is given."""
    to = form.get("To", "").strip()
    if not to:
        raise RefusedError(400, 21201, "No 'To' number is specified")
    kind = kind_of(to)
    if kind in ("none", "application"):
        raise RefusedError(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if kind == "number" and to not in exchange.numbers:
        if not is_possible(to):
            raise RefusedError(400, 21217, f"The phone number {to} does not appear to be valid.")
        if country_of(to) in exchange.closed_countries:
            raise RefusedError(400, 21215, f"Geo-Permission configuration is not permitting a call to {to}.")
    given = form.get("From", "").strip()
    if not given:
        raise RefusedError(400, 21213, "A 'From' phone number is required.")
    return to, _shown(exchange, form, kind, form.get("CallerId", "").strip() or given)


def _shown(exchange: Exchange, form: Form, kind: str, from_: str) -> str:
    if from_ in exchange.numbers or from_ in exchange.verified or _is_forwarded(exchange, form, from_):
        return from_
    if kind == "client" and kind_of(from_) in ("client", "number"):
        return from_
    if kind == "sip" and re.fullmatch(r"[A-Za-z0-9+_.-]+|client:\S+|sip:\S+", from_):
        return from_
    if kind_of(from_) == "none":
        raise RefusedError(400, 21212, f"The 'From' number {from_} is not a valid phone number.")
    raise RefusedError(400, 21210, f"The source phone number {from_} is not verified for your account.")


def _is_forwarded(exchange: Exchange, form: Form, from_: str) -> bool:
    """1.1: with the CallToken of a call that came in, its caller may be shown."""
    token = form.get("CallToken", "")
    return bool(token) and any(leg.call_token == token and leg.from_ == from_ for leg in exchange.legs.values())


def how(form: Form, name: str, default: str = "POST") -> str:
    """An HTTP method."""
    value = form.get(name, default)
    if value not in ("GET", "POST"):
        raise RefusedError(400, 21209, f"{name} must be GET or POST: {value}")
    return value


def timeout(form: Form, *, least: int = 1) -> int:
    value = form.get("Timeout", "60")
    if not (value.isascii() and value.isdigit() and least <= int(value) <= LONGEST_TIMEOUT):
        raise RefusedError(400, 21208, f"Timeout must be a whole number from {least} to {LONGEST_TIMEOUT}: {value}")
    return int(value)


def send_digits(form: Form) -> str:
    value = form.get("SendDigits", "")
    if len(value) > MOST_DIGITS or not re.fullmatch(r"[0-9A-DwW#*]*", value):
        raise RefusedError(400, 21206, f"SendDigits must be at most {MOST_DIGITS} of 0-9 A-D w W # *: {value}")
    return value


def has_a_fair_reason(form: Form) -> None:
    if len(form.get("CallReason", "")) > LONGEST_REASON:
        raise RefusedError(400, 20001, f"CallReason is longer than {LONGEST_REASON} characters.")


def document(form: Form) -> Fetch | Twiml | None:
    """Url wins over Twiml."""
    if url := form.get("Url"):
        if not is_url(url):
            raise RefusedError(400, 21205, f"Url is not a valid URL: {url}")
        return Fetch(url, how(form, "Method"))
    if twiml := form.get("Twiml"):
        if len(twiml) > LONGEST_TWIML:
            raise RefusedError(400, 32018, f"Twiml is over {LONGEST_TWIML} characters.")
        return Twiml(twiml)
    return None


def application(exchange: Exchange, form: Form) -> Application | None:
    sid = form.get("ApplicationSid")
    if not sid:
        return None
    found = exchange.applications.all.get(sid)
    if found is None:
        raise RefusedError(400, 21218, f"Invalid ApplicationSid: {sid}")
    return found


def detection(form: Form, callback: str, *, is_async: bool) -> Detection | None:
    """`callback` names the parameter that holds its URL. Thresholds are checked even if nothing is to be detected."""
    kind = one_of(form, "MachineDetection", ("", "Enable", "DetectMessageEnd"), "")
    found = {
        name: whole(form, f"MachineDetection{name}", -1, least=least, most=most)
        for name, (least, most) in _THRESHOLDS.items()
    }
    url = form.get(callback)
    to = Fetch(url, how(form, f"{callback}Method")) if url else None
    return read(lambda name, default: default if found[name] < 0 else found[name], kind, to, is_async=is_async)
