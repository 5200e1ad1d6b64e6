"""The one clock of the running service. Its own module, so that a command which needs the time loads nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    return datetime.now(UTC)
