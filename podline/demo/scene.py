"""A scene: a headline, what it tells, and the people's acts; and how it ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from podline.demo.stage import Stage


@dataclass(frozen=True)
class Scene:
    """`play` raises AssertionError when something happens otherwise than told. `brief`: the account leaves out
    what is said, because several calls go on at once.

    `clock`: "real" is played on the running service as time goes by; "virtual" on a rehearsal of its own, whose
    clock is set to `start` (None: to the present moment) and runs ahead whenever nothing happens. `place`: the
    municipality of the demo's town in whose time such a scene is told.
    """

    headline: str
    tells: str
    play: Callable[["Stage"], Awaitable[None]]
    brief: bool = False
    clock: Literal["real", "virtual"] = "real"
    start: datetime | None = None
    place: str = "Taber"

    def __post_init__(self) -> None:
        if self.start is not None and (self.clock == "real" or self.start.tzinfo is None):
            raise ValueError(f"{self.headline}: only a virtual clock can be set, and only to an aware instant")


@dataclass(frozen=True)
class Ending:
    """`why` is empty for a scene that ended as told; `board` is what every telephone did at that moment. `seconds` are
    real; `passed` went by on the scene's own clock."""

    scene: Scene
    seconds: float
    passed: timedelta
    why: str = ""
    board: str = ""

    def lasted(self) -> str:
        """How long it took, and on a clock that ran ahead, how much it took on that."""
        if self.scene.clock == "real":
            return f"{self.seconds:.1f} s"
        hours, minutes = divmod(round(self.passed.total_seconds() / 60), 60)
        there = f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else "less than a minute"
        return f"{self.seconds:.1f} s, and {there} on its clock"

    @property
    def as_told(self) -> bool:
        return not self.why
