"""What a journey is made of: every exchange between Twilio and us, by a name that is the same in every journey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from callflows.contact import Contact
from simulator.calls.legs import Leg
from simulator.exchange import Exchange
from simulator.faults import Exchanged
from tests.walk.people import handed_by
from tests.walk.town import HELPERS, POD

TOLD = ("DialCallStatus", "DialBridged", "StatusCallbackEvent", "RecordingStatus", "MessageStatus")
ASKING = ("asking", "choosing", "returning", "recording", "menu", "errand")
REPORTS = ("status", "conference", "recording", "message")


@dataclass(frozen=True)
class Step:
    """`place`: a route of ours, or what is asked of Twilio. `has_technician`: one of ours was on the line meanwhile."""

    name: str
    kind: str
    place: str
    method: str
    has_caller: bool
    has_technician: bool

    def __str__(self) -> str:
        return self.name

    @property
    def is_asked(self) -> bool:
        """Somebody on the telephone waits for the answer."""
        return self.kind == "twiml"

    @property
    def is_report(self) -> bool:
        return self.kind in REPORTS

    @property
    def is_tried_again(self) -> bool:
        """Its URL is one that we handed out, and asks for a repeat (`ivr.links`)."""
        return self.place not in ("incoming", "status", "fallback") and self.kind != "rest"


class Namer(Protocol):
    """Names the exchanges of one run, as they come."""

    def step(self, one: Exchanged) -> Step: ...


class Naming:
    """That of calls."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def step(self, one: Exchanged) -> Step:
        place = place_of(one)
        handed = handed_by(one.url) if one.kind != "rest" else None
        at = where(handed.contact) if handed else ""
        details = [one.params[name] for name in TOLD if one.params.get(name)] if one.kind != "rest" else []
        if place in ("leg", "status", "client"):
            details.append(one.params.get("CallStatus", ""))
        if place == "key":
            details.append(one.params.get("Digits", "no key"))
        if place == "recorded" and one.params.get("Digits") == "hangup":
            details.append("hung up")
        talking = [leg for leg in self.exchange.legs.values() if not leg.is_over]
        has_caller = any(leg.direction == "inbound" for leg in talking)
        if one.kind == "rest" and not has_caller:
            details.append("afterwards")
        whose = f"of {role(one.leg)}" if one.leg else ""
        name = " ".join(part for part in (place, *details, f"at {at}" if at else "", whose) if part)
        return Step(
            name,
            one.kind,
            place,
            one.method,
            has_caller=has_caller,
            has_technician=any(is_technicians(leg) for leg in talking),
        )


def place_of(one: Exchanged) -> str:
    path = urlsplit(one.url).path
    if one.kind != "rest":
        return "text" if path.startswith("/messages") else path.rpartition("/")[2]
    named = path.partition("/Accounts/")[2].partition("/")[2].removesuffix(".json")
    thing, _, sid = named.partition("/")
    return f"{one.method} {thing}{'/one' if sid else ''}"


def where(contact: Contact) -> str:
    """The step of the flow, and what is done or asked there; a question that was answered stays in the state."""
    is_asked = contact.asked is not None and contact.stage in ASKING
    doing = contact.asked.kind if contact.asked and is_asked else contact.stage
    return f"{contact.step}/{doing}" if contact.step else doing


def is_technicians(leg: Leg) -> bool:
    return leg.direction != "inbound" and leg.to in (*POD, *HELPERS)


def role(leg: Leg) -> str:
    if leg.direction == "inbound":
        return "the caller"
    return "the pod" if leg.to in POD else "a helper" if leg.to in HELPERS else "the client"
