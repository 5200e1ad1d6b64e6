"""Whether a text may be sent at all (twilio.md 2.6, 6.5, 6.6, 7.3): the same for POST Messages, which is refused,
and for a Message in TwiML, which is left out with an entry in the debugger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.numbers.addresses import can_be_texted, channel_of, is_short_code, without_channel
from simulator.numbers.parties import country_of
from simulator.texts.media import MOST_FILES
from simulator.texts.messages import Draft
from simulator.webhooks.urls import is_url

if TYPE_CHECKING:
    from simulator.exchange import Exchange

MOST_CHARACTERS = 1600
Refusal = tuple[int, str]  # code and sentence


def why_refused(exchange: Exchange, draft: Draft) -> Refusal | None:
    return (
        _of_the_recipient(exchange, draft)
        or _of_the_sender(exchange, draft)
        or _of_the_content(draft)
        or _of_the_pair(exchange, draft)
    )


def _of_the_recipient(exchange: Exchange, draft: Draft) -> Refusal | None:
    if is_short_code(draft.to):
        return 21265, f"The 'To' number {draft.to} cannot be a Short Code."
    if not can_be_texted(draft.to):
        return 21211, f"The 'To' number {draft.to} is not a valid phone number."
    if country_of(without_channel(draft.to)) in exchange.closed_countries:
        return 21408, f"Permission to send an SMS has not been enabled for the region indicated by {draft.to}."
    return None


def _of_the_sender(exchange: Exchange, draft: Draft) -> Refusal | None:
    if not draft.from_:
        if draft.service is None:
            return 21213, "A 'From' phone number is required."
        return None if draft.service.numbers else (21703, "The Messaging Service contains no phone numbers.")
    number = exchange.numbers.get(without_channel(draft.from_))
    if number is None or not number.takes_texts:
        return 21606, f"The From phone number {draft.from_} is not a message-capable Twilio number of this account."
    if draft.service and number.phone_number not in draft.service.numbers:
        return 21712, f"The From phone number {draft.from_} is not in the Messaging Service {draft.service.sid}."
    if channel_of(draft.from_) != channel_of(draft.to):
        return 21612, f"Messages cannot be routed from {draft.from_} to {draft.to}."
    if draft.from_ == draft.to:
        return 21266, "'To' and 'From' number cannot be the same."
    return None


def _of_the_content(draft: Draft) -> Refusal | None:
    if not draft.body and not draft.media:
        return 21602, "Message body is required."
    if len(draft.body) > MOST_CHARACTERS:
        return 21617, f"The concatenated message body exceeds the {MOST_CHARACTERS} character limit."
    if len(draft.media) > MOST_FILES:
        return 21623, "Number of media files exceeds allowed limit."
    for url in draft.media:
        if not is_url(url):
            return 21620, f"Invalid media URL: {url}"
    return None


def _of_the_pair(exchange: Exchange, draft: Draft) -> Refusal | None:
    phone = exchange.find_phone(without_channel(draft.to))
    if phone is not None and phone.refuses_texts_at_once:
        return 21614, f"'To' number {draft.to} is not a valid mobile number."
    sender = draft.service.sid if draft.service else draft.from_
    # A scheduled text is looked at again when its time has come.
    if exchange.opt_outs.is_blocked(draft.to, sender):
        return 21610, f"Attempt to send to unsubscribed recipient {draft.to}."
    return None
