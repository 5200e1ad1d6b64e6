"""A telephone and the number in it: what it does when it is called, what it was sent. The person holding it
is a handset (handsets.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from simulator.legs import Leg


@dataclass(frozen=True)
class Text:
    at: datetime
    from_: str
    body: str
    sid: str


@dataclass(frozen=True)
class Voicemail:
    """A carrier's machine: picks up, talks, presses nothing, and hangs up after listening for a while."""

    after_seconds: float
    greeting_seconds: float
    listens_seconds: float = 30.0
    greeting: str = "The person you have called is not available. Please leave a message after the tone."


@dataclass(eq=False)
class Telephone:
    """`number` is None for a caller who withholds it."""

    number: str | None
    name: str
    has_person: bool = True  # False: a number that nobody in this world holds; it rings and is never answered
    condition: Literal["well", "fails", "busy"] = "well"
    voicemail: Voicemail | None = None
    forwarded_to: str | None = None
    legs: list[Leg] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def fails(self) -> None:
        """Calls to it fail at once (SIP 404); texts are undelivered."""
        self.condition = "fails"

    def is_busy(self) -> None:
        self.condition = "busy"

    def is_well(self) -> None:
        """Undoes fails, is_busy, has_voicemail and forwards_to."""
        self.condition, self.voicemail, self.forwarded_to = "well", None, None

    def has_voicemail(self, after_seconds: float = 12, greeting_seconds: float = 8) -> None:
        self.voicemail = Voicemail(after_seconds, greeting_seconds)

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
