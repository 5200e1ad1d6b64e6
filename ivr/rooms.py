"""The room of a swarm, both ways: a leg's way in as TwiML, and who came and left as events."""

from typing import Any

from twilio.twiml.voice_response import Dial, VoiceResponse

from callflows.actions import JoinRoom
from callflows.contact import Contact, contact_id
from callflows.events import CallerMoved, RoomDialEnded, RoomJoined, RoomLeft, TechnicianMoved
from db.incoming import Incoming
from ivr.links import LONGEST_MUSIC, Handed, Links
from ivr.parse import FINAL, BadRequest, Form, gone, later, need
from ivr.parse import ring_of as ring_at
from routing.swarm import CLIENT_LABEL, label, ring_of
from routing.swarm import room as room_name

EVENTS = "start end join leave"


def join(response: Any, reply: JoinRoom, contact: Contact, number: int, links: Links) -> None:
    """The settings of whoever comes first hold for all, so everybody's are the same (twilio.md 8, row 15)."""
    dial = Dial(action=links.to("left", contact, number, reply.ring))
    dial.conference(
        reply.room,
        beep=False,
        start_conference_on_enter=True,
        end_conference_on_exit=reply.ends,
        participant_label=label(reply.ring) if reply.ring else CLIENT_LABEL,
        wait_url=links.to("wait", contact, number),
        wait_method="POST",
        status_callback=links.to("room", contact, number),
        status_callback_method="POST",
        status_callback_event=EVENTS,
    )
    response.append(dial)


def waiting(links: Links) -> str:
    """Music without an end: a document that ends leaves its listener in silence (twilio.md 4.5)."""
    response = VoiceResponse()
    response.play(links.music(LONGEST_MUSIC), loop=0)
    return str(response)


def moved(form: Form, handed: Handed | None) -> Incoming:
    """The client's leg, because we moved it."""
    return later(form, handed, CallerMoved(need(form, "CallSid"), gone(form)))


def joining(form: Form, handed: Handed | None) -> Incoming:
    """A technician's leg, because we moved it out of the caller's Dial."""
    return later(form, handed, TechnicianMoved(need(form, "CallSid"), ring_at(handed)))


def room(form: Form, handed: Handed | None) -> Incoming | None:
    """Who comes into a room and who leaves it; all else that is told of it changes nothing."""
    said, sid = need(form, "StatusCallbackEvent"), form.get("CallSid", "")
    if said not in ("participant-join", "participant-leave") or handed is None or not sid:
        return None
    ring = whose(form, handed.contact)
    if ring is None:
        return None
    name = form.get("FriendlyName", "") or room_of(handed.contact)
    event = RoomJoined(sid, name, ring) if said == "participant-join" else left_room(form, name, ring)
    return later(
        form, handed, event, f"Room:{need(form, 'ConferenceSid')}:{form.get('SequenceNumber', '')}:{said}:{sid}"
    )


def whose(form: Form, contact: Contact) -> int | None:
    """The ring whose leg this is, 0 for the client's: by its label, as the URL is that of whoever came first. Without
    a label a leg can only be told to be the client's."""
    said = form.get("ParticipantLabel", "")
    ring = ring_of(said)
    is_client = said == CLIENT_LABEL or contact_id(form.get("CallSid", "")) == contact.contact
    return ring or (0 if is_client else None)


def left_room(form: Form, name: str, ring: int) -> RoomLeft:
    why = form.get("ReasonParticipantLeft", "")
    over = {form.get("ParticipantCallStatus", ""), form.get("CallStatus", "")} & FINAL
    return RoomLeft(
        form.get("CallSid", ""),
        name,
        ring,
        final=bool(over) or why == "participant_hung_up",
        moved=why == "participant_updated_via_api",
    )


def left(form: Form, handed: Handed | None) -> Incoming:
    """A leg's Dial into a room is over: a helper's, whose ring the URL names, or the client's."""
    if handed is None:
        raise BadRequest("this address is only for URLs that we handed out")
    event = RoomDialEnded(need(form, "CallSid"), room_of(handed.contact), handed.ring, gone(form))
    return later(form, handed, event)


def room_of(contact: Contact) -> str:
    """The room that the contact's state speaks of: that of the swarm at hand, of its last one, or of the next."""
    number = contact.swarm.number if contact.swarm else contact.swarms + bool(contact.becoming)
    return room_name(contact.contact, number)
