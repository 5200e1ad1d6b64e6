"""`who` and `presence`: the technicians at this moment, and what is said of one of them."""

from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from podline.commands.opening import CommandFailed, Flag, local, read_instant, show_table, with_desk

if TYPE_CHECKING:
    from db.desk import Desk
    from db.snapshot import Directory


def who(*, json: Flag = False) -> None:
    """List the technicians as they stand now, and why one would not be rung.

    Parameters
    ----------
    json
        As JSON, in the shape of the API.
    """
    from podline.clock import wall_clock

    async def act(desk: "Desk") -> None:
        from db.roster import list_roster
        from telling.words import words

        now, refusals = wall_clock(), words().refusals
        if json:
            from web.shapes import Technicians
            from web.technicians import list_technicians

            print(Technicians(technicians=await list_technicians(desk, now)).model_dump_json(indent=2))
            return
        rows = []
        for one in await list_roster(desk, now):
            technician = one.standing.technician
            pod = desk.directory.pod(technician.pod)
            rows.append(
                (
                    pod.name if pod else technician.pod,
                    technician.technician,
                    technician.name,
                    one.state,
                    local(one.until, zone_of(desk.directory, technician.technician)) if one.until else "",
                    refusals[one.why] if one.why else "would be rung",
                    str(one.open_matters or ""),
                )
            )
        if not rows:
            print("There are no technicians: `podline import` loads a directory.")
            return
        show_table(("pod", "key", "name", "state", "until", "now", "matters"), rows)

    with_desk(act)


def presence(
    technician: str,
    state: Literal["available", "away", "off"],
    /,
    *,
    until: str | None = None,
) -> None:
    """Say for a technician that they are available, away or off.

    Without --until, away and off last to the start of their next shift; available clears that on shift, and
    holds for 8 hours off shift.

    For example:

        podline presence ana away --until 13:00

    Parameters
    ----------
    technician
        The technician's key or name.
    state
        What they are from now on.
    until
        To when, in the technician's own time zone: 90m, 2h, 17:30 or 2026-11-03T17:30.
    """
    from podline.clock import wall_clock

    async def act(desk: "Desk") -> None:
        from db.presence import set_presence
        from podline.commands.contacts import technician_key

        now = wall_clock()
        key = technician_key(desk.directory, technician)
        zone = zone_of(desk.directory, key)
        ends = read_instant(until, now, ZoneInfo(zone), ahead=True) if until else None
        if ends is not None and ends <= now:
            raise CommandFailed(f"--until {until} is over already.")
        await set_presence(desk, key, state, ends, now, by="command line")
        known = desk.directory.technician(key)
        name = known.name if known else key
        print(f"{name} is {state} until {local(ends, zone)}." if ends else f"{name} is {state}.")

    with_desk(act)


def zone_of(directory: "Directory", technician: str) -> str:
    """The technician's own time zone, else the pod's."""
    known = directory.technician(technician)
    pod = directory.pod(known.pod) if known else None
    return (known and known.timezone) or (pod and pod.timezone) or "UTC"
