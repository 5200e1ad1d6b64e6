"""The REST API, alone or with the softphone, on a port of this machine, by Hypercorn, in the running loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from simulator.asgi import Asgi


async def serve(
    app: Asgi,
    host: str = "127.0.0.1",
    port: int = 8900,
    *,
    until: asyncio.Event | None = None,
    leaving: Callable[[], None] = lambda: None,
) -> None:
    """Serves until `until` is set, or for ever. `leaving` then asks those to go who would stay connected."""
    config = Config()
    config.bind = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    config.accesslog = None
    config.graceful_timeout = 1
    ends = until or asyncio.Event()

    async def stopped() -> None:
        await ends.wait()
        leaving()

    await hypercorn_serve(cast(Any, app), config, shutdown_trigger=stopped)
