"""Why a contact went where it went: who was known, whom the plan named in which order, and why nobody else was rung.

Pure, from a contact's kept turns alone: each is played again through `advance`, so what is told is what was decided
then, whatever directory and floor are today's. What can't be played again to the letter is not explained at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callflows import events
from callflows.contact import Contact
from callflows.parts.whom import Judged, judge, plan_of
from callflows.turn import Turning
from db.stories import NotReplayed, Played, Versions, replay
from podline.sentences import ENDINGS, REFUSALS, WHY
from podline.telling import Names, capital, length, names_then, nth
from podline.why_pod import codes, why_pod
from routing.plan import Place
from routing.strategies import ring_order

Row = Mapping[str, Any]

GOES_ON = (events.DialEnded, events.LegEnded, events.KeyPressed, events.TimerFired)
SPENT = {"rings_spent", "time_spent"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to ring next was chosen: the whole order as it stood, and who of it had been rung in this hunt before."""

    played: Played
    order: tuple[Judged, ...]
    tried: tuple[str, ...]
    chosen: str
    ring: int
    back_to: str = ""

    @property
    def keys(self) -> list[str]:
        return [one.place.technician for one in self.order]

    def judged(self, key: str) -> Judged:
        return next(one for one in self.order if one.place.technician == key)

    def may_follow(self, key: str) -> str:
        """The first behind `key` who could have been rung; empty for nobody."""
        behind = self.order[self.keys.index(key) + 1 :]
        free = (one.place.technician for one in behind if one.standing and one.refused is None)
        return next((one for one in free if one not in self.tried), "")


@dataclass(frozen=True, slots=True)
class Stand:
    """One row of a plan. `because` is the plan's own word; `outcome` a ring's result, a refusal, or `not_reached`."""

    place: int
    technician: str
    name: str
    because: str
    why: str
    outcome: str
    happened: str


@dataclass(frozen=True, slots=True)
class RingTold:
    ring: int
    technician: str
    name: str
    result: str
    why: str
    why_not_next: str


@dataclass(frozen=True, slots=True)
class HuntTold:
    at: datetime
    heading: str
    plan: tuple[Stand, ...]
    rings: tuple[RingTold, ...]
    end: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    contact: str
    zone: str
    pod: tuple[str, ...]
    hunts: tuple[HuntTold, ...]


def explain(row: Row, turns: Sequence[Row], versions: Versions) -> Explanation:
    """`turns` as `db.stories.list_turns` gives them. Raises NotReplayed."""
    played = replay(row, turns, versions)
    names = names_then([one.floor for one in played], row)
    story = [told for one in played for told in one.turn.story]
    results = {told.detail["ring"]: told.detail for told in story if told.kind == "ring_ended"}
    last = played[-1].turn.contact
    hunts = [Hunting(names, choices, results, last).told() for choices in hunts_of(row["contact"], played)]
    return Explanation(row["contact"], names.zone, tuple(why_pod(row, played, names)), tuple(hunts))


# Why this pod.


# Why this order, and why not the next one.


def hunts_of(contact: str, played: Sequence[Played]) -> list[list[Choice]]:
    """The choices of each hunt. A call back for which nobody could be rung is a hunt of one choice."""
    hunts: list[list[Choice]] = []
    for one in played:
        before, after = one.before, one.turn.contact
        begins = after.hunt.began and (after.hunt.began, after.returns) != (before.hunt.began, before.returns)
        begins = begins and "promise_settled" not in codes(one)
        starts = begins or "nobody_to_call_back" in codes(one)
        hunts += [[]] if starts else []
        if starts or goes_on(one):
            if not hunts:
                raise NotReplayed(contact)
            returns = before.stage == "returning" and begins and before.talked
            hunts[-1].append(choice_of(contact, one, before.talked[-1] if returns else ""))
    return hunts


def goes_on(one: Played) -> bool:
    """Whether a ring ended so that the next one was looked for."""
    if not isinstance(one.event, GOES_ON) or events.is_gone(one.event):
        return False
    return any(told.kind == "ring_ended" and told.detail["result"] != "accepted" for told in one.turn.story)


def choice_of(contact: str, one: Played, back_to: str) -> Choice:
    turning = turning_of(one)
    places = plan_of(turning)
    if back_to:
        places = (Place(back_to, "last_talked"), *(place for place in places if place.technician != back_to))
    calls_back = "nobody_to_call_back" in codes(one)
    order = tuple(judge(turning, place, again=calls_back or place.technician == back_to) for place in places)
    hunt = turning.contact.hunt
    chosen = next((told.technician for told in one.turn.story if told.kind == "ring_started"), "")
    tried = () if calls_back else hunt.tried[:-1] if chosen else hunt.tried
    free = (each.place.technician for each in order if each.standing and each.refused is None)
    first = next((key for key in free if key not in tried or key == back_to), "")
    if chosen != first and not (not chosen and SPENT & codes(one)):
        raise NotReplayed(contact)
    return Choice(one, order, tried, chosen, hunt.rung, back_to)


@dataclass(slots=True)
class Hunting:
    """One hunt in words. `last`: the contact as its last turn left it."""

    names: Names
    choices: Sequence[Choice]
    results: Mapping[int, Mapping[str, Any]]  # how each ring of the contact ended, as the story has it
    last: Contact

    @property
    def is_errand(self) -> bool:
        return bool(self.last.errand)

    def told(self) -> HuntTold:
        first = self.choices[0]
        at = first.played.floor.at
        kind = "hunt_return" if first.back_to else "hunt_errand" if self.is_errand else "hunt_first"
        if "nobody_to_call_back" in codes(first.played):
            kind = "hunt_callback"
        plan: dict[str, Choice] = {}
        for choice in self.choices:
            plan |= {key: choice for key in choice.keys if key not in plan}  # as it stood when they were named first
        return HuntTold(
            at=at,
            heading=WHY[kind].format(day=self.moment(at, seconds=True)),
            plan=tuple(self.stand(place, *one) for place, one in enumerate(plan.items(), 1)),
            rings=tuple(self.ring(number) for number, choice in enumerate(self.choices) if choice.chosen),
            end=self.end(),
            notes=tuple(self.changes()),
        )

    def changes(self) -> Iterator[str]:
        """Where the order of those who were left was another than before: others were rung, or talked, meanwhile."""
        for before, after in zip(self.choices, self.choices[1:], strict=False):
            rung = {*after.tried, before.chosen}
            left = [[key for key in choice.keys if key not in rung] for choice in (before, after)]
            if left[0] != left[1]:
                names = ", ".join(self.name(key) for key in left[1])
                yield WHY["order_changed"].format(ring=after.ring if after.chosen else after.ring + 1, names=names)

    # One technician of the plan.

    def stand(self, place: int, key: str, choice: Choice) -> Stand:
        outcome, happened = self.happened(key)
        because = choice.judged(key).place.because
        return Stand(place, key, self.name(key), because, self.why(choice, key), outcome, happened)

    def why(self, choice: Choice, key: str) -> str:
        """Why they stand where they do."""
        turning = turning_of(choice.played)
        promised = turning.promise(turning.contact.errand or turning.contact.contact)
        match choice.judged(key).place.because:
            case _ if key == choice.back_to:
                return WHY["stands_back_to"]
            case "owner":
                known = "stands_promise" if promised and promised.owner == key else "stands_owner"
                return WHY[known].format(matter=turning.contact.matter)
            case "wanted":
                client = turning.client
                whose = client.name if client and key in client.wanted else ""
                return WHY["stands_wanted"].format(who=whose or turning.place_name("en"))
            case "last_talked":
                return WHY["stands_last_talked"].format(day=self.moment(turning.talk.at) if turning.talk else "")
            case _:
                return self.nth_of_pod(turning, key)

    def nth_of_pod(self, turning: Turning, key: str) -> str:
        pod = turning.floor.pods.get(turning.contact.pod)
        order = ring_order(pod.strategy if pod else "linear", turning.pod_people)
        at = next(place for place, one in enumerate(order) if one.technician.technician == key)
        known, talked = f"stands_{pod.strategy if pod else 'linear'}", order[at].last_talked_at
        if known == "stands_longest_idle" and talked is None:
            known = "stands_longest_idle_never"
        day = self.moment(talked) if talked else ""
        sentence = WHY.get(known, WHY["stands_linear"])
        return sentence.format(nth=nth(at + 1), pod=pod.name if pod else turning.contact.pod, day=day)

    def happened(self, key: str) -> tuple[str, str]:
        """A word for machines, and the words for people: rung, left out, or not reached."""
        left_out: dict[str, str] = {}
        for choice in self.choices:
            if choice.chosen == key:
                said = f"ring {choice.ring}: {self.ending(choice)}"
                return self.result(choice), "; then ".join([*left_out, said])
            passed = choice.keys[: choice.keys.index(choice.chosen)] if choice.chosen else choice.keys
            if key in passed and not SPENT & codes(choice.played):
                judged = choice.judged(key)
                left_out[WHY["left_out"].format(reason=self.refused(judged))] = judged.refused or "unknown"
        if left_out:
            return next(iter(left_out.values())), "; then ".join(left_out)
        return "not_reached", WHY["not_reached"].format(why=self.end())

    def refused(self, judged: Judged) -> str:
        return REFUSALS[judged.refused] if judged.refused else WHY["gone_from_directory"]

    # One ring.

    def ring(self, number: int) -> RingTold:
        choice = self.choices[number]
        key, last = choice.chosen, number == len(self.choices) - 1
        at = choice.keys.index(key)
        why = WHY["ring_them"].format(nth=nth(at + 1), why=self.why(choice, key))
        if at:
            ahead = [self.ahead(choice, one) for one in choice.order[:at]]
            why += " " + WHY["ring_ahead"].format(others=", ".join(ahead))
        behind = "" if last else self.choices[number + 1].chosen
        known = "ring_next_rung" if behind else "ring_next_nobody"
        if not behind and (behind := choice.may_follow(key)):
            settled = self.result(choice) in ("accepted", "canceled", "taken", "ringing")
            known = "ring_next_so" if last and settled else "ring_next_but"
        said = {"result": capital(self.ending(choice)), "next": self.name(behind), "end": self.end()}
        return RingTold(choice.ring, key, self.name(key), self.result(choice), why, WHY[known].format(**said))

    def ahead(self, choice: Choice, judged: Judged) -> str:
        key = judged.place.technician
        known = "ring_ahead_rung" if key in choice.tried else "ring_ahead_left_out"
        return WHY[known].format(technician=self.name(key), reason=self.refused(judged))

    def result(self, choice: Choice) -> str:
        """The ring's result; of one that goes on, `taken` or `ringing`."""
        if choice.ring in self.results:
            return str(self.results[choice.ring]["result"])
        held = self.last.hunt.ring
        return "taken" if held and held.state == "taken" else "ringing"

    def ending(self, choice: Choice) -> str:
        result, detail = self.result(choice), self.results.get(choice.ring, {})
        known = f"{result}_errand" if self.is_errand and f"{result}_errand" in ENDINGS else result
        return ENDINGS[known].format(seconds=length(detail.get("seconds", 0)), rang=length(detail.get("rang", 0)))

    # The end of it.

    def end(self) -> str:
        """Why nobody else was rung after the last one."""
        last = self.choices[-1]
        if not last.chosen:
            for one in last.played.turn.reasons:
                if one.code in SPENT:
                    return WHY[f"end_{one.code}"].format(count=one.detail)
            if "nobody_to_call_back" in codes(last.played):
                return WHY["end_callback"]
            return WHY["end_nobody" if len(self.choices) > 1 else "end_none"]
        known = {"accepted": "end_took", "taken": "end_talks", "ringing": "end_rings"}
        canceled = "end_errand_over" if self.is_errand else "end_left"
        end = known.get(self.result(last), canceled if self.result(last) == "canceled" else "end_elsewhere")
        return WHY[end].format(technician=self.name(last.chosen))

    def name(self, key: str) -> str:
        return self.names.technicians.get(key, key)

    def moment(self, at: datetime, *, seconds: bool = False) -> str:
        here = at.astimezone(ZoneInfo(self.names.zone))
        return f"{here:%a} {here.day} {here:%b} {here:%H:%M:%S}" if seconds else f"{here.day} {here:%b} {here:%H:%M}"


def turning_of(one: Played) -> Turning:
    """For questions of the plan: the contact as the turn left it, on the floor that the turn saw."""
    return Turning(one.version, one.turn.contact, one.floor)
