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
    """Whatever asks it breaks off, nobody gets a connection, and after some seconds it is there again. If it is away
    already, nothing happens."""
    pool: Any = world.house.pool
    rehearsal: Any = world.rehearsal
    if isinstance(pool._queue, Shut):
        return
    await rehearsal.kills_work()
    queue, pool._queue = pool._queue, Shut(pool._queue)
    for holder in pool._holders:
        if holder._con is not None and holder._con._proxy is not None:
            holder._con.terminate()

    async def comes_back() -> None:
        await world.clock.sleep(AWAY_SECONDS)
        pool._queue = queue
        await rehearsal.begins_work()

    world.clock.spawn(comes_back(), "the database comes back")


class Shut:
    """In place of a pool's queue of connections: who asks learns what they would of a server that is not there. Those
    that nobody uses stay: new ones would know no statement, and cost more than the rest of a run."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    async def get(self) -> NoReturn:
        raise ConnectionRefusedError("the database is away")

    def put_nowait(self, holder: Any) -> None:
        self._queue.put_nowait(holder)


async def refused(*_: object, **__: object) -> NoReturn:
    raise ConnectionRefusedError("the database is away")
