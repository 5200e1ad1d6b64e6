"""Who owns a promise: who talked, else the matter's owner, else the pod's next on shift, else the next of all.

DESIGN 5, "Matters". An owner is a technician's key; nobody at all in the directory gives None.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from routing.eligible import absent_until, off_duty, presence_ends, presence_holds
from routing.floor import Shift, Standing
from routing.strategies.longest_idle import longest_idle
from routing.swarm import Helper

LATEST = datetime.max.replace(tzinfo=UTC)


def promise_owner(
    *,
    talked: str | None,
    matter_owner: str | None,
    pod: Sequence[Standing],
    everyone: Iterable[Standing],
    shifts: Mapping[str, Shift],
    at: datetime,
) -> str | None:
    """`pod` in ring order (empty for a caller without one); `everyone` in any order."""
    if talked:
        return talked
    if matter_owner:
        return matter_owner
    all_people = longest_idle(tuple(everyone))
    found = next_on_shift(pod, shifts, at) or next_on_shift(all_people, shifts, at)
    # Nobody's hours are known: somebody owns it all the same.
    return found or next((one.technician.technician for one in (*pod, *all_people)), None)


def next_on_shift(people: Sequence[Standing], shifts: Mapping[str, Shift], at: datetime) -> str | None:
    """The one at work now, else the one who is back soonest: the beginning of a shift in no absence.

    Ties go to the earlier in the order. None if nobody is at work and nobody's next shift is known.
    """
    best: tuple[datetime, str] | None = None
    for standing in people:
        begins = at_work_from(standing, shifts.get(standing.technician.technician), at)
        if begins < LATEST and (best is None or begins < best[0]):
            best = (begins, standing.technician.technician)
    return best[1] if best else None


def at_work_from(standing: Standing, shift: Shift | None, at: datetime) -> datetime:
    """The first instant from `at` on at which they are at work, each thing that keeps them away passed over."""
    said = standing.presence
    while off_duty(standing, shift, at) is not None:
        back = absent_until(standing, shift, at)
        if back is None:
            if said is not None and presence_holds(said, shift, at, standing.absences):
                back = presence_ends(said, shift, standing.absences)
            elif shift is not None:
                back = shift.week.next_open(at, shift.zone)
        if back is None:
            return LATEST
        at = back
    return at


def successor(inside: Sequence[Helper]) -> str | None:
    """Who owns a swarm when its owner has left: of those who are still there, who came first."""
    order = sorted(inside, key=lambda one: one.pressed)
    return order[0].technician if order else None
