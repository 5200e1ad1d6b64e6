"""The spool: on the disk when `put` returns, once a key, in order, for all processes of the machine."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.spool import NAME, Counts, Entry, Spool

REPOSITORY = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


def text(number: int, lane: str = "clara") -> Entry:
    form = {"MessageSid": f"SM{number}", "Body": "Où ça? 🐄"}
    return Entry(f"TextArrived:SM{number}", "text", lane, NOON + timedelta(seconds=number), form)


def waiting(spool: Spool) -> list[Entry]:
    return [row.entry for row in spool.list_waiting(0, 100)]


def test_there_is_no_file_until_something_is_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "home")
    assert (spool.has_waiting(), spool.holds("clara"), spool.count(), waiting(spool)) == (False, False, Counts(), [])
    spool.try_all_again()
    assert not (tmp_path / "home").exists()


def test_what_was_kept_comes_back_whole_and_in_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in (3, 1, 2):
        spool.put(text(number))
    assert waiting(spool) == [text(3), text(1), text(2)]
    first, second, _ = spool.list_waiting(0, 100)
    assert [row.entry for row in spool.list_waiting(first.row, 1)] == [text(1)]
    spool.remove(second.row)
    assert waiting(spool) == [text(3), text(2)]


def test_a_second_delivery_is_one_row(tmp_path: Path) -> None:
    one, other = Spool(tmp_path), Spool(tmp_path)
    one.put(text(1))
    other.put(text(1, lane="another"))
    assert waiting(one) == waiting(other) == [text(1)]


def test_who_is_behind_and_who_is_not(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(text(1))
    assert (spool.holds("clara"), spool.holds("dale")) == (True, False)
    (row,) = spool.list_waiting(0, 1)
    spool.remove(row.row)
    assert not spool.holds("clara")


def test_what_is_kept_aside_holds_up_nobody_until_all_is_tried_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(text(1))
    spool.put(text(2, lane="dale"))
    first, _ = spool.list_waiting(0, 2)
    spool.save_failure(first.row, aside=None)
    assert [row.tries for row in spool.list_waiting(0, 2)] == [1, 0]
    assert spool.count() == Counts(2, 0, NOON + timedelta(seconds=1))
    spool.save_failure(first.row, aside="KeyError")
    assert (waiting(spool), spool.holds("clara")) == ([text(2, lane="dale")], False)
    assert spool.count() == Counts(1, 1, NOON + timedelta(seconds=2))
    spool.put(text(1))
    assert spool.count().aside == 1, "a delivery of it changes nothing"
    spool.try_all_again()
    assert [(row.entry.key, row.tries) for row in spool.list_waiting(0, 2)] == [
        ("TextArrived:SM1", 0),
        ("TextArrived:SM2", 0),
    ]


def test_nobody_else_may_read_it_and_the_disk_has_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        spool = Spool(tmp_path)
        spool.put(text(1))
    finally:
        os.umask(before)
    for path in tmp_path.glob(f"{NAME}*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert spool._writer is not None
    assert spool._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert spool._writer.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


PUTS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from db.spool import Entry, Spool
spool, who = Spool(Path(sys.argv[1])), sys.argv[2]
sys.stdin.readline()
for number in range(25):
    spool.put(Entry(f"{who}:{number}", "text", who, datetime.now(UTC), {"Body": str(number)}))
    spool.put(Entry(f"both:{number}", "text", "both", datetime.now(UTC), {}))
print("kept", flush=True)
sys.stdin.readline()
"""


def test_processes_that_begin_it_together_and_are_killed_lose_nothing(tmp_path: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", PUTS, str(tmp_path), who],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("one", "two", "three")
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == "kept\n"
            process.send_signal(signal.SIGKILL)
    entries = [row.entry for row in Spool(tmp_path).list_waiting(0, 1000)]
    for who in ("one", "two", "three"):
        assert [one.key for one in entries if one.lane == who] == [f"{who}:{number}" for number in range(25)]
    assert len([one for one in entries if one.lane == "both"]) == 25


def test_threads_may_share_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: spool.put(text(number)), range(40)))
    assert sorted(one.key for one in waiting(spool)) == sorted(text(number).key for number in range(40))


def test_a_file_that_is_none_is_an_error_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"something else entirely" * 100)
    spool = Spool(tmp_path)
    with pytest.raises(sqlite3.DatabaseError):
        spool.put(text(1))
    with pytest.raises(sqlite3.DatabaseError):
        spool.holds("clara")
    assert (tmp_path / NAME).read_bytes().startswith(b"something else")
