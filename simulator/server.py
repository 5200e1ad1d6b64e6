"""The REST API on a port of this machine, by Hypercorn, in the running loop."""

from __future__ import annotations

import asyncio

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from simulator.rest import RestApi


async def serve(app: RestApi, host: str = "127.0.0.1", port: int = 8900, *, until: asyncio.Event | None = None) -> None:
    """Serves until `until` is set, or for ever."""
    config = Config()
    config.bind = [f"{host}:{port}"]
    config.accesslog = None
    config.graceful_timeout = 1
    ends = until or asyncio.Event()

    async def stopped() -> None:
        await ends.wait()

    await hypercorn_serve(app, config, shutdown_trigger=stopped)
