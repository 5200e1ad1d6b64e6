"""The days ahead of pods: published hours, absences and presence read once, put together by `routing.calendar`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.absences import list_absences
from db.desk import DEFAULT_FLOW, Desk
from db.pool import Connection
from routing.calendar import Day, pod_days
from routing.directory import Line, Pod
from routing.floor import Presence, Standing

MARGIN = timedelta(days=2)  # any zone's dates of a day lie so near


@dataclass(frozen=True, slots=True)
class Calendar:
    pod: Pod
    days: tuple[Day, ...]


async def list_calendars(
    desk: Desk, now: datetime, *, pod: str | None = None, first: date | None = None, days: int = 14
) -> list[Calendar]:
    """All pods' or one's, by key. `first` None is the pod's own today."""
    await desk.refresh()
    directory = desk.directory
    version = desk.newest_version(Line("", voice_flow=DEFAULT_FLOW))
    pods = sorted((one for one in directory.pods if pod in (None, one.pod)), key=lambda one: one.pod)
    begins = {one.pod: first or now.astimezone(ZoneInfo(one.timezone)).date() for one in pods}
    if not pods:
        return []
    since = datetime.combine(min(begins.values()), time(), UTC) - MARGIN
    until = datetime.combine(max(begins.values()), time(), UTC) + timedelta(days=days) + MARGIN
    async with desk.pool.acquire() as connection:
        absences = await list_absences(connection, since, until)
        said = await list_presences(connection)
    everybody = directory.municipalities()
    found = []
    for one in pods:
        keys = version.ring_orders.get(one.pod, ())
        people = [
            Standing(
                technician,
                presence=said.get(technician.technician),
                absences=tuple(
                    (away.begins_at, away.ends_at) for away in absences if away.technician == technician.technician
                ),
            )
            for technician in map(directory.technician, keys)
            if technician is not None
        ]
        served = [place for place in everybody if place.pod == one.pod]
        rows = [row for place in served for row in directory.holidays(place.province, place.municipality)]
        ahead = pod_days(
            people,
            version.shifts,
            served,
            dict.fromkeys(rows),
            zone=one.timezone,
            first=begins[one.pod],
            days=days,
        )
        found.append(Calendar(one, ahead))
    return found


async def list_presences(connection: Connection) -> dict[str, Presence]:
    """What technicians last said, whether it still holds or not."""
    rows = await connection.fetch("SELECT technician, state, since, until FROM presences")
    return {row["technician"]: Presence(row["state"], row["since"], row["until"]) for row in rows}
