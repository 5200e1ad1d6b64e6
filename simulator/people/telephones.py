"""A telephone and the number in it: what it does when it is called, what it was sent. The person holding it
is a handset (handsets.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from simulator.calls.legs import Leg

# Why a text does not arrive (twilio.md 2.6).
TEXT_FAILURES = {
    11751: "Media message: the media cannot be downloaded",
    21610: "Attempt to send to unsubscribed recipient",
    30001: "Queue overflow",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30032: "Toll-free number has not been verified",
    30034: "US A2P 10DLC: message from an unregistered number",
    30036: "Validity period expired",
}
LineType = Literal["mobile", "landline", "fixedVoip", "nonFixedVoip", "tollFree", "premium", "voicemail", "unknown"]


@dataclass(frozen=True)
class Text:
    at: datetime
    from_: str
    body: str
    sid: str
    media: tuple[str, ...] = ()  # the URLs of its files


@dataclass(frozen=True)
class Voicemail:
    """A carrier's machine: picks up, talks, presses nothing, and hangs up after listening for a while."""

    after_seconds: float
    greeting_seconds: float
    listens_seconds: float = 30.0
    beeps: bool = True
    greeting: str = "The person you have called is not available. Please leave a message after the tone."


@dataclass(eq=False)
class Telephone:
    """`number` is an address: E.164 or typed, such as client:ana or sip:ana@desk.example; None for a caller who
    withholds it. `greets`: its person says hello when answering. `headers` are the X- headers of its SIP."""

    number: str | None
    name: str
    has_person: bool = True  # False: a number that nobody in this world holds; it rings and is never answered
    condition: Literal["well", "fails", "busy"] = "well"
    voicemail: Voicemail | None = None
    forwarded_to: str | None = None
    fax_after: float | None = None
    greets: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    referred_to: list[str] = field(default_factory=list)  # whom a Refer asked it to call
    legs: list[Leg] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    line_type: LineType = "mobile"
    listed_name: str = ""  # what Lookup and CallerName say of it
    is_business: bool = False
    gives_receipts: bool = True  # False: `sent` is the last status of texts to it
    refuses_texts_at_once: bool = False  # POST Messages is refused (21614)
    loses_texts_as: int | None = None  # the code with which texts to it are undelivered

    @property
    def text_failure(self) -> int | None:
        """Why a text to it does not arrive, if it doesn't."""
        if self.condition == "fails":
            return 30003
        return 30006 if self.line_type == "landline" else self.loses_texts_as

    def is_a_landline(self, *, refused_at_once: bool = False) -> None:
        """Texts to it are undelivered (30006), or `refused_at_once` (21614)."""
        self.line_type, self.refuses_texts_at_once = "landline", refused_at_once

    def loses_texts(self, code: int = 30003) -> None:
        """Calls reach it, texts do not. Raises ValueError for a code that is none of TEXT_FAILURES."""
        if code not in TEXT_FAILURES:
            raise ValueError(f"{code} is no code of an undelivered text; use one of {sorted(TEXT_FAILURES)}")
        self.loses_texts_as = code

    def fails(self) -> None:
        """Calls to it fail at once (SIP 404); texts are undelivered."""
        self.condition = "fails"

    def is_busy(self) -> None:
        self.condition = "busy"

    def is_well(self) -> None:
        """Undoes fails, is_busy, is_fax, has_voicemail, forwards_to, is_a_landline and loses_texts."""
        self.condition, self.voicemail, self.forwarded_to, self.fax_after = "well", None, None, None
        self.line_type, self.refuses_texts_at_once, self.loses_texts_as = "mobile", False, None
        self.gives_receipts = True

    def has_voicemail(self, after_seconds: float = 12, greeting_seconds: float = 8, *, beeps: bool = True) -> None:
        self.voicemail = Voicemail(after_seconds, greeting_seconds, beeps=beeps)

    def is_fax(self, after_seconds: float = 5) -> None:
        """A machine that whistles instead of talking."""
        self.fax_after = after_seconds

    def forwards_to(self, number: str) -> None:
        """Calls to it go on to one of the account's own numbers, with ForwardedFrom."""
        self.forwarded_to = number

    @property
    def ringing(self) -> Leg | None:
        """The leg that rings here now. A leg that this phone itself dialled does not ring it."""
        return next((leg for leg in self.legs if leg.status == "ringing" and leg.direction != "inbound"), None)

    @property
    def leg(self) -> Leg | None:
        """The leg in use: the one that talks, else the one that is under way, else the last."""
        for wanted in (lambda leg: leg.is_live, lambda leg: not leg.is_over):
            if found := [leg for leg in self.legs if wanted(leg)]:
                return found[-1]
        return self.legs[-1] if self.legs else None

    def __str__(self) -> str:
        return f"{self.name} ({self.number or 'number withheld'})"
