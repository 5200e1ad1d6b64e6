"""Everybody's standing at one instant, with the reason why they would not be rung now."""

from dataclasses import dataclass
from datetime import datetime

from db.desk import DEFAULT_FLOW, Desk
from db.floor import read_live
from db.presence import count_loads
from routing.directory import Line
from routing.eligible import Refusal, presence_holds, refusal
from routing.floor import PresenceState, Standing


@dataclass(frozen=True, slots=True)
class Now:
    """`until`: how long what they said holds, if they said. `why` None: would be rung."""

    standing: Standing
    state: PresenceState
    until: datetime | None
    why: Refusal | None
    open_matters: int


async def list_roster(desk: Desk, now: datetime) -> list[Now]:
    """By pod and position."""
    await desk.refresh()
    shifts = desk.newest_version(Line("", voice_flow=DEFAULT_FLOW)).shifts
    people = {one.technician: one for one in desk.directory.technicians}
    async with desk.pool.acquire() as connection:
        live = await read_live(
            connection,
            contact="",
            event_key="",
            technicians=people,
            find=desk.directory.technician,
            clients=(),
            number="",
            now=now,
        )
        loads = await count_loads(connection)
    found = []
    for key, standing in live.standings.items():
        shift = shifts.get(key)
        presence = standing.presence
        holds = presence is not None and presence_holds(presence, shift, now, standing.absences)
        away = next((ends for begins, ends in standing.absences if begins <= now < ends), None)
        on_shift = shift is not None and shift.week.is_open(now, shift.zone)
        state: PresenceState = "available" if on_shift else "off"
        until = None
        if presence is not None and holds:
            state, until = presence.state, presence.until
        elif away is not None:
            state, until = "away", away
        why = refusal(standing, shift, now, contact="", language="")
        found.append(Now(standing, state, until, why, loads.get(key, 0)))
    return sorted(found, key=lambda one: (one.standing.technician.pod, one.standing.technician.position))
