"""Switches by their names, as somebody writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from simulator.scenes.problems import guess
from simulator.switches import Switches


def read_switches(told: Sequence[str]) -> dict[str, Any]:
    """Of NAME=VALUE. Raises ValueError: a sentence that says which of them, and what there is."""
    values = {}
    for one in told:
        name, _, value = one.partition("=")
        try:
            values[name] = read_switch(name, value)
        except ValueError as error:
            raise ValueError(f"--switches {one}: {error}") from None
    return values


def read_switch(name: str, value: str) -> Any:
    """The value as the switch takes it. Raises ValueError: a sentence that says what there is."""
    known = [one.name for one in fields(Switches)]
    if name not in known:
        raise ValueError(f"There is no switch `{name}`{guess(name, known)} There are {', '.join(known)}.")
    kind = get_type_hints(Switches)[name]
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            there = " or ".join(f"`{one}`" for one in get_args(kind))
            raise ValueError(f"`{name}` is {there}, not `{value}`.")
        return value
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"`{name}` is a number, not `{value}`.") from None
