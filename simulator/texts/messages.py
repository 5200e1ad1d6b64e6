"""The life of a text out of the account (twilio.md 6.3 to 6.7): taken, given a sender, queued at the sender's rate,
sent, delivered to a telephone; each step after the first is told to the StatusCallback. Texts into the account are
in inbound.py, what may be sent at all in message_rules.py."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.numbers.addresses import channel_of, on_channel, rate_of, without_channel
from simulator.people.telephones import TEXT_FAILURES, Text
from simulator.texts.media import Media, fetch_all, type_of
from simulator.texts.params import text_progress
from simulator.texts.segments import segments
from simulator.texts.services import LONGEST_VALIDITY, MessagingService

if TYPE_CHECKING:
    from simulator.exchange import Exchange

LONGEST_QUEUE = 36_000.0  # seconds that a sender's queue holds
# Seconds from the request to a sender's choice, from its turn to `sending`, on to `sent`, on to the receipt.
TO_SENDER, TO_SENDING, TO_CARRIER, TO_HANDSET = 0.1, 0.1, 0.4, 1.5
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "read", "received"})


class QueueFullError(Exception):
    """The sender's queue is longer than LONGEST_QUEUE: 21611, or 30001 in a Messaging Service."""


@dataclass(frozen=True)
class Draft:
    """What is to be sent. `from_` may be empty with a service, which then chooses. `validity` is in seconds."""

    to: str
    from_: str = ""
    body: str = ""
    media: tuple[str, ...] = ()
    callback: str = ""
    callback_method: str = "POST"
    service: MessagingService | None = None
    direction: str = "outbound-api"
    validity: int = LONGEST_VALIDITY
    send_at: datetime | None = None
    as_mms: bool = False


@dataclass(eq=False)
class Message:
    sid: str
    from_: str
    to: str
    body: str
    status: str
    direction: str
    created_at: datetime
    media: list[Media] = field(default_factory=list)
    callback: str = ""
    callback_method: str = "POST"
    service: MessagingService | None = None
    error: tuple[int, str] | None = None
    sent_at: datetime | None = None
    updated_at: datetime | None = None
    turn: datetime | None = None  # when its sender is free for it
    canceled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def segments(self) -> int:
        """Parts of the text; an MMS is one."""
        return 1 if self.sid.startswith("MM") else segments(self.body)

    @property
    def is_over(self) -> bool:
        return self.status in FINAL or self.status == "sent"


class Messages:
    """`all` holds every text in and out, the oldest first."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.all: list[Message] = []
        self._free_at: dict[str, datetime] = {}

    def find(self, sid: str) -> Message | None:
        return next((message for message in self.all if message.sid == sid), None)

    def send(self, draft: Draft) -> Message:
        """Raises QueueFullError. Whether it may be sent is asked before: message_rules.py."""
        exchange, now = self._exchange, self._exchange.clock.now()
        status = "scheduled" if draft.send_at else "accepted" if draft.service else "queued"
        message = Message(
            exchange.sid("MM" if draft.media or draft.as_mms else "SM"),
            draft.from_,
            draft.to,
            draft.body,
            status,
            draft.direction,
            now,
            [Media(exchange.sid("ME"), now, type_of(url), source=url) for url in draft.media],
            draft.callback,
            draft.callback_method,
            draft.service,
        )
        if draft.service is None:
            self._joins_queue(message, draft.validity)
        self.all.append(message)
        exchange.clock.spawn(self._lives(message, draft), f"text {message.sid} to {message.to}")
        return message

    def cancel(self, message: Message) -> None:
        """A scheduled text is never sent."""
        message.canceled.set()
        self._becomes(message, "canceled")

    def is_read(self, message: Message) -> None:
        """By the person who got it; only some channels tell (6.3)."""
        if channel_of(message.to) in ("whatsapp", "rcs") and message.status == "delivered":
            self._becomes(message, "read")

    async def _lives(self, message: Message, draft: Draft) -> None:
        clock = self._exchange.clock
        if draft.send_at is not None:
            await clock.wait(message.canceled, timeout=(draft.send_at - clock.now()).total_seconds())
            if message.canceled.is_set():
                return
        if draft.service is not None and not await self._gets_a_sender(message, draft):
            return
        assert message.turn is not None
        waits = (message.turn - clock.now()).total_seconds()
        if waits > draft.validity:
            await clock.sleep(draft.validity)
            self._fails(message, "failed", 30036)
            return
        await clock.sleep(waits + TO_SENDING)
        self._becomes(message, "sending")
        await clock.sleep(TO_CARRIER)
        if why := await fetch_all(self._exchange, message.media):
            self._exchange.note(11751, why, "")
            self._fails(message, "failed", 11751)
            return
        message.sent_at = clock.now()
        self._becomes(message, "sent")
        await clock.sleep(TO_HANDSET)
        self._arrives(message)

    async def _gets_a_sender(self, message: Message, draft: Draft) -> bool:
        """In a Messaging Service: who was texted by one of its numbers is texted by it again."""
        service = draft.service
        assert service is not None
        await self._exchange.clock.sleep(TO_SENDER)
        if self._exchange.opt_outs.is_blocked(message.to, service.sid):
            self._fails(message, "failed", 21610)
            return False
        if not message.from_:
            free = min(service.numbers, key=lambda number: self._free_at.get(number, message.created_at))
            number = service.sender_of.setdefault(without_channel(message.to), free)
            message.from_ = on_channel(channel_of(message.to), number)
        try:
            self._joins_queue(message, draft.validity)
        except QueueFullError:
            self._fails(message, "failed", 30001)
            return False
        self._becomes(message, "queued")
        return True

    def _joins_queue(self, message: Message, validity: int) -> None:
        """One that will have expired when its turn comes takes nobody's turn."""
        now, sender = self._exchange.clock.now(), without_channel(message.from_)
        message.turn = max(now, self._free_at.get(sender, now))
        waits = (message.turn - now).total_seconds()
        if waits > LONGEST_QUEUE:
            raise QueueFullError
        if waits <= validity:
            self._free_at[sender] = message.turn + timedelta(seconds=message.segments / rate_of(sender))

    def _arrives(self, message: Message) -> None:
        """At the telephone; the carrier's receipt, or the lack of one, is the last status."""
        exchange, number = self._exchange, without_channel(message.to)
        phone = exchange.reach(number)
        sender = exchange.numbers.get(without_channel(message.from_))
        if failure := (sender.loses_texts_as if sender else None) or phone.text_failure:
            self._fails(message, "undelivered", failure)
            return
        files = tuple(file.source for file in message.media)
        phone.texts.append(Text(exchange.clock.now(), message.from_, message.body, message.sid, files))
        if number in exchange.numbers:
            copies = [Media(exchange.sid("ME"), exchange.clock.now(), m.content_type, m.content) for m in message.media]
            exchange.inbound.arrives(message.from_, message.to, message.body, copies)
        else:
            exchange.texted(message.from_, message.to, message.body, message.media)
        if phone.gives_receipts:
            self._becomes(message, "delivered")

    def _fails(self, message: Message, status: str, code: int) -> None:
        message.error = (code, TEXT_FAILURES[code])
        self._becomes(message, status)

    def _becomes(self, message: Message, status: str) -> None:
        exchange = self._exchange
        message.status, message.updated_at = status, exchange.clock.now()
        url = message.callback or (message.service.status_callback if message.service else "")
        if not url:
            return
        params = text_progress(exchange.account_sid, message, exchange.clock.now())
        exchange.callbacks.send("message", message.callback_method, url, params, None, queue=message)
