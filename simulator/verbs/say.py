"""<Say> (twilio.md 4.1): lasts as long as its words at the exchange's speech rate. loop=0 goes on to 1000
times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.outcomes import Outcome
from simulator.calls.sounds import Manner

if TYPE_CHECKING:
    import asyncio

    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element


async def say(reading: Reading, verb: Element, stop: asyncio.Future[None] | None = None) -> Outcome:
    words = verb.spoken()
    if not words:
        return None
    seconds = reading.exchange.speech_seconds(words)
    manner = Manner(verb.value("language"), verb.value("voice"))
    for _ in range(verb.number("loop") or 1000):
        await reading.leg.hears("speech", words, seconds, stop, manner)
        if stop is not None and stop.done():
            break
    return None
