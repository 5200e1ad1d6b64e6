"""How long a recording is (twilio.md 4.5, 4.6, 7.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from simulator.calls.sounds import Sound
from simulator.recordings.tapes import PauseBehaviour, Tape

BEGAN = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def talk(begins: float, ends: float | None) -> Sound:
    return Sound("talk", at(begins), at(ends) if ends is not None else None)


def tape(ends: float, *pauses: tuple[float, float | None, PauseBehaviour]) -> Tape:
    made = Tape(BEGAN)
    for begins, until, how in pauses:
        made.pauses_now(at(begins), how)
        if until is not None:
            made.goes_on(at(until))
    made.stops(at(ends))
    return made


# 4.5, 4.6: "trim: trim-silence, do-not-trim": the silence at both ends is cut off, and none in the middle.
@pytest.mark.parametrize(
    ("sounds", "trimmed"),
    [
        ([talk(0, 60)], 60),
        ([talk(5, 20)], 15),
        ([talk(5, 20), talk(40, 50)], 45),
        ([talk(40, 50), talk(5, 20)], 45),
        ([talk(-10, 20)], 20),
        ([talk(50, None)], 10),
        ([talk(50, 90)], 10),
        ([talk(70, 90)], 0),
        ([talk(-9, 0)], 0),
        ([talk(5, 5)], 0),
        ([], 0),
    ],
)
def test_silence_at_the_ends(sounds: list[Sound], trimmed: float) -> None:
    made = tape(60)
    assert made.seconds(sounds, at(99), trims=True) == trimmed
    assert made.seconds(sounds, at(99), trims=False) == 60
    assert bool(made.audible(sounds, at(99))) == bool(trimmed)


# 7.3: "PauseBehavior skip, silence": a skipped pause is missing, a silent one is silence.
@pytest.mark.parametrize(
    ("pauses", "whole", "trimmed"),
    [
        ([(20, 30, "skip")], 50, 50),
        ([(20, 30, "silence")], 60, 60),
        ([(0, 10, "silence")], 60, 50),
        ([(0, 10, "skip")], 50, 50),
        ([(50, None, "silence")], 60, 50),
        ([(50, None, "skip")], 50, 50),
        ([(10, 20, "skip"), (30, 35, "silence"), (40, 50, "skip")], 40, 40),
        ([(0, None, "silence")], 60, 0),
        ([(0, None, "skip")], 0, 0),
    ],
)
def test_pauses(pauses: list[tuple[float, float | None, PauseBehaviour]], whole: float, trimmed: float) -> None:
    made, sounds = tape(60, *pauses), [talk(-5, 90)]
    assert made.seconds(sounds, at(99), trims=False) == whole
    assert made.seconds(sounds, at(99), trims=True) == trimmed


# 7.3: a pause in a pause, and going on without one, change nothing.
def test_pausing_twice() -> None:
    made = tape(60, (10, None, "skip"), (20, 30, "silence"))
    made.goes_on(at(40))
    assert made.seconds([talk(0, 60)], at(60), trims=False) == 40
    assert not made.is_paused


# 4.6: while it runs, it is as long as the time that has passed.
def test_one_that_runs() -> None:
    made = Tape(BEGAN)
    made.pauses_now(at(30), "skip")
    assert made.is_paused
    assert made.seconds([talk(10, None)], at(40), trims=True) == 20
    assert made.seconds([], at(40), trims=False) == 30
