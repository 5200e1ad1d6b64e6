"""Others are called into a conversation that goes on in a room: helpers by the swarm's rules, those who have the skill
before all others, and colleagues who asked to join. The client hears nothing of it; if nobody comes, they talk on.
"""

from dataclasses import replace
from datetime import timedelta

from callflows.actions import SetTimer, Text
from callflows.parts import helping, swarming
from callflows.parts.whom import judge
from callflows.turn import Turning, WholeFloorNeeded
from routing.eligible import Refusal
from routing.floor import Standing
from routing.helpers import has_skill, helpers
from routing.plan import Place
from routing.swarm import RING_HOLDS_MS, Helper, Swarm

WAVE_OVER = "wave_over"  # the timer after which no telephone of a wave rings, whatever was told of it
NOT_ASKED = ("declined", "wrong_language")  # no reasons against somebody who wants to join


def order(turn: Turning, *, again: bool = False) -> tuple[Place, ...]:
    """Everybody whom a swarm would ring now. `again`: also whose telephone has rung for this contact, if they did not
    pass it: a technician has asked for help once more."""
    pod, held, swarm = turn.floor.pods.get(turn.contact.pod), turn.contact.hunt, turn.contact.swarm
    here = (one.technician for one in swarm.helpers if one.is_in or one.rings) if swarm else ()
    before = () if again else (*turn.contact.called, *held.tried)
    return helpers(
        turn.pod_people,
        pod.strategy if pod else "linear",
        tuple(turn.floor.standings.values()),
        called={*before, *held.declined, *here},
    )


def is_there_anybody(turn: Turning) -> bool:
    judged = (judge(turn, place) for place in order(turn, again=True))
    return any(one.standing is not None and one.refused is None for one in judged)


def room_of_talk(turn: Turning) -> Swarm:
    swarm = turn.contact.swarm
    assert swarm is not None
    return swarm


def summon(turn: Turning, technician: str, skill: str) -> None:
    """A technician who is with the client wants help."""
    if helping.is_full(turn):
        turn.change(Text(technician, "tech_call_full"))
        return
    turn.because("text_swarm", technician, skill)
    rung = wave(turn, technician, skill) or wave(turn, technician, skill, again=True)
    count = len(room_of_talk(turn).ringing)
    if rung or count:  # the others ring already
        turn.change(Text(technician, "tech_call_opened", {"count": str(count)}))
    else:
        turn.because("nobody_to_help")
        turn.change(Text(technician, "tech_nobody_to_help"))


def wave(turn: Turning, technician: str, skill: str, *, again: bool = False) -> bool:
    """Those with the skill, if there are any; else all who may help. False if there is nobody."""
    if not turn.floor.whole:
        raise WholeFloorNeeded
    people = swarming.who_may(turn, order(turn, again=again))
    skilled = [one for one in people if has_skill(one, skill)] if skill else []
    if skill and people and not skilled:
        turn.because("nobody_skilled", detail=skill)
    people = swarming.within_limits(turn, skilled or people)
    if not people:
        return False
    number = room_of_talk(turn).wave + 1
    invited = swarming.invited(turn, people, wave=number)
    add(turn, invited)
    named = skill if skilled else ""
    turn.became(swarm=replace(room_of_talk(turn), wave=number, asked_by=technician, skill=named))
    swarming.ring(turn, invited, by_text=True, again=again)
    return True


def add(turn: Turning, invited: tuple[Helper, ...]) -> None:
    swarm = room_of_talk(turn)
    turn.became(swarm=replace(swarm, helpers=(*swarm.helpers, *invited)))
    turn.change(SetTimer(WAVE_OVER, turn.floor.at + timedelta(milliseconds=RING_HOLDS_MS + 1000)))


def look_on(turn: Turning) -> None:
    """After each turn: nobody's telephone rings any more for whoever waits for help. Then the others are rung, after
    those with the skill; at last it is said that nobody comes."""
    swarm = turn.contact.swarm
    if swarm is None or not swarm.asked_by:
        return
    if swarm.is_answered(swarm.wave):
        turn.became(swarm=replace(swarm, asked_by="", skill=""))
        return
    if turn.contact.stage != "conferring" or any(one.wave == swarm.wave for one in swarm.ringing):
        return
    if swarm.skill and wave(turn, swarm.asked_by, ""):
        turn.because("others_next", detail=swarm.skill)
        return
    turn.became(swarm=replace(room_of_talk(turn), asked_by="", skill=""))
    turn.because("nobody_joined", swarm.asked_by)
    if swarm.asked_by in {one.technician for one in swarm.inside}:
        turn.change(Text(swarm.asked_by, "tech_nobody_came"))


# A colleague who wants to join.


def why_not(turn: Turning, technician: str) -> Refusal | None:
    """Why they may not be rung for it; "off_shift" too for somebody who is no longer in the directory."""
    judged = judge(turn, Place(technician, "opted_in"))
    if judged.standing is None:
        return "off_shift"
    return None if judged.refused in NOT_ASKED else judged.refused


def refuse(turn: Turning, technician: str, why: Refusal) -> None:
    turn.because("left_out", technician, why)
    match why:
        case "off_shift" | "away":
            turn.change(Text(technician, "tech_join_off_duty"))
        case "on_call" | "reserved" | "wrap_up":
            turn.change(Text(technician, "tech_join_busy"))
        case _:
            turn.change(Text(technician, "tech_join_refused"))


def is_rung(turn: Turning, technician: str) -> bool:
    swarm = turn.contact.swarm
    return swarm is not None and technician in {one.technician for one in swarm.ringing}


def join(turn: Turning, technician: str) -> None:
    """They are rung, briefed, and in the room by their key 1, like any helper."""
    if is_rung(turn, technician):
        turn.change(Text(technician, "tech_join_rings", {"who": helping.who(turn, technician)}))
    elif refused := why_not(turn, technician):
        refuse(turn, technician, refused)
    elif helping.is_full(turn) or not (people := swarming.within_limits(turn, standings(turn, technician))):
        turn.change(Text(technician, "tech_call_full"))
    else:
        invited = swarming.invited(turn, people, asked=True)
        add(turn, invited)
        turn.because("joins_call", technician)
        swarming.ring(turn, invited, by_text=False)
        turn.change(Text(technician, "tech_join_rings", {"who": helping.who(turn, technician)}))


def standings(turn: Turning, technician: str) -> list[Standing]:
    return [turn.floor.standings[technician]]


def on_wave_over(turn: Turning) -> None:
    swarming.give_up_unheard(turn)
