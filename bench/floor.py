"""The least that a webhook can do: Quart, the twilio package's validator, one committed INSERT, a fixed answer.

What a real webhook takes beyond this is the price of deciding and keeping. Here too: how both are served alike,
and what their processes cost.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quart import Quart, Response, request
from twilio.request_validator import RequestValidator

from db.pool import open_pool
from podline.asgi import pool_size

ROOT = Path(__file__).resolve().parents[1]
TABLE = """
CREATE TABLE floor_webhooks (
    call_sid text PRIMARY KEY, caller text NOT NULL, called text NOT NULL, at timestamptz NOT NULL DEFAULT now()
)
"""
INSERT = "INSERT INTO floor_webhooks (call_sid, caller, called) VALUES ($1, $2, $3)"
ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response><Dial><Number>+14035550101</Number></Dial></Response>'

LIKE_SERVE = "--interface asgi --loop uvloop --http 1 --no-ws --backlog 1024 --log-level error --workers 1"
START_SECONDS = 30.0
STOP_SECONDS = 15.0


def application() -> Quart:
    """Called once in its web process, with the environment of the real one."""
    app = Quart("floor", static_folder=None)
    validator = RequestValidator(os.environ["PODLINE_TWILIO_AUTH_TOKEN"])
    public_url = os.environ["PODLINE_PUBLIC_URL"]
    pools: list[Any] = []

    @app.before_serving
    async def begin() -> None:
        size = pool_size(int(os.environ["PODLINE_WORKERS"]))
        pools.append(await open_pool(os.environ["PODLINE_DATABASE_URL"], size=size))

    @app.after_serving
    async def end() -> None:
        await pools.pop().close()

    @app.post("/voice/incoming")
    @app.post("/messages/incoming", endpoint="text")
    async def incoming() -> Response:
        form = await request.form
        url = f"{public_url}{request.path}?{request.query_string.decode()}"
        if not validator.validate(url, form, request.headers.get("X-Twilio-Signature", "")):
            return Response("", 403)
        await pools[0].execute(INSERT, form.get("CallSid") or form["MessageSid"], form["From"], form["To"])
        return Response(ANSWER, content_type="text/xml; charset=utf-8")

    return app


@dataclass(frozen=True, slots=True)
class Served:
    """A running service: its port on 127.0.0.1 and its first process."""

    port: int
    process: int


@contextlib.contextmanager
def served_alone(target: str, environment: Mapping[str, str]) -> Iterator[Served]:
    """`target` in one web process, by Granian as `podline.serve` sets it."""
    port = free_port()
    with _started(
        ["granian", *LIKE_SERVE.split(), "--port", str(port), "--factory", target], environment, 1
    ) as process:
        _wait_for(port)
        yield Served(port, process.pid)


@contextlib.contextmanager
def served_whole(environment: Mapping[str, str], workers: int) -> Iterator[Served]:
    """`podline serve` itself."""
    port = free_port()
    with _started(["podline.cli", "serve"], {**environment, "PODLINE_PORT": str(port)}, workers) as process:
        assert process.stdout is not None
        if not (said := process.stdout.readline()).startswith(b"Podline is ready"):
            raise RuntimeError(f"podline serve did not start; it said {said!r}")
        yield Served(port, process.pid)


@contextlib.contextmanager
def _started(words: list[str], environment: Mapping[str, str], workers: int) -> "Iterator[subprocess.Popen[bytes]]":
    """Its log stands in `PODLINE_HOME`, and is told when something fails."""
    told = {**environment, "PYTHONPATH": str(ROOT), "PODLINE_WORKERS": str(workers)}
    log = Path(environment["PODLINE_HOME"], f"log-{words[-1]}")
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", *words], env=told, cwd=log.parent, stdout=subprocess.PIPE, stderr=written
        )
    try:
        with process:
            try:
                yield process
            finally:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_SECONDS)
                process.kill()
    except Exception:
        sys.stderr.write(log.read_text())
        raise


def _wait_for(port: int) -> None:
    """Until somebody listens; a request is answered as soon as the application is there."""
    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


def cpu_seconds(process: int) -> float:
    """User and system time of a process and its living children; 0 where /proc does not tell."""
    spent = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parts = path.read_text().rpartition(") ")[2].split()
            if process in (int(path.parent.name), int(parts[1])):
                spent += int(parts[11]) + int(parts[12])
    return spent / os.sysconf("SC_CLK_TCK")


def parent_of(process: int) -> int:
    """0 where /proc does not tell."""
    path = Path(f"/proc/{process}/stat")
    return int(path.read_text().rpartition(") ")[2].split()[1]) if path.exists() else 0
