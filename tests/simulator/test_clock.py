"""The clock's own promises: quiet before every jump, straight to the next due moment, and a name for what is
busy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from simulator.clock import NotQuietError, RealClock, VirtualClock

START = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)


class Jobs:
    """A source outside: one job that begins a little after its moment, and works for a while in real time."""

    def __init__(self, due: datetime | None) -> None:
        self.due, self.doing, self.moves = due, False, list[datetime]()
        self._task: asyncio.Task[None] | None = None

    async def busy(self) -> str | None:
        return "a job" if self.doing else None

    async def next_due(self) -> datetime | None:
        return self.due

    async def moved(self, now: datetime) -> None:
        self.moves.append(now)
        if self.due is not None and now >= self.due:
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        self.doing, self.due = True, None
        await asyncio.sleep(0.02)
        self.doing = False


async def test_time_stands_still_and_then_jumps_from_due_moment_to_due_moment() -> None:
    clock, woken = VirtualClock(START), list[float]()

    async def sleeper(seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((clock.now() - START).total_seconds())

    for seconds in (30, 10, 20):
        clock.spawn(sleeper(seconds), f"sleeper {seconds}")
    await clock.settle()
    assert clock.now() == START
    await clock.passes(25)
    assert woken == [10, 20]
    assert clock.now() == START + timedelta(seconds=25)
    await clock.passes(3600)
    assert woken == [10, 20, 30]


async def test_an_hour_of_many_small_waits_takes_no_time() -> None:
    clock, ticks = VirtualClock(START), list[int]()

    async def ticking() -> None:
        for tick in range(3600):
            await clock.sleep(1)
            ticks.append(tick)

    clock.spawn(ticking(), "ticking")
    began = time.perf_counter()
    await clock.passes(3600)
    assert len(ticks) == 3600
    assert time.perf_counter() - began < 1


async def test_work_holds_time_until_it_is_done() -> None:
    clock = VirtualClock(START)
    done_at = list[datetime]()

    async def works() -> None:
        await asyncio.sleep(0.05)
        done_at.append(clock.now())

    clock.spawn(works(), "real work")
    await clock.passes(10)
    assert done_at == [START]


async def test_what_is_busy_is_named_after_the_patience_is_over() -> None:
    clock = VirtualClock(START, patience=0.05)

    async def hangs() -> None:
        with clock.working("webhook POST https://desk.example/voice"):
            await asyncio.sleep(60)

    task = clock.spawn(hangs(), "leg CA1")
    with pytest.raises(NotQuietError, match=r"webhook POST https://desk\.example/voice"):
        await clock.settle()
    task.cancel()


async def test_waiting_for_a_person_is_quiet_and_ends_when_the_person_acts() -> None:
    clock, heard = VirtualClock(START), list[str]()
    key: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    event = asyncio.Event()

    async def waits() -> None:
        await clock.wait(key)
        heard.append(key.result())
        await clock.wait(event, timeout=60)
        heard.append("event" if event.is_set() else "timeout")

    clock.spawn(waits(), "gather")
    await clock.passes(5)
    assert heard == []
    key.set_result("1")
    await clock.settle()
    assert heard == ["1"]
    event.set()
    await clock.settle()
    assert heard == ["1", "event"]
    assert clock.now() == START + timedelta(seconds=5)


async def test_until_stops_at_the_moment_the_predicate_holds() -> None:
    clock, happened = VirtualClock(START), asyncio.Event()

    async def later() -> None:
        await clock.sleep(42)
        happened.set()

    clock.spawn(later(), "later")
    assert not await clock.until(happened.is_set, 41)
    assert await clock.until(happened.is_set, 30)
    assert clock.now() == START + timedelta(seconds=42)


async def test_a_source_is_waited_for_followed_and_told_of_every_jump() -> None:
    clock, jobs = VirtualClock(START), Jobs(START + timedelta(seconds=90))
    clock.add_source(jobs)
    await clock.passes(300)
    assert jobs.moves == [START + timedelta(seconds=90), START + timedelta(seconds=300)]
    assert not jobs.doing


async def test_a_source_that_never_begins_what_is_due_is_named() -> None:
    clock = VirtualClock(START, patience=0.05)

    class Lazy(Jobs):
        async def moved(self, now: datetime) -> None:
            self.moves.append(now)

    clock.add_source(Lazy(START))
    with pytest.raises(NotQuietError, match="does not begin it"):
        await clock.passes(10)


async def test_a_crash_in_a_task_reaches_whoever_waits_for_quiet() -> None:
    clock = VirtualClock(START)

    async def crashes() -> None:
        raise KeyError("leg")

    clock.spawn(crashes(), "crash")
    with pytest.raises(KeyError):
        await clock.settle()
    await clock.settle()


@pytest.mark.parametrize("make", [RealClock, lambda: VirtualClock(START)])
async def test_both_clocks_speak_alike(make: Callable[[], RealClock | VirtualClock]) -> None:
    clock, done = make(), asyncio.Event()

    async def sleeps() -> None:
        await clock.sleep(0.05)
        done.set()

    clock.spawn(sleeps(), "sleeps")
    assert clock.now().tzinfo is not None
    assert await clock.until(done.is_set, 2)
    await clock.settle()


async def test_what_still_waits_when_the_clock_ends_is_given_up() -> None:
    clock, woken = VirtualClock(START), list[str]()

    async def waits() -> None:
        await clock.sleep(3600)
        woken.append("too late")

    task = clock.spawn(waits(), "waits")
    await clock.passes(10)
    await clock.ends()
    assert task.cancelled() and clock.now() == START + timedelta(seconds=10)
    await clock.passes(7200)
    assert not woken
