"""Dataclasses as JSON wants them: by their field names, without the deep copies of `dataclasses.asdict`."""

from dataclasses import fields, is_dataclass
from typing import Any

PLAIN = frozenset({str, int, bool, type(None)})
_NAMES: dict[type[Any], tuple[str, ...]] = {}


def field_names(kind: type[Any]) -> tuple[str, ...]:
    """Looked up once a class: turns ask for them thousands of times."""
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = tuple(one.name for one in fields(kind))
    return names


def plain(value: Any) -> Any:
    """Dataclasses become dictionaries, also inside tuples; everything else is left as it is."""
    if value.__class__ in PLAIN:  # most of what there is
        return value
    if isinstance(value, tuple):
        return tuple(plain(one) for one in value)
    if is_dataclass(value):
        return {name: plain(getattr(value, name)) for name in field_names(type(value))}
    return value
