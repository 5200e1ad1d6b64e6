"""A swarm in writing: whoever has the skill, is at work and opted in is asked by text, and joins by a word.

Nobody's telephone rings for it. The owner stays the owner (DESIGN 2, "High accountability").
"""

from callflows.actions import Text
from callflows.parts.whom import judge
from callflows.texting.speaking import answer, name_of, who
from callflows.turn import Turning, WholeFloorNeeded
from routing.floor import Standing
from routing.helpers import has_skill, helpers
from routing.plan import Place

MOST_INVITED = 6


def invite(turn: Turning, technician: str, skill: str) -> None:
    """Those with the skill that was named, if there are any, else all who may help."""
    if not turn.floor.whole:
        raise WholeFloorNeeded
    pod = turn.floor.pods.get(turn.contact.pod)
    called = {technician, *turn.thread.members, *turn.thread.invited}
    places = helpers(
        turn.pod_people, pod.strategy if pod else "linear", tuple(turn.floor.standings.values()), called=called
    )
    able = [one for place in places if (one := reader(turn, place))]
    skilled = [one for one in able if has_skill(one, skill)] if skill else []
    chosen = [one.technician.technician for one in (skilled or able)][:MOST_INVITED]
    if not chosen:
        turn.because("nobody_to_help")
        answer(turn, technician, "tech_nobody_to_help")
        return
    turn.because("text_swarm", technician, skill)
    turn.tell("swarm_opened", helpers=len(chosen), by="text", **({"skill": skill} if skill else {}))
    params = {"who": who(turn), "technician": name_of(turn, technician), "skill": skill}
    for key in chosen:
        turn.tell("swarm_invited", key)
        turn.change(Text(key, "tech_swarm_invite", params))
    turn.threads(invited=(*turn.thread.invited, *chosen))
    answer(turn, technician, "tech_swarm_opened", count=str(len(chosen)))


def reader(turn: Turning, place: Place) -> Standing | None:
    """Whoever may be rung may be asked: at work, not on a call, of the language."""
    judged = judge(turn, place)
    if judged.refused:
        turn.because("left_out", place.technician, judged.refused)
    return judged.standing if judged.refused is None else None
