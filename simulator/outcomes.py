"""What a verb may answer: None (the verb below it), Fetch (another document) or Stop (hang up)."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.legs import Fetch, Status


@dataclass(frozen=True)
class Stop:
    """`status` is the leg's end if it was never answered."""

    status: Status = "no-answer"


Outcome = Fetch | Stop | None
