"""A call whose turns are kept as the shell keeps them, so that they can be told, explained and printed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from rich.console import Console

from callflows.actions import to_json as action_json
from callflows.events import Event
from callflows.events import to_json as event_json
from callflows.plain import plain
from callflows.turn import Turn
from callflows.version import Version
from db.inputs import live_of, slice_of
from db.turns import dumped
from podline.commands.why import show
from routing.floor import Floor, Presence, Standing
from telling.names import names_then
from telling.story import lines
from telling.why import Explanation, explain
from telling.words import words
from tests.builders import CALLER, LINE, NORTH, NOW, floor, pod, standing, version
from tests.callflows.call import Call


@dataclass
class KeptCall(Call):
    """A call whose turns are kept as the shell keeps them."""

    kept: list[dict[str, Any]] = field(default_factory=list)

    def takes(self, event: Event) -> Turn:
        before = self.floor
        turn = super().takes(event)
        told = {
            "event": event_json(event),
            "live": json.loads(live_of(before)),
            "body": json.loads(slice_of(before)[1]),
            "actions": [action_json(one) for one in (*turn.replies, *turn.changes)],
            "reasons": plain(turn.reasons),
            "flow": self.version.flow,
            "flow_version": self.version.version,
        }
        self.kept.append(json.loads(dumped(told)))
        return turn

    @property
    def row(self) -> dict[str, Any]:
        names = ("contact", "client", "municipality", "pod", "matter", "language")
        return {name: getattr(self.contact, name) or None for name in names}

    def retold(self, *, why: bool = False) -> list[str]:
        """The story as printed, without its heading."""
        row = {**self.row, "started_at": NOW, "from_number": CALLER, "line": LINE}
        names = names_then([self.floor], row)
        reasons = self.reasons() if why else ()
        return list(lines(row, list(self.events()), names, reasons))[1:]

    def events(self) -> Iterator[dict[str, Any]]:
        for kept, turn in zip(self.kept, self.turns, strict=True):
            at = datetime.fromisoformat(kept["live"]["at"])
            for one in turn.story:
                told = {"kind": one.kind, "technician": one.technician, "leg_sid": one.leg, "detail": one.detail}
                yield {"at": at, **told}

    def reasons(self) -> Iterator[tuple[int, datetime, str, list[dict[str, str]]]]:
        for number, kept in enumerate(self.kept, 1):
            at = datetime.fromisoformat(kept["live"]["at"])
            yield number, at, kept["event"]["event"], kept["reasons"]

    def why(self, language: str = "en") -> Explanation:
        return explain(self.row, self.kept, {(self.version.flow, self.version.version): self.version}, language)


def printed(found: Explanation, language: str = "en") -> str:
    console = Console(width=80, color_system=None, highlight=False)
    with console.capture() as capture:
        show(found, console, words(language))
    return capture.get()


def play(before: Floor, *what: str, of: Version | None = None) -> KeptCall:
    """A call on that floor: what happens, each by its name and perhaps one argument ("passes 20")."""
    call = KeptCall(before, of or version())
    for one in what:
        name, *given = one.split()
        getattr(call, name)(*(map(float, given) if name == "passes" else given))
    return call


def everything(found: Explanation) -> str:
    """All that is printed, on one line, and the rows of its tables unbroken."""
    stands = [
        *(one for hunt in found.hunts for one in hunt.plan),
        *(one for swarm in found.swarms for one in swarm.plan),
    ]
    return " ".join([*printed(found).split(), *(f"{one.why} | {one.happened}" for one in stands)])


# People of two pods, who may help each other.

AWAY = Presence("away", NOW)
NORTHERNERS = ("dan", "eve", "fay", "gus")


def crew(**facts: Any) -> tuple[Standing, ...]:
    """Ana and Ben of the client's pod; of another one Dan, Eve and Fay, who opted in, and Gus, who did not. Fay is
    away. `facts`: how somebody stands instead."""
    given: dict[str, dict[str, Any]] = {"fay": {"presence": AWAY}, **facts}
    own = [standing(key, **given.get(key, {})) for key in ("ana", "ben")]
    others = [standing(key, pod="north", **given.get(key, {})) for key in NORTHERNERS]
    opted_in = [
        replace(one, technician=replace(one.technician, swarm=key != "gus"))
        for key, one in zip(NORTHERNERS, others, strict=True)
    ]
    return (*own, *opted_in)


def crew_call(*people: Standing, of: Version | None = None, strategy: str = "linear", **facts: Any) -> KeptCall:
    known = {"pods": {**pod(strategy), "north": NORTH}, **facts}
    usual = version("ana", "ben", own_hours=dict.fromkeys(NORTHERNERS, "24/7"))
    call = KeptCall(floor(*(people or crew()), **known), of or usual)
    call.arrives()
    return call
