"""A turn within its time, also when the database neither answers nor goes away: a caller waits for its document."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_called_off: set["asyncio.Task[Any]"] = set()


async def within(seconds: float, turn: Coroutine[Any, Any, T]) -> T:
    """Raises TimeoutError when the time is over. A turn that is called off is not waited for: its connection asks the
    server to end the statement, and a server that stands still never says that it did."""
    task = asyncio.create_task(turn)
    try:
        done, _ = await asyncio.wait((task,), timeout=seconds)
    except asyncio.CancelledError:
        _call_off(task)
        raise
    if not done:
        _call_off(task)
        raise TimeoutError(f"no turn within {seconds:g} s")
    return task.result()


def _call_off(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    _called_off.add(task)  # the loop itself keeps no task alive
    task.add_done_callback(_has_ended)


def _has_ended(task: "asyncio.Task[Any]") -> None:
    _called_off.discard(task)
    if not task.cancelled():
        task.exception()  # nobody waits for it any more
