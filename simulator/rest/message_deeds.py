"""What the REST API does to texts (twilio.md 7.3): each deed takes the form of a request, and answers the changed
text or raises RefusedError with Twilio's code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from simulator.rest.forms import Form, RefusedError, complain_of, complain_of_unknown, flag, one_of, whole
from simulator.texts.messages import Draft, Message, QueueFullError
from simulator.texts.rules import why_refused
from simulator.texts.segments import smart_encoded
from simulator.texts.services import LONGEST_VALIDITY, MessagingService
from simulator.webhooks.urls import is_url

if TYPE_CHECKING:
    from simulator.exchange import Exchange

SOONEST, LATEST = timedelta(minutes=15), timedelta(days=35)  # the window of SendAt
_PLAYED = (
    "To", "From", "MessagingServiceSid", "Body", "MediaUrl", "StatusCallback", "ApplicationSid", "ValidityPeriod",
    "SmartEncoded", "ScheduleType", "SendAt", "SendAsMms", "ContentRetention", "AddressRetention", "RiskCheck",
)  # fmt: skip
_ENUMERATIONS = {
    "ContentRetention": ("retain", "discard"),
    "AddressRetention": ("retain", "obfuscate"),
    "RiskCheck": ("enable", "disable"),
}
# They change nothing that can be seen here.
_HARMLESS = ("ProvideFeedback", "MaxPrice", "ForceDelivery", "Attempt", "TrafficType", "MessageIntent")
_UNPLAYED = ("ContentSid", "ContentVariables", "ShortenUrls", "FallbackFrom", "PersistentAction")


def create_message(exchange: Exchange, form: Form) -> Message:
    complain_of(exchange, form, _UNPLAYED, "POST Messages")
    complain_of_unknown(exchange, form, (*_PLAYED, *_HARMLESS, *_UNPLAYED), "POST Messages")
    draft = _draft(exchange, form)
    if draft.callback and not is_url(draft.callback):
        raise RefusedError(400, 21609, f"The StatusCallback URL {draft.callback} is not a valid URL.")
    if refusal := why_refused(exchange, draft):
        raise RefusedError(400, *refusal)
    draft = replace(draft, send_at=_send_at(exchange, form, draft.service))
    try:
        return exchange.messages.send(draft)
    except QueueFullError:
        raise RefusedError(400, 21611, f"The 'From' number {draft.from_} has too many messages in its queue.") from None


def _draft(exchange: Exchange, form: Form) -> Draft:
    service, from_, body = _service(exchange, form), form.get("From", "").strip(), form.get("Body", "")
    for name, values in _ENUMERATIONS.items():
        one_of(form, name, values, values[0])
    is_smart = flag(form, "SmartEncoded", service.smart_encoding if service else False)
    longest = service.validity_period if service else LONGEST_VALIDITY
    return Draft(
        to=form.get("To", "").strip(),
        from_="" if from_.startswith("MG") else from_,
        body=smart_encoded(body) if is_smart else body,
        media=tuple(form.getlist("MediaUrl")),
        callback=form.get("StatusCallback") or _application_callback(exchange, form),
        service=service,
        validity=whole(form, "ValidityPeriod", longest, least=1, most=LONGEST_VALIDITY),
        as_mms=flag(form, "SendAsMms", False),
    )


def _service(exchange: Exchange, form: Form) -> MessagingService | None:
    """Its sid may stand in From as well."""
    from_ = form.get("From", "").strip()
    sid = form.get("MessagingServiceSid", "").strip() or (from_ if from_.startswith("MG") else "")
    if not sid:
        return None
    if sid not in exchange.services.all:
        raise RefusedError(400, 21701, f"The Messaging Service {sid} does not exist.")
    return exchange.services.all[sid]


def _application_callback(exchange: Exchange, form: Form) -> str:
    sid = form.get("ApplicationSid")
    if not sid:
        return ""
    if sid not in exchange.applications.all:
        raise RefusedError(400, 21218, f"The ApplicationSid {sid} does not exist.")
    return exchange.applications.all[sid].message_status_callback


def _send_at(exchange: Exchange, form: Form, service: MessagingService | None) -> datetime | None:
    kind, text = form.get("ScheduleType", ""), form.get("SendAt", "")
    if kind:
        one_of(form, "ScheduleType", ("fixed",), "fixed")
    if not kind and not text:
        return None
    if service is None:
        raise RefusedError(400, 35118, "MessagingServiceSid is required to schedule a message.")
    if not kind:
        raise RefusedError(400, 20001, "SendAt needs ScheduleType=fixed.")
    if not text:
        raise RefusedError(400, 35111, "SendAt timestamp is missing.")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise RefusedError(400, 35114, f"SendAt is no ISO 8601 time: {text}") from None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if not SOONEST <= instant - exchange.clock.now() <= LATEST:
        raise RefusedError(400, 35114, "SendAt must be from 15 minutes to 35 days in the future.")
    return instant


def change_message(exchange: Exchange, message: Message, form: Form) -> Message:
    """Body="" redacts; Status=canceled cancels what is scheduled."""
    status, body = form.get("Status"), form.get("Body")
    if (status is None) == (body is None) or body or status not in (None, "canceled"):
        raise RefusedError(400, 30400, "Give either an empty Body, which redacts, or Status=canceled.")
    if status == "canceled":
        if message.status != "scheduled":
            raise RefusedError(409, 30409, "This message cannot be canceled.")
        exchange.messages.cancel(message)
        return message
    _refuse_what_is_under_way(message)
    message.body, message.updated_at = "", exchange.clock.now()
    return message


def delete_message(exchange: Exchange, message: Message) -> None:
    _refuse_what_is_under_way(message)
    exchange.messages.all.remove(message)


def _refuse_what_is_under_way(message: Message) -> None:
    if not message.is_over:
        raise RefusedError(409, 20009, "Cannot redact or delete this message before it is complete.")
