"""How a contact ends: its outcome, its line in the story, and nobody left reserved for it."""

from callflows.actions import Free
from callflows.contact import OUTCOMES, Contact, Outcome
from callflows.parts.missed import follow_up
from callflows.turn import Turning


def holds(contact: Contact, outcome: Outcome) -> bool:
    """Whether that outcome is true of the contact (DESIGN 5, "Outcome")."""
    match outcome:
        case "swarmed":
            return contact.swarmed
        case "answered":
            return bool(contact.talked) or contact.fell_back
        case "voicemail":
            return contact.message
        case "callback":
            return contact.promised and (contact.known_number or bool(contact.number))
        case "opted_out":
            return bool(contact.thread and contact.thread.silenced)
        case "replied":
            return bool(contact.thread and contact.thread.replied)
        case "auto_replied" if contact.thread and contact.thread.automatic:
            return True
        case "auto_replied":
            return bool(contact.technician) or contact.dismissed  # one of ours, or whom the flow's words were enough
        case "abandoned":
            return contact.left
        case "failed":
            return True


def outcome_of(contact: Contact) -> Outcome:
    return next(outcome for outcome in OUTCOMES if holds(contact, outcome))


def close(turn: Turning, why: str) -> None:
    """End the contact. Once: a contact that is over is never ended again."""
    ring = turn.contact.hunt.ring
    if ring is not None and not ring.freed:
        turn.change(Free(ring.technician))
    if turn.contact.technician and turn.contact.channel == "voice":
        turn.change(Free(turn.contact.technician))  # one of ours, who called the line
    turn.became(stage="over", swarm=None, outcome=outcome_of(turn.contact))
    turn.tell("ended", outcome=turn.contact.outcome, why=why)
    follow_up(turn)


def reconsider(turn: Turning) -> None:
    """A late callback may complete what is known of a contact that is over; its outcome only ever moves up."""
    turn.became(outcome=outcome_of(turn.contact))
