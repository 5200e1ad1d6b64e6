"""What the REST API does to calls and texts (twilio.md 5.6, 5.8, 7.1, 7.3): each takes the form of a request,
and answers the changed thing or raises RefusedError with Twilio's code."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simulator.calls import Order
from simulator.forms import LONGEST_TIMEOUT, Form, RefusedError, complain_of, parties, subscription, whole
from simulator.legs import Fetch, Leg, Subscription, Twiml
from simulator.messages import MOST_CHARACTERS, Message

if TYPE_CHECKING:
    from simulator.exchange import Exchange

LONGEST_TWIML = 4000
# Known to Twilio, not played here: whoever uses one is told, and not left to wonder.
_UNPLAYED = (
    "MachineDetection",
    "AsyncAmd",
    "Record",
    "ApplicationSid",
    "Byoc",
    "CallerId",
    "SipAuthUsername",
)


def create_call(exchange: Exchange, form: Form) -> Leg:
    to, from_ = parties(form)
    if from_ not in exchange.numbers and from_ not in exchange.verified:
        raise RefusedError(400, 21210, f"The source phone number {from_} is not verified for your account.")
    start = document(form)
    if start is None:
        raise RefusedError(400, 21205, "Url parameter is required.")
    timeout, limit = whole(form, "Timeout", 60, most=LONGEST_TIMEOUT), whole(form, "TimeLimit", 0)
    told = subscription(form)
    leg = exchange.new_leg("outbound-api", from_, to, "queued")
    leg.subscription = told
    complain_of(exchange, form, _UNPLAYED, "POST Calls", leg)
    if fallback := form.get("FallbackUrl"):
        leg.fallback = Fetch(fallback, form.get("FallbackMethod", "POST"))
    exchange.calls.goes_out(
        leg, Order(lambda reading: reading.lives(start), timeout, form.get("SendDigits", ""), limit)
    )
    return leg


def change_call(exchange: Exchange, leg: Leg, form: Form) -> Leg:
    """5.6. Only a live call can be changed; canceled does nothing to one in progress."""
    if leg.is_over:
        raise RefusedError(400, 21220, "Call is not in-progress. Cannot redirect.")
    if fallback := form.get("FallbackUrl"):
        leg.fallback = Fetch(fallback, form.get("FallbackMethod", "POST"))
    if callback := form.get("StatusCallback"):
        events = leg.subscription.events if leg.subscription else frozenset({"completed"})
        leg.subscription = Subscription(callback, form.get("StatusCallbackMethod", "POST"), events)
    status = form.get("Status")
    if status is not None:
        _change_status(exchange, leg, status)
        return leg
    to = document(form)
    if to is not None:
        if leg.status != "in-progress" and leg.direction != "inbound":
            raise RefusedError(400, 21220, "Call is not in-progress. Cannot redirect.")
        leg.moves(to)
    return leg


def _change_status(exchange: Exchange, leg: Leg, status: str) -> None:
    if status == "canceled":
        # A child that rings inside a Dial counts as in progress: canceled does not end it.
        if leg.direction == "outbound-api" and not leg.is_live:
            leg.ends("canceled")
    elif status == "completed":
        exchange.hang_up(leg)
    else:
        raise RefusedError(400, 21218, f"Invalid Status {status}; it must be canceled or completed.")


def create_message(exchange: Exchange, form: Form) -> Message:
    to, from_ = parties(form)
    body, media = form.get("Body", ""), tuple(form.getlist("MediaUrl"))
    if from_ not in exchange.numbers:
        raise RefusedError(400, 21606, f"The From phone number {from_} is not a Twilio number of this account.")
    if not body and not media:
        raise RefusedError(400, 21602, "Message body is required.")
    if len(body) > MOST_CHARACTERS:
        raise RefusedError(400, 21617, f"The concatenated message body exceeds {MOST_CHARACTERS} characters.")
    if len(media) > 10:
        raise RefusedError(400, 21623, "Number of media files exceeds allowed limit.")
    return exchange.messages.send(from_, to, body, form.get("StatusCallback", ""), media)


def document(form: Form) -> Fetch | Twiml | None:
    """Url wins over Twiml."""
    if url := form.get("Url"):
        if urlsplit(url).scheme not in ("http", "https"):
            raise RefusedError(400, 21205, f"Url is not a valid URL: {url}")
        return Fetch(url, form.get("Method", "POST"))
    if twiml := form.get("Twiml"):
        if len(twiml) > LONGEST_TWIML:
            raise RefusedError(400, 32018, f"Twiml is over {LONGEST_TWIML} characters.")
        return Twiml(twiml)
    return None
