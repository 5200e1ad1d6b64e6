"""Whom to ring next: the first of the plan who may be rung; everybody passed over is told once, with the reason."""

from dataclasses import dataclass, replace

from callflows.turn import Turning
from routing.eligible import Refusal, refusal
from routing.floor import Standing
from routing.plan import Place, plan, unwanted


@dataclass(frozen=True, slots=True)
class Judged:
    """One place of the plan and why its technician may not be rung; `refused` None: they may."""

    place: Place
    standing: Standing | None
    refused: Refusal | None


def plan_of(turn: Turning) -> tuple[Place, ...]:
    """The whole order for this contact, whoever may be rung of it."""
    swarm = turn.contact.swarm
    if swarm and swarm.line:
        return tuple(Place(key, "in_line") for key in swarm.line)
    pod = turn.floor.pods.get(turn.contact.pod)
    promised = turn.promise(turn.contact.errand or turn.contact.contact)
    return plan(
        turn.pod_people,
        pod.strategy if pod else "linear",
        matter=turn.matter,
        talk=turn.talk,
        client=turn.client,
        municipality=turn.place,
        lead=promised.owner if promised else "",
        at=turn.floor.at,
    )


def judge(turn: Turning, place: Place, *, again: bool = False) -> Judged:
    """`again`: a client who was cut off returns to them, though they were rung before."""
    key = place.technician
    standing = turn.floor.standings.get(key)
    if standing is None:
        return Judged(place, None, None)  # no longer in the directory
    refused = refusal(
        standing,
        turn.shift(key),
        turn.floor.at,
        contact=turn.contact.contact,
        language=turn.contact.language,
        declined=key in turn.contact.hunt.declined and not again,
        calling=key == turn.floor.calling,
        unwanted=key in unwanted(turn.client, turn.place),
    )
    return Judged(place, standing, refused)


def anybody(turn: Turning) -> bool:
    """Whether there is anybody to ring at all."""
    judged = (judge(turn, place) for place in plan_of(turn))
    return any(one.standing is not None and one.refused is None for one in judged)


def choose(turn: Turning, back_to: str = "") -> Standing | None:
    """`back_to` before all others. None: nobody is left."""
    order = plan_of(turn)
    if back_to:
        order = tuple(sorted(order, key=lambda one: one.technician != back_to))
        if not order or order[0].technician != back_to:
            order = (Place(back_to, "last_talked"), *order)
    for place in order:
        key = place.technician
        again = key == back_to
        if key in turn.contact.hunt.tried and not again:
            continue  # nobody twice in one hunt
        judged = judge(turn, place, again=again)
        if judged.standing is None:
            continue
        if judged.refused is None:
            tell_why(turn, place, again=again)
            return judged.standing
        leave_out(turn, key, judged.refused)
    return None


def tell_why(turn: Turning, place: Place, *, again: bool) -> None:
    pod = turn.floor.pods.get(turn.contact.pod)
    match place.because:
        case _ if again:
            turn.because("back_to_same", place.technician)
        case "owner":
            turn.because("owner_first", place.technician, str(turn.contact.matter))
        case "wanted":
            turn.because("wanted_first", place.technician)
        case "last_talked":
            turn.because("last_talked_first", place.technician, turn.talk.at.isoformat() if turn.talk else "")
        case "in_line":
            turn.because("next_in_line", place.technician)
        case _:
            turn.because("next_in_order", place.technician, pod.strategy if pod else "")


def leave_out(turn: Turning, technician: str, reason: Refusal) -> None:
    turn.because("left_out", technician, reason)
    held = turn.contact.hunt
    if reason != "declined" and technician not in held.told:
        turn.became(hunt=replace(held, told=(*held.told, technician)))
        turn.tell("skipped", technician, reason=reason)
