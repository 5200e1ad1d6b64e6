"""Which Twilio a story meets: what nobody knows for certain (twilio.md 9) may be one way or another.

Each story is played as usual, with every switch at its default, and otherwise, with a row of a covering array: in
its rows any two values of any two switches meet. A seed makes the rows and deals them over the stories. In the long
run each story meets every other value of every switch too, one at a time, and rows of several seeds.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from itertools import combinations, product
from typing import Any, Literal, TypeAlias, get_args, get_origin, get_type_hints

import covertable  # type: ignore[import-untyped]  # it ships no types
import pytest
from covertable.shortcuts import Constraint  # type: ignore[import-untyped]  # nor here

from simulator.switches import Switches
from tests.once import once

SEED = 1
LONG_RUN_SEEDS = 4
USUAL = Switches()
# Together they leave the end of a call to be found by asking, minutes later: a story of its own settles both
# (test_twilio_repeats), and in any other that would be the end.
UNTOLD = {"status_callback_order": "lost", "dial_action_on_caller_hangup": "not sent"}
CONSTRAINT = Constraint()
APART = CONSTRAINT.not_(CONSTRAINT.and_(*(CONSTRAINT.eq(f"${name}", value) for name, value in UNTOLD.items())))
Values: TypeAlias = Mapping[str, Any]
Pair: TypeAlias = frozenset[tuple[str, str]]
Stories: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]  # by name, each with what it settles


@cache
def choices() -> dict[str, tuple[str, ...]]:
    """Every value of each switch; the degrees of a switch, which are numbers, are left at their defaults."""
    hints = get_type_hints(Switches)
    return {name: get_args(hint) for name, hint in hints.items() if get_origin(hint) is Literal}


@cache
def rows(seed: int) -> tuple[Values, ...]:
    """Few sets of values in which every pair of values of any two switches occurs, but for what must not meet."""
    factors = {name: list(values) for name, values in choices().items()}
    return once(f"rows-{seed}", lambda: tuple(covertable.make(factors, salt=str(seed), constraints=[APART])))


def dealt(seed: int, story: str) -> Values:
    """The row of one story: by its name, so that it is the same whichever stories are played with it."""
    dealing = rows(seed)
    return dealing[zlib.crc32(f"{seed} {story}".encode()) % len(dealing)]


def told_switches(environment: Mapping[str, str]) -> Switches:
    """PODLINE_TEST_SWITCHES="name=value,…" plays every story with these values."""
    told = [one.partition("=") for one in environment.get("PODLINE_TEST_SWITCHES", "").split(",") if one]
    values: dict[str, Any] = {name: type(getattr(USUAL, name))(value) for name, _, value in told}
    return replace(USUAL, **values)


@dataclass(frozen=True)
class Setting:
    """One way to play every story: `values` for all of them, or what the seed deals to each."""

    name: str
    values: Values = field(default_factory=dict)
    seed: int | None = None

    def values_for(self, story: str) -> Values:
        return dealt(self.seed, story) if self.seed is not None else self.values


def settings(environment: Mapping[str, str]) -> list[Setting]:
    seed = int(environment.get("PODLINE_TEST_SEED") or SEED)
    usual = Setting("as usual")
    if environment.get("PODLINE_TEST_SWITCHES"):
        return [Setting("as told", unusual(told_switches(environment)))]
    if not environment.get("PODLINE_TEST_LONG"):
        return [usual, Setting("otherwise", seed=seed)]
    singly = [Setting(f"{name} {value}", {name: value}) for name, values in choices().items() for value in values[1:]]
    return [usual, *singly, *(Setting(f"otherwise {one}", seed=one) for one in range(seed, seed + LONG_RUN_SEEDS))]


def told(environment: Mapping[str, str]) -> str:
    """For the head of a run."""
    ways = settings(environment)
    seeds = [str(one.seed) for one in ways if one.seed is not None]
    if not seeds:
        return f"local Twilio: {written(ways[0].values) or 'as usual'}"
    each = f"local Twilio: each story {len(ways)} times, switches dealt by seed {', '.join(seeds)}"
    minutes = f"; all of them take about {len(ways)} minutes on two cores" if len(ways) > 2 else ""
    return each + minutes


def settled(marks: Iterable[pytest.Mark]) -> Mapping[str, tuple[str, ...]]:
    """Of `@pytest.mark.settled(because="…", switch=value, …)`: the values with which alone a story is true; a tuple
    where they are several (`but`). Each mark narrows what the others leave."""
    values: dict[str, tuple[str, ...]] = {}
    for mark in marks:
        named = {name: value if isinstance(value, tuple) else (value,) for name, value in mark.kwargs.items()}
        because = named.pop("because", ("",))[0]
        strange = [name for name, those in named.items() if not set(those) <= set(choices().get(name, ()))]
        if mark.args or strange or not (named and because):
            raise pytest.UsageError(f"settled wants because='…' and switches with their values, not {mark}")
        for name, those in named.items():
            left = tuple(one for one in values.get(name, those) if one in those)
            if not left:
                raise pytest.UsageError(f"no value of {name} is left by all the settled marks of one story")
            values[name] = left
    return values


def but(**switches: str) -> dict[str, tuple[str, ...]]:
    """For `settled`: every value of each switch but this one."""
    return {name: tuple(one for one in choices()[name] if one != value) for name, value in switches.items()}


def narrowed(values: Values, to: Mapping[str, tuple[str, ...]]) -> Values:
    """Each value that is not among those of its switch gives way to the first of them."""
    usual = {name: getattr(USUAL, name) for name in to}
    given = {**usual, **values}
    return {**given, **{name: those[0] for name, those in to.items() if given[name] not in those}}


def each(**switch: Sequence[str]) -> pytest.MarkDecorator:
    """Plays a story that is about one switch with each of these values; it takes an argument of that name."""
    ((name, values),) = switch.items()
    because = "the story is about it"
    told = [pytest.param(one, marks=pytest.mark.settled(because=because, **{name: one}), id=one) for one in values]
    return pytest.mark.parametrize(name, told)


def story_of(node: pytest.Item, setting: Setting) -> str:
    """A story's name without the way in which it is played, which comes last."""
    return node.nodeid.removesuffix(f"{setting.name}]")


def met(node: pytest.Item, setting: Setting) -> Switches:
    """What the local Twilio does when this story is played in this way."""
    values = setting.values_for(story_of(node, setting))
    return replace(USUAL, **narrowed(values, settled(node.iter_markers("settled"))))


def unusual(switches: Switches) -> dict[str, Any]:
    return {one.name: value for one in fields(Switches) if (value := getattr(switches, one.name)) != one.default}


def written(values: Values) -> str:
    """As PODLINE_TEST_SWITCHES wants them."""
    return ",".join(f"{name}={value}" for name, value in values.items())


def report(node: pytest.Item, setting: Setting) -> str:
    """For a story that failed: which Twilio it met, and the command that plays just this again."""
    story = story_of(node, setting)
    switches = written(unusual(met(node, setting)))
    if setting.name == "as usual":
        return f"all switches as usual, but for: {switches or 'none'}\nagain: .venv/bin/pytest -n0 '{node.nodeid}'"
    again = f"PODLINE_TEST_SWITCHES='{switches}' .venv/bin/pytest -n0 '{story}as told]'"
    dealt_by = f", dealt by seed {setting.seed}" if setting.seed is not None else ""
    return f"{switches or 'as usual'}{dealt_by}\nagain: {again}"


def pairs_of(values: Values) -> set[Pair]:
    """Of the values of all switches: each two that meet."""
    return {frozenset(pair) for pair in combinations(((name, values[name]) for name in choices()), 2)}


def all_pairs() -> set[Pair]:
    return {
        frozenset(((one, value), (other, meets)))
        for one, other in combinations(choices(), 2)
        for value, meets in product(choices()[one], choices()[other])
    }
