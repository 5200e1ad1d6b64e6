"""What SIP says of a leg besides its two addresses (twilio.md 1.1, 1.3, 4.4): X- headers, its own call id, the domain
that it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass
class Invite:
    """`headers` are the X- ones (and User-to-User) of the INVITE, `answered` those of its final response. The rest is
    known only of a call that came in."""

    call_id: str
    headers: dict[str, str] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    domain: str = ""
    domain_sid: str = ""
    source_ip: str = ""
    username: str = ""

    def params(self) -> dict[str, str]:
        """1.1: SipUsername only with credentials."""
        told = {
            "SipDomain": self.domain,
            "SipDomainSid": self.domain_sid,
            "SipCallId": self.call_id,
            "SipSourceIp": self.source_ip,
            "SipUsername": self.username,
        }
        told |= {f"SipHeader_{name}": value for name, value in self.headers.items() if is_passed_on(name)}
        return {name: value for name, value in told.items() if value}


@dataclass
class SipDomain:
    """A domain of the account: calls to any user of it run its voice URL."""

    sid: str
    name: str
    voice_url: str
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"


def is_passed_on(header: str) -> bool:
    return header.lower().startswith("x-") or header.lower() == "user-to-user"


def split(uri: str) -> tuple[str, dict[str, str]]:
    """The address without its query, and the X- headers in that query."""
    address, _, query = uri.partition("?")
    return address, {name: value for name, value in parse_qsl(query) if is_passed_on(name)}


def domain_of(address: str) -> str:
    return address.partition("@")[2].partition(";")[0].partition(":")[0].lower()
