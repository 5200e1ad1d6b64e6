"""<Redirect> (twilio.md 4.1): goes on with another document; blank is the same one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.legs import Fetch
from simulator.calls.outcomes import Outcome

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element


async def redirect(reading: Reading, verb: Element) -> Outcome:
    return Fetch(reading.document.resolve(verb.text), verb.value("method"))
