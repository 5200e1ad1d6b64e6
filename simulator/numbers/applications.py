"""TwiML applications, and who answers for a number: an ApplicationSid or a TrunkSid overrides the number's own
URLs (twilio.md 7.3, trap 37)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.exchange import Exchange, Number


@dataclass
class Application:
    sid: str
    friendly_name: str
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    message_status_callback: str = ""


class Applications:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.all: dict[str, Application] = {}

    def add(
        self,
        friendly_name: str,
        *,
        voice_url: str = "",
        voice_fallback_url: str = "",
        status_callback: str = "",
        sms_url: str = "",
        sms_fallback_url: str = "",
        message_status_callback: str = "",
    ) -> Application:
        added = Application(
            self._exchange.sid("AP"),
            friendly_name,
            voice_url=voice_url,
            voice_fallback_url=voice_fallback_url,
            status_callback=status_callback,
            sms_url=sms_url,
            sms_fallback_url=sms_fallback_url,
            message_status_callback=message_status_callback,
        )
        self.all[added.sid] = added
        return added

    def for_calls(self, number: Number) -> Number | Application:
        """Whose VoiceUrl and StatusCallback are asked."""
        return self.all.get(number.voice_application_sid, number)

    def for_texts(self, number: Number) -> Number | Application:
        return self.all.get(number.sms_application_sid, number)
