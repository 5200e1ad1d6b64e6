"""A scene: a headline, what it tells, and the people's acts; and how it ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podline.demo.stage import Stage


@dataclass(frozen=True)
class Scene:
    """`play` raises AssertionError when something happens otherwise than told. `brief`: the account leaves out
    what is said, because several calls go on at once."""

    headline: str
    tells: str
    play: Callable[["Stage"], Awaitable[None]]
    brief: bool = False


@dataclass(frozen=True)
class Ending:
    """`why` is empty for a scene that ended as told; `board` is what every telephone did at that moment."""

    scene: Scene
    seconds: float
    why: str = ""
    board: str = ""

    @property
    def as_told(self) -> bool:
        return not self.why
