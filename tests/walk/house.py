"""What breaks on our own side: the job process is killed, the database is away. Each in its shortest form."""

from typing import Any, NoReturn

from tests.world import World

AWAY_SECONDS = 5.0
END_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'podline'
"""


async def worker_dies(world: World) -> None:
    """In the middle of its job; the next one begins at once."""
    await world.rehearsal.kills_work()
    await world.rehearsal.begins_work()


async def database_goes(world: World) -> None:
    """All connections break, new ones are refused, and after some seconds it is there again. If it is away already,
    nothing happens."""
    pool: Any = world.house.pool
    rehearsal: Any = world.rehearsal
    if pool._connect is refused:
        return
    await rehearsal.kills_work()
    connect, pool._connect = pool._connect, refused
    await rehearsal.ground.connection.execute(END_CONNECTIONS)

    async def comes_back() -> None:
        await world.clock.sleep(AWAY_SECONDS)
        pool._connect = connect
        await rehearsal.begins_work()

    world.clock.spawn(comes_back(), "the database comes back")


async def refused(*_: object, **__: object) -> NoReturn:
    raise ConnectionRefusedError("the database is away")
