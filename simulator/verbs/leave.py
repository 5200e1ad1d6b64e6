"""<Leave> (twilio.md 4.1): in the music of a queue, leaves the queue; the call goes on after its Enqueue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.outcomes import Leaving, Outcome

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element


async def leave(reading: Reading, verb: Element) -> Outcome:
    if reading.place == "queue":
        return Leaving()
    reading.exchange.complain("<Leave> is for a queued call alone", reading.document.base or "", reading.leg)
    return None
