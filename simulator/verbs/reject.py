"""<Reject> (twilio.md 4.1): as the first verb the call is never answered; final status busy, or no-answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.outcomes import Outcome, Stop

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element


async def reject(reading: Reading, verb: Element) -> Outcome:
    return Stop("busy" if verb.value("reason") == "busy" else "no-answer")
