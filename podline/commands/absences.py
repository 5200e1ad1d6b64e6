"""`absence add`, `absence list` and `absence remove`: when a technician is away, known beforehand."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from podline.commands.opening import CommandFailed, local, show_table, with_desk
from podline.commands.people import zone_of

if TYPE_CHECKING:
    from db.desk import Desk


def add(
    technician: str,
    begins: Annotated[str, Parameter(name="FROM")],
    ends: Annotated[str, Parameter(name="TO")],
    /,
    *,
    note: str = "",
) -> None:
    """Say beforehand that a technician is away: holidays, a course. They are not rung in that time.

    Times are those of the technician's time zone. One that begins at the same moment is changed.

    For example:

        podline absence add ana 2026-12-24 2027-01-03 --note "skiing"
        podline absence add ana "2026-12-01 13:00" "2026-12-01 15:30"

    Parameters
    ----------
    technician
        The technician's key or name.
    begins
        The first day, or day and time in quotation marks.
    ends
        The last day, which is part of it, or day and time.
    note
        Why, for whoever lists absences.
    """
    from podline.clock import wall_clock

    async def act(desk: "Desk") -> None:
        from db.absences import add_absence
        from podline.commands.contacts import technician_key
        from routing.absences import Absence, absence_span, read_wall

        key = technician_key(desk.directory, technician)
        zone = zone_of(desk.directory, key)
        try:
            first, last = read_wall(begins), read_wall(ends)
        except ValueError as error:
            raise CommandFailed(str(error)) from None
        try:
            span = absence_span(first, last, zone)
        except ValueError as error:
            raise CommandFailed(f"{ends} {error}") from None
        if span[1] <= wall_clock():
            raise CommandFailed(f"An absence that ended {local(span[1], zone)} is over already.")
        async with desk.pool.acquire() as connection:
            is_new = await add_absence(connection, Absence(key, *span, note))
        changed = "" if is_new else " This replaces the one with the same beginning."
        print(f"{name_of(desk, key)} is away from {local(span[0], zone)} to {local(span[1], zone)}.{changed}")

    with_desk(act)


def list_(technician: str | None = None, /) -> None:
    """List the absences that are not over: whose, from when, to when, why.

    For example:

        podline absence list ana

    Parameters
    ----------
    technician
        Only this technician's: key or name.
    """
    from podline.clock import wall_clock

    async def act(desk: "Desk") -> None:
        from db.absences import list_absences
        from podline.commands.contacts import technician_key

        key = technician_key(desk.directory, technician) if technician else None
        async with desk.pool.acquire() as connection:
            found = await list_absences(connection, wall_clock(), technician=key)
        if not found:
            print("There are no absences ahead.")
            return
        rows = []
        for one in found:
            zone = zone_of(desk.directory, one.technician)
            times = local(one.begins_at, zone), local(one.ends_at, zone)
            rows.append((one.technician, name_of(desk, one.technician), *times, one.note))
        show_table(("key", "name", "from", "to", "note"), rows)

    with_desk(act)


def remove(
    technician: str,
    begins: Annotated[str, Parameter(name="FROM")],
    /,
) -> None:
    """Take an absence back: the technician is rung in their hours again.

    For example:

        podline absence remove ana 2026-12-24

    Parameters
    ----------
    technician
        The technician's key or name.
    begins
        When it begins: the day, or day and time in quotation marks. `podline absence list` shows it.
    """

    async def act(desk: "Desk") -> None:
        from db.absences import list_absences, remove_absence
        from podline.commands.contacts import technician_key
        from routing.absences import begin_of, read_wall

        key = technician_key(desk.directory, technician)
        zone = zone_of(desk.directory, key)
        try:
            begins_at = begin_of(read_wall(begins), zone)
        except ValueError as error:
            raise CommandFailed(str(error)) from None
        async with desk.pool.acquire() as connection:
            removed = await remove_absence(connection, key, begins_at)
            known = [] if removed else await list_absences(connection, datetime.min.replace(tzinfo=UTC), technician=key)
        if removed is None:
            others = ", ".join(local(one.begins_at, zone) for one in known)
            has = f"theirs begin {others}" if others else "they have none"
            raise CommandFailed(f"{name_of(desk, key)} has no absence that begins {local(begins_at, zone)}: {has}.")
        to = local(removed.ends_at, zone)
        print(f"{name_of(desk, key)} is no longer away from {local(removed.begins_at, zone)} to {to}.")

    with_desk(act)


def name_of(desk: "Desk", technician: str) -> str:
    known = desk.directory.technician(technician)
    return known.name if known else technician
