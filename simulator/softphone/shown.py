"""What the page is told, as JSON: one item a thing, known by `what` and `id`. An item that is sent again replaces
the earlier one; so a page that has all items of a snapshot and all that follow has everything."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.calls.sounds import Sound
    from simulator.events import Alerted, TextSent
    from simulator.exchange import Exchange
    from simulator.people.telephones import Telephone
    from simulator.softphone.people import Person
    from simulator.webhooks.webhooks import Request

Item = dict[str, Any]
EARLY = 0.05  # seconds; a sound that ends sooner before its time than this has not been cut short


def phone(key: str, telephone: Telephone, person: Person | None) -> Item:
    return {
        "what": "phone",
        "id": key,
        "name": person.name if person else telephone.name,
        "number": telephone.number,
        "kind": person.kind if person else "other",
        "language": person.language if person else "",
        "note": person.note if person else "",
    }


def call(exchange: Exchange, leg: Leg, key: str) -> Item:
    """One leg, on the telephone `key`. `asks` is what is listened for."""
    ear, one, member = leg.ear, leg.participant, exchange.queues.member(leg)
    asks = {
        "keys": bool(ear and ear.keys),
        "words": bool(ear and (ear.speech or ear.noise)),
        "language": ear.language if ear else "",
    }
    return {
        "what": "call",
        "id": leg.sid,
        "phone": key,
        "dialled": leg.direction == "inbound",
        "from": leg.from_,
        "to": leg.to,
        "status": leg.status,
        "over": leg.is_over,
        "at": instant(leg.created_at),
        "answered_at": instant(leg.answered_at),
        "ended_at": instant(leg.ended_at),
        "with": [named(other) for other in leg.company],
        "room": one.room.name if one is not None and one.is_in else "",
        "held": bool(one is not None and one.hold is not None),
        "queue": member.queue.name if member else "",
        "asks": asks,
    }


def line(number: int, leg: Leg, at: datetime, kind: str, text: str = "", sound: Sound | None = None) -> Item:
    """One line of what was heard and done on a leg. `cut`: it was stopped before its end."""
    over = sound is not None and sound.until is not None and sound.until <= leg.clock.now()
    cut = False
    if over and sound is not None and sound.until is not None and sound.seconds:
        cut = (sound.until - sound.at).total_seconds() < sound.seconds - EARLY
    return {
        "what": "line",
        "id": number,
        "call": leg.sid,
        "at": instant(at),
        "kind": kind,
        "text": text,
        "language": sound.manner.language if sound else "",
        "voice": sound.manner.voice if sound else "",
        "over": over,
        "cut": cut,
    }


def text(number: int, event: TextSent) -> Item:
    """Its files are at /files/ and their id."""
    files = [{"id": one.sid, "type": one.content_type} for one in event.files]
    who = {"from": event.from_, "to": event.to}
    return {"what": "text", "id": number, "at": instant(event.at), **who, "body": event.body, "files": files}


def webhook(number: int, request: Request) -> Item:
    return {
        "what": "webhook",
        "id": number,
        "at": instant(request.at),
        "call": request.leg.sid if request.leg else "",
        "kind": request.kind,
        "method": request.method,
        "path": request.path,
        "url": request.url,
        "params": request.params,
        "status": request.status,
        "error": request.error,
        "seconds": (request.answered_at - request.at).total_seconds() if request.answered_at else None,
        "body": request.body,
        "duplicate": request.is_duplicate,
    }


def alert(number: int, noted: Alerted, of: int) -> Item:
    """`of` is the webhook or REST request that caused it, 0 if there is none."""
    return {
        "what": "alert",
        "id": number,
        "at": instant(noted.at),
        "code": noted.code,
        "message": noted.message,
        "path": urlsplit(noted.url).path,
        "call": noted.leg.sid if noted.leg else "",
        "of": of,
    }


def instant(at: datetime | None) -> float | None:
    """Seconds since 1970."""
    return at.timestamp() if at else None


def named(leg: Leg) -> str:
    return leg.phone.name if leg.phone else leg.from_
