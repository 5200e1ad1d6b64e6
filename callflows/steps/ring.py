"""Ring the pod's technicians one after another, screen each, and know whether the two really talked.

TwiML alone: no REST call, so it works at any calls-per-second limit (DESIGN 5.5). What a signal means to a ring
is `routing.hunt`'s table; whom to ring next is `choose`'s.
"""

from dataclasses import replace
from typing import Any

from callflows.actions import (
    Ask,
    Connect,
    CountRing,
    Free,
    Hangup,
    KeepPromises,
    Occupy,
    OpenMatter,
    Reserve,
    Ring,
    Say,
    Screen,
    Text,
)
from callflows.events import CallerPressed, CallerStayed, DialEnded, KeyPressed, LegEnded, LegPickedUp
from callflows.steps import voicemail
from callflows.steps.hangup import close
from callflows.steps.whisper import keys, whisper
from callflows.turn import Turning
from routing import hunt
from routing.eligible import Refusal, refusal
from routing.floor import Standing
from routing.hunt import KEYS, Hunt, RingResult, ring_result
from routing.strategies import ring_order

MISSED_TOLD = 3


def enter(turn: Turning) -> None:
    """The first ring of a hunt, in the answer to the very first webhook if there is one to ring."""
    turn.became(stage="hunting", hunt=Hunt(began=turn.now_ms))
    go_on(turn, first=True)


def go_on(turn: Turning, *, first: bool = False, back_to: str = "") -> None:
    """Ring whoever is next, `back_to` before all others; nobody left or the time is up: voicemail."""
    chosen = None if spent(turn) else choose(turn, back_to)
    if chosen is None:
        turn.became(hunt=replace(turn.contact.hunt, ring=None))
        voicemail.enter(turn)
        return
    technician = chosen.technician
    held = turn.contact.hunt
    ring = hunt.Ring(number=held.rung + 1, technician=technician.technician, began=turn.now_ms)
    tried = (*held.tried, technician.technician)
    turn.became(stage="hunting", hunt=replace(held, rung=ring.number, ring=ring, tried=tried))
    if back_to == technician.technician:
        turn.say("hunt_again", technician=technician.name)
    elif not first:
        turn.say("hunt_next")
    turn.change(Reserve(technician.technician))
    turn.reply(Ring(technician.technician, ring.number, turn.times.ring, silent=not turn.replies))
    turn.tell("ring_started", technician.technician, ring=ring.number)


def spent(turn: Turning) -> bool:
    """Whether the hunt has used its rings or its time."""
    held = turn.contact.hunt
    if len(held.tried) >= turn.times.hunt_rings:
        turn.because("rings_spent", detail=str(len(held.tried)))
        return True
    if turn.now_ms - held.began >= turn.times.hunt * 1000:
        turn.because("time_spent", detail=str(turn.times.hunt))
        return True
    return False


def choose(turn: Turning, back_to: str = "") -> Standing | None:
    """The first of the order who may be rung; everybody passed over is told once, with the reason."""
    pod = turn.floor.pods.get(turn.contact.pod)
    order = ring_order(pod.strategy if pod else "linear", turn.pod_people)
    if back_to:
        order = tuple(sorted(order, key=lambda one: one.technician.technician != back_to))
    for standing in order:
        key = standing.technician.technician
        again = key == back_to
        if key in turn.contact.hunt.tried and not again:
            continue  # nobody twice in one hunt
        reason = refusal(
            standing,
            turn.shift(key),
            turn.floor.at,
            contact=turn.contact.contact,
            language=turn.contact.language,
            declined=key in turn.contact.hunt.declined and not again,
            calling=key == turn.floor.calling,
        )
        if reason is None:
            turn.because("back_to_same" if again else "next_in_order", key, pod.strategy if pod else "")
            return standing
        leave_out(turn, key, reason)
    return None


def leave_out(turn: Turning, technician: str, reason: Refusal) -> None:
    turn.because("left_out", technician, reason)
    held = turn.contact.hunt
    if reason != "declined" and technician not in held.told:
        turn.became(hunt=replace(held, told=(*held.told, technician)))
        turn.tell("skipped", technician, reason=reason)


# The technician's own leg: the whisper and the key.


def current(turn: Turning, number: int) -> hunt.Ring | None:
    """The ring that an event speaks of, if it is the one going on."""
    ring = turn.contact.hunt.ring
    return ring if ring and ring.number == number and turn.contact.stage == "hunting" else None


def keep(turn: Turning, ring: hunt.Ring | None) -> None:
    turn.became(hunt=replace(turn.contact.hunt, ring=ring))


def on_picked_up(turn: Turning, event: LegPickedUp) -> None:
    ring = current(turn, event.ring)
    if ring is None or ring.state not in ("ringing", "screening"):
        dismiss(turn)
        return
    ring = replace(ring.after("picked_up"), picked_up=ring.picked_up or turn.now_ms)
    keep(turn, ring)
    turn.reply(Screen(ring.technician, whisper(turn, ring.technician), turn.times.screening_key))


def dismiss(turn: Turning) -> None:
    """The technician's leg asks about a ring that is over: say so and hang up, or the caller would be bridged."""
    turn.reply(Say("screening_caller_gone" if turn.contact.is_over else "screening_too_late"), Hangup())


def on_key(turn: Turning, event: KeyPressed) -> None:
    ring = current(turn, event.ring)
    if ring is None:
        dismiss(turn)
        return
    if not event.digits and ring.state != "taken":
        turn.reply(Hangup())  # silence after the keys: no key at all is not a wrong one
        return
    signal = KEYS.get(event.digits, "key_wrong")
    after = ring.after(signal)
    if ring.freed:
        turn.reply(Hangup())  # the key comes after the leg's own end: nobody is there to be connected
        return
    if ring.state == "taken":
        turn.reply(Connect())  # taken already: hanging up now would drop the client
        return
    turn.tell("pressed", ring.technician, event.leg, key=event.digits)
    match signal:
        case "key_take" if after is not ring:
            keep(turn, replace(after, key="1", pressed=turn.now_ms, picked_up=ring.picked_up or turn.now_ms))
            turn.change(Occupy(ring.technician))
            turn.reply(Connect())
            own(turn, ring.technician)
        case "key_pass" if after is not ring:
            keep(turn, replace(after, key=event.digits, pressed=turn.now_ms))
            turn.reply(Say("screening_passed"), Hangup())
        case "key_wrong" if ring.state in ("ringing", "screening") and still_time(turn, ring):
            keep(turn, replace(after, picked_up=ring.picked_up or turn.now_ms))
            turn.reply(Screen(ring.technician, (Say("screening_again"), *keys()), turn.times.screening_key))
        case _:
            turn.reply(Hangup())


def still_time(turn: Turning, ring: hunt.Ring) -> bool:
    """Whether the keys can be said once more within the limit for wrong keys (DESIGN 5.4: 25 s)."""
    saying = 5
    waited = (turn.now_ms - (ring.picked_up or turn.now_ms)) / 1000
    return waited + saying + turn.times.screening_key <= turn.times.screening_wrong_keys


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


# The caller's leg: what came of it, and what is next.


def finish(
    turn: Turning, ring: hunt.Ring, *, status: str, bridged: bool | None, leg: str = "", gone: bool = False
) -> RingResult:
    """Close the ring: its one line in the story, the technician given back, the promise kept if they talked."""
    result = ring_result(ring, status=status, bridged=bridged, caller_gone=gone)
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
    warn_of_missed(turn, ring.technician, result)
    if talked:
        note_talk(turn, ring.technician)
    elif result == "declined":
        held = turn.contact.hunt
        turn.became(hunt=replace(held, declined=(*held.declined, ring.technician)))
    return result


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
    own(turn, technician)
    others = (one for one in turn.contact.talked if one != technician)
    turn.became(talked=(*others, technician))  # the last one is who talked last
    matter = turn.floor.matter
    if matter and matter.number == turn.contact.matter and matter.promises:
        turn.change(KeepPromises(tuple(one.promise for one in matter.promises)))
        for one in matter.promises:
            turn.tell("promise_kept", technician, promise=one.promise, matter=matter.number)


def on_dial_ended(turn: Turning, event: DialEnded, ring: hunt.Ring) -> None:
    result = finish(turn, ring, status=event.status, bridged=event.bridged, leg=event.leg, gone=event.gone)
    if event.gone:
        turn.became(left=True)
        close(turn, "the caller hung up")
    elif result == "accepted":
        turn.became(stage="returning")
        turn.reply(Ask("cut_off", turn.times.cut_off))
        turn.tell("prompted", prompt="cut_off")
    else:
        go_on(turn)


def on_return(turn: Turning, event: CallerPressed | CallerStayed) -> None:
    """After a conversation the caller is still there: back to the same technician first (DESIGN 5)."""
    if isinstance(event, CallerPressed):
        turn.tell("pressed", leg=event.leg, key=event.digits)
    if turn.contact.returns >= turn.times.returns:
        turn.say("goodbye")
        turn.reply(Hangup())
        close(turn, "we said goodbye: the caller had been returned several times")
        return
    turn.became(
        returns=turn.contact.returns + 1,
        hunt=replace(turn.contact.hunt, began=turn.now_ms, ring=None, tried=()),
    )
    go_on(turn, back_to=turn.contact.talked[-1] if turn.contact.talked else "")
