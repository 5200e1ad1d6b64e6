"""Who was called in to help: why a swarm was opened, whom it rang and whom not, who owned the call, how it ended. Part
of `why`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from callflows import events
from callflows.actions import PassMatter
from callflows.parts.whom import Judged, judge, plan_of
from callflows.plain import plain
from callflows.steps.menu import MenuStep
from callflows.steps.ring import RingStep
from callflows.steps.swarm import SwarmStep
from callflows.turn import Turning
from db.stories import NotReplayed, Played
from routing.helpers import has_skill, helpers
from routing.plan import Place
from telling.names import Names
from telling.teller import Teller
from telling.why_hunt import Stand, moment, place_in_pod, results_of
from telling.why_pod import codes
from telling.words import Words, capital

NOT_ALL = ("concurrent_calls", "wave_full")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`reason`: a refusal, `rung_before`, or why not all could be rung at once."""

    technician: str
    name: str
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class SwarmTold:
    """`number` 0: none was opened, because nobody could be rung. `plan`: who was asked to help, in the order in which
    they were to be rung; `left_out`: everybody else who is in it."""

    number: int
    at: datetime
    heading: str
    opened: str
    plan: tuple[Stand, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    owner: tuple[str, ...]
    end: tuple[str, ...]


def swarms_told(contact: str, played: Sequence[Played], names: Names) -> Iterator[SwarmTold]:
    """Raises NotReplayed for a swarm that rang others than the order explains."""
    results = results_of(played)
    for number, one in enumerate(played):
        if one.turn.contact.swarms != one.before.swarms:
            yield Swarming(contact, names, played[number:], results).told()
        elif "nobody_to_help" in codes(one) and swarm_step(one):
            yield Swarming(contact, names, played[number : number + 1], results).told()


def swarm_step(one: Played) -> str:
    """The swarm step that this turn entered; empty for none."""
    steps = one.version.body.steps
    return next((name for name in one.turn.path if isinstance(steps.get(name), SwarmStep)), "")


@dataclass(slots=True)
class Swarming:
    """One swarm in words. `turns`: those from its opening on."""

    contact: str
    names: Names
    turns: Sequence[Played]
    results: Mapping[int, Mapping[str, Any]]

    @property
    def words(self) -> Words:
        return self.names.words

    @property
    def first(self) -> Played:
        return self.turns[0]

    @property
    def is_open(self) -> bool:
        return self.first.turn.contact.swarms != self.first.before.swarms

    @property
    def rung(self) -> dict[str, int]:
        """Who was asked to help, and the number of their ring: not who talked with the client, or asked to join."""
        swarm = self.first.turn.contact.swarm
        helpers = swarm.helpers if self.is_open and swarm else ()
        return {one.technician: one.ring for one in helpers if not (one.bridged or one.asked)}

    @property
    def skill(self) -> str:
        """What those who were rung first have, if it was asked for."""
        swarm = self.first.turn.contact.swarm
        return swarm.skill if self.is_open and swarm else ""

    @property
    def pod_only(self) -> bool:
        swarm = self.first.turn.contact.swarm
        return bool(self.is_open and swarm and swarm.pod)

    @property
    def during(self) -> Sequence[Played]:
        """The turns from the opening to the end, both included."""
        number = self.first.turn.contact.swarms
        for place, one in enumerate(self.turns[1:], 1):
            swarm = one.turn.contact.swarm
            if swarm is None or swarm.number != number or swarm.line:
                return self.turns[: place + 1]
        return self.turns

    @property
    def closed(self) -> Played | None:
        last = self.during[-1]
        told = [one.kind for one in last.turn.story]
        return last if last is not self.first and "swarm_closed" in told else None

    def told(self) -> SwarmTold:
        at = self.first.floor.at
        turning = self.opening()
        judged = [judge(turning, place) for place in self.places(turning)]
        able = [one.place.technician for one in judged if self.is_able(one)]
        if able[: len(self.rung)] != list(self.rung) or (self.rung and not able):
            raise NotReplayed(self.contact)
        known = "swarm_none" if not self.is_open else "swarm_of_pod" if self.pod_only else "swarm_of_all"
        because = {one.place.technician: one.place for one in judged}
        return SwarmTold(
            number=self.first.turn.contact.swarms if self.is_open else 0,
            at=at,
            heading=self.words.explain(known, day=moment(self.names, at, seconds=True)),
            opened=self.why_opened(),
            plan=tuple(self.stand(place, turning, because[key]) for place, key in enumerate(self.rung, 1)),
            left_out=tuple(self.left_out(turning, judged)),
            notes=tuple(self.notes(turning)),
            owner=tuple(self.owners()) if self.is_open else (),
            end=tuple(self.ends()) if self.is_open else (),
        )

    def is_able(self, one: Judged) -> bool:
        free = one.standing is not None and one.refused is None
        return bool(free and one.standing and (not self.skill or has_skill(one.standing, self.skill)))

    # Its opening.

    def opening(self) -> Turning:
        """The contact as the order was made for it, on the floor that the turn saw."""
        after = replace(self.first.turn.contact, called=self.first.before.called, swarm=None)
        return Turning(self.first.version, after, self.first.floor)

    def places(self, turning: Turning) -> tuple[Place, ...]:
        """Everybody whom it might have rung, in order."""
        contact, floor = turning.contact, turning.floor
        if self.pod_only:
            rung = {*contact.hunt.tried, *contact.called}
            return tuple(one for one in plan_of(turning) if one.because == "order" and one.technician not in rung)
        pod = floor.pods.get(contact.pod)
        return helpers(
            turning.pod_people,
            pod.strategy if pod else "linear",
            tuple(floor.standings.values()),
            called=contact.hunt.declined if self.again(turning) else rung_before(turning),
        )

    def again(self, turning: Turning) -> bool:
        """Whether nobody else was left, so that those were rung once more who had not answered."""
        return any(key in rung_before(turning) for key in self.rung)

    def why_opened(self) -> str:
        one, contact = self.first, self.first.turn.contact
        teller = Teller({"pod": contact.pod}, self.names)
        pod = self.names.pods.get(contact.pod, contact.pod)
        if self.pod_only:
            return self.words.explain("opened_pod", pod=pod, count=len(self.rung))
        opened = next((told for told in one.turn.story if told.kind == "swarm_opened"), None)
        if opened is not None and opened.technician:
            known = "opened_join" if opened.detail.get("joins") else "opened_call"
            return self.words.explain(known, technician=self.name(opened.technician))
        told = next((reason for reason in one.turn.reasons if reason.code == "sent_to_swarm"), None)
        if told is not None:
            return capital(teller.reason(plain(told))) + "."
        steps, name = one.version.body.steps, swarm_step(one)
        way = [one.before.step, *one.turn.path]
        came_from = steps.get(way[way.index(name) - 1]) if name in way[1:] else None
        if any(told.kind == "swarm_closed" for told in one.turn.story):
            return self.words.explain("opened_after_pod", pod=pod)
        if isinstance(came_from, RingStep):
            return self.words.explain("opened_hunt", pod=pod)
        if isinstance(came_from, MenuStep) and isinstance(one.event, events.CallerPressed):
            return self.words.explain("opened_key", key=one.event.digits)
        return self.words.explain("opened_flow" if contact.pod else "opened_unknown", step=name)

    # Who was asked to help.

    def stand(self, place: int, turning: Turning, at: Place) -> Stand:
        outcome, happened = self.happened(at.technician)
        why = self.why_there(turning, at)
        return Stand(place, at.technician, self.name(at.technician), at.because, why, outcome, happened)

    def why_there(self, turning: Turning, at: Place) -> str:
        if at.because == "order":
            return place_in_pod(turning, at.technician, self.names)
        standing = turning.floor.standings[at.technician]
        talked, pod = standing.last_talked_at, standing.technician.pod
        day = moment(self.names, talked) if talked else ""
        known = "stands_opted_in" if talked else "stands_opted_in_never"
        return self.words.explain(known, pod=self.names.pods.get(pod, pod), day=day)

    def happened(self, key: str) -> tuple[str, str]:
        """A word for machines, and the words for people."""
        ring = self.rung[key]
        ended, known = self.results.get(ring), ""
        story = [told for one in self.during for told in one.turn.story if told.detail.get("ring") == ring]
        swarm = self.turns[-1].turn.contact.swarm
        held = swarm.helper(ring) if swarm else None
        if ended is not None:
            known = str(ended["result"])
            known = f"{known}_taken" if ended.get("key") == "1" and f"{known}_taken" in self.words.helped else known
            outcome = str(ended["result"])
        elif self.is_away(key):
            known = outcome = "unplaced"
        elif held is not None and held.state != "gone":
            known = outcome = held.state
        else:
            known = outcome = "never_rang"
        said = self.words.helped[known].format(
            seconds=self.words.length(ended["seconds"] if ended else 0),
            rang=self.words.length(ended["rang"] if ended else 0),
        )
        talked = next((told.detail["talked"] for told in story if told.kind == "swarm_left"), None)
        if talked is not None:
            said = f"{said}, {self.words.helped['left'].format(talked=self.words.length(talked))}"
        return outcome, said

    def is_away(self, key: str) -> bool:
        reasons = (reason for one in self.during for reason in one.turn.reasons)
        return any(reason.code == "api_away" and reason.technician == key for reason in reasons)

    # Who was not.

    def left_out(self, turning: Turning, judged: Sequence[Judged]) -> Iterator[LeftOut]:
        for key in () if self.again(turning) else rung_before(turning):
            known = "declined" if key in turning.contact.hunt.declined else "rung_before"
            yield LeftOut(key, self.name(key), known, self.words.refusals.get(known, self.words.explain("rung_before")))
        for one in judged:
            key = one.place.technician
            if one.refused is not None:
                yield LeftOut(key, self.name(key), one.refused, self.words.refusals[one.refused])
            elif self.skill and not self.is_able(one) and one.standing is not None:
                why = self.words.explain("without_skill", skill=self.skill)
                yield LeftOut(key, self.name(key), "without_skill", why)
            elif one.standing is not None and key not in self.rung:
                code = next((reason.code for reason in self.first.turn.reasons if reason.code in NOT_ALL), NOT_ALL[0])
                yield LeftOut(key, self.name(key), code, self.words.explain(code))

    def notes(self, turning: Turning) -> Iterator[str]:
        """Who was rung later, who asked to join, and who had no place in the order at all."""
        later = [one.technician for turn in self.during[1:] for one in turn.turn.story if one.kind == "swarm_invited"]
        joined = [one.technician for turn in self.during for one in turn.turn.reasons if one.code == "joins_call"]
        if others := [self.name(key) for key in later if key not in joined]:
            yield self.words.explain("rung_next", technicians=self.words.all_of(others))
        if joined:
            yield self.words.explain("asked_to_join", technicians=self.words.all_of([self.name(key) for key in joined]))
        if self.is_open and not self.rung:
            return
        if self.pod_only:
            yield self.words.explain("pod_alone", pod=self.names.pods.get(turning.contact.pod, turning.contact.pod))
            return
        named = {one.technician for one in self.places(turning)} | set(rung_before(turning))
        others = [key for key in turning.floor.standings if key not in named]
        if others:
            yield self.words.explain("not_opted_in_one" if len(others) == 1 else "not_opted_in", count=len(others))

    # Who owned it.

    def owners(self) -> Iterator[str]:
        owner = self.first.before.owner
        if owner:
            yield self.words.explain("owner_before", technician=self.name(owner))
        for one in self.during[1:]:
            after, owned = one.turn.contact.owner, owner
            told = any(told.kind == "owner_changed" for told in one.turn.story)
            first = isinstance(one.event, events.KeyPressed)
            if after == owned or not (told or first):
                continue
            owner, day = after, moment(self.names, one.floor.at, seconds=True)
            known = "owner_first" if first else "owner_next"
            yield self.words.explain(known, technician=self.name(after), left=self.name(owned), day=day)
            matter = Turning(one.version, one.before, one.floor).matter
            passed = any(isinstance(change, PassMatter) for change in one.turn.changes)
            if first and matter and matter.owner != after and not passed:
                yield self.words.explain("matter_stays", matter=matter.number, technician=self.name(matter.owner))
        if not owner:
            yield self.words.explain("owner_nobody" if self.closed else "owner_not_yet")

    # How it ended.

    def ends(self) -> Iterator[str]:
        for one in self.during:
            if "client_alone" in codes(one):
                yield self.words.explain("end_alone", day=moment(self.names, one.floor.at, seconds=True))
        if self.closed is None:
            yield self.words.explain("end_goes_on")
            return
        day = moment(self.names, self.closed.floor.at, seconds=True)
        why = next(told.detail["why"] for told in self.closed.turn.story if told.kind == "swarm_closed")
        spent = next((one.detail for one in self.closed.turn.reasons if one.code == "time_spent"), "")
        yield self.words.explain(
            "end_closed_spent" if spent else "end_closed", day=day, why=self.words.end(why), count=spent
        )
        if "one_by_one" in codes(self.closed):
            away = [self.name(key) for key in self.rung if self.is_away(key)]
            yield self.words.explain("end_one_by_one", technicians=self.words.all_of(away))

    def name(self, key: str) -> str:
        return self.names.technicians.get(key, key)


def rung_before(turning: Turning) -> tuple[str, ...]:
    """Whose telephone has rung for this contact already, or who has passed it."""
    contact = turning.contact
    return tuple(dict.fromkeys((*contact.called, *contact.hunt.tried, *contact.hunt.declined)))
