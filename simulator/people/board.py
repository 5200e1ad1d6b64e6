"""The whole board in words: who rings, who talks with whom, what was last heard, the last webhooks. It ends
every failure message of a handset."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.exchange import Exchange
    from simulator.people.telephones import Telephone
    from simulator.rooms.participants import Participant


def board(exchange: Exchange, requests: int = 8) -> str:
    now = exchange.clock.now()
    lines = [f"It is {now:%H:%M:%S} on {now:%Y-%m-%d} (UTC)."]
    lines += [f"  {phone}: {_doing(exchange, phone)}" for phone in exchange.phones]
    if exchange.alerts:
        alerts = [f"  {alert.code} {alert.message} {alert.url}".rstrip() for alert in exchange.alerts[-4:]]
        lines += ["Alerts:", *alerts]
    lines.append("Last webhooks:")
    for request in exchange.requests[-requests:]:
        said = {key: request.params[key] for key in _TELLING if request.params.get(key)}
        status = request.status if request.status is not None else f"no answer ({request.error})"
        lines.append(f"  {request.at:%H:%M:%S} {request.method} {urlsplit(request.url).path} {said} -> {status}")
        if request.kind == "twiml" and request.body:
            lines.append(f"           {' '.join(request.body.split())[:300]}")
    return "\n".join(lines)


_TELLING = (
    "CallStatus", "From", "To", "Digits", "SpeechResult", "DialCallStatus", "DialBridged", "RecordingStatus",
    "MessageStatus", "StatusCallbackEvent", "ReasonParticipantLeft", "QueueResult", "ErrorCode",
)  # fmt: skip


def _doing(exchange: Exchange, phone: Telephone) -> str:
    if phone.ringing:
        return f"rings (from {phone.ringing.from_})"
    leg = phone.leg
    if leg is None:
        return "idle, never called"
    return _state(exchange, leg) + (f'; last heard "{leg.heard()[-120:]}"' if leg.heard() else "")


def _state(exchange: Exchange, leg: Leg) -> str:
    if leg.is_over:
        return f"idle, last call ended as {leg.status}"
    if leg.bridged_with is not None:
        other = leg.bridged_with.phone
        return f"talks with {other.name if other else 'somebody'}"
    if leg.participant is not None and leg.participant.is_in:
        return _in_room(leg.participant)
    if member := exchange.queues.member(leg):
        return f"waits in the queue {member.queue.name}"
    if leg.status != "in-progress":
        return f"calling {leg.to}, {leg.status}"
    listening = f", {leg.ear.name} listens" if leg.ear and leg.ear.name else ""
    sound = next((s for s in reversed(leg.sounds) if s.until is None or s.until > leg.clock.now()), None)
    return f"connected, hears {sound.kind if sound else 'silence'}{listening}"


def _in_room(one: Participant) -> str:
    room, hold = one.room, ", on hold" if one.hold is not None else ""
    if one.company:
        names = [leg.phone.name if leg.phone else "somebody" for leg in one.company]
        return f"{'coaches' if one.coaches else 'talks with'} {', '.join(names)} in the conference {room.name}"
    return f"in the conference {room.name} ({room.status}){hold}, talks with nobody"
