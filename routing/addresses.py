"""Who is at the other end of a text: a telephone, a short code, a name without a number, or another channel's address.

Twilio writes them all into From and To (twilio.md 6.1), but for `mailto:`, which is ours for e-mail. What is here says
what each is and whether we may write to it; which of our lines writes is decided elsewhere.
"""

import re
from dataclasses import dataclass
from typing import Literal

import phonenumbers

from routing.numbers import caller_number, is_withheld, shown

Kind = Literal["phone", "short_code", "alphanumeric", "whatsapp", "rcs", "messenger", "mailto", "other"]

_CHANNELS: dict[str, Kind] = {"whatsapp": "whatsapp", "rcs": "rcs", "messenger": "messenger", "mailto": "mailto"}
# Where anybody may have an address: what is after the @ says nothing of whose it is.
_ANYBODYS = {
    *("aol.com", "bell.net", "bellaliant.net", "cogeco.ca", "eastlink.ca", "fastmail.com", "gmail.com", "gmx.com"),
    *("googlemail.com", "hotmail.ca", "hotmail.com", "hotmail.fr", "icloud.com", "live.ca", "live.com", "mac.com"),
    *("mail.com", "me.com", "msn.com", "mts.net", "outlook.com", "outlook.fr", "pm.me", "proton.me", "protonmail.com"),
    *("rogers.com", "sasktel.net", "shaw.ca", "sympatico.ca", "tbaytel.net", "telus.net", "telusplanet.net"),
    *("videotron.ca", "xplornet.ca", "xplornet.com", "yahoo.ca", "yahoo.com", "yahoo.fr", "ymail.com", "zoho.com"),
}
_SHORT_CODE = re.compile(r"[0-9]{3,6}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}")
_NORTH_AMERICA = 1


@dataclass(frozen=True, slots=True)
class Address:
    """`value` has no channel before it: E.164 for a telephone, else as Twilio said it. `str()` is what Twilio takes."""

    kind: Kind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}" if self.kind in _CHANNELS else self.value

    @property
    def number(self) -> str:
        """The E.164 number behind it, by which people are found in the directory; empty if there is none."""
        return caller_number(self.value) or "" if self.kind in ("phone", "whatsapp", "rcs") else ""

    @property
    def domain(self) -> str:
        """Of an e-mail address, if it is one organisation's; empty for the large providers'."""
        domain = self.value.rpartition("@")[2] if self.kind == "mailto" else ""
        return "" if domain in _ANYBODYS else domain

    @property
    def may_be_answered(self) -> bool:
        """Nobody reads what is sent to a short code or a name, and their own texts are mostly written by machines."""
        return self.kind in ("phone", *_CHANNELS)

    @property
    def may_be_begun(self) -> bool:
        """Whether we may write first: to telephones alone as yet."""
        return self.kind == "phone"


def read_address(text: str) -> Address:
    """Of a From or To; withheld callers, `client:`, `sip:` and numbers that nobody can have are "other"."""
    text = text.strip()
    channel, _, value = text.partition(":")
    kind = _CHANNELS.get(channel.strip().lower())
    if kind and value.strip():
        return Address(kind, value.strip().lower() if kind == "mailto" else value.strip())
    if number := caller_number(text):
        return Address("phone", number)
    if _SHORT_CODE.fullmatch(text):
        return Address("short_code", text)
    if _NAME.fullmatch(text) and not is_withheld(text):
        return Address("alphanumeric", text)
    return Address("other", text)


def as_read(text: str) -> str:
    """An address as people read it."""
    address = read_address(text)
    if address.kind == "mailto":
        return address.value
    return shown(address.number) if address.number else str(address)


def is_toll_free(line: str) -> bool:
    """Of North America: 800, 833, 844, 855, 866, 877 and 888. There the networks keep opt-outs (twilio.md 6.6)."""
    address = read_address(line)
    if address.kind != "phone":
        return False
    number = phonenumbers.parse(address.value, None)
    is_free = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.TOLL_FREE
    return number.country_code == _NORTH_AMERICA and is_free
