"""`podline serve`: all there is. Web processes by Granian in this very process, one job process as a child, and
the embedded PostgreSQL if no other is named.

It stops in this order, within ten seconds: `/readyz` says draining, requests in hand are answered, the web
processes end, the job process finishes its job, the embedded server stops. A second signal waits for nobody.
"""

import errno
import http.client
import json
import multiprocessing
import os
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import structlog
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server.mp import MPServer

from db.embedded import Embedded, EmbeddedFailed
from podline.children import DATABASE, DRAINING, PARENT, Draining, JobProcess, load_web
from podline.commands.opening import CommandFailed
from podline.database import database, place
from podline.settings import Settings

log = structlog.get_logger()

DRAIN_SECONDS = 1.0
WEB_STOP_SECONDS = 4
JOB_STOP_SECONDS = 3.0
TICK = 0.1
REVIVAL_EVERY = 0.5
BACKLOG = 1024
WELL_AFTER = 5.0  # a web process that lived so long is started again at once
SLOW_START = 20.0  # seconds without readiness before we say what it waits for

# Granian's own lines go where all others go.
GRANIAN_LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}, "granian.access": {"handlers": []}},
}


class CannotServe(CommandFailed):
    """The service does not start; the message says why and what to do, a line for each reason."""


def serve(settings: Settings) -> None:
    """Until SIGTERM, SIGINT or SIGHUP."""
    missing = settings.missing_for_serving()
    if missing:
        raise CannotServe("\n".join(f"{one}." for one in missing))
    check_port(settings.host, settings.port)
    with database(settings) as url:
        settings.home.mkdir(parents=True, exist_ok=True)
        draining = Draining(settings.home.absolute() / f"draining-{os.getpid()}")
        draining.forget()
        shared = {PARENT: str(os.getpid()), DRAINING: str(draining.path)}
        os.environ.update(shared | {DATABASE: url})
        jobs = JobProcess({name: value for name, value in os.environ.items() if name != DATABASE})
        # A fork would copy our threads' locks and the hold on the embedded server; on macOS nobody forks.
        multiprocessing.set_start_method("spawn", force=True)
        try:
            with held(settings) as embedded:
                Service(settings, jobs, draining, embedded).serve(target_loader=load_web, wrap_loader=False)
        finally:
            jobs.stop(JOB_STOP_SECONDS)
            draining.forget()


def held(settings: Settings) -> AbstractContextManager[Embedded | None]:
    """Our own hold on the embedded server, by which we see that it lives; nothing for an outside database."""
    return nullcontext() if settings.database_url is not None else Embedded.open(settings.home)


class Service(MPServer):
    """Granian's loop with ours in its place: it also looks after the job process, drains, and starts a web process
    again however often it dies (Granian itself gives up on the second death within seconds)."""

    def __init__(self, settings: Settings, jobs: JobProcess, draining: Draining, embedded: Embedded | None) -> None:
        super().__init__(
            target="podline.asgi:application",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            loop=Loops.uvloop,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            respawn_failed_workers=True,
            respawn_interval=0.1,
            workers_kill_timeout=WEB_STOP_SECONDS,
            log_level=LogLevels.error,
            log_dictconfig=GRANIAN_LOGS,
        )
        self._jobs = jobs
        self._draining = draining
        self._signals = 0
        self._pauses: dict[int, float] = {}
        self._tell = Readiness(settings, embedded=embedded is not None)
        self._revival = Revival(settings.home, embedded)

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        self._signals += 1
        if self._signals > 1:
            self._jobs.kill()
            for worker in self.wrks:
                worker.kill()  # type: ignore[no-untyped-call]  # Granian ships no types for it
        self.main_loop_interrupt.set()

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """SIGHUP: the terminal went away."""
        self.signal_handler_interrupt()

    def _serve_loop(self, spawn_target: Callable[..., None], target_loader: Callable[..., Any]) -> None:
        while not self._signals:
            self._jobs.look()
            self._raise_the_dead(spawn_target, target_loader)
            self._tell.look()
            self._revival.look()
            self.main_loop_interrupt.wait(TICK)
        self._drain()

    def _raise_the_dead(self, spawn_target: Callable[..., None], target_loader: Callable[..., Any]) -> None:
        """One at a time, and one that dies at once after a growing pause."""
        self.main_loop_interrupt.clear()
        for index in sorted(set(self.interrupt_children)):
            lived = time.monotonic() - self.wrks[index].birth
            pause = 0.0 if lived > WELL_AFTER else self._pauses.get(index, 0.2)
            if lived < pause:
                continue
            self._pauses[index] = min(max(pause, 0.1) * 2, WELL_AFTER)
            log.warning("web_process_ended", process=index + 1, lived=round(lived, 1))
            self.interrupt_children[:] = [one for one in self.interrupt_children if one != index]
            self._respawn_workers([index], spawn_target, target_loader)

    def _drain(self) -> None:
        """Whoever sends us calls has a second to look elsewhere; what comes meanwhile is answered."""
        self._draining.begin()
        log.info("draining")
        ends = time.monotonic() + DRAIN_SECONDS
        while self._signals < 2 and (left := ends - time.monotonic()) > 0:
            self.main_loop_interrupt.clear()
            self.main_loop_interrupt.wait(left)
        self.interrupt_children.clear()  # what died while draining is no failure of ours


class Revival:
    """Starts the embedded server again when it was killed. `look` has to be called often."""

    def __init__(self, home: Path, embedded: Embedded | None) -> None:
        self._home = home
        self._embedded = embedded
        self._look_at = 0.0

    def look(self) -> None:
        now = time.monotonic()
        if self._embedded is None or now < self._look_at:
            return
        self._look_at = now + REVIVAL_EVERY
        if self._embedded.lives():
            return
        log.warning("embedded_server_ended")
        try:
            with Embedded.open(self._home):
                log.info("embedded_server_revived")
        except EmbeddedFailed as problem:
            log.error("embedded_server_not_revived", why=str(problem))


class Readiness:
    """Says once, on stdout, that calls can be taken; says once on stderr what it waits for when that takes long."""

    def __init__(self, settings: Settings, *, embedded: bool) -> None:
        self._settings = settings
        self._embedded = embedded
        self._began = time.monotonic()
        self._told_slow = False
        self._told = False

    def look(self) -> None:
        if self._told:
            return
        why = not_ready(self._settings.host, self._settings.port)
        if why is None:
            self._told = True
            print(self.line(), flush=True)
        elif not self._told_slow and time.monotonic() - self._began > SLOW_START:
            self._told_slow = True
            log.warning("not_ready", why=why)

    def line(self) -> str:
        settings = self._settings
        url = settings.database_url.get_secret_value() if settings.database_url else ""
        kept = f"embedded PostgreSQL under {settings.home}" if self._embedded else f"PostgreSQL at {place(url)}"
        return (
            f"Podline is ready at http://{shown_host(settings.host)}:{settings.port}"
            f" ({settings.workers} web processes, 1 job process, {kept});"
            f" Twilio calls {settings.url}/voice/incoming."
        )


def not_ready(host: str, port: int) -> str | None:
    """None once /readyz says 200, else why not."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        told = answer.read()
        return None if answer.status == 200 else str(json.loads(told).get("why", answer.status))
    except (OSError, ValueError, http.client.HTTPException):
        return "the web processes are starting"
    finally:
        connection.close()


def reachable(host: str) -> str:
    """Where we reach ourselves when we listen everywhere."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)


def shown_host(host: str) -> str:
    host = reachable(host)
    return f"[{host}]" if ":" in host else host


def check_port(host: str, port: int) -> None:
    """Granian shares a port with whoever shares it too, so a second service would take half of the calls."""
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CannotServe(f"PODLINE_HOST {host} is no address of this machine ({error.strerror}).") from None
    kind, _, _, _, address = found[0]
    with socket.socket(kind, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotServe(
                    f"Port {port} of {host} is already in use: stop what listens there, or set PODLINE_PORT to another."
                ) from None
            raise CannotServe(
                f"Port {port} of {host} cannot be used ({error.strerror}): set PODLINE_HOST and PODLINE_PORT to others."
            ) from None
