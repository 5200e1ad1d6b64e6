"""What the REST API does to calls (twilio.md 5.6, 5.8, 7.1): each takes the form of a request, and answers the changed
call or raises RefusedError with Twilio's code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.calls.calls import Order
from simulator.calls.legs import Fetch, Leg, Subscription, Twiml
from simulator.rest import call_forms
from simulator.rest.call_forms import document, how
from simulator.rest.forms import Form, RefusedError, complain_of, complain_of_unknown, flag, subscription, whole
from simulator.rest.recording_deeds import CALL_EVENTS, recording_wish

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.exchange import Exchange

# Known to Twilio, not played here: whoever uses one is told, and not left to wonder.
_UNPLAYED = ("Byoc", "ClientNotificationUrl", "RecordingConfigurationId")
_PLAYED = (
    *call_forms.OF_LEGS, "Method", "Url", "Twiml", "ApplicationSid", "FallbackUrl", "FallbackMethod", "SendDigits",
    "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod",
)  # fmt: skip


def create_call(exchange: Exchange, form: Form) -> Leg:
    to, shown = call_forms.both(exchange, form)
    application = call_forms.application(exchange, form)
    start = document(form)
    if start is None and application is not None:
        start = Fetch(application.voice_url, application.voice_method)
    if start is None:
        raise RefusedError(400, 21205, "Url parameter is required.")
    order = _order(form, start)
    how(form, "StatusCallbackMethod")
    told, fallback = subscription(form), _fallback(form)
    wish = recording_wish(form, CALL_EVENTS, trims=True) if flag(form, "Record", False) else None
    leg = exchange.new_leg("outbound-api", shown, to, "queued")
    leg.subscription, leg.fallback = told, fallback
    if application is not None:
        leg.application_sid = application.sid
        if told is None and application.status_callback:
            leg.subscription = Subscription(application.status_callback, application.status_callback_method)
        if fallback is None and application.voice_fallback_url:
            leg.fallback = Fetch(application.voice_fallback_url, application.voice_fallback_method)
    complain_of(exchange, form, _UNPLAYED, "POST Calls", leg)
    complain_of_unknown(exchange, form, (*_PLAYED, *_UNPLAYED, *call_forms.HARMLESS), "POST Calls")
    if wish is not None:
        exchange.recordings.starts_when_answered(leg, wish)
    exchange.calls.goes_out(leg, order)
    return leg


def _order(form: Form, start: Fetch | Twiml) -> Order:
    call_forms.has_a_fair_reason(form)
    is_async = flag(form, "AsyncAmd", False)
    digits = call_forms.send_digits(form)

    async def lives(reading: Reading) -> None:
        """A synchronous verdict goes with the request for the document (1.7)."""
        found = None if is_async else reading.leg.detected
        await reading.lives(replace(start, params=found.params()) if found and isinstance(start, Fetch) else start)

    return Order(
        lives,
        call_forms.timeout(form),
        digits,
        whole(form, "TimeLimit", 0),
        call_forms.detection(form, "AsyncAmdStatusCallback", is_async=is_async),
    )


def _fallback(form: Form) -> Fetch | None:
    method = how(form, "FallbackMethod")
    return Fetch(form["FallbackUrl"], method) if form.get("FallbackUrl") else None


def change_call(exchange: Exchange, leg: Leg, form: Form) -> Leg:
    """5.6. Only a live call can be changed; canceled does nothing to one in progress."""
    if leg.is_over:
        raise RefusedError(400, 21220, "Call is not in-progress. Cannot redirect.")
    to, status, limit = document(form), form.get("Status"), whole(form, "TimeLimit", 0)
    if status not in (None, "canceled", "completed"):
        raise RefusedError(400, 20001, f"Invalid Status {status}; it must be canceled or completed.")
    if status is None and to is not None and leg.status != "in-progress" and leg.direction != "inbound":
        raise RefusedError(400, 21220, "Call is not in-progress. Cannot redirect.")
    leg.fallback = _fallback(form) or leg.fallback
    if callback := form.get("StatusCallback"):
        events = leg.subscription.events if leg.subscription else frozenset({"completed"})
        leg.subscription = Subscription(callback, how(form, "StatusCallbackMethod"), events)
    if limit:
        exchange.calls.limits(leg, limit)
    if status is not None:
        _change_status(exchange, leg, status)
    elif to is not None:
        leg.moves(to)
    return leg


def _change_status(exchange: Exchange, leg: Leg, status: str) -> None:
    if status == "completed":
        exchange.hang_up(leg)
    elif leg.direction == "outbound-api" and not leg.is_live:
        # A child that rings inside a Dial counts as in progress: canceled does not end it.
        leg.ends("canceled")
