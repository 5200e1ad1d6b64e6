"""Announcements into a conference (twilio.md 5.5, 7.2): a document is asked for once and played to one participant or
to all of them, beside whatever else they hear. Nobody is muted meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.calls.documents import Reading
from simulator.calls.legs import Fetch
from simulator.calls.sounds import UNSAID, Kind, Manner
from simulator.verbs.play import tone_seconds
from simulator.webhooks import params
from simulator.webhooks.webhooks import Failure

if TYPE_CHECKING:
    from simulator.exchange import Exchange
    from simulator.rooms.participants import Participant
    from simulator.rooms.rooms import Conference
    from simulator.twiml.reading import Document, Element

ENDLESS = 1000  # times, for loop="0"


class Announcement:
    """`to` is the one who hears it; None is everybody who is in the conference and not on hold."""

    def __init__(self, exchange: Exchange, room: Conference, what: Fetch, to: Participant | None = None) -> None:
        self._exchange, self._room, self._what, self._to = exchange, room, what, to
        self._reading = Reading(exchange, (to or room.participants[0]).leg, "announcement")
        self._over = to.gone if to is not None else room.over

    async def runs(self) -> None:
        failure = await self._plays()
        if failure is not None:
            self._exchange.note(failure.code, failure.message, failure.url, self._to.leg if self._to else None)
        self._room.is_announced(self._what.url, self._to, failure.message if failure is not None else None)

    async def _plays(self) -> Failure | None:
        """From the first document to the end of the last one that it leads to."""
        following: Fetch | None = self._what
        while following is not None and not self._over.done():
            document = await self._found(following)
            if isinstance(document, Failure):
                return document
            following = await self._through(document)
        return None

    async def _found(self, wanted: Fetch) -> Document | Failure:
        if self._to is not None:
            return await self._reading.fetched(replace(wanted, params=self._room.url_params()))
        if failure := self._reading.led_too_far(wanted):
            return failure
        told = params.of_room(self._exchange.account_sid, self._room)
        answer = await self._exchange.webhooks.ask("twiml", wanted.method, wanted.url, told)
        return self._reading.reads(answer)

    async def _through(self, document: Document) -> Fetch | None:
        for verb in document.verbs:
            self._reading.counts(verb)
            if verb.name == "Redirect":
                return Fetch(document.resolve(verb.text), verb.value("method"))
            if verb.name == "Hangup":
                break  # stands after a text that is no TwiML
            if verb.name == "Pause":
                await self._exchange.clock.wait(self._over, timeout=verb.number("length"))
            else:
                await self._sounds(document, verb)
            if self._over.done():
                break
        return None

    async def _sounds(self, document: Document, verb: Element) -> None:
        kind, text, seconds, manner = self._sound(document, verb)
        for _ in range(verb.number("loop") or ENDLESS):
            if self._over.done() or not seconds:
                break
            for one in self._listeners():
                one.is_played(kind, text, seconds, manner)
            await self._exchange.clock.wait(self._over, timeout=seconds)

    def _sound(self, document: Document, verb: Element) -> tuple[Kind, str, float, Manner]:
        """What is heard, and for how many seconds."""
        if verb.name == "Say":
            words, manner = verb.spoken(), Manner(verb.value("language"), verb.value("voice"))
            return "speech", words, self._exchange.speech_seconds(words), manner
        digits = verb.attribute("digits")
        if digits:
            return "tone", digits, tone_seconds(digits), UNSAID
        return "file", document.resolve(verb.text), self._exchange.play_seconds, UNSAID

    def _listeners(self) -> list[Participant]:
        if self._to is not None:
            return [self._to] if self._to.is_in else []
        return [one for one in self._room.present if one.hold is None]
