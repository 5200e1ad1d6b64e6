"""Time, real and virtual. Every activity of the simulator runs in a task that its clock knows, and a task is
working, sleeping or waiting for a person. Virtual time moves only when nothing works, and then straight to
the next due moment, so an hour passes in the time its work takes and no race depends on the machine."""

from __future__ import annotations

import asyncio
import contextvars
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

PATIENCE = 5.0  # real seconds that settle() waits for quiet before it names what is busy

Waitable = asyncio.Future[Any] | asyncio.Event


@dataclass(frozen=True)
class Crash:
    """A task that ended with an error of our own. `of` is what it was spawned for, such as a leg."""

    name: str
    error: BaseException
    of: object = None


class Source(Protocol):
    """Someone outside whose work and due moments count as well, such as a service and its job queue."""

    async def busy(self) -> str | None:
        """What is being done, in words, or None."""

    async def next_due(self) -> datetime | None:
        """When it will act by itself, or None."""

    async def moved(self, now: datetime) -> None:
        """Time has jumped to `now`; called before anything wakes."""


class NotQuietError(RuntimeError):
    """Quiet did not come in time; the sentence names what is busy."""


class Clock(Protocol):
    def now(self) -> datetime: ...
    async def sleep(self, seconds: float) -> None: ...
    async def wait(self, *things: Waitable, timeout: float | None = None) -> None: ...
    def spawn(self, work: Coroutine[Any, Any, None], name: str, of: object = None) -> asyncio.Task[None]: ...
    def working(self, what: str) -> Any: ...
    def add_source(self, source: Source) -> None: ...
    def add_check(self, check: Callable[[], None]) -> None: ...
    def on_crash(self, told: Callable[[Crash], None]) -> None: ...
    async def settle(self) -> None: ...
    async def passes(self, seconds: float) -> None: ...
    async def until(self, predicate: Callable[[], bool], within_seconds: float) -> bool: ...
    async def ends(self) -> None: ...


@dataclass(eq=False)
class Parked:
    """A task that sleeps or waits. It is ready as soon as what it waits for has come, before it has run."""

    things: tuple[Waitable, ...]
    due: datetime | None
    wakes: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def wake(self, *_: object) -> None:
        if not self.wakes.done():
            self.wakes.set_result(None)

    def is_ready(self) -> bool:
        return self.wakes.done() or any(_has_come(thing) for thing in self.things)


def _has_come(thing: Waitable) -> bool:
    return thing.is_set() if isinstance(thing, asyncio.Event) else thing.done()


class _TaskClock(ABC):
    """What both clocks share: the tasks, who of them works, and the wait for quiet."""

    _raises_what_was_told = True

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._tasks: dict[asyncio.Task[None], str] = {}
        self._parked: dict[asyncio.Task[Any], Parked] = {}
        self._visitors: dict[object, str] = {}
        self._sources: list[Source] = []
        self._checks: list[Callable[[], None]] = []
        self._crashes: list[BaseException] = []
        self._told_of_crashes: list[Callable[[Crash], None]] = []
        self._turns = 0  # counts every change, so that a look at the sources can tell it was overtaken
        self._changed: asyncio.Event | None = None

    @abstractmethod
    def now(self) -> datetime: ...

    def add_source(self, source: Source) -> None:
        self._sources.append(source)

    def add_check(self, check: Callable[[], None]) -> None:
        """`check` is called whenever quiet has come, and may raise."""
        self._checks.append(check)

    def on_crash(self, told: Callable[[Crash], None]) -> None:
        """`told` is called at once with every task that ends in an error. Virtual time raises it as well, at the next
        settle(); in real time whoever comes next has no part in it."""
        self._told_of_crashes.append(told)

    def spawn(self, work: Coroutine[Any, Any, None], name: str, of: object = None) -> asyncio.Task[None]:
        # A context of its own: who asked (a web request, a test) must not leak into what the exchange does.
        task = asyncio.get_running_loop().create_task(work, name=name, context=contextvars.Context())
        self._tasks[task] = name
        task.add_done_callback(lambda ended: self._task_ended(ended, of))
        self._pulse()
        return task

    def _task_ended(self, task: asyncio.Task[None], of: object) -> None:
        name = self._tasks.pop(task, task.get_name())
        if not task.cancelled() and (error := task.exception()):
            if self._raises_what_was_told or not self._told_of_crashes:
                self._crashes.append(error)
            for told in self._told_of_crashes:
                told(Crash(name, error, of))
        self._pulse()

    async def ends(self) -> None:
        """Nobody lets time pass any more: whatever still waits is given up."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Names the work in hand: of the running task if we know it, else of a visitor (a REST request)."""
        task = asyncio.current_task()
        if task in self._tasks:
            before, self._tasks[task] = self._tasks[task], what
            try:
                yield
            finally:
                self._tasks[task] = before
            return
        visit = object()
        self._visitors[visit] = what
        try:
            yield
        finally:
            del self._visitors[visit]
            self._pulse()

    async def sleep(self, seconds: float) -> None:
        await self.wait(timeout=seconds)

    async def wait(self, *things: Waitable, timeout: float | None = None) -> None:
        """Until one of the things has come, or the time is out. Returns at once if one has come already."""
        if any(_has_come(thing) for thing in things):
            return
        if timeout is not None and timeout <= 0:
            await asyncio.sleep(0)
            return
        due = None if timeout is None else self.now() + timedelta(seconds=timeout)
        task = asyncio.current_task()
        assert task is not None
        parked = Parked(things, due)
        waiters = [asyncio.ensure_future(t.wait()) for t in things if isinstance(t, asyncio.Event)]
        futures = [*waiters, *(t for t in things if not isinstance(t, asyncio.Event))]
        for future in futures:
            future.add_done_callback(parked.wake)
        disarm = self._arm(parked)
        self._parked[task] = parked
        self._pulse()
        try:
            await parked.wakes
        finally:
            del self._parked[task]
            disarm()
            for future in futures:
                future.remove_done_callback(parked.wake)
            for waiter in waiters:
                waiter.cancel()
            self._pulse()

    @abstractmethod
    def _arm(self, parked: Parked) -> Callable[[], None]: ...

    def _pulse(self) -> None:
        self._turns += 1
        if self._changed is not None:
            self._changed.set()

    def _own_work(self) -> list[str]:
        parked = self._parked
        working = [n for t, n in self._tasks.items() if t not in parked or parked[t].is_ready() or t.cancelling()]
        return working + list(self._visitors.values())

    async def _busy(self, with_sources: bool) -> list[str]:
        if own := self._own_work():
            return own
        turns = self._turns
        for source in self._sources if with_sources else ():
            if what := await source.busy():
                return [what]
        return self._own_work() or (["something that has just begun"] if turns != self._turns else [])

    async def _quiet(self, with_sources: bool) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._patience
        looks = 0
        while busy := await self._busy(with_sources):
            if loop.time() > ends:
                raise NotQuietError(f"not quiet after {self._patience:g} s; busy: {'; '.join(sorted(busy))}")
            looks += 1
            self._changed = asyncio.Event()
            if not self._own_work():
                await asyncio.sleep(0.001)  # a source is asked, which costs more than the wait
                continue
            if looks < 20:
                await asyncio.sleep(0)
                continue
            try:
                async with asyncio.timeout(0.02):
                    await self._changed.wait()
            except TimeoutError:
                continue
        if self._crashes:
            raise self._crashes.pop(0)
        for check in self._checks:
            check()


class RealClock(_TaskClock):
    """The wall's time. settle() looks at the simulator's own tasks alone."""

    _raises_what_was_told = False

    def now(self) -> datetime:
        return datetime.now(UTC)

    def _arm(self, parked: Parked) -> Callable[[], None]:
        if parked.due is None:
            return lambda: None
        seconds = max((parked.due - self.now()).total_seconds(), 0)
        return asyncio.get_running_loop().call_later(seconds, parked.wake).cancel

    async def settle(self) -> None:
        """Waits a while at most: in real time somebody always works."""
        try:
            await self._quiet(with_sources=False)
        except NotQuietError:
            return

    async def passes(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def until(self, predicate: Callable[[], bool], within_seconds: float) -> bool:
        ends = self.now() + timedelta(seconds=within_seconds)
        while not predicate():
            if self.now() >= ends:
                return False
            await asyncio.sleep(0.02)
        return True


class VirtualClock(_TaskClock):
    """Time that stands still while anything works. Only passes() and until() move it."""

    def __init__(self, start: datetime, patience: float = PATIENCE) -> None:
        super().__init__(patience)
        if start.tzinfo is None:
            raise ValueError("a virtual clock starts at an aware instant")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def _arm(self, parked: Parked) -> Callable[[], None]:
        return lambda: None

    async def settle(self) -> None:
        await self._quiet(with_sources=True)

    async def passes(self, seconds: float) -> None:
        target = self._now + timedelta(seconds=seconds)
        await self.settle()
        while await self._jumps(target):
            await self.settle()
        await self._moves_to(target)
        await self.settle()

    async def until(self, predicate: Callable[[], bool], within_seconds: float) -> bool:
        """True as soon as the predicate holds at a quiet moment; False when the time is out."""
        target = self._now + timedelta(seconds=within_seconds)
        await self.settle()
        while not predicate():
            if not await self._jumps(target):
                await self._moves_to(target)
                await self.settle()
                return predicate()
            await self.settle()
        return True

    async def _jumps(self, limit: datetime) -> bool:
        due = await self._next_due()
        if due is None or due > limit:
            return False
        await self._moves_to(due)
        return True

    async def _next_due(self) -> datetime | None:
        dues = [p.due for p in self._parked.values() if p.due is not None]
        for source in self._sources:
            if (due := await self._due_of(source)) is not None:
                dues.append(due)
        return min(dues, default=None)

    async def _due_of(self, source: Source) -> datetime | None:
        """A source with something overdue is given real time to begin it; one that never does is named."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._patience
        while (due := await source.next_due()) is not None and due <= self._now:
            if loop.time() > ends:
                raise NotQuietError(f"{source!r} says that work is due at {due} but does not begin it")
            await asyncio.sleep(0.001)
            await self.settle()
        return due

    async def _moves_to(self, instant: datetime) -> None:
        self._now = max(self._now, instant)
        for source in self._sources:
            await source.moved(self._now)
        for parked in list(self._parked.values()):
            if parked.due is not None and parked.due <= self._now:
                parked.wake()
        self._pulse()
