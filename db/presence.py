"""What technicians say of themselves: available, away or off. A turn whose subject is the technician."""

from datetime import datetime

from db.desk import Desk
from db.inputs import compact
from db.pool import Connection
from routing.floor import Presence, PresenceState


class UnknownTechnician(LookupError):
    pass


async def lock_presence(connection: Connection, technician: str, now: datetime) -> int:
    """The number of this technician's last turn, under the technician's lock."""
    turn = await connection.fetchval(
        """
        INSERT INTO presences (technician, state, since) VALUES ($1, 'available', $2)
        ON CONFLICT (technician) DO UPDATE SET technician = excluded.technician
        RETURNING turn
        """,
        technician,
        now,
    )
    return int(turn)


async def save_presence(connection: Connection, technician: str, turn: int, presence: Presence) -> None:
    await connection.execute(
        "UPDATE presences SET turn = $2, state = $3, since = $4, until = $5 WHERE technician = $1",
        technician,
        turn,
        presence.state,
        presence.since,
        presence.until,
    )


async def add_presence_turn(connection: Connection, technician: str, turn: int, presence: Presence, *, by: str) -> None:
    """Who said it and when, kept like every other turn."""
    event = {
        "event": "PresenceSaid",
        "state": presence.state,
        "until": presence.until.isoformat() if presence.until else None,
        "by": by,
    }
    await connection.execute(
        "INSERT INTO turns (subject, turn, at, event_key, event) VALUES ($1, $2, $3, $4, $5)",
        f"technician:{technician}",
        turn,
        presence.since,
        f"PresenceSaid:{turn}",
        compact(event),
    )


async def set_presence(
    desk: Desk, technician: str, state: PresenceState, until: datetime | None, now: datetime, *, by: str
) -> Presence:
    """Raises UnknownTechnician. `until` None: as long as DESIGN 5, "Presence", says."""
    if desk.directory.technician(technician) is None:
        raise UnknownTechnician(f"there is no technician {technician} in the directory")
    presence = Presence(state, now, until)
    async with desk.pool.acquire() as connection, connection.transaction():
        await say_presence(connection, technician, presence, by=by)
    return presence


async def say_presence(connection: Connection, technician: str, presence: Presence, *, by: str) -> None:
    """A turn of the technician's, inside a transaction; locks on a contact or a matter were taken before."""
    turn = await lock_presence(connection, technician, presence.since) + 1
    await save_presence(connection, technician, turn, presence)
    await add_presence_turn(connection, technician, turn, presence, by=by)


async def count_loads(connection: Connection) -> dict[str, int]:
    """Open matters a technician."""
    found = await connection.fetch("SELECT owner, count(*) AS matters FROM matters WHERE state = 'open' GROUP BY owner")
    return {row["owner"]: row["matters"] for row in found}
