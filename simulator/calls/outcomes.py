"""What a verb may answer: None (the verb below it), Fetch (another document), Stop (hang up) or, in the music of
a queue, Leaving (the verb below the Enqueue)."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.calls.legs import Fetch, Status


@dataclass(frozen=True)
class Stop:
    """`status` is the leg's end if it was never answered."""

    status: Status = "no-answer"


@dataclass(frozen=True)
class Leaving:
    pass


Outcome = Fetch | Stop | Leaving | None
