"""What is wrong with a file of scenes: where, and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """`place` is file and path, such as `taber.yaml:people.cora.number`; list items are counted from 1."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


class Unreadable(ValueError):
    """Scenes that cannot be played as they are written; `problems` holds every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def guess(said: str, known: Collection[str]) -> str:
    """The end of a sentence about something that is not there."""
    near = get_close_matches(said, known, n=1)
    return f"; did you mean `{near[0]}`?" if near else "."
