"""Text messages out of the account (twilio.md 6.3 to 6.7): queued, sent, delivered to a telephone, each later
step told to the StatusCallback. One long code sends one segment a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.params import API_VERSION
from simulator.telephones import Text

if TYPE_CHECKING:
    from simulator.exchange import Exchange

MOST_CHARACTERS = 1600
TO_CARRIER = 0.5  # seconds from its turn in the queue to `sent`
TO_HANDSET = 1.5  # seconds from `sent` to the carrier's receipt
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}[]~|€\\")


@dataclass(eq=False)
class Message:
    sid: str
    from_: str
    to: str
    body: str
    status: str
    direction: str
    created_at: datetime
    media: tuple[str, ...] = ()
    callback: str = ""
    error: tuple[int, str] | None = None
    sent_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def segments(self) -> int:
        return segments(self.body)


def segments(body: str) -> int:
    """6.5: GSM-7 holds 160 (153 a part), UCS-2 as soon as one character is outside it 70 (67 a part)."""
    if all(c in _GSM or c in _GSM_TWICE for c in body):
        units, one, part = sum(2 if c in _GSM_TWICE else 1 for c in body), 160, 153
    else:
        units, one, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if units <= one else -(-units // part)


class Messages:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.all: list[Message] = []
        self._free_at: dict[str, datetime] = {}

    def send(self, from_: str, to: str, body: str, callback: str = "", media: tuple[str, ...] = ()) -> Message:
        exchange = self._exchange
        now = exchange.clock.now()
        sid = exchange.sid("MM" if media else "SM")
        message = Message(sid, from_, to, body, "queued", "outbound-api", now, media, callback)
        self.all.append(message)
        turn = max(now, self._free_at.get(from_, now))
        self._free_at[from_] = turn + timedelta(seconds=message.segments)
        exchange.clock.spawn(self._travels(message, turn), f"text {sid} to {to}")
        return message

    async def _travels(self, message: Message, turn: datetime) -> None:
        clock = self._exchange.clock
        await clock.sleep((turn - clock.now()).total_seconds() + TO_CARRIER)
        message.sent_at = clock.now()
        self._becomes(message, "sent")
        await clock.sleep(TO_HANDSET)
        phone = self._exchange.reach(message.to)
        if phone.condition == "fails":
            message.error = (30003, "Unreachable destination handset")
            self._becomes(message, "undelivered")
            return
        phone.texts.append(Text(clock.now(), message.from_, message.body, message.sid))
        self._exchange.texted(message.from_, message.to, message.body)
        self._becomes(message, "delivered")

    def _becomes(self, message: Message, status: str) -> None:
        exchange = self._exchange
        message.status, message.updated_at = status, exchange.clock.now()
        if not message.callback:
            return
        params = {
            "AccountSid": exchange.account_sid,
            "ApiVersion": API_VERSION,
            "From": message.from_,
            "To": message.to,
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
        }
        if message.error:
            params |= {"ErrorCode": str(message.error[0]), "ErrorMessage": message.error[1]}
        if status in ("delivered", "undelivered"):
            params["RawDlrDoneDate"] = exchange.clock.now().strftime("%y%m%d%H%M")
        exchange.callbacks.send("message", "POST", message.callback, params, None, queue=message)
