"""One hunt: ringing technicians one after another until one of them is bridged or nobody is left.

The state of a ring is a table. `ringing`: the phone rings. `screening`: somebody, or a voicemail, picked up and
hears the whisper. `taken`: key 1 was pressed. `passed`: key 2 or 3 was pressed, the leg is hanging up.
A signal without a row changes nothing: callbacks come late, twice and in any order (twilio.md 8, rows 8 and 9).
Whether a ring was accepted is our own record of key 1 *and* Twilio's word that the two were bridged, never the
dial status alone: a voicemail and a human both report `completed` (twilio.md 5.2).
"""

from dataclasses import dataclass, replace
from typing import Literal

RingState = Literal["ringing", "screening", "taken", "passed"]
Signal = Literal["picked_up", "key_take", "key_pass", "key_wrong"]
RingResult = Literal["accepted", "declined", "no_answer", "busy", "failed", "canceled", "not_screened"]

TRANSITIONS: dict[tuple[RingState, Signal], RingState] = {
    ("ringing", "picked_up"): "screening",
    ("ringing", "key_take"): "taken",  # the key may overtake the request for the whisper
    ("ringing", "key_pass"): "passed",
    ("screening", "key_wrong"): "screening",
    ("screening", "key_take"): "taken",
    ("screening", "key_pass"): "passed",
}

KEYS: dict[str, Signal] = {"1": "key_take", "2": "key_pass", "3": "key_pass"}

# What Twilio's status of the leg means while nobody has picked up, in our words.
UNANSWERED: dict[str, RingResult] = {
    "busy": "busy",
    "failed": "failed",
    "no-answer": "no_answer",
    "canceled": "canceled",
}


@dataclass(frozen=True, slots=True)
class Ring:
    """One attempt. `number` counts the contact's rings from 1; instants are epoch milliseconds, 0 for not yet.

    `freed`: the technician's reservation has already been given back. `leg`: Twilio's sid, once they picked up.
    """

    number: int
    technician: str
    began: int
    state: RingState = "ringing"
    picked_up: int = 0
    pressed: int = 0
    key: str = ""
    freed: bool = False
    leg: str = ""

    def after(self, signal: Signal) -> "Ring":
        """The ring after a signal; itself if the table has no row for it."""
        state = TRANSITIONS.get((self.state, signal))
        return self if state is None else replace(self, state=state)


@dataclass(frozen=True, slots=True)
class Hunt:
    """The rings of one hunt. `began` epoch ms; `tried` everybody rung, in order; `declined` those who passed.

    `rung` counts the contact's rings over all its hunts, so that a ring's number is never used twice.
    """

    began: int = 0
    rung: int = 0
    ring: Ring | None = None
    tried: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    told: tuple[str, ...] = ()  # technicians whose being left out is already in the story


def ring_result(ring: Ring, *, status: str, bridged: bool | None, caller_gone: bool) -> RingResult:
    """How a ring ended. `status` is the dial's or the leg's word; `bridged` None when Twilio doesn't say.

    Without Twilio's word a completed leg whose technician pressed 1 counts as bridged.
    """
    if bridged:
        return "accepted"
    match ring.state:
        case "taken":
            if bridged is None and status in ("completed", "answered", ""):
                return "accepted"
            return "canceled" if caller_gone else "failed"
        case "passed":
            return "declined"
        case "screening":
            return "canceled" if caller_gone else "not_screened"
        case "ringing":
            if caller_gone:
                return "canceled"
            return UNANSWERED.get(status, "not_screened")
