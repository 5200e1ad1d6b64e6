"""A turn: the contact as it is now, the actions, the story's new lines, and the reasons.

`Turning` is a turn in the making: steps write into it, `done` closes it. Nothing here touches anything outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from callflows.actions import Ask, Change, Happening, HappeningKind, Reason, Reply, Say
from callflows.contact import Asked, Contact
from callflows.languages import DEFAULT, Language, language, languages
from callflows.step import Step
from callflows.text_actions import SendText
from callflows.thread import Thread
from routing.addresses import read_address
from routing.directory import Client, Municipality
from routing.floor import Floor, OpenMatter, OpenPromise, Shift, Standing, Talk
from routing.places import telling
from routing.plan import matter_of, talk_of

if TYPE_CHECKING:
    from callflows.version import Times, Version

DEFAULT_ZONE = "America/Toronto"
MOST_AT_ONCE = 30  # steps entered in one turn, before somebody hears something
MOST_MOVES = 60  # steps entered in one contact: whoever goes round and round reaches somebody in the end
MOST_AUTOMATIC = 6  # texts that we send by ourselves to one client within
AUTOMATIC_WITHIN = 24 * 3600  # seconds

Kind = TypeVar("Kind", bound=Step)


class WholeFloorNeeded(Exception):
    """The turn must know how everybody stands, and the floor has only the pod's people: take it with all of them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """`version`: whose words are spoken. `path`: the steps of the flow that were entered."""

    version: Version
    contact: Contact
    replies: tuple[Reply, ...] = ()
    changes: tuple[Change, ...] = ()
    story: tuple[Happening, ...] = ()
    reasons: tuple[Reason, ...] = ()
    path: tuple[str, ...] = ()


def epoch_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass(slots=True)
class Turning:
    """A turn being written by the steps. `gone`: nobody will hear the reply."""

    version: Version
    contact: Contact
    floor: Floor
    gone: bool = False
    replies: list[Reply] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    story: list[Happening] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    text: str = ""  # what the client wrote, which is being answered

    # Where in the flow.

    @property
    def step(self) -> Step:
        """The step at which the contact is; the last resort outside the flow."""
        body = self.version.body
        return body.steps.get(self.contact.step, body.last_resort)

    def here(self, kind: type[Kind]) -> Kind | None:
        """The step, if it is of that kind."""
        step = self.step
        return step if isinstance(step, kind) else None

    def go(self, name: str) -> None:
        """Enter a step of the flow; who would be left nowhere, or goes round for ever, gets the last resort."""
        body = self.version.body
        self.path.append(name)
        step = body.steps.get(name)
        if step is None or len(self.path) > MOST_AT_ONCE or self.contact.moves >= MOST_MOVES:
            why = "no such step" if step is None else "round and round"
            self.tell("flow_error", reason=why, step=name)
            self.became(step="")
            body.last_resort.enter(self)
            return
        self.became(step=name, moves=self.contact.moves + 1)
        step.enter(self)

    def go_to_first(self, kind: type[Step]) -> None:
        """Enter the flow's first step of a kind, or one with nothing but its defaults."""
        name, step = self.version.body.first(kind)
        if step is not None:
            self.go(name)
        else:
            self.became(step="")
            kind.model_validate({"step": kind.model_fields["step"].default}).enter(self)

    def leave(self) -> None:
        """Nobody is left here: on by the step's own exit."""
        self.go(self.step.leave())

    @property
    def now_ms(self) -> int:
        return epoch_ms(self.floor.at)

    @property
    def times(self) -> Times:
        return self.version.times_for(self.place.tier if self.place else "")

    @property
    def language(self) -> Language:
        return language(self.contact.language)

    @property
    def place(self) -> Municipality | None:
        return self.floor.municipalities.get(self.contact.municipality)

    @property
    def client(self) -> Client | None:
        """Who is calling, or is to be called back; None if only a number or a municipality is known."""
        key = self.contact.client
        known = next((one for one in self.floor.callers if one.client == key), None)
        return known or (self.floor.clients.get(key) if key else None)

    @property
    def matter(self) -> OpenMatter | None:
        """The open matter that this contact is about."""
        number = self.contact.matter
        return next((one for one in self.floor.matters if one.number == number), None) if number else None

    def promise(self, contact: str) -> OpenPromise | None:
        """The call back that was promised in that contact, if it is not kept yet."""
        promises = self.matter.promises if self.matter else ()
        return next((one for one in promises if one.contact == contact and one.kind == "call_back"), None)

    @property
    def talk(self) -> Talk | None:
        return talk_of(self.floor.talks, self.contact.client, self.contact.municipality)

    def find_matter(self) -> None:
        """Take up the open matter that this client already has, once it is known who they are."""
        if not self.contact.matter:
            found = matter_of(self.floor.matters, self.contact.client, self.contact.municipality)
            self.became(matter=found.number if found else 0)

    @property
    def zone(self) -> str:
        """The client's time zone, else the pod's, else the company's."""
        place = self.place
        pod = self.floor.pods.get(self.contact.pod)
        return (place and place.timezone) or (pod and pod.timezone) or DEFAULT_ZONE

    @property
    def holidays(self) -> frozenset[date]:
        return self.floor.holidays.get(self.contact.municipality, frozenset())

    @property
    def pod_people(self) -> tuple[Standing, ...]:
        """The pod in the ring order of the contact's version; keys no longer in the directory are passed over."""
        order = self.version.ring_orders.get(self.contact.pod, ())
        return tuple(self.floor.standings[key] for key in order if key in self.floor.standings)

    def place_name(self, language_code: str = "") -> str:
        """The municipality's name in a language, the contact's unless told otherwise; empty if not known."""
        return self.told_apart(self.place, language_code or self.contact.language)

    def told_apart(self, place: Municipality | None, code: str) -> str:
        """A municipality's name, with its class or province where another one has the same name."""
        if place is None:
            return ""
        same = [one for one in self.floor.namesakes if one.name == place.name and one != place]
        return telling([place, *same], code)[0] if same else name_in(place, code)

    def client_name(self) -> str:
        return self.client.name if self.client else ""

    def shift(self, technician: str) -> Shift | None:
        return self.version.shifts.get(technician)

    def became(self, **changes: Any) -> None:
        self.contact = self.contact.became(changes)

    def reply(self, *actions: Reply) -> None:
        self.replies.extend(actions)

    @property
    def thread(self) -> Thread:
        return self.contact.thread or Thread()

    def threads(self, **changes: Any) -> None:
        """The conversation in writing, as it is from now on."""
        self.became(thread=replace(self.thread, **changes))

    def send(self, *prompts: Say, due_at: datetime | None = None, last: bool = False) -> None:
        """Write to the client by ourselves: one text of these sentences. Who wants no texts gets none, who can't be
        answered neither, and nobody more than a few of them: two machines would go on for ever."""
        why_not = self.why_not_sent(last=last)
        if why_not:
            self.because("not_sent", detail=why_not)
            return
        now = int(self.floor.at.timestamp())
        latest = tuple(one for one in self.thread.automatic if now - one < AUTOMATIC_WITHIN)
        self.threads(automatic=(*latest, now))
        worded = tuple(self.worded(one.prompt, **one.params) for one in prompts)
        self.change(SendText(tuple((one.prompt, one.params) for one in worded), due_at, last))
        for one in worded:
            self.tell("prompted", prompt=one.prompt)

    def why_not_sent(self, *, last: bool = False) -> str:
        now = int(self.floor.at.timestamp())
        if not last and (self.floor.silenced or self.thread.silenced):
            return "blocked" if self.floor.blocked else "opted_out"
        if self.floor.deaf:
            return "unreachable"
        if self.thread.dropped or not read_address(self.floor.peer).may_be_answered or self.floor.from_our_line:
            return "not_answered"
        if self.thread.unproven:
            return "unproven"
        recent = [one for one in self.thread.automatic if now - one < AUTOMATIC_WITHIN]
        return "too_many" if len(recent) + self.floor.automatic >= MOST_AUTOMATIC else ""

    def say(self, prompt: str, **params: str) -> None:
        """Say it to the caller, and keep in the story that it was said."""
        if self.contact.channel != "voice":
            self.send(Say(prompt, params))
            return
        self.replies.append(self.worded(prompt, **params))
        self.tell("prompted", prompt=prompt)
        self.became(heard=True)

    def worded(self, prompt: str, **params: str) -> Say:
        """A prompt with all that it may speak of, if its words are the flow's own."""
        if prompt not in self.version.body.prompts:
            return Say(prompt, params)
        params = {**self.words(), **params}
        if not self.version.is_sayable(prompt, self.language, params):
            self.tell("flow_error", reason="a template that can't be used", prompt=prompt)
        return Say(prompt, params)

    def words(self) -> dict[str, str]:
        """What a flow's own prompts may speak of (`callflows.version.WORDS`)."""
        pod = self.floor.pods.get(self.contact.pod)
        return {
            "client": self.client_name(),
            "municipality": self.place_name(),
            "pod": pod.name if pod else "",
            "line": self.floor.line.name,
            "due": self.due_text() if self.contact.due else "",
        }

    def ask(self, kind: str, *says: Say, options: tuple[str, ...] = (), seconds: int = 0, **how: Any) -> None:
        """Ask the caller, remember what was asked, and keep in the story what was said."""
        before = self.contact.asked
        again = before is not None and (before.kind, before.options) == (kind, options)
        self.became(asked=Asked(kind, options, before.tries + 1 if before and again else 0), heard=True)
        if self.contact.channel != "voice":
            self.send(*(in_writing(one) for one in says if one.prompt != "ask_yes_no"))
            return
        self.replies.append(Ask(says, seconds or self.times.answer, **how))
        for one in says:
            self.tell("prompted", prompt=one.prompt)

    def change(self, *actions: Change) -> None:
        self.changes.extend(actions)

    def tell(self, kind: HappeningKind, technician: str = "", leg: str = "", **detail: Any) -> None:
        self.story.append(Happening(kind, technician, leg, detail))

    def because(self, code: str, technician: str = "", detail: str = "") -> None:
        self.reasons.append(Reason(code, technician, detail))

    def due_text(self) -> str:
        """The promised time as the client hears it."""
        return self.language.spoken_instant(datetime.fromtimestamp(self.contact.due, UTC), self.zone, self.floor.at)

    def done(self) -> Turn:
        """Nobody hears an answer given to a leg that is over, so none is kept."""
        replies = () if self.gone else tuple(self.replies)
        return Turn(
            self.version,
            self.contact,
            replies,
            tuple(self.changes),
            tuple(self.story),
            tuple(self.reasons),
            tuple(self.path),
        )


def in_writing(said: Say) -> Say:
    """The same question for somebody who reads it, where it has words of its own."""
    written = f"text_{said.prompt}"
    return replace(said, prompt=written) if written in languages()[DEFAULT].prompts else said


def name_in(place: Municipality | None, code: str) -> str:
    """A municipality's name in a language; empty for none."""
    if place is None:
        return ""
    return (place.name_fr or place.name) if code == "fr" else place.name
