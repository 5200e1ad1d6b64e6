"""Plays a scene on an exchange: step by step until all have happened or one has not, then what is expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any, NoReturn, Protocol
from zoneinfo import ZoneInfo

from simulator.clock import Clock, NotQuietError
from simulator.events import Event
from simulator.exchange import Exchange
from simulator.people.board import board
from simulator.people.handsets import Handset
from simulator.scenes.casting import Cast, spoken_of
from simulator.scenes.document import WITHHELD, Scene
from simulator.scenes.forms import Name
from simulator.scenes.vocabulary import Step


class Host(Protocol):
    """Does and looks at what concerns the service behind the exchange. Both fail with an AssertionError."""

    async def does(self, play: Play, step: Step) -> None:
        """A verb that has no act of its own."""

    async def finds(self, play: Play, check: str, wanted: Any) -> None:
        """A check that does not look by itself; `wanted` as the check has read it."""


@dataclass
class Play:
    """A scene that is being played. `began`: how many events the exchange had seen before."""

    exchange: Exchange
    cast: Cast
    host: Host | None
    began: int
    _handsets: dict[str, Handset] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        return self.exchange.clock

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.cast.zone)

    def handset(self, name: str) -> Handset:
        key = name.lower()
        if key not in self._handsets:
            person = self.cast.people[key]
            number = None if person.number == WITHHELD else person.number
            self._handsets[key] = Handset(self.exchange, self.exchange.phone(number, person.name or name))
        return self._handsets[key]

    def hand(self, step: Step) -> Handset:
        """Of whoever does it."""
        return self.handset(step.who)

    def number(self, meant: str) -> str:
        """What is meant by `the line`, by a number, or by somebody's name."""
        if meant == "the line":
            return self.cast.line
        if isinstance(meant, Name):
            return self.cast.people[meant.lower()].number
        return meant

    def names(self, _: Event) -> None:
        """Whoever is rung without a part in the scene is called by name, if they have one."""
        for phone in self.exchange.phones:
            if not phone.has_person:
                phone.name = self._callers.get(phone.number or "", phone.name)

    @cached_property
    def _callers(self) -> dict[str, str]:
        return {one.number: one.name or name for name, one in self.cast.people.items()}

    def fails(self, what: str) -> NoReturn:
        raise AssertionError(f"{what}\n{board(self.exchange)}")


@dataclass(frozen=True)
class Ending:
    """`why` is empty if all happened as it is written; `board` is what every telephone did when it did not.
    `passed` is the clock's time."""

    scene: Scene
    passed: timedelta
    why: str = ""
    board: str = ""

    @property
    def as_written(self) -> bool:
        return not self.why


async def play(
    scene: Scene,
    cast: Cast,
    exchange: Exchange,
    host: Host | None = None,
    told: Callable[[Step], None] = lambda _: None,
) -> Ending:
    """On an exchange that has the scene's line; its clock is left where the scene ended. `told` hears of each step
    before it is played."""
    began = exchange.clock.now()
    exchange.switches = replace(exchange.switches, **scene.switches)
    playing = Play(exchange, cast, host, len(exchange.events))
    for _, name in spoken_of(scene):
        playing.handset(name)
    exchange.watch(playing.names)
    at = "the beginning"
    try:
        await exchange.clock.settle()
        for step in scene.steps:
            at = str(step)
            told(step)
            await _act(playing, step)
        for check, wanted in scene.expect:
            at = f"expected at the end, “{check.name}”"
            await (check.look(playing, wanted) if check.look else _host(playing).finds(playing, check.name, wanted))
    except (AssertionError, ValueError) as error:
        what, _, seen = str(error).partition("\n")
        return Ending(scene, exchange.clock.now() - began, f"{at}: {what}", seen)
    except NotQuietError as error:
        passed = exchange.clock.now() - began
        return Ending(scene, passed, f"{at}: time could not go on, {error}", board(exchange))
    return Ending(scene, exchange.clock.now() - began)


async def _act(playing: Play, step: Step) -> None:
    if step.verb.act is None:
        await _host(playing).does(playing, step)
    else:
        await step.verb.act(playing, step)


def _host(playing: Play) -> Host:
    assert playing.host is not None, "nobody is there who could do this"
    return playing.host
