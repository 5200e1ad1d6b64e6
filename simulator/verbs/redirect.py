"""<Redirect> (twilio.md 4.1): goes on with another document; blank is the same one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.legs import Fetch
from simulator.outcomes import Outcome

if TYPE_CHECKING:
    from simulator.documents import Reading
    from simulator.twiml import Element


async def redirect(reading: Reading, verb: Element) -> Outcome:
    return Fetch(reading.document.resolve(verb.text), verb.value("method"))
