"""Why this order, and why not the next one: every hunt of a contact, and each ring in it. Part of `why`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callflows.contact import Contact
from callflows.parts.whom import Judged
from callflows.turn import Turning
from db.stories import Played
from routing.strategies import ring_order
from telling.names import Names
from telling.why_choice import Choice, hunts_of
from telling.words import Words, capital


@dataclass(frozen=True, slots=True)
class Stand:
    """One row of a plan. `because` is the plan's own word; `outcome` a ring's result, a refusal, `not_reached`, or
    `together` for whoever was rung at once with others."""

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


def hunts_told(contact: str, played: Sequence[Played], names: Names) -> Iterator[HuntTold]:
    """Raises NotReplayed for a choice that the plan doesn't explain."""
    results = results_of(played)
    called_in = {
        one.before.hunt.ring.number
        for one in played
        if one.before.hunt.ring and any(reason.code == "sent_to_swarm" for reason in one.turn.reasons)
    }
    last = played[-1].turn.contact
    for choices in hunts_of(contact, played):
        yield Hunting(names, choices, results, last, frozenset(called_in)).told()


def results_of(played: Sequence[Played]) -> dict[int, Mapping[str, Any]]:
    """How each ring of the contact ended, as the story has it."""
    story = [told for one in played for told in one.turn.story]
    return {told.detail["ring"]: told.detail for told in story if told.kind == "ring_ended"}


def place_in_pod(turning: Turning, key: str, names: Names) -> str:
    """Why somebody stands where they do by their pod's strategy."""
    pod = turning.floor.pods.get(turning.contact.pod)
    order = ring_order(pod.strategy if pod else "linear", turning.pod_people)
    at = next(place for place, one in enumerate(order) if one.technician.technician == key)
    known, talked = f"stands_{pod.strategy if pod else 'linear'}", order[at].last_talked_at
    if known == "stands_longest_idle" and talked is None:
        known = "stands_longest_idle_never"
    day = moment(names, talked) if talked else ""
    known = known if known in names.words.why else "stands_linear"
    name = pod.name if pod else turning.contact.pod
    return names.words.explain(known, nth=names.words.nth(at + 1), pod=name, day=day)


def refused(judged: Judged, words: Words) -> str:
    return words.refusals[judged.refused] if judged.refused else words.explain("gone_from_directory")


def moment(names: Names, at: datetime, *, seconds: bool = False) -> str:
    return names.words.instant("second" if seconds else "minute", at.astimezone(ZoneInfo(names.zone)))


@dataclass(slots=True)
class Hunting:
    """One hunt in words. `last`: the contact as its last turn left it. `called_in`: the rings whose technicians called
    in everybody who can help."""

    names: Names
    choices: Sequence[Choice]
    results: Mapping[int, Mapping[str, Any]]
    last: Contact
    called_in: frozenset[int]

    @property
    def words(self) -> Words:
        return self.names.words

    @property
    def is_errand(self) -> bool:
        return bool(self.last.errand)

    def told(self) -> HuntTold:
        first = self.choices[0]
        at = first.played.floor.at
        plan: dict[str, Choice] = {}
        for choice in self.choices:
            plan |= {key: choice for key in choice.keys if key not in plan}  # as it stood when they were named first
        heading = self.words.why[f"hunt_{first.search.kind}"]
        return HuntTold(
            at=at,
            heading=heading.format(day=moment(self.names, at, seconds=True), step=first.search.step),
            plan=tuple(self.stand(place, *one) for place, one in enumerate(plan.items(), 1)),
            rings=tuple(self.ring(number) for number, choice in enumerate(self.choices) if choice.chosen),
            end=self.end(),
            notes=tuple(self.changes()),
        )

    def changes(self) -> Iterator[str]:
        """Where the order of those who were left was another than before: others were rung, or talked, meanwhile."""
        for before, after in zip(self.choices, self.choices[1:], strict=False):
            rung = {*after.search.tried, before.chosen}
            left = [[key for key in choice.keys if key not in rung] for choice in (before, after)]
            if left[0] != left[1]:
                names = ", ".join(self.name(key) for key in left[1])
                yield self.words.explain("order_changed", ring=after.ring, names=names)

    # One technician of the plan.

    def stand(self, place: int, key: str, choice: Choice) -> Stand:
        outcome, happened = self.happened(key)
        because = choice.judged(key).place.because
        return Stand(place, key, self.name(key), because, self.why(choice, key), outcome, happened)

    def why(self, choice: Choice, key: str) -> str:
        """Why they stand where they do."""
        turning = choice.turning
        promised = turning.promise(turning.contact.errand or turning.contact.contact)
        match choice.judged(key).place.because:
            case _ if key == choice.search.back_to:
                return self.words.explain("stands_back_to")
            case "owner":
                known = "stands_promise" if promised and promised.owner == key else "stands_owner"
                return self.words.explain(known, matter=turning.contact.matter)
            case "wanted":
                client = turning.client
                whose = client.name if client and key in client.wanted else ""
                return self.words.explain("stands_wanted", who=whose or turning.place_name(self.words.code))
            case "last_talked":
                return self.words.explain(
                    "stands_last_talked", day=moment(self.names, turning.talk.at) if turning.talk else ""
                )
            case "in_line":
                return self.words.explain("stands_in_line", nth=self.words.nth(choice.search.line.index(key) + 1))
            case _:
                return place_in_pod(turning, key, self.names)

    def happened(self, key: str) -> tuple[str, str]:
        """A word for machines, and the words for people: rung, left out, or not reached."""
        left_out: dict[str, str] = {}
        for choice in self.choices:
            if choice.chosen == key:
                said = self.words.explain("rung", ring=choice.ring, result=self.ending(choice))
                return self.result(choice), self.one_by_one([*left_out, said])
            if key in choice.together:
                return "together", self.one_by_one([*left_out, self.words.explain("rung_together")])
            passed = choice.keys[: choice.keys.index(choice.chosen)] if choice.chosen else choice.keys
            if key in passed and choice.spent is None:
                judged = choice.judged(key)
                left_out[self.words.explain("left_out", reason=refused(judged, self.words))] = (
                    judged.refused or "unknown"
                )
        if left_out:
            return next(iter(left_out.values())), self.one_by_one(left_out)
        return "not_reached", self.words.explain("not_reached", why=self.end())

    def one_by_one(self, happened: Iterable[str]) -> str:
        return self.words.explain("then").join(happened)

    # One ring.

    def ring(self, number: int) -> RingTold:
        choice = self.choices[number]
        key, last = choice.chosen, number == len(self.choices) - 1
        at = choice.keys.index(key)
        why = self.words.explain("ring_them", nth=self.words.nth(at + 1), why=self.why(choice, key))
        if at:
            ahead = [self.ahead(choice, one) for one in choice.order[:at]]
            why += " " + self.words.explain("ring_ahead", others=", ".join(ahead))
        behind = "" if last else self.choices[number + 1].chosen
        known = "ring_next_rung" if behind else "ring_next_nobody"
        if not last and self.choices[number + 1].together:
            known = "ring_next_together"
        elif not behind and (behind := choice.may_follow(key)):
            settled = self.result(choice) in ("accepted", "canceled", "taken", "ringing")
            known = "ring_next_so" if last and settled else "ring_next_but"
        said = {"result": capital(self.ending(choice)), "next": self.name(behind), "end": self.end()}
        return RingTold(choice.ring, key, self.name(key), self.result(choice), why, self.words.explain(known, **said))

    def ahead(self, choice: Choice, judged: Judged) -> str:
        key = judged.place.technician
        known = "ring_ahead_rung" if key in choice.search.tried else "ring_ahead_left_out"
        return self.words.explain(known, technician=self.name(key), reason=refused(judged, self.words))

    def result(self, choice: Choice) -> str:
        """The ring's result; of one that goes on, `taken` or `ringing`."""
        if choice.ring in self.results:
            return str(self.results[choice.ring]["result"])
        held = self.last.hunt.ring
        return "taken" if held and held.state == "taken" else "ringing"

    def ending(self, choice: Choice) -> str:
        result, detail = self.result(choice), self.results.get(choice.ring, {})
        known = f"{result}_errand" if self.is_errand and f"{result}_errand" in self.words.endings else result
        known = "declined_for_swarm" if choice.ring in self.called_in else known
        return self.words.endings[known].format(
            seconds=self.words.length(detail.get("seconds", 0)), rang=self.words.length(detail.get("rang", 0))
        )

    # The end of it.

    def end(self) -> str:
        """Why nobody else was rung after the last one."""
        last = self.choices[-1]
        if not last.chosen:
            if last.together:
                return self.words.explain("end_together")
            if last.spent:
                return self.words.explain(f"end_{last.spent.code}", count=last.spent.detail)
            if last.search.kind == "callback":
                return self.words.explain("end_callback")
            return self.words.explain("end_nobody" if len(self.choices) > 1 else "end_none")
        known = {"accepted": "end_took", "taken": "end_talks", "ringing": "end_rings"}
        canceled = "end_errand_over" if self.is_errand else "end_left"
        end = known.get(self.result(last), canceled if self.result(last) == "canceled" else "end_elsewhere")
        end = "end_called_in" if last.ring in self.called_in else end
        return self.words.explain(end, technician=self.name(last.chosen))

    def name(self, key: str) -> str:
        return self.names.technicians.get(key, key)
