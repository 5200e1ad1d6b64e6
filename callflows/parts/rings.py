"""One ring of the caller's own document, or of an errand: which it is, and what came of it.

What a signal means to a ring is `routing.hunt`'s table; whom to ring next is `whom.choose`'s.
"""

from dataclasses import replace
from typing import Any

from callflows.actions import CountRing, Free, HangUpLeg, KeepPromises, OpenMatter, RememberTalk, Text
from callflows.events import LegEnded
from callflows.turn import Turning
from routing import hunt
from routing.hunt import RingResult, ring_result

MISSED_TOLD = 3


def spent(turn: Turning) -> bool:
    """Whether the hunt has used its rings or its time."""
    held = turn.contact.hunt
    if len(held.tried) >= turn.times.hunt_rings:
        turn.because("rings_spent", detail=str(len(held.tried)))
        return True
    # A caller to whom nothing was said hears the carrier's own ringing, which doesn't last (twilio.md 8, row 18).
    hears = turn.contact.heard or bool(turn.contact.errand)
    longest = turn.times.hunt if hears else min(turn.times.hunt, turn.times.silent_hunt)
    if turn.now_ms - held.began >= longest * 1000:
        turn.because("time_spent", detail=str(longest))
        return True
    return False


def current(turn: Turning, number: int) -> hunt.Ring | None:
    """The ring that an event speaks of, if it is the one going on."""
    ring = turn.contact.hunt.ring
    return ring if ring and ring.number == number and turn.contact.stage in ("hunting", "errand") else None


def keep(turn: Turning, ring: hunt.Ring | None) -> None:
    turn.became(hunt=replace(turn.contact.hunt, ring=ring))


def own(turn: Turning, technician: str) -> None:
    """Who takes the call has the contact; an open matter keeps its owner, a new one is theirs (DESIGN 5, "Matters")."""
    if turn.contact.owner != technician:
        turn.became(owner=technician)
        if not turn.contact.matter:
            turn.tell("owner_changed", technician)
    if not turn.contact.matter:
        turn.change(OpenMatter(technician))


def on_leg_ended(turn: Turning, event: LegEnded) -> None:
    """Give the technician back at the first sign that their leg is over; the rest waits for the caller's leg."""
    ring = current(turn, event.ring)
    if ring is None or ring.freed:
        return
    talked = ring.state == "taken"
    give_back(turn, ring, talked=talked)
    keep(turn, replace(ring, freed=True))


def give_back(turn: Turning, ring: hunt.Ring, *, talked: bool) -> None:
    pod = turn.floor.pods.get(turn.contact.pod)
    wrap_up = pod.wrap_up if pod and talked else 0
    if not ring.freed:
        turn.change(Free(ring.technician, wrap_up, talked))


def finish(
    turn: Turning, ring: hunt.Ring, *, status: str, bridged: bool | None, leg: str = "", gone: bool = False
) -> RingResult:
    """Close a ring of the caller's own document: whether they talked is Twilio's word and the technician's key."""
    result = ring_result(ring, status=status, bridged=bridged, caller_gone=gone)
    end(turn, ring, result, leg)
    if result == "accepted":
        note_talk(turn, ring.technician)
        if turn.contact.swarm:  # a helper, rung one by one
            turn.became(swarmed=True)
    return result


def end(turn: Turning, ring: hunt.Ring, result: RingResult, leg: str = "") -> None:
    """The ring's one line in the story, and the technician given back."""
    talked = result == "accepted"
    give_back(turn, ring, talked=talked)
    turn.change(CountRing(ring.technician, result))
    rang_until = ring.picked_up or turn.now_ms
    detail: dict[str, Any] = {
        "ring": ring.number,
        "result": result,
        "rang": round((rang_until - ring.began) / 1000),
        "seconds": round(((ring.pressed or turn.now_ms) - ring.began) / 1000),
    }
    if ring.key:
        detail["key"] = ring.key
    if talked:
        detail["talked"] = round((turn.now_ms - (ring.pressed or ring.began)) / 1000)
    turn.tell("ring_ended", ring.technician, leg, **detail)
    keep(turn, None)
    no_longer_becoming(turn, ring)
    warn_of_missed(turn, ring.technician, result)
    if result == "declined":
        held = turn.contact.hunt
        turn.became(hunt=replace(held, declined=(*held.declined, ring.technician)))


def no_longer_becoming(turn: Turning, ring: hunt.Ring) -> None:
    """The talk that was to become a conference is over; whoever went ahead into the room is let out of it."""
    intent = turn.contact.becoming
    if intent is None or intent.ring != ring.number:
        return
    turn.became(becoming=None)
    if intent.entered:
        turn.change(HangUpLeg(ring.number, leg=ring.leg))
    for one in intent.joining:
        turn.change(Text(one, "tech_call_over"))


def drop(turn: Turning, *, gone: bool = False) -> None:
    """The caller's leg asks for something else, so its dial is over, however it ended."""
    ring = turn.contact.hunt.ring
    if turn.contact.stage == "hunting" and ring is not None:
        status = "completed" if ring.state == "taken" else "no-answer"
        finish(turn, ring, status=status, bridged=None, gone=gone)


def warn_of_missed(turn: Turning, technician: str, result: RingResult) -> None:
    """Three unanswered rings in a row leave nobody out, but they are told (DESIGN 5, "Presence")."""
    standing = turn.floor.standings.get(technician)
    if standing and result in ("no_answer", "busy") and standing.missed + 1 == MISSED_TOLD:
        turn.because("missed_in_a_row", technician, str(MISSED_TOLD))
        turn.change(Text(technician, "missed_rings", {"name": standing.technician.name}))


def note_talk(turn: Turning, technician: str) -> None:
    """They talked: the client meets the same technician next time, and what was promised is kept."""
    own(turn, technician)
    others = (one for one in turn.contact.talked if one != technician)
    turn.became(talked=(*others, technician))  # the last one is who talked last
    turn.change(RememberTalk(technician))
    keep_promises(turn, technician)


def keep_promises(turn: Turning, technician: str, **how: str) -> None:
    matter = turn.matter
    if matter and matter.promises:
        turn.change(KeepPromises(tuple(one.promise for one in matter.promises), technician))
        for one in matter.promises:
            turn.tell("promise_kept", technician, promise=one.promise, matter=matter.number, **how)
