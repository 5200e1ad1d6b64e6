"""No switch is a word alone: each has tests of its name, and they fail if the exchange ignores it, value by value."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from simulator.exchange import Exchange
from simulator.switches import Switches
from tests.simulator import test_switches

HERE = Path(__file__).parent
HINTS = get_type_hints(Switches)
USUAL = Switches()
Test = Callable[..., None]


def told_apart() -> Iterator[tuple[str, Any]]:
    """Each other value of each switch; None for any other one of a degree, which is a number."""
    for one in fields(Switches):
        values = get_args(HINTS[one.name]) if get_origin(HINTS[one.name]) is Literal else (one.default, None)
        yield from ((one.name, value) for value in values if value != one.default)


def named_after(switch: str) -> list[Test]:
    """Those in test_switches*.py that are called `test_` and the switch, with more words or none."""
    names = sorted(path.stem for path in HERE.glob("test_switches*.py"))
    modules = [importlib.import_module(f"{test_switches.__name__.rpartition('.')[0]}.{name}") for name in names]
    found = {name: test for module in modules for name, test in vars(module).items() if name.startswith("test_")}
    longer = [one.name for one in fields(Switches) if one.name.startswith(f"{switch}_")]
    return [
        test
        for name, test in found.items()
        if f"{name}_".startswith(f"test_{switch}_") and not any(name.startswith(f"test_{one}") for one in longer)
    ]


def ways(test: Test) -> Iterator[dict[str, Any]]:
    """The arguments of each way in which a test is parametrised."""
    sets: list[list[dict[str, Any]]] = []
    for mark in getattr(test, "pytestmark", ()):
        if mark.name == "parametrize":
            names = [one.strip() for one in mark.args[0].split(",")] if isinstance(mark.args[0], str) else mark.args[0]
            values = [one if len(names) > 1 else (one,) for one in mark.args[1]]
            sets.append([dict(zip(names, one, strict=True)) for one in values])
    for together in product(*sets):
        yield {name: value for one in together for name, value in one.items()}


def ignores(name: str, value: Any) -> property:
    """For `Exchange.switches`: as if that value did not exist."""

    def keep(exchange: Exchange, told: Switches) -> None:
        heeded = replace(told, **{name: getattr(USUAL, name)}) if value in (None, getattr(told, name)) else told
        vars(exchange)["switches"] = heeded

    return property(lambda exchange: vars(exchange)["switches"], keep)


def fails(test: Test, given: dict[str, Any], request: pytest.FixtureRequest) -> bool:
    code = test.__code__
    wanted = code.co_varnames[: code.co_argcount]
    asked = {name: request.getfixturevalue(name) for name in wanted if name not in given}
    try:
        test(**given, **asked)
    except (Exception, pytest.fail.Exception):
        return True
    return False


# 9: "Switches (default -> alternative), all tested both ways".
@pytest.mark.parametrize(("switch", "value"), list(told_apart()))
def test_ignoring_a_value_of_a_switch_fails_its_test(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, switch: str, value: Any
) -> None:
    tests = [(test, given) for test in named_after(switch) for given in ways(test)]
    assert tests, f"write test_{switch} in a file test_switches*.py"
    assert not [test.__name__ for test, given in tests if fails(test, given, request)]
    monkeypatch.setattr(Exchange, "switches", ignores(switch, value), raising=False)
    assert any(fails(test, given, request) for test, given in tests), "its tests pass though nothing heeds it"
