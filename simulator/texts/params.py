"""The parameters of the webhooks of texts, by the tables of twilio.md 6.1 and 6.4."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from simulator.numbers.addresses import channel_of, without_channel
from simulator.numbers.places import place_of
from simulator.webhooks.params import API_VERSION

if TYPE_CHECKING:
    from simulator.texts.messages import Message


def text_in(account_sid: str, message: Message, urls: list[str], optional: dict[str, str]) -> dict[str, str]:
    """6.1: a text to one of the account's numbers. `urls` are those of its files; of `optional` what is empty is
    left out."""
    params = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "SmsStatus": message.status,
        "From": message.from_,
        "To": message.to,
        "Body": message.body,
        "NumMedia": str(len(urls)),
        "NumSegments": str(message.segments),
    }
    for index, (url, file) in enumerate(zip(urls, message.media, strict=True)):
        params |= {f"MediaUrl{index}": url, f"MediaContentType{index}": file.content_type}
    if message.service:
        params["MessagingServiceSid"] = message.service.sid
    if channel_of(message.from_) == "sms":
        for end in ("From", "To"):
            params |= {end + name: value for name, value in place_of(params[end]).items()}
    return params | {name: value for name, value in optional.items() if value}


def of_channel(address: str, name: str) -> dict[str, str]:
    """6.1: what WhatsApp says of the person who writes."""
    if channel_of(address) != "whatsapp":
        return {}
    return {"ProfileName": name, "WaId": without_channel(address).removeprefix("+"), "ReferralNumMedia": "0"}


def text_progress(account_sid: str, message: Message, now: datetime) -> dict[str, str]:
    """6.4: the status callback of a text."""
    params = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "From": message.from_,
        "To": message.to,
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": message.status,
        "SmsStatus": message.status,
    }
    if message.service:
        params["MessagingServiceSid"] = message.service.sid
    if message.error:
        params |= {"ErrorCode": str(message.error[0]), "ErrorMessage": message.error[1]}
    if message.status in ("delivered", "undelivered"):
        params["RawDlrDoneDate"] = now.strftime("%y%m%d%H%M")
    if (channel := channel_of(message.to)) != "sms":
        params |= {"ChannelPrefix": channel, "EventType": message.status.upper()}
    return params
