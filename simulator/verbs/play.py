"""<Play> (twilio.md 4.1): a file of a fixed length (the exchange's play_seconds), or tones: w is half a
second, W one second. The file itself is not fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.outcomes import Outcome

if TYPE_CHECKING:
    import asyncio

    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element

TONE = 0.25  # seconds of one digit


async def play(reading: Reading, verb: Element, stop: asyncio.Future[None] | None = None) -> Outcome:
    digits = verb.attribute("digits")
    for _ in range(verb.number("loop") or 1000):
        if digits:
            await reading.leg.hears("tone", digits, tone_seconds(digits), stop)
        else:
            url = reading.document.resolve(verb.text)
            await reading.leg.hears("file", url, reading.exchange.play_seconds, stop)
        if stop is not None and stop.done():
            break
    return None


def tone_seconds(digits: str) -> float:
    return sum({"w": 0.5, "W": 1.0}.get(digit, TONE) for digit in digits)
