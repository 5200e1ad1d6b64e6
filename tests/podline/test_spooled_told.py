"""What an operator sees of the spool: `podline doctor`'s line and the gauges."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.spool import NAME, Entry, Spool
from podline.commands.checks import of_spool
from podline.commands.doctor import Verdict
from podline.metrics import spooled_now
from podline.settings import Settings

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
NO_FILE: dict[str, Any] = {"_env_file": None}


def spool_with(home: Path, *, waiting: int = 0, aside: int = 0) -> Spool:
    spool = Spool(home)
    for number in range(waiting + aside):
        spool.put(Entry(f"TextArrived:SM{number}", "text", "clara", NOON, {}))
    for row in spool.list_waiting(0, aside):
        spool.save_failure(row.row, aside="KeyError")
    return spool


@pytest.mark.parametrize(
    ("waiting", "aside", "verdict", "said"),
    [
        (0, 0, "ok", "nothing waits"),
        (2, 0, "note", "2 text(s) or report(s) wait since 12:00:00 UTC"),
        (2, 1, "wrong", "1 text(s) or report(s) could not be taken up"),
    ],
)
def test_the_doctor_tells_what_waits(tmp_path: Path, waiting: int, aside: int, verdict: Verdict, said: str) -> None:
    if waiting or aside:
        spool_with(tmp_path, waiting=waiting, aside=aside)
    check = of_spool(Settings(**NO_FILE, home=tmp_path / "not there yet" if not waiting else tmp_path))
    assert (check.verdict, said in check.what) == (verdict, True), check.what


def test_the_doctor_tells_of_a_spool_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database at all " * 100)
    check = of_spool(Settings(**NO_FILE, home=tmp_path))
    assert (check.verdict, "cannot be read" in check.what) == ("wrong", True), check.what


def test_the_doctor_tells_of_a_home_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    check = of_spool(Settings(**NO_FILE, home=tmp_path))
    assert (check.verdict, "cannot be written" in check.what) == ("wrong", True), check.what


def test_the_gauges_tell_what_waits(tmp_path: Path) -> None:
    assert 'podline_spooled{state="waiting"} 0.0' in spooled_now(Spool(tmp_path)).decode()
    told = spooled_now(spool_with(tmp_path, waiting=2, aside=1)).decode()
    assert 'podline_spooled{state="waiting"} 2.0' in told
    assert 'podline_spooled{state="aside"} 1.0' in told


def test_a_spool_that_cannot_be_read_leaves_the_other_figures(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database at all " * 100)
    assert spooled_now(Spool(tmp_path)) == b""
