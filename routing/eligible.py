"""Who may be rung, and for everyone else the reason why not.

The reasons are a closed list (DESIGN 5.2): each is kept in the story and shown to people.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from routing.floor import Presence, Shift, Standing
from routing.hours import Span

Refusal = Literal[
    "off_shift",
    "away",
    "on_call",
    "reserved",
    "wrap_up",
    "wrong_language",
    "declined",
    "failed_number",
    "unwanted",
]

AVAILABLE_OFF_SHIFT = timedelta(hours=8)


def presence_holds(presence: Presence, shift: Shift | None, at: datetime, absences: Sequence[Span] = ()) -> bool:
    """Whether what was said still counts (DESIGN 5, "Presence").

    `off` and `away` without an end last to the start of the next shift. `available` said off shift lasts 8 h; said
    on shift it only takes back what was said before. Said in an absence it lasts to the end of that shift: whoever
    comes back early is away again tomorrow, if the absence is left to stand.
    """
    ends = presence_ends(presence, shift, absences)
    return ends is None or at < ends


def presence_ends(presence: Presence, shift: Shift | None, absences: Sequence[Span] = ()) -> datetime | None:
    """When it ceases to count; None for what lasts until something else is said."""
    if presence.until is not None:
        return presence.until
    if presence.state == "available":
        if shift is None or not shift.week.is_open(presence.since, shift.zone):
            return presence.since + AVAILABLE_OFF_SHIFT
        if any(begin <= presence.since < end for begin, end in absences):
            # A shift round the clock has no end.
            return shift.week.closes_at(presence.since, shift.zone) or presence.since + AVAILABLE_OFF_SHIFT
        return presence.since
    return _next_shift(shift, presence.since) if shift else None


def _next_shift(shift: Shift, after: datetime) -> datetime | None:
    """The start of the shift that follows, not counting the one that is on."""
    if shift.week.is_open(after, shift.zone):
        end = shift.week.closes_at(after, shift.zone)
        if end is None:
            return None  # round the clock: no next shift ever begins
        after = end
    return shift.week.next_open(after, shift.zone)


def off_duty(standing: Standing, shift: Shift | None, at: datetime) -> Refusal | None:
    """`off_shift`, `away`, or None for somebody at work."""
    if absent_until(standing, shift, at) is not None:
        return "away"
    presence = standing.presence
    if presence is not None and presence_holds(presence, shift, at, standing.absences):
        match presence.state:
            case "available":
                return None
            case "away":
                return "away"
            case "off":
                return "off_shift"
    on_shift = shift is not None and shift.week.is_open(at, shift.zone)
    return None if on_shift else "off_shift"


def absent_until(standing: Standing, shift: Shift | None, at: datetime) -> datetime | None:
    """When the absence around `at` ends, of several the last; None without one, and for whoever is back early."""
    around = [(begin, end) for begin, end in standing.absences if begin <= at < end]
    said = standing.presence
    if around and said is not None and said.state == "available" and presence_holds(said, shift, at, standing.absences):
        around = [(begin, end) for begin, end in around if said.since < begin]
    return max((end for _, end in around), default=None)


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
    unwanted: bool = False,
) -> Refusal | None:
    """Why this technician may not be rung for this contact now; None for "ring them".

    `language` empty means that any will do. `calling`: the technician is the one who is on the line to us.
    `unwanted`, by the client or the municipality, holds whatever the hour.
    """
    if unwanted:
        return "unwanted"
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
