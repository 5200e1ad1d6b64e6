"""Moments as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta

from simulator.scenes.forms import DAYS


def next_moment(text: str, now: datetime) -> datetime:
    """`17:00`, `tuesday 9:00` or `2026-11-04 09:00` in the zone of `now`: the next one, but for a date. Raises
    ValueError for a time that no day has."""
    day, _, hour = text.rpartition(" ")
    hours, minutes = hour.split(":")
    there = now.replace(hour=int(hours), minute=int(minutes), second=0, microsecond=0, fold=0)
    if day in DAYS:
        there += timedelta(days=(DAYS.index(day) - there.weekday()) % 7)
        return there if there > now else there + timedelta(days=7)
    if day:
        date = datetime.fromisoformat(day)
        return there.replace(year=date.year, month=date.month, day=date.day)
    return there if there > now else there + timedelta(days=1)
