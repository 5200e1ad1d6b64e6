"""A call that nobody could take is followed by one text, which can be answered (`texting.missed` writes it)."""

from callflows.contact import Contact
from callflows.text_actions import SendOn
from callflows.text_events import CallMissed
from callflows.turn import Turning
from routing.addresses import is_toll_free

MISSED = ("abandoned", "voicemail", "callback", "failed")


def follow_up(turn: Turning) -> None:
    """At the end of a call: whoever talked with nobody, and can be written to."""
    contact, number = turn.contact, turn.floor.number
    if number and is_missed(contact) and may_be_written_to(turn, number):
        due = contact.due if contact.promised else 0
        known = (contact.matter, contact.client, contact.municipality, contact.pod, contact.language)
        missed = CallMissed("", contact.contact, *known, due)
        turn.change(SendOn("", missed))


def is_missed(contact: Contact) -> bool:
    ours = contact.technician or contact.errand
    return contact.channel == "voice" and contact.outcome in MISSED and not ours


def may_be_written_to(turn: Turning, number: str) -> bool:
    """By a number that is theirs, which no text is known not to reach; a line that is called from all day long is a
    town hall's."""
    floor = turn.floor
    ours = floor.calling or floor.from_our_line
    refused = floor.silenced or floor.deaf or is_toll_free(number)
    return turn.contact.trusted and not ours and not refused and floor.recent_calls == 0
