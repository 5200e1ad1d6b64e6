"""`podline serve` as a user would start it: a process of its own on a free port, and what we can see of it."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.world import SID, TOKEN

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
API_TOKEN = "live-api-token"


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Ours without any setting of whoever runs the tests, plus what a service needs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PODLINE_")}
    needed = {
        "PYTHONPATH": str(REPOSITORY),
        "PODLINE_HOME": str(home),
        "PODLINE_TWILIO_ACCOUNT_SID": SID,
        "PODLINE_TWILIO_AUTH_TOKEN": TOKEN,
        "PODLINE_TWILIO_API_URL": "http://127.0.0.1:9",  # nobody listens on the discard port
        "PODLINE_API_TOKEN": API_TOKEN,
        "PODLINE_WORKERS": "2",
    }
    return {**kept, **needed, **{f"PODLINE_{name.upper()}": value for name, value in settings.items()}}


def podline(*words: str | Path, env: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """One command, run to its end."""
    command = [sys.executable, "-P", "-m", "podline.cli", *words]
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=60)


class Service:
    """One `podline serve`. Its logs stand in `home`/log."""

    def __init__(self, home: Path, **settings: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = environment(home, port=str(self.port), **settings)
        self.log = home / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "podline.cli", "serve"],
                env=self.env,
                cwd=home,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline().strip()
        assert self.line.startswith("Podline is ready"), f"{self.line}\n{self.log.read_text()}"

    # What it answers.

    def get(self, path: str, timeout: float = 5) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def ready(self) -> tuple[int, dict[str, Any]]:
        status, body = self.get("/readyz")
        return status, json.loads(body)

    # Its processes.

    def web(self) -> list[int]:
        return [pid for pid, command in children(self.process.pid) if "spawn_main" in command]

    def began(self) -> int:
        """How many web processes have begun to serve so far, by its log."""
        return self.log.read_text().count('"web_started"')

    def jobs(self) -> list[int]:
        return [pid for pid, command in children(self.process.pid) if command.endswith("podline.cli work")]

    def everyone(self) -> list[int]:
        """Itself, its children, and the embedded server if it has one."""
        server = list(self.home.glob("postgres-*/data/postmaster.pid"))
        own = [int(path.read_text().splitlines()[0]) for path in server]
        return [self.process.pid, *(pid for pid, _ in children(self.process.pid)), *own]

    # Its end.

    def stop(self, seconds: float = 15) -> int:
        self.process.terminate()
        return self.wait(seconds)

    def wait(self, seconds: float) -> int:
        try:
            return self.process.wait(seconds)
        finally:
            self.close()

    def close(self) -> None:
        """Whatever happened, nothing of it is left."""
        if self.process.poll() is None:
            left = self.everyone()
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(12)
            except subprocess.TimeoutExpired:
                for pid in left:
                    kill(pid)
                self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def children(parent: int) -> list[tuple[int, str]]:
    """(pid, command line) of the living ones, oldest first."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, above = re.sub(r"^.*\) ", "", (place / "stat").read_text()).split()[:2]
            command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except (OSError, ValueError):
            continue
        if int(above) == parent and state != "Z":
            found.append((int(place.name), command))
    return sorted(found)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def until(asked: Callable[[], bool], seconds: float = 15) -> bool:
    """Asks fifty times a second, in a test without a loop."""
    ends = time.monotonic() + seconds
    while not asked():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True
