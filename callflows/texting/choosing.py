"""Who is given a client's words: the owner of the matter if at work, else somebody of the pod by its strategy who is.

To be on a call is no hindrance to reading; to be off shift is: nobody's telephone is told of texts at night.
"""

from collections.abc import Collection, Iterable

from callflows.parts.whom import Judged, judge, plan_of
from callflows.turn import Turning
from routing.plan import Place
from routing.strategies.longest_idle import longest_idle

# Reasons why somebody may not be rung, and may be written to all the same.
BUSY = frozenset({"on_call", "reserved", "wrap_up", "failed_number"})
ELSEWISE = BUSY | {"wrong_language"}  # an owner or a member reads on, and anybody before nobody


def choose(turn: Turning, lost_by: Collection[str] = ()) -> str | None:
    """Who is given the client's words now; None if nobody is at work. Who asked for quiet comes after all others.
    `lost_by`: whose telephones have lost these very words."""
    pod = is_for_the_pod(turn)
    every = [one for one in judge_all(turn) if not pod or one.place.because == "order"]
    beyond = [one for one in every if one.place.technician in (*turn.floor.unreached, *lost_by)]
    for one in filter(is_there, beyond):
        turn.because("left_out", one.place.technician, "unreached")
    every = [one for one in every if one not in beyond]
    muted = turn.thread.muted
    judged = [one for one in every if one.place.technician not in muted]
    if not any(is_there(one) for one in judged):
        judged = every
    owner = next((one for one in judged if one.place.because == "owner" and is_there(one)), None)
    free = next((one for one in judged if one.standing and one.refused is None), None)
    busy = next((one for one in judged if may_read(one)), None)
    chosen = owner or free or busy or next((one for one in judged if is_there(one)), None)
    for one in judged:
        if one.refused and one is not chosen:
            turn.because("left_out", one.place.technician, one.refused)
    if chosen is None:
        return None
    turn.because(f"text_to_{chosen.place.because}", chosen.place.technician)
    return chosen.place.technician


def is_for_the_pod(turn: Turning) -> bool:
    """The flow's step gives words to the pod's order alone, not to whoever owns the matter."""
    return getattr(turn.step, "to", "owner") == "pod"


def judge_all(turn: Turning) -> Iterable[Judged]:
    """The plan's order; for a client of no team everybody, whoever has been idle longest first."""
    places = plan_of(turn)
    if not turn.pod_people:
        everybody = longest_idle(tuple(turn.floor.standings.values()))
        named = {one.technician for one in places}
        keys = (one.technician.technician for one in everybody)
        places = (*places, *(Place(key, "order") for key in keys if key not in named))
    return (judge(turn, one) for one in places)


def may_read(one: Judged) -> bool:
    return one.standing is not None and (one.refused is None or one.refused in BUSY)


def is_there(one: Judged) -> bool:
    """At work and not unwanted, whatever they speak."""
    return one.standing is not None and (one.refused is None or one.refused in ELSEWISE)


def is_at_work(turn: Turning, technician: str) -> bool:
    return is_there(judge(turn, Place(technician, "order")))


def reads(turn: Turning, technician: str) -> bool:
    """At work, and texts reach them as far as we know."""
    return technician not in turn.floor.unreached and is_at_work(turn, technician)
