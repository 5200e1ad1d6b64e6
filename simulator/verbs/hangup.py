"""<Hangup> (twilio.md 4.1): ends the call. As the first verb it answers first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.outcomes import Outcome, Stop

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element


async def hangup(reading: Reading, verb: Element) -> Outcome:
    return Stop()
