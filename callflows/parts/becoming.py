"""A talk of two becomes a conference, and nobody is dropped (DESIGN 5.7).

The intent is kept first and counts for 10 s. A job moves the technician's leg by Twilio's API; that ends the caller's
Dial, whose action is answered with the same room, whichever of the two asks first (twilio.md 5.6). Until the caller's
leg has asked, the two talk in their Dial; from then on they are in a swarm's room: `helping` and `calling_in` go on.
"""

from dataclasses import replace
from datetime import timedelta

from callflows.actions import Hangup, HangUpLeg, JoinRoom, MoveTechnician, Say, SetTimer, Text
from callflows.events import DialEnded, TechnicianMoved, TechnicianUnmoved
from callflows.parts import calling_in, helping, rings
from callflows.parts.swarming import ROOM_CHECK
from callflows.text_events import TechnicianAsked
from callflows.turn import Turning, WholeFloorNeeded
from routing import hunt
from routing.swarm import BECOMES_WITHIN_MS, Becoming, Helper, Swarm, room

BECOMING = "becoming"  # the timer after which the intent is over, or the technician should be in the room
WITHIN = timedelta(milliseconds=BECOMES_WITHIN_MS)


def bridged(turn: Turning) -> hunt.Ring | None:
    """The ring whose technician talks with the caller in their Dial, as far as we know."""
    ring = turn.contact.hunt.ring
    talks = turn.contact.stage == "hunting" and ring is not None and ring.state == "taken" and not ring.freed
    return ring if talks else None


def with_client(turn: Turning) -> tuple[str, ...]:
    """The technicians who talk with the client now."""
    if ring := bridged(turn):
        return (ring.technician,)
    swarm = turn.contact.swarm
    return tuple(one.technician for one in swarm.inside) if swarm and turn.contact.stage == "conferring" else ()


def on_event(turn: Turning, event: TechnicianAsked | TechnicianMoved | TechnicianUnmoved) -> None:
    match event:
        case TechnicianAsked():
            on_asked(turn, event)
        case TechnicianMoved():
            on_technician_moved(turn, event)
        case TechnicianUnmoved():
            on_unmoved(turn, event)


# What technicians want of a call that goes on.


def on_asked(turn: Turning, event: TechnicianAsked) -> None:
    if not turn.floor.whole:
        raise WholeFloorNeeded
    match event.verb:
        case "swarm":
            ask_for_help(turn, event.technician, event.words)
        case "join":
            ask_to_join(turn, event.technician)
        case _:
            turn.because("nothing_to_do", detail=event.verb)


def ask_for_help(turn: Turning, technician: str, skill: str) -> None:
    ring = bridged(turn)
    if technician not in with_client(turn):
        turn.because("late", detail="swarm")
        turn.change(Text(technician, "tech_call_over"))
    elif ring is None:
        calling_in.summon(turn, technician, skill)
    elif not calling_in.is_there_anybody(turn):
        turn.because("nobody_to_help")
        turn.change(Text(technician, "tech_nobody_to_help"))
    else:
        intend(turn, ring, Becoming(ring.number, 0, helps=True, skill=skill))


def ask_to_join(turn: Turning, technician: str) -> None:
    ring = bridged(turn)
    if technician in with_client(turn):
        turn.change(Text(technician, "tech_in_it_already"))
    elif turn.contact.stage in ("waiting", "conferring"):
        calling_in.join(turn, technician)
    elif ring is None:
        turn.because("late", detail="join")
        turn.change(Text(technician, "tech_call_over"))
    elif refused := calling_in.why_not(turn, technician):
        calling_in.refuse(turn, technician, refused)
    else:
        intend(turn, ring, Becoming(ring.number, 0, joining=(technician,)))


def intend(turn: Turning, ring: hunt.Ring, wanted: Becoming) -> None:
    """Kept before Twilio is asked for anything; what else is wanted meanwhile is added to it."""
    before = turn.contact.becoming
    if before is not None and is_live(turn, before):
        joining = tuple(dict.fromkeys((*before.joining, *wanted.joining)))
        helps, skill = before.helps or wanted.helps, wanted.skill or before.skill
        turn.became(becoming=replace(before, helps=helps, skill=skill, joining=joining))
        return
    turn.became(becoming=replace(wanted, until=turn.now_ms + BECOMES_WITHIN_MS))
    turn.because("becomes_conference", ring.technician)
    turn.change(MoveTechnician(ring.number), SetTimer(BECOMING, turn.floor.at + WITHIN))


def is_live(turn: Turning, intent: Becoming) -> bool:
    return turn.now_ms < intent.until


# The two ways into the room.


def on_technician_moved(turn: Turning, event: TechnicianMoved) -> None:
    """Their leg asks where to go. Before the caller's leg has asked, or after."""
    helper, ring, intent = helping.find(turn, event.ring), bridged(turn), turn.contact.becoming
    if helper is not None and helper.is_in:
        helping.keep(turn, replace(helper, joined=helper.joined or turn.now_ms, leg=event.leg))
        helping.meet(turn, event.ring)
        turn.reply(JoinRoom(room(turn.contact.contact, turn.contact.swarms), event.ring))
    elif ring and intent and is_live(turn, intent) and ring.number == event.ring == intent.ring:
        turn.became(becoming=replace(intent, entered=intent.entered or turn.now_ms))
        turn.reply(JoinRoom(room(turn.contact.contact, turn.contact.swarms + 1), event.ring))
    else:
        turn.because("late", detail="TechnicianMoved")
        over(turn, ring.technician if ring else "")


def over(turn: Turning, technician: str = "") -> None:
    """A leg that was moved for nothing: whoever holds it is not left in silence."""
    turn.reply(Say("swarm_helper_over", technician=technician), Hangup())


def opens(turn: Turning, event: DialEnded, ring: hunt.Ring) -> bool:
    """Whether the caller's Dial has ended because the technician's leg was moved into the room."""
    intent = turn.contact.becoming
    wanted = intent is not None and intent.ring == ring.number and is_live(turn, intent) and not event.gone
    result = hunt.ring_result(ring, status=event.status, bridged=event.bridged, caller_gone=event.gone)
    return wanted and not ring.freed and result == "accepted"


def enter(turn: Turning, event: DialEnded, ring: hunt.Ring) -> None:
    """The caller's leg comes into the room; from now on it is a swarm's, and the technician its concierge."""
    intent = turn.contact.becoming
    assert intent is not None
    technician, number = ring.technician, turn.contact.swarms + 1
    turn.became(becoming=None)
    # Their ring is over, and they stay on the call.
    rings.finish(turn, replace(ring, freed=True), status=event.status, bridged=event.bridged, leg=event.leg)
    concierge = Helper(
        ring.number,
        technician,
        ring.began,
        state="taken",
        leg=ring.leg or event.leg,
        placed=ring.began,
        picked_up=ring.picked_up,
        pressed=ring.pressed,
        key="1",
        joined=intent.entered,
        bridged=True,
    )
    swarm = Swarm(number, turn.now_ms, (concierge,), arrived=turn.now_ms)
    turn.became(stage="conferring", asked=None, swarm=swarm, swarms=number, becoming=intent)
    turn.reply(JoinRoom(room(turn.contact.contact, number), ends=True))
    if intent.helps:
        turn.tell("swarm_opened", technician, **({"skill": intent.skill} if intent.skill else {}))
    else:
        turn.tell("swarm_opened", *intent.joining[:1], joins=True)
    if intent.entered:
        helping.meet(turn, ring.number)
    else:
        turn.change(SetTimer(BECOMING, turn.floor.at + WITHIN))
    turn.change(SetTimer(ROOM_CHECK, turn.floor.at + timedelta(seconds=turn.times.room_check)))


def look_on(turn: Turning) -> None:
    """After each turn: once both are in the room, those are rung who were wanted."""
    intent, swarm = turn.contact.becoming, turn.contact.swarm
    if intent is None or swarm is None or turn.contact.stage != "conferring":
        return
    concierge = swarm.helper(intent.ring)
    if concierge is None or not concierge.joined:
        return
    if not turn.floor.whole:
        raise WholeFloorNeeded
    turn.became(becoming=None)
    if intent.helps:
        calling_in.summon(turn, concierge.technician, intent.skill)
    for one in intent.joining:
        calling_in.join(turn, one)


# When it does not come about.


def on_unmoved(turn: Turning, event: TechnicianUnmoved) -> None:
    """Twilio refused: the two talk on as before, unless that leg is over, of which its own reports tell."""
    intent = turn.contact.becoming
    if intent is None or intent.ring != event.ring or intent.entered:
        turn.because("nothing_to_do", detail="TechnicianUnmoved")
    else:
        fail(turn, intent, "move_refused")


def on_timer(turn: Turning) -> None:
    """10 s after the intent, or after the caller came into the room."""
    intent, swarm = turn.contact.becoming, turn.contact.swarm
    if intent is not None and turn.contact.stage == "hunting" and not is_live(turn, intent):
        fail(turn, intent, "becoming_expired")
    absent = [one for one in swarm.inside if one.bridged and not one.joined] if swarm and swarm.arrived else []
    for one in absent:
        if swarm and turn.now_ms - swarm.arrived >= BECOMES_WITHIN_MS:
            turn.because("not_in_room", one.technician)
            turn.change(HangUpLeg(one.ring, leg=one.leg))
            helping.end(turn, one, "completed")


def fail(turn: Turning, intent: Becoming, why: str) -> None:
    """The intent is given up; whoever asked is told, and whoever went ahead into the room is let out of it."""
    ring = turn.contact.hunt.ring
    turn.became(becoming=None)
    if ring is None or ring.number != intent.ring:
        return
    if why == "move_refused":
        turn.because("move_refused", ring.technician)
    else:
        turn.because("becoming_expired", ring.technician)
    if intent.entered:
        turn.change(HangUpLeg(ring.number, leg=ring.leg))
    if intent.helps:
        turn.change(Text(ring.technician, "tech_call_unmoved"))
    for technician in intent.joining:
        turn.change(Text(technician, "tech_call_unmoved"))


def after_the_end(turn: Turning, event: TechnicianAsked | TechnicianMoved | TechnicianUnmoved) -> None:
    match event:
        case TechnicianAsked(technician=technician):
            turn.because("late", detail=event.verb)
            turn.change(Text(technician, "tech_call_over"))
        case TechnicianMoved():
            over(turn)
        case TechnicianUnmoved():
            turn.because("late", detail="TechnicianUnmoved")
