"""Faults on demand, each aimed at one exchange between Twilio and the service: a webhook, a report or a REST request.
What falls upon every exchange alike is a switch (switches.py); what lies on the way to a URL is a Trouble
(webhooks.py)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simulator.clock import Clock

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.webhooks.webhooks import Request

# lost, late, overtaken: a report that is never sent, is sent `seconds` later, or only after the next report of
# whomever. doubled: two copies at the same time. refused, unreachable, slow, status: as in a Trouble; a REST request
# knows slow and status alone. unanswered: the service (or Twilio) did it, but its answer is lost. nothing: only
# `before` and `after` are called.
What = Literal[
    "lost", "late", "overtaken", "doubled", "refused", "unreachable", "slow", "status", "unanswered", "nothing"
]
OF_REPORTS: frozenset[What] = frozenset({"lost", "late", "overtaken"})
PATIENCE = 15.0  # seconds that an overtaken report waits for another one


@dataclass(frozen=True)
class Exchanged:
    """What can be aimed at. `kind` is a webhook's (webhooks.py) or "rest", whose `url` is the path and whose `params`
    are the form of a POST."""

    kind: str
    method: str
    url: str
    params: dict[str, str]
    leg: Leg | None


Act = Callable[[], Awaitable[None] | None]


@dataclass(eq=False)
class Upset:
    """Befalls the `nth` exchange that `aim` fits, and of that one the first `tries` attempts (0: all of them).
    `before` is called when it is first about to be sent, `after` when that attempt has ended: somebody may hang
    up."""

    aim: Callable[[Exchanged], bool]
    what: What = "nothing"
    nth: int = 1
    tries: int = 1
    seconds: float = 0.0
    status: int = 500
    before: Act | None = None
    after: Act | None = None
    hit: Exchanged | None = None  # what it has befallen
    attempts: int = 0

    @property
    def is_on(self) -> bool:
        """Whether it befalls the attempt in hand."""
        return self.tries == 0 or self.attempts <= self.tries


class Upsets:
    """The faults that wait for their exchange."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.waiting: list[Upset] = []
        self._passes: list[tuple[int, asyncio.Future[None]]] = []  # until a report after that number is delivered

    def befalling(self, exchanged: Exchanged, *, report: bool = False) -> Upset | None:
        """The fault that is meant for this exchange. `report`: a report that is about to leave its queue."""
        for upset in self.waiting:
            if (upset.what in OF_REPORTS) == report and upset.aim(exchanged):
                upset.nth -= 1
                if upset.nth == 0:
                    upset.hit = exchanged
                    self.waiting.remove(upset)
                    return upset
        return None

    async def around(self, upset: Upset | None, request: Request, attempt: Awaitable[None]) -> None:
        """One attempt to deliver a webhook, and what befalls it besides the way."""
        if upset is None:
            await attempt
            return
        upset.attempts += 1
        if upset.attempts == 1:
            await acts(upset.before)
        await attempt
        if upset.what == "unanswered" and upset.is_on:
            request.status, request.body, request.location = None, "", ""
            request.breaks("rt", "the connection broke before the answer")
        if upset.attempts == 1:
            await acts(upset.after)

    async def holds(self, upset: Upset, number: int) -> None:
        """Until a late report is sent after all. `number` counts the reports in the order in which they left."""
        if upset.what != "overtaken":
            await self._clock.sleep(upset.seconds)
            return
        waits = number, asyncio.get_running_loop().create_future()
        self._passes.append(waits)
        try:
            await self._clock.wait(waits[1], timeout=PATIENCE)
        finally:
            self._passes.remove(waits)

    def delivered(self, number: int) -> None:
        """A report has arrived; those that left before it and were to be overtaken may follow."""
        for held, passes in self._passes:
            if held < number and not passes.done():
                passes.set_result(None)


async def acts(act: Act | None) -> None:
    if act is not None and (made := act()) is not None:
        await made
