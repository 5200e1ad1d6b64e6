"""Stretches of time as sets: joined, taken from each other, cut. A span's end is not in it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from routing.hours import Span


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, none touching another, empty ones left out."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if begin >= end:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return tuple(found)


def without(spans: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """What is in `spans` and in none of `others`."""
    left = joined(spans)
    for gone, back in joined(others):
        left = tuple(
            piece
            for begin, end in left
            for piece in ((begin, min(end, gone)), (max(begin, back), end))
            if piece[0] < piece[1]
        )
    return left


def within(spans: Iterable[Span], begin: datetime, end: datetime) -> tuple[Span, ...]:
    """The parts between two instants."""
    cut = ((max(first, begin), min(last, end)) for first, last in spans)
    return tuple((first, last) for first, last in cut if first < last)


def overlap(spans: Sequence[Span], begin: datetime, end: datetime) -> bool:
    return any(first < end and begin < last for first, last in spans)
