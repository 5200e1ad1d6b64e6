"""What differs between two documents of a flow, or two versions, in a supervisor's terms.

Documents are compared as they stand, with the defaults that their steps have, so that one that can't be read (a draft)
can be compared too, and a default that is written out makes no difference.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from callflows.reading import whole
from callflows.steps import KINDS
from callflows.version import Times, Version

Part = Literal["flow", "time", "step", "prompt", "ring order", "hours"]
ABOUT = ("start", "description", "languages")  # of the flow itself
USUAL = {name: str(value) for name, value in asdict(Times()).items()}


@dataclass(frozen=True, slots=True)
class Change:
    """Of one field, prompt's language or value. Empty: it isn't there."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`name`: the step, prompt, time or pod; of a step that was added or removed, `changes` are all its fields."""

    part: Part
    name: str
    how: Literal["added", "removed", "changed"]
    changes: tuple[Change, ...]


def is_same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether they are the same, whatever the order of keys and whichever flow they name."""
    return bool(plain({**whole(old), "flow": ""}) == plain({**whole(new), "flow": ""}))


def plain(document: Mapping[str, Any]) -> Any:
    """As JSON has it: keys are text, whatever YAML took them for."""
    return json.loads(json.dumps(document, default=str))


def version_differences(old: Version, new: Version) -> tuple[Difference, ...]:
    """Of documents, ring orders and hours."""
    return (
        *document_differences(old.whole, new.whole),
        *differences("ring order", *({pod: {"": one} for pod, one in rings(each).items()} for each in (old, new))),
        *differences("hours", *({key: {"": one} for key, one in hours(each).items()} for each in (old, new))),
    )


def document_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    before, after = plain(whole(old)), plain(whole(new))
    return (
        *differences("flow", *({"": {name: said(each.get(name)) for name in ABOUT}} for each in (before, after))),
        *differences("time", *(times(each) for each in (before, after))),
        *differences("step", *(steps(each) for each in (before, after))),
        *differences("prompt", *(flattened(each.get("prompts")) for each in (before, after))),
    )


def differences(
    part: Part, old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]
) -> Iterator[Difference]:
    """Of things that have a name and fields; the new one's order, what was removed last."""
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = old.get(name, {}), new.get(name, {})
        fields = [*after, *(field for field in before if field not in after)]
        changes = tuple(
            Change(field, before.get(field, ""), after.get(field, ""))
            for field in fields
            if before.get(field, "") != after.get(field, "")
        )
        if changes or (name in old) != (name in new):
            yield Difference(part, name, "changed" if name in old and name in new else HOW[name in new], changes)


HOW: dict[bool, Literal["added", "removed"]] = {True: "added", False: "removed"}


# A document's parts as names, fields and text.


def steps(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    given = document.get("steps")
    found: dict[str, dict[str, str]] = {}
    for name, step in given.items() if isinstance(given, dict) else ():
        defaults = defaults_of(step.get("step", "")) if isinstance(step, dict) else {}
        fields = dict(leaves(step))
        usual = {field: value for field, value in defaults.items() if not is_given(field, fields)}
        found[name] = {**usual, **fields}
    return found


def defaults_of(kind: Any) -> dict[str, str]:
    """What a step has without saying so."""
    known = KINDS.get(str(kind))
    fields = known.model_fields.items() if known else ()
    return {name: said(one.default) for name, one in fields if not one.is_required() and said(one.default)}


def is_given(field: str, fields: Iterable[str]) -> bool:
    return any(one == field or one.startswith(f"{field}.") for one in fields)


def times(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """All there are: those that the document doesn't name are as usual."""
    given = document.get("times")
    own = {name: said(value) for name, value in given.items()} if isinstance(given, dict) else {}
    return {name: {"": value} for name, value in {**USUAL, **own}.items()}


def flattened(given: Any) -> dict[str, dict[str, str]]:
    """Name -> language -> words."""
    return {name: dict(leaves(one)) for name, one in given.items()} if isinstance(given, dict) else {}


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every value with its path; a list of plain values is one value."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for number, one in enumerate(value):
            yield from leaves(one, f"{place}.{number}")
    else:
        yield place, said(value)


def said(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(said(one) for one in value)
        case _:
            return str(value)


def rings(version: Version) -> dict[str, str]:
    return {pod: ", ".join(technicians) for pod, technicians in version.ring_orders.items()}


def hours(version: Version) -> dict[str, str]:
    return {
        technician: f"{kept.get('hours') or 'none'} ({kept.get('timezone', '')})"
        for technician, kept in version.hours.items()
    }


# In words.


def lines(found: Iterable[Difference]) -> Iterator[str]:
    """A line each, what belongs to it indented below."""
    for one in found:
        match one.part, one.how:
            case "flow", _:
                for change in one.changes:
                    yield f"{change.field}: {arrow(change)}"
            case (("time" | "ring order" | "hours"), _):
                (change,) = one.changes
                usual = " (usual)" if one.part == "time" and change.new == USUAL.get(one.name) else ""
                label = f"hours of {one.name}" if one.part == "hours" else f"{one.part} {one.name}"
                yield f"{label}: {arrow(change)}{usual}"
            case _, "changed":
                yield f"{one.part} {one.name} changed:"
                yield from (f"    {change.field}: {arrow(change)}" for change in one.changes)
            case _, how:
                yield f"{one.part} {one.name} {how}:"
                yield from (f"    {change.field}: {change.new or change.old}" for change in one.changes)


def arrow(change: Change) -> str:
    return f"{change.old or 'nothing'} → {change.new or 'nothing'}"


def summary(found: Iterable[Difference]) -> str:
    """All in one line: "2 steps added, 1 time changed"; "nothing" for no difference."""
    counted: Counter[tuple[str, str]] = Counter()
    for one in found:
        if one.part == "flow":
            counted.update((change.field, "changed") for change in one.changes)
        else:
            counted[one.part, one.how] += 1
    parts = [
        f"{part} {how}" if part in ABOUT else f"{number} {several(part, number)} {how}"
        for (part, how), number in counted.items()
    ]
    return ", ".join(parts) or "nothing"


def several(part: str, number: int) -> str:
    if part == "hours":
        return "person's hours" if number == 1 else "people's hours"
    return part if number == 1 else f"{part}s"
