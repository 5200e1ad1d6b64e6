"""Text messages (twilio.md 6.1 to 6.7). Out of the account: queued, sent, delivered to a telephone, each
later step told to the StatusCallback, one segment a second. Into it: the webhook of the number."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.params import text_in, text_progress
from simulator.telephones import Telephone, Text
from simulator.webhooks import Failure, Request

if TYPE_CHECKING:
    from simulator.exchange import Exchange, Number

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

    def comes_in(self, phone: Telephone, to: str, body: str) -> Message:
        """A telephone sends a text to one of the account's numbers (6.1)."""
        exchange = self._exchange
        number = exchange.numbers.get(to)
        if number is None or phone.number is None:
            raise ValueError(f"{phone} cannot send a text to {to}: {', '.join(exchange.numbers)} take texts")
        now = exchange.clock.now()
        message = Message(exchange.sid("SM"), phone.number, to, body, "received", "inbound", now, sent_at=now)
        self.all.append(message)
        exchange.texted(phone.number, to, body)
        exchange.clock.spawn(self._asks(message, number), f"text {message.sid} from {phone.name}")
        return message

    async def _asks(self, message: Message, number: Number) -> None:
        """The number's SmsUrl, then its fallback; if both fail nothing is sent (2.4)."""
        exchange = self._exchange
        params = text_in(exchange.account_sid, message.sid, message.from_, message.to, message.body, message.segments)
        ways = [(number.sms_url, number.sms_method), (number.sms_fallback_url, number.sms_fallback_method)]
        for url, method in ways:
            if not url:
                continue
            answer = await exchange.webhooks.ask("message", method, url, params)
            failure = answer if isinstance(answer, Failure) else self._read(answer)
            if failure is None:
                return
            exchange.note(failure.code, failure.message, failure.url)
            params = params | {"ErrorCode": str(failure.code), "ErrorUrl": failure.url}

    def _read(self, answer: Request) -> Failure | None:
        """An empty <Response/> is no reply. Any verb in it is not played yet."""
        try:
            root = ET.fromstring(answer.body)
        except ET.ParseError as error:
            return Failure(12100, f"the document is no XML: {error}", answer.url)
        if root.tag != "Response":
            return Failure(12100, f"the root is <{root.tag}>, not <Response>", answer.url)
        for verb in root:
            self._exchange.complain(f"<{verb.tag}> in answer to a text is not played yet", answer.url)
        return None

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
        params = text_progress(exchange.account_sid, message, exchange.clock.now())
        exchange.callbacks.send("message", "POST", message.callback, params, None, queue=message)
