"""Processes that belong to a `serve`: the job process it keeps alive, and what tells a child of its parent.

A child ends itself when its parent is gone, however it went, so a killed `serve` leaves nothing behind. Draining
is a file that every process of one `serve` knows.
"""

import contextlib
import os
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from quart import Quart

log = structlog.get_logger()

# The environment from `serve` to its children; nothing that people set.
PARENT = "PODLINE_SERVE_PROCESS"
DATABASE = "PODLINE_SERVE_DATABASE"
DRAINING = "PODLINE_SERVE_DRAINING"

LOOK_SECONDS = 0.5  # how often a child looks whether its parent lives
LAST_SECONDS = 5.0  # how long an orphan may take to end in good order
WELL_AFTER = 10.0  # a child that lived so long may be started again at once


class Draining:
    """Whether this service is about to stop; made by its parent, asked by every child."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of_parent(cls) -> "Draining | None":
        path = os.environ.get(DRAINING)
        return cls(Path(path)) if path else None

    def begin(self) -> None:
        self.path.touch()

    def is_on(self) -> bool:
        return self.path.exists()

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def follow_parent() -> None:
    """If `serve` started us: end, in good order at first, when it is gone. Elsewhere nothing happens."""
    parent = os.environ.get(PARENT)
    if parent is not None:
        threading.Thread(target=_follow, args=(int(parent),), name="parent", daemon=True).start()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_SECONDS)
    os._exit(1)


def load_web() -> "Quart":
    """What a web process runs. Named here, so that `serve` need not load what it doesn't run itself."""
    from podline.asgi import application

    return application()


def leave_terminal() -> None:
    """Ctrl-C reaches the whole foreground group; a child of `serve` waits to be told, so that draining comes first."""
    with contextlib.suppress(OSError):
        os.setsid()


def _where_we_are(environment: Mapping[str, str]) -> dict[str, str]:
    """PYTHONPATH for a child, if we run from a folder of sources that is not installed."""
    root = str(Path(__file__).resolve().parents[1])
    if root in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        return {}
    return {"PYTHONPATH": os.pathsep.join(filter(None, (root, environment.get("PYTHONPATH"))))}


class JobProcess:
    """`podline work` as a child, started again with back-off when it ends. `look` has to be called often."""

    def __init__(self, environment: Mapping[str, str], command: Sequence[str] | None = None) -> None:
        # -P: a folder that happens to be named podline where we were started is not us.
        self._command = command or (sys.executable, "-P", "-m", "podline.cli", "work")
        self._environment = {**environment, **_where_we_are(environment)}
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._start_at = 0.0
        self._pause = 0.0

    def look(self) -> None:
        """Start it, or start it again once its pause is over."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            status, self._process = self._process.returncode, None
            self._pause = 0.1 if now - self._began > WELL_AFTER else min(max(self._pause * 2, 0.1), 5.0)
            self._start_at = now + self._pause
            log.warning("job_process_ended", status=status, again_in=self._pause)
        if self._process is None and now >= self._start_at:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True
            )
            self._began = now

    def stop(self, seconds: float) -> None:
        """Let it finish the job in hand, but not for longer than this."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            log.warning("job_process_killed", after=seconds)
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """At once; `stop` then finds it ended. May be called by a signal's handler."""
        if self._process is not None:
            self._process.kill()
