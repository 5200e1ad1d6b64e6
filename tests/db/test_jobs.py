"""What a job that must run again tells the queue."""

from typing import Any

import pytest
from pgqueuer.domain.errors import RetryRequested

from db.jobs import LONGEST_DELAY, SHORTEST_DELAY, TryAgain, entry_point


class Job:
    payload = b"7"
    attempts = 3


class Queue:
    """Keeps what is registered."""

    def entrypoint(self, name: str, **_: Any) -> Any:
        def keep(run: Any) -> None:
            self.run = run

        return keep


@pytest.mark.parametrize(
    ("seconds", "later"),
    [(0.000001, SHORTEST_DELAY.total_seconds()), (0, SHORTEST_DELAY.total_seconds()), (4, 4), (None, 8)],
)
async def test_it_never_goes_round_without_a_pause(seconds: float | None, later: float) -> None:
    queue: Any = Queue()
    busy: set[str] = set()

    async def work(row: int, tries: int) -> None:
        assert (row, tries, busy) == (7, 3, {"job deed 7"})
        raise TryAgain("early", seconds)

    entry_point(queue, "deed", work, busy)
    with pytest.raises(RetryRequested) as asked:
        await queue.run(Job())
    assert (asked.value.delay.total_seconds(), asked.value.reason, busy) == (later, "early", set())


async def test_nor_later_than_in_a_while() -> None:
    queue: Any = Queue()

    async def work(row: int, tries: int) -> None:
        raise TryAgain("far", 10**6)

    entry_point(queue, "deed", work, set())
    with pytest.raises(RetryRequested) as asked:
        await queue.run(Job())
    assert asked.value.delay == LONGEST_DELAY
