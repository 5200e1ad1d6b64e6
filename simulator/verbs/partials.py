"""The partial results of a Gather that takes speech (twilio.md 1.3, 4.2): while somebody talks, what has been heard so
far is told to partialResultCallback. Its answer is ignored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.webhooks.params import standard

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.calls.legs import Input
    from simulator.twiml.reading import Element

EVERY = 1.0  # seconds of talk between two of them
STABILITY = "0.8"
NEVER = timedelta(days=1)


class Partials:
    """What was told last is stable, what has come since is not yet."""

    def __init__(self, reading: Reading, verb: Element) -> None:
        url = verb.attribute("partialResultCallback")
        self._reading, self._method = reading, verb.value("partialResultCallbackMethod")
        self._url = reading.document.resolve(url) if url else ""
        self._stable, self._sent = "", 0

    def due(self, said: list[Input], now: datetime) -> datetime:
        """When there will be something new to tell."""
        talk = said[-1]
        ends = talk.at + timedelta(seconds=talk.seconds)
        if not self._url or now >= ends:
            return now + NEVER
        turns = int((now - talk.at).total_seconds() / EVERY) + 1
        return min(talk.at + timedelta(seconds=turns * EVERY), ends)

    def tells(self, said: list[Input], now: datetime) -> None:
        heard = " ".join(filter(None, (each.spoken_by(now) for each in said)))
        if not self._url or heard == self._stable:
            return
        leg, exchange = self._reading.leg, self._reading.exchange
        told = standard(exchange.account_sid, leg) | {
            "UnstableSpeechResult": heard,
            "StableSpeechResult": self._stable,
            "Stability": STABILITY,
            "SequenceNumber": str(self._sent),
        }
        self._stable, self._sent = heard, self._sent + 1
        exchange.callbacks.send("speech", self._method, self._url, told, leg, queue=self)
