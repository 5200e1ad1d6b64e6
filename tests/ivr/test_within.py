"""Whoever waits for a turn waits no longer than they can, whatever the turn does when it is called off."""

import asyncio

import pytest

from ivr.within import within


async def test_a_turn_in_time_gives_what_it_has() -> None:
    async def turn() -> str:
        return "kept"

    assert await within(1, turn()) == "kept"


async def test_what_a_turn_raises_is_raised() -> None:
    async def turn() -> str:
        raise LookupError("nobody")

    with pytest.raises(LookupError, match="nobody"):
        await within(1, turn())


async def test_a_turn_that_cannot_be_called_off_is_not_waited_for() -> None:
    """As one whose statement is with a server that stands still."""
    answers = asyncio.Event()

    async def turn() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await answers.wait()

    async with asyncio.timeout(5):
        with pytest.raises(TimeoutError, match=r"no turn within 0\.01 s"):
            await within(0.01, turn())
    answers.set()
    await asyncio.sleep(0)


async def test_whoever_goes_away_takes_the_turn_along() -> None:
    ended = asyncio.Event()

    async def turn() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    waiting = asyncio.create_task(within(60, turn()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(ended.wait(), 5)
