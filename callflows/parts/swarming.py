"""A swarm, from the client's side: opened, waited for in our own loop, met in a room, and closed.

While no helper has accepted, the client is never in the room, because a conference hears no keys (DESIGN 5.6). The
helpers' own legs are `helping`'s; what a signal means to one of them is `routing.swarm`'s table.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from callflows.actions import AskLeg, CallOut, CancelRing, HangUpLeg, JoinRoom, MoveClient, Reserve, Say, SetTimer
from callflows.actions import Text as TextOut
from callflows.parts import helping
from callflows.parts.whom import judge, leave_out, plan_of
from callflows.turn import Turning
from routing.eligible import Refusal
from routing.floor import Standing
from routing.plan import Place
from routing.strategies import IN_ONE_WAVE
from routing.swarm import RING_HOLDS_MS, Helper, Swarm, room

INVITATION = "swarm_invite"  # the text that goes out with a helper's leg
ROOM_CHECK = "room_check"  # the timer after which Twilio is asked whether somebody is with the client
LATER_THAN_ASKED = 10  # seconds that a telephone may ring beyond what was asked for, its reports' way included
MOST_AT_ONCE = 25  # as many as one leg a second can be begun within a wave (DESIGN 5, "Times")
LEFT_ALONE = 10  # seconds until a helper's leg is ended whose client has gone
MUSIC = 9  # seconds after a short sentence, so that no round is longer than 15 s (DESIGN 5.6)
LISTENS = 1  # second after a round, whose keys the next one hears as well
KEYS_EVERY = 3  # rounds; the others have music


def who_may(turn: Turning, places: tuple[Place, ...]) -> list[Standing]:
    """Those who may be rung, in order; of all others the reason is kept, and told for the client's own pod."""
    found = []
    for place in places:
        judged = judge(turn, place)
        if judged.standing is None:
            continue
        if judged.refused is None:
            found.append(judged.standing)
        else:
            pass_over(turn, judged.standing, judged.refused)
    return found


def pass_over(turn: Turning, standing: Standing, refused: Refusal) -> None:
    """Whoever of another pod isn't at work is no news for a story."""
    key = standing.technician.technician
    if standing.technician.pod != turn.contact.pod and refused in ("off_shift", "away"):
        turn.because("left_out", key, refused)
    else:
        leave_out(turn, key, refused)


def spare(turn: Turning, people: list[Standing], most: int, why: str) -> list[Standing]:
    """The first of them; the story says who else was not rung, and why."""
    for one in people[most:]:
        turn.tell("skipped", one.technician.technician, reason=why)
    return people[:most]


def begin(turn: Turning, places: tuple[Place, ...], *, pod: bool = False) -> bool:
    """Ring all of them who may be rung; False if there is nobody. `pod`: limited to the client's own."""
    people = within_limits(turn, who_may(turn, places))
    if not people:
        turn.because("nobody_to_help")
        return False
    number = turn.contact.swarms + 1
    helpers = invited(turn, people)
    turn.became(
        stage="waiting",
        asked=None,
        swarm=Swarm(number, turn.now_ms, helpers, pod=pod),
        swarms=number,
        hunt=replace(turn.contact.hunt, ring=None),
    )
    turn.tell("swarm_opened", helpers=len(helpers), **({"pod": turn.contact.pod} if pod else {}))
    ring(turn, helpers, by_text=not pod)
    wait(turn)
    return True


def within_limits(turn: Turning, people: list[Standing]) -> list[Standing]:
    """As many as the account may call besides those whom this contact has on the line, and as a wave can hold."""
    swarm = turn.contact.swarm
    own = len(swarm.inside) + len(swarm.ringing) if swarm else 0
    free = None if turn.floor.legs_free is None else max(turn.floor.legs_free - own, 0)
    if free is not None and len(people) > free:
        turn.because("concurrent_calls", detail=f"{free} of {len(people)}")
        people = spare(turn, people, free, "concurrent_calls")
    if len(people) > MOST_AT_ONCE:
        turn.because("wave_full", detail=f"{MOST_AT_ONCE} of {len(people)}")
        people = spare(turn, people, MOST_AT_ONCE, "wave_full")
    return people


def invited(turn: Turning, people: Iterable[Standing], *, asked: bool = False, wave: int = 0) -> tuple[Helper, ...]:
    """A helper for each of them, under the next numbers of rings. `asked`: to join, themselves."""
    held = turn.contact.hunt
    made = tuple(
        Helper(held.rung + place, one.technician.technician, turn.now_ms, asked=asked, wave=wave)
        for place, one in enumerate(people, 1)
    )
    keys = tuple(one.technician for one in made)
    called = tuple(dict.fromkeys((*turn.contact.called, *keys)))
    turn.became(called=called, hunt=replace(held, rung=held.rung + len(made)))
    return made


def ring(turn: Turning, helpers: Iterable[Helper], *, by_text: bool, again: bool = False) -> None:
    """All at once. `again`: they were rung for this contact before."""
    for place, one in enumerate(helpers):
        turn.change(Reserve(one.technician), CallOut(one.technician, one.ring, turn.times.helper_ring))
        detail: dict[str, Any] = {"asked": True} if one.asked else {"again": True} if again else {}
        turn.tell("swarm_invited", one.technician, ring=one.ring, **detail)
        if by_text:
            # About when their leg begins, at a leg a second; whoever is no longer needed by then gets none.
            about = {"who": helping.who(turn, one.technician)}
            turn.change(TextOut(one.technician, "swarm_invite", about, delay=place))


def ring_together(turn: Turning, back_to: str) -> bool:
    """A pod that rings all at once: a swarm limited to it (DESIGN 5.2), after those who come before its order. False
    if they are rung one after another."""
    pod, held = turn.floor.pods.get(turn.contact.pod), turn.contact.hunt
    if back_to or pod is None or pod.strategy not in IN_ONE_WAVE or turn.contact.swarm:
        return False
    left = tuple(one for one in plan_of(turn) if one.technician not in (*held.tried, *turn.contact.called))
    able = [one for one in left if (judged := judge(turn, one)).standing and judged.refused is None]
    if len(able) < 2 or able[0].because != "order":
        return False
    return begin(turn, tuple(one for one in left if one.because == "order"), pod=True)


# The waiting loop.


def wait(turn: Turning, *before: Say) -> None:
    """One round: what happens, then what the keys do, or music; at most 15 s."""
    swarm = turn.contact.swarm
    assert swarm is not None
    says = list(before)
    if swarm.rounds == 0:
        count = len(swarm.ringing)
        says.append(Say("swarm_opened" if count > 1 else "swarm_opened_one", {"count": str(count)}))
    elif not before:
        screening = any(one.state == "screening" for one in swarm.helpers)
        says.append(Say("swarm_listening" if screening else "swarm_still"))
    with_keys = swarm.rounds % KEYS_EVERY == 0
    if with_keys:
        says.append(Say("swarm_keys"))
    turn.became(stage="waiting", swarm=replace(swarm, rounds=swarm.rounds + 1))
    turn.ask("waiting", *says, seconds=LISTENS, music=0 if with_keys else MUSIC)


def give_up_unheard(turn: Turning) -> None:
    """Rings of which nothing more was heard, though no telephone rings that long. A leg of unknown fate is never asked
    for again within its ring time (DESIGN 5, "Unknown fate")."""
    rings_out = (turn.times.helper_ring + LATER_THAN_ASKED) * 1000
    for one in turn.contact.swarm.ringing if turn.contact.swarm else ():
        if one.state == "unsure" and turn.now_ms - one.placed > rings_out:
            helping.unplace(turn, one, "unheard")
        elif turn.now_ms - one.began > RING_HOLDS_MS:
            turn.because("ring_unheard", one.technician)
            helping.end(turn, one, "no-answer")


def is_over(turn: Turning) -> bool:
    """Nobody is left who might still come, or the time is up."""
    swarm = turn.contact.swarm
    if swarm is None or not swarm.ringing:
        return True
    if turn.now_ms - swarm.began < turn.times.swarm * 1000:
        return False
    turn.because("time_spent", detail=str(turn.times.swarm))
    return True


# The room.


def connect(turn: Turning, *, moved: bool = False) -> None:
    """Send the client into the room where somebody waits. `moved`: a job has moved their leg; else it may still do so,
    and the room must outlive it."""
    swarm = turn.contact.swarm
    assert swarm is not None
    first = not swarm.arrived
    moving = swarm.moving and not moved
    turn.became(
        stage="conferring", asked=None, swarm=replace(swarm, arrived=swarm.arrived or turn.now_ms, moving=moving)
    )
    if first:
        turn.say("swarm_connecting")
        turn.change(SetTimer(ROOM_CHECK, turn.floor.at + timedelta(seconds=turn.times.room_check)))
    turn.reply(JoinRoom(room(turn.contact.contact, swarm.number), ends=not moving))
    for one in swarm.inside:
        if one.joined:
            helping.meet(turn, one.ring)


def on_room_check(turn: Turning) -> None:
    """Twilio is asked about everybody who should be with the client, should their reports be lost."""
    swarm = turn.contact.swarm
    if swarm is None:
        turn.because("nothing_to_do", detail=ROOM_CHECK)
        return
    for one in swarm.inside:
        turn.change(AskLeg(one.ring))
    if turn.contact.stage == "conferring" and not swarm.inside:
        turn.change(MoveClient())


# Its end.


def close(turn: Turning, why: str, *, caller_gone: bool = False) -> None:
    """Nobody rings any longer for it, and whoever is held is given back."""
    swarm = turn.contact.swarm
    if swarm is None:
        return
    if swarm.line:  # its end was told when the hunt one by one began
        turn.became(swarm=None)
        return
    for one in swarm.ringing:
        turn.change(CancelRing(one.ring))
        helping.end(turn, one, "canceled", caller_gone=True, quietly=True)
    for one in swarm.inside:
        turn.change(HangUpLeg(one.ring, LEFT_ALONE, one.leg))
        helping.end(turn, one, "completed", caller_gone=caller_gone, quietly=True)
    for technician in turn.contact.becoming.joining if turn.contact.becoming else ():
        turn.change(TextOut(technician, "tech_call_over"))
    turn.tell("swarm_closed", why=why)
    turn.became(swarm=None, becoming=None)


def drop(turn: Turning, *, gone: bool = False) -> None:
    """The client's leg does something else now."""
    if turn.contact.stage in ("waiting", "conferring"):
        close(turn, "the call went on elsewhere", caller_gone=gone)
