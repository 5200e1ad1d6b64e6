"""Where a hunt's turns looked for somebody to ring: each search as it stood then, and whom it found. Part of `why`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from callflows import events
from callflows.actions import Reason
from callflows.contact import Contact
from callflows.parts.whom import Judged, judge, plan_of
from callflows.steps.ring import RingStep
from callflows.turn import Turning
from db.stories import NotReplayed, Played
from routing.plan import Place
from routing.swarm import Swarm
from telling.why_pod import codes

GOES_ON = (events.DialEnded, events.LegEnded, events.KeyPressed, events.TimerFired)
SPENT = ("rings_spent", "time_spent")


@dataclass(frozen=True, slots=True)
class Search:
    """`kind`: `more` goes on with a hunt, all others begin one. `step`: the ring step that was entered. `pod`: whose
    order. `line`: a swarm's helpers who are rung one by one instead."""

    kind: Literal["more", "first", "step", "return", "in_line", "errand", "callback"]
    pod: str
    step: str = ""
    line: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    back_to: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to ring next was chosen: the whole order as it stood. `chosen` empty: nobody. `ring`: the number of that
    ring, or what it would have been. `together`: all who were rung at once instead."""

    played: Played
    search: Search
    turning: Turning
    order: tuple[Judged, ...]
    chosen: str
    ring: int
    spent: Reason | None = None
    together: tuple[str, ...] = ()

    @property
    def keys(self) -> list[str]:
        return [one.place.technician for one in self.order]

    def judged(self, key: str) -> Judged:
        return next(one for one in self.order if one.place.technician == key)

    def may_follow(self, key: str) -> str:
        """The first behind `key` who could have been rung; empty for nobody."""
        behind = self.order[self.keys.index(key) + 1 :]
        free = (one.place.technician for one in behind if one.standing and one.refused is None)
        return next((one for one in free if one not in self.search.tried), "")


def hunts_of(contact: str, played: Sequence[Played]) -> list[list[Choice]]:
    """The choices of each hunt. A call back for which nobody could be rung is a hunt of one choice."""
    hunts: list[list[Choice]] = []
    for one in played:
        found = list(searches(one, first=not hunts))
        for number, search in enumerate(found, 1):
            if search.kind != "more":
                hunts.append([])
            if not hunts:
                raise NotReplayed(contact)
            hunts[-1].append(choice_of(contact, one, search, last=number == len(found)))
    return hunts


def searches(one: Played, *, first: bool) -> Iterator[Search]:
    """All that a turn looked for, in its order: on in the hunt that was on, then in each ring step that it entered."""
    before, after = one.before, one.turn.contact
    pod = pod_at_first(one)
    if goes_on(one):
        tried = () if "ring_never_began" in codes(one) else before.hunt.tried
        yield Search("more", before.pod, line=line_of(before), tried=tried)
    elif before.stage == "returning" and after.returns != before.returns:
        talked = before.talked[-1] if before.talked else ""
        yield Search("return", before.pod, line=line_of(before), back_to=talked)
    elif "one_by_one" in codes(one):
        yield Search("in_line", before.pod, line=unplaced(one))
    elif "nobody_to_call_back" in codes(one):
        yield Search("callback", before.pod)
    elif after.errand and after.hunt.began != before.hunt.began and "promise_settled" not in codes(one):
        yield Search("errand", after.pod)
    for name in one.turn.path:
        step = one.version.body.steps.get(name)
        if isinstance(step, RingStep):
            pod = step.pod or pod
            yield Search("first" if first else "step", pod, name)
            first = False


def goes_on(one: Played) -> bool:
    """Whether the hunt's own ring ended so that the next one was looked for; a helper's ring is none of a hunt's."""
    held = one.before.hunt.ring
    elsewhere = {"sent_to_swarm", "unexpected"} & codes(one)  # after what was not expected a message is taken
    if held is None or one.before.stage not in ("hunting", "errand") or elsewhere:
        return False
    if not isinstance(one.event, GOES_ON) or events.is_gone(one.event):
        return False
    ended = [told.detail for told in one.turn.story if told.kind == "ring_ended"]
    return any(told["ring"] == held.number and told["result"] != "accepted" for told in ended)


def pod_at_first(one: Played) -> str:
    """The pod that was known before a ring step of this turn named another one."""
    before, after = one.before, one.turn.contact
    steps = (one.version.body.steps.get(name) for name in one.turn.path)
    if not any(isinstance(step, RingStep) and step.pod for step in steps):
        return after.pod
    place = one.floor.municipalities.get(after.municipality)
    return before.pod or (place.pod if place and place.pod in one.floor.pods else "")


def line_of(contact: Contact) -> tuple[str, ...]:
    return contact.swarm.line if contact.swarm else ()


def unplaced(one: Played) -> tuple[str, ...]:
    """Whom Twilio's API could not ring, those of this very turn included, in the order of their rings."""
    known = one.before.swarm.helpers if one.before.swarm else ()
    lately = {reason.technician for reason in one.turn.reasons if reason.code == "api_away"}
    return tuple(each.technician for each in known if each.state == "unplaced" or each.technician in lately)


def turning_of(one: Played, search: Search) -> Turning:
    """For questions of the plan: the contact as the turn left it, on the floor that the turn saw."""
    after, floor = one.turn.contact, one.floor
    swarm = replace(one.before.swarm or Swarm(0, 0), line=search.line) if search.line else None
    for reason in one.turn.reasons:
        floor = floor.released(reason.technician) if reason.code == "api_away" else floor
    hunt = replace(after.hunt, tried=search.tried)
    return Turning(one.version, replace(after, pod=search.pod, swarm=swarm, hunt=hunt), floor)


def choice_of(contact: str, one: Played, search: Search, *, last: bool) -> Choice:
    """Raises NotReplayed for a choice that the plan doesn't explain. `last`: of its turn, so what was rung is its."""
    turning = turning_of(one, search)
    places, back_to = plan_of(turning), search.back_to
    if back_to:
        places = (Place(back_to, "last_talked"), *(place for place in places if place.technician != back_to))
    again = search.kind == "callback"
    order = tuple(judge(turning, place, again=again or place.technician == back_to) for place in places)
    after = one.turn.contact
    told = (told.technician for told in one.turn.story if told.kind == "ring_started")
    chosen = next(told, "") if last else ""
    spent = next((each for each in one.turn.reasons if each.code in SPENT), None) if search.kind == "more" else None
    opened = last and after.swarm is not None and after.swarm.pod and after.swarms != one.before.swarms
    together = tuple(each.technician for each in after.swarm.helpers) if opened and after.swarm else ()
    free = (each.place.technician for each in order if each.standing and each.refused is None)
    first = next((key for key in free if key not in search.tried or key == back_to), "")
    if chosen != first and not (not chosen and (spent or together)):
        raise NotReplayed(contact)
    ring = after.hunt.rung if chosen else one.before.hunt.rung + 1
    return Choice(one, search, turning, order, chosen, ring, spent, together)
