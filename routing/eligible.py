"""Who may be rung, and for everyone else the reason why not.

The reasons are a closed list (DESIGN 5.2): each is kept in the story and shown to people.
"""

from datetime import datetime, timedelta
from typing import Literal

from routing.floor import Presence, Shift, Standing

Refusal = Literal[
    "off_shift",
    "away",
    "on_call",
    "reserved",
    "wrap_up",
    "wrong_language",
    "declined",
    "failed_number",
]

AVAILABLE_OFF_SHIFT = timedelta(hours=8)


def presence_holds(presence: Presence, shift: Shift | None, at: datetime) -> bool:
    """Whether what was said still counts (DESIGN 5, "Presence").

    `off` and `away` without an end last to the start of the next shift; `available` said off shift lasts 8 h.
    """
    if presence.until is not None:
        return at < presence.until
    if presence.state == "available":
        return at < presence.since + AVAILABLE_OFF_SHIFT
    if shift is None:
        return True
    return not _shift_began_between(shift, presence.since, at)


def _shift_began_between(shift: Shift, since: datetime, at: datetime) -> bool:
    after_this_shift = shift.week.closes_at(since, shift.zone) or since
    next_start = shift.week.next_open(after_this_shift, shift.zone)
    return next_start is not None and next_start <= at


def off_duty(standing: Standing, shift: Shift | None, at: datetime) -> Refusal | None:
    """`off_shift`, `away`, or None for somebody at work."""
    presence = standing.presence
    if presence is not None and presence_holds(presence, shift, at):
        match presence.state:
            case "available":
                return None
            case "away":
                return "away"
            case "off":
                return "off_shift"
    on_shift = shift is not None and shift.week.is_open(at, shift.zone)
    return None if on_shift else "off_shift"


def busy(standing: Standing, contact: str, at: datetime) -> Refusal | None:
    """Held by another call, or by this one's own conversation; wrap-up after this very contact doesn't count:
    a client who was cut off returns to the same technician first."""
    held = standing.reservation
    if held is None or (held.expires_at is not None and held.expires_at <= at):
        return None
    match held.kind:
        case "on_call":
            return "on_call"
        case "wrap_up":
            return None if held.contact == contact else "wrap_up"
        case "ringing":
            return "reserved"


def refusal(
    standing: Standing,
    shift: Shift | None,
    at: datetime,
    *,
    contact: str,
    language: str,
    declined: bool = False,
    calling: bool = False,
) -> Refusal | None:
    """Why this technician may not be rung for this contact now; None for "ring them".

    `language` empty means that any will do. `calling`: the technician is the one who is on the line to us.
    """
    technician = standing.technician
    if duty := off_duty(standing, shift, at):
        return duty
    if calling:
        return "on_call"
    if held := busy(standing, contact, at):
        return held
    if standing.out_until is not None and at < standing.out_until:
        return "failed_number"
    if language and technician.languages and language not in technician.languages:
        return "wrong_language"
    return "declined" if declined else None
