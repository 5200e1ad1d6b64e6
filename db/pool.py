"""Opening the pool. Nobody leaves state in a connection, so none is reset between two users (a round trip)."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

Pool = asyncpg.Pool
Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy

# A turn that waits longer than this for PostgreSQL has no time left for the caller.
STATEMENT_SECONDS = 10


# What asyncpg raises when the database is away, was ended, or does not let us in.
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


async def open_pool(
    url: str,
    *,
    size: int = 10,
    search_path: str = "",
    application: str = "podline",
    lent: Callable[[Connection], Awaitable[None]] | None = None,
    given_back: Callable[[Connection], Awaitable[None]] | None = None,
    connect: Callable[..., Awaitable[Any]] | None = None,
) -> "asyncpg.Pool[Any]":
    """A pool of up to `size` connections. `search_path`: tests put a schema with their own `now()` first. `lent`:
    called with each connection before its user has it; `given_back`: after. `connect`: in place of asyncpg's."""
    settings = {"application_name": application, "jit": "off"}
    if search_path:
        settings["search_path"] = search_path
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        command_timeout=STATEMENT_SECONDS,
        server_settings=settings,
        setup=lent,  # type: ignore[arg-type]  # a pool's connection is one too
        reset=given_back or _leave_alone,
        connect=connect,  # type: ignore[arg-type]  # whatever opens them
    )


async def _leave_alone(connection: Any) -> None:
    """See the module's first line."""
