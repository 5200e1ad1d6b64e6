"""Technicians as the API shows them: who they are, and whether a call would ring them now."""

from datetime import datetime

from db.desk import Desk
from db.roster import list_roster
from web.shapes import Technician


async def list_technicians(desk: Desk, now: datetime) -> list[Technician]:
    return [
        Technician(
            technician=one.standing.technician.technician,
            name=one.standing.technician.name,
            pod=one.standing.technician.pod,
            position=one.standing.technician.position,
            languages=list(one.standing.technician.languages),
            skills=list(one.standing.technician.skills),
            state=one.state,
            until=one.until,
            why=one.why,
            open_matters=one.open_matters,
        )
        for one in await list_roster(desk, now)
    ]
