"""Whether what came in writing is safe with us, whatever is away; and for how long somebody waits to find out."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from db.pool import AWAY
from db.spool import NAME, Entry, Spool
from ivr import spooled
from ivr.routes import TURN_SECONDS
from ivr.spooled import LOOK_SECONDS, LOOKS_EVERY, Absence, Spooling

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


def entry(number: int, lane: str = "clara") -> Entry:
    return Entry(f"TextArrived:SM{number}", "text", lane, NOON, {"Body": "hello"})


class Turns:
    """What becomes of one turn after another: an error, or None for a turn that is taken."""

    def __init__(self, *fates: Exception | None) -> None:
        self._fates: Iterator[Exception | None] = iter(fates)
        self.begun = 0

    async def __call__(self) -> None:
        self.begun += 1
        fate = next(self._fates, None)
        if fate is not None:
            raise fate


def test_an_absence_is_looked_at_once_a_second() -> None:
    absence = Absence()
    assert absence.seconds(NOON) == TURN_SECONDS
    absence.begins(NOON)
    assert absence.seconds(NOON + LOOKS_EVERY / 2) == 0
    assert absence.seconds(NOON + LOOKS_EVERY) == LOOK_SECONDS
    assert absence.seconds(NOON + LOOKS_EVERY) == 0, "somebody looks already"
    assert absence.seconds(NOON + LOOKS_EVERY * 2) == LOOK_SECONDS
    absence.ends()
    assert absence.seconds(NOON + LOOKS_EVERY * 2) == TURN_SECONDS


def test_a_clock_that_was_set_back_keeps_nobody_from_looking() -> None:
    absence = Absence()
    absence.begins(NOON)
    assert absence.seconds(NOON - timedelta(hours=1)) == LOOK_SECONDS


async def test_a_turn_that_is_taken_leaves_nothing_behind(tmp_path: Path) -> None:
    spooling, turns = Spooling(Spool(tmp_path), lambda: NOON), Turns()
    assert await spooling.takes(entry(1), turns)
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize(
    ("fate", "is_away"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (asyncpg.CannotConnectNowError(), True),
        (asyncpg.ConnectionDoesNotExistError(), True),
        (asyncpg.InterfaceError("the pool is closed"), True),
        (asyncpg.DiskFullError(), False),
        (asyncpg.ReadOnlySQLTransactionError(), False),
        (KeyError("a fault of ours"), False),
    ],
)
async def test_whatever_keeps_a_turn_from_being_taken_the_text_is_safe(
    tmp_path: Path, fate: Exception, is_away: bool
) -> None:
    spool, turns = Spool(tmp_path), Turns(fate)
    spooling = Spooling(spool, lambda: NOON)
    assert await spooling.takes(entry(1), turns)
    assert [row.entry for row in spool.list_waiting(0, 9)] == [entry(1)]
    assert isinstance(fate, AWAY) is is_away
    await spooling.takes(entry(2, "dale"), turns)
    assert (turns.begun, spool.holds("dale")) == ((1, True) if is_away else (2, False))


async def test_who_is_behind_another_waits_and_nobody_else(tmp_path: Path) -> None:
    spool, turns = Spool(tmp_path), Turns()
    spool.put(entry(1))
    spooling = Spooling(spool, lambda: NOON)
    assert await spooling.takes(entry(2), turns)
    assert (turns.begun, spool.count().waiting) == (0, 2)
    assert await spooling.takes(entry(3, "dale"), turns)
    assert (turns.begun, spool.count().waiting) == (1, 2)


async def test_a_turn_that_cannot_even_be_called_off_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spooled, "TURN_SECONDS", 0.01)
    server_speaks = asyncio.Event()
    ended: list[bool] = []

    async def hangs() -> None:
        try:
            await server_speaks.wait()
        finally:
            await server_speaks.wait()
            ended.append(True)

    spooling, spool = Spooling(Spool(tmp_path), lambda: NOON), Spool(tmp_path)
    async with asyncio.timeout(2):
        assert await spooling.takes(entry(1), hangs)
    assert (spool.holds("clara"), ended) == (True, [])
    server_speaks.set()
    await asyncio.sleep(0.01)
    assert ended == [True]


async def test_a_spool_that_cannot_be_used_is_in_the_way_of_nothing_else(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database at all " * 100)
    spooling, turns = Spooling(Spool(tmp_path), lambda: NOON), Turns(None, ConnectionRefusedError())
    assert await spooling.takes(entry(1), turns)
    assert not await spooling.takes(entry(2), turns)


async def test_a_home_that_cannot_be_written_acknowledges_nothing(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, where a folder should be")
    spooling = Spooling(Spool(tmp_path / "home"), lambda: NOON)
    assert not await spooling.takes(entry(1), Turns(ConnectionRefusedError()))
