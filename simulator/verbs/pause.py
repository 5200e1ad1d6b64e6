"""<Pause> (twilio.md 4.1): silence. As the first verb of an unanswered call it delays the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.outcomes import Outcome

if TYPE_CHECKING:
    import asyncio

    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element


async def pause(reading: Reading, verb: Element, stop: asyncio.Future[None] | None = None) -> Outcome:
    await reading.leg.wait(*([stop] if stop else []), timeout=verb.number("length"))
    return None
