"""What answers a call that comes in: a number of the account (or the application that it is bound to), a SIP domain,
or an application itself (twilio.md 1.1, 4.4, 7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.calls.legs import Fetch
from simulator.calls.sip import SipDomain, domain_of

if TYPE_CHECKING:
    from simulator.exchange import Exchange, Number
    from simulator.numbers.applications import Application

APPLICATION = "app:"


@dataclass(frozen=True)
class Line:
    start: Fetch
    fallback: Fetch | None
    status_callback: str
    status_callback_method: str
    application_sid: str = ""
    has_caller_name: bool = False


def line_of(exchange: Exchange, to: str) -> Line:
    """Raises ValueError for what the account does not answer."""
    if to in exchange.numbers:
        number = exchange.numbers[to]
        if number.trunk_sid:
            exchange.complain(f"{to} is bound to the trunk {number.trunk_sid}: calls go there, not to its URLs", "")
            return Line(Fetch(""), None, "", "POST")
        found = exchange.applications.for_calls(number)
        sid = number.voice_application_sid if found is not number else ""
        return _line(found, sid, has_caller_name=number.voice_caller_id_lookup)
    application = exchange.applications.all.get(to.removeprefix(APPLICATION))
    if application is not None:
        return _line(application, application.sid)
    domain = exchange.sip_domains.get(domain_of(to))
    if domain is not None:
        return _line(domain)
    raise ValueError(f"{to} is none of the account's numbers: {', '.join(exchange.numbers)}")


def _line(of: Number | Application | SipDomain, application_sid: str = "", *, has_caller_name: bool = False) -> Line:
    fallback = Fetch(of.voice_fallback_url, of.voice_fallback_method) if of.voice_fallback_url else None
    start = Fetch(of.voice_url, of.voice_method)
    return Line(start, fallback, of.status_callback, of.status_callback_method, application_sid, has_caller_name)
