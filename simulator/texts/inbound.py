"""Texts into the account (twilio.md 6.1, 4.7, 2.4): the webhook of the number, what its document says in reply, its
fallback, and what Twilio answers by itself to an opt-out word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.numbers.addresses import Channel, on_channel, without_channel
from simulator.people.telephones import Telephone, Text
from simulator.texts.media import Attachment, Media, attachment
from simulator.texts.messages import TO_HANDSET, Draft, Message, QueueFullError
from simulator.texts.optout import Understood
from simulator.texts.params import of_channel, text_in
from simulator.texts.rules import MOST_CHARACTERS, why_refused
from simulator.texts.schema import TABLE, read_texts
from simulator.twiml.reading import Document, Element, NotTwimlError
from simulator.webhooks.webhooks import Failure, Request

if TYPE_CHECKING:
    from simulator.exchange import Exchange, Number

MOST_DOCUMENTS = 50
# What POST Messages would refuse is a warning with a code of its own in a document, and a broken rule.
_WARNINGS = {21211: 14101, 21265: 14101, 21606: 14102, 21612: 14102, 21266: 14102, 21602: 14103, 21617: 14103}
_XML = ("text/xml", "application/xml", "text/html")


@dataclass(frozen=True)
class _Way:
    url: str
    method: str


class Inbound:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def comes_in(
        self,
        phone: Telephone,
        to: str,
        body: str,
        *,
        media: Sequence[str | Attachment] = (),
        channel: Channel = "sms",
    ) -> Message:
        """A telephone sends a text to one of the account's numbers. Raises ValueError for what no telephone can
        send."""
        exchange = self._exchange
        if to not in exchange.numbers or phone.number is None:
            raise ValueError(f"{phone} cannot send a text to {to}: {', '.join(exchange.numbers)} take texts")
        if len(body) > MOST_CHARACTERS:
            raise ValueError(f"a text holds at most {MOST_CHARACTERS} characters, this one {len(body)}; send two")
        now = exchange.clock.now()
        files = [Media(exchange.sid("ME"), now, each.content_type, each.content) for each in map(attachment, media)]
        return self.arrives(on_channel(channel, phone.number), on_channel(channel, to), body, files, phone.name)

    def arrives(self, from_: str, to: str, body: str, files: list[Media], name: str = "") -> Message:
        exchange = self._exchange
        number, now = exchange.numbers[without_channel(to)], exchange.clock.now()
        service = exchange.services.of(number.phone_number)
        sid = exchange.sid("MM" if files else "SM")
        message = Message(sid, from_, to, body, "received", "inbound", now, files, service=service, sent_at=now)
        exchange.messages.all.append(message)
        exchange.texted(from_, to, body, files)
        understood = exchange.opt_outs.takes(from_, to, body)
        if understood.reply:
            exchange.clock.spawn(self._replies_itself(message, understood.reply), f"Twilio's reply to {sid}")
        exchange.clock.spawn(self._asks(message, number, understood, name), f"text {sid} from {name or from_}")
        return message

    async def _replies_itself(self, message: Message, words: str) -> None:
        """Twilio's own words: no message of ours, and no status callback."""
        exchange = self._exchange
        await exchange.clock.sleep(TO_HANDSET)
        phone = exchange.reach(without_channel(message.from_))
        phone.texts.append(Text(exchange.clock.now(), message.to, words, exchange.sid("SM")))
        exchange.texted(message.to, message.from_, words)

    async def _asks(self, message: Message, number: Number, understood: Understood, name: str) -> None:
        """The webhook, then its fallback; if both fail nothing is sent (2.4)."""
        exchange = self._exchange
        folder = f"{exchange.rest_base}/2010-04-01/Accounts/{exchange.account_sid}/Messages/{message.sid}/Media"
        source = exchange.applications.for_texts(number)
        optional = {
            "OptOutType": understood.told,
            "ApplicationSid": source.sid if source is not number else "",
            **of_channel(message.from_, name),
        }
        urls = [f"{folder}/{file.sid}" for file in message.media]
        params = text_in(exchange.account_sid, message, urls, optional)
        for way in self._ways(message, number):
            if not way.url:
                continue
            failure = await self._reads(message, way, params)
            if failure is None:
                return
            exchange.note(failure.code, failure.message, failure.url)
            params = params | {"ErrorCode": str(failure.code), "ErrorUrl": failure.url}

    def _ways(self, message: Message, number: Number) -> tuple[_Way, _Way]:
        service, source = message.service, self._exchange.applications.for_texts(number)
        if service is not None and service.inbound_url:
            return (
                _Way(service.inbound_url, service.inbound_method),
                _Way(service.fallback_url, service.fallback_method),
            )
        return _Way(source.sms_url, source.sms_method), _Way(source.sms_fallback_url, source.sms_fallback_method)

    async def _reads(self, message: Message, way: _Way, params: dict[str, str]) -> Failure | None:
        """Documents until one has no Redirect, or why one of them cannot be had."""
        for _ in range(MOST_DOCUMENTS):
            answer = await self._exchange.webhooks.ask("message", way.method, way.url, params)
            document = answer if isinstance(answer, Failure) else self._understood(answer)
            if isinstance(document, Failure):
                return document
            onward = self._plays(message, document)
            if onward is None:
                return None
            way = onward
        return Failure(14106, f"more than {MOST_DOCUMENTS} documents answer one text", way.url)

    def _understood(self, answer: Request) -> Document | Failure:
        """Plain text that is no TwiML is the reply itself (2.5)."""
        kind = answer.content_type.partition(";")[0].strip().lower()
        if kind not in (*_XML, "text/plain"):
            return Failure(12300, f"content type {kind or 'missing'}", answer.address)
        try:
            document = read_texts(answer.body, answer.address)
        except NotTwimlError as error:
            if kind == "text/plain" and answer.body:
                return Document((Element("Message", {}, answer.body),), answer.address)
            return Failure(12100, str(error), answer.address)
        for complaint in document.complaints:
            self._exchange.complain(complaint, answer.address)
        return document

    def _plays(self, message: Message, document: Document) -> _Way | None:
        """Sends what the Messages say; a Redirect leads on, and what stands below it is never reached."""
        for verb in document.verbs:
            method = verb.given.get("method", TABLE[verb.name].attributes["method"].default or "POST")
            if verb.name == "Redirect":
                return _Way(document.resolve(verb.text), method)
            self._replies(message, verb, document, method)
        return None

    def _replies(self, message: Message, verb: Element, document: Document, method: str) -> None:
        exchange = self._exchange
        bodies = [child.text for child in verb.children if child.name == "Body"]
        media = [document.resolve(child.text) for child in verb.children if child.name == "Media"]
        callback = verb.given.get("action") or verb.given.get("statusCallback")
        draft = Draft(
            to=verb.given.get("to", message.from_),
            from_=verb.given.get("from", message.to),
            body=bodies[0] if bodies else verb.text,
            media=tuple(media),
            callback=document.resolve(callback) if callback else "",
            callback_method=method,
            direction="outbound-reply",
        )
        if refusal := why_refused(exchange, draft):
            self._leaves_out(*refusal, document.base or "")
            return
        try:
            exchange.messages.send(draft)
        except QueueFullError:
            exchange.note(21611, f"The queue of {draft.from_} is full.", document.base or "")

    def _leaves_out(self, code: int, words: str, url: str) -> None:
        """That somebody has opted out, or cannot get texts, is nobody's mistake."""
        if code in _WARNINGS:
            self._exchange.complain(f"<Message>: {words}", url, code=_WARNINGS[code])
        else:
            self._exchange.note(code, words, url)
