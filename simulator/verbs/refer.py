"""<Refer> (twilio.md 4.1): asks the caller's SIP telephone to call somebody else instead. Only a call that came by SIP
can be referred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.legs import Fetch
from simulator.calls.outcomes import Outcome
from simulator.numbers.parties import kind_of

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element


async def refer(reading: Reading, verb: Element) -> Outcome:
    phone, base = reading.leg.phone, reading.document.base or ""
    if phone is None or kind_of(phone.number or "") != "sip":
        reading.exchange.complain("<Refer> is for a call by SIP alone", base, reading.leg)
        return None
    phone.referred_to.extend(child.text.strip() for child in verb.children)
    action = verb.attribute("action")
    if action is None:
        return None
    told = {"ReferCallStatus": "completed", "ReferSipResponseCode": "202", "NotifySipResponseCode": "200"}
    return Fetch(reading.document.resolve(action), verb.value("method"), told)
