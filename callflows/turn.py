"""A turn: the contact as it is now, the actions, the story's new lines, and the reasons.

`Turning` is a turn in the making: steps write into it, `done` closes it. Nothing here touches anything outside.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from callflows.actions import Change, Happening, HappeningKind, Reason, Reply, Say
from callflows.contact import Contact
from callflows.languages import Language, language
from callflows.version import Times, Version
from routing.floor import Floor, Shift, Standing

DEFAULT_ZONE = "America/Toronto"


@dataclass(frozen=True, slots=True)
class Turn:
    contact: Contact
    replies: tuple[Reply, ...] = ()
    changes: tuple[Change, ...] = ()
    story: tuple[Happening, ...] = ()
    reasons: tuple[Reason, ...] = ()


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

    @property
    def now_ms(self) -> int:
        return epoch_ms(self.floor.at)

    @property
    def times(self) -> Times:
        return self.version.times

    @property
    def language(self) -> Language:
        return language(self.contact.language)

    @property
    def zone(self) -> str:
        """The client's time zone, else the pod's, else the company's."""
        place = self.floor.municipalities.get(self.contact.municipality)
        pod = self.floor.pods.get(self.contact.pod)
        return (place and place.timezone) or (pod and pod.timezone) or DEFAULT_ZONE

    @property
    def pod_people(self) -> tuple[Standing, ...]:
        """The pod in the ring order of the contact's version; keys no longer in the directory are passed over."""
        order = self.version.ring_orders.get(self.contact.pod, ())
        return tuple(self.floor.standings[key] for key in order if key in self.floor.standings)

    def place_name(self, language_code: str = "") -> str:
        """The municipality's name in a language, the contact's unless told otherwise; empty if not known."""
        place = self.floor.municipalities.get(self.contact.municipality)
        if place is None:
            return ""
        french = (language_code or self.contact.language) == "fr"
        return (place.name_fr or place.name) if french else place.name

    def shift(self, technician: str) -> Shift | None:
        return self.version.shifts.get(technician)

    def became(self, **changes: Any) -> None:
        self.contact = replace(self.contact, **changes)

    def reply(self, *actions: Reply) -> None:
        self.replies.extend(actions)

    def say(self, prompt: str, **params: str) -> None:
        """Say it to the caller, and keep in the story that it was said."""
        self.replies.append(Say(prompt, params))
        self.tell("prompted", prompt=prompt)

    def change(self, *actions: Change) -> None:
        self.changes.extend(actions)

    def tell(self, kind: HappeningKind, technician: str = "", leg: str = "", **detail: Any) -> None:
        self.story.append(Happening(kind, technician, leg, detail))

    def because(self, code: str, technician: str = "", detail: str = "") -> None:
        self.reasons.append(Reason(code, technician, detail))

    def due_text(self) -> str:
        """The promised time as the client hears it."""
        return self.language.spoken_instant(datetime.fromtimestamp(self.contact.due, UTC), self.zone)

    def done(self) -> Turn:
        """Nobody hears an answer given to a leg that is over, so none is kept."""
        replies = () if self.gone else tuple(self.replies)
        return Turn(self.contact, replies, tuple(self.changes), tuple(self.story), tuple(self.reasons))
