"""`podline serve`, and other commands of ours, as child processes of the demo: told everything by their environment."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

import podline
from db.embedded_lock import FileLock
from podline.demo.place import DemoFailed, Place

# -P: a folder that happens to be named podline where we were started is not us.
PROGRAM = (sys.executable, "-P", "-m", "podline.cli")
READY_WITHIN = 45.0
ENDS_WITHIN = 15.0
TOLD = 15  # lines of its log


class Service:
    """The child and its log. `start` it, wait until `ready`, and `stop` it whatever happened."""

    def __init__(self, place: Place, url: str, settings: Mapping[str, str]) -> None:
        self._place = place
        self._url = url
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        # Its own session: Ctrl-C in the terminal reaches the demo alone. Its own folder: no `.env` of somebody's.
        with contextlib.closing(FileLock(self._place.service_lock)) as lock, self._place.service_log.open("ab") as log:
            lock.wait()
            self._process = await asyncio.create_subprocess_exec(
                *PROGRAM,
                "serve",
                cwd=self._place.folder,
                env=environment(self._settings),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(lock.number,),
            )
        self._place.service_pid.write_text(str(self._process.pid))

    async def ready(self) -> None:
        """Until it can take calls. Raises DemoFailed when it ends first, or takes too long."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + READY_WITHIN
        said = "no answer"
        async with httpx.AsyncClient(trust_env=False) as client:
            while loop.time() < ends:
                self.check()
                with contextlib.suppress(httpx.TransportError):
                    answer = await client.get(f"{self._url}/readyz", timeout=5)
                    if answer.status_code == 200:
                        return
                    said = answer.text.strip()
                await asyncio.sleep(0.1)
        raise DemoFailed(f"The service was not ready within {READY_WITHIN:.0f} s ({said}).", self.tail())

    def check(self) -> None:
        """Raises DemoFailed if it is not running any more."""
        if self._process is None or self._process.returncode is None:
            return
        raise DemoFailed(f"The service ended with status {self._process.returncode}.", self.tail())

    async def ended(self) -> None:
        """Until it ends by itself, which it should not; then raises DemoFailed."""
        assert self._process is not None
        await self._process.wait()
        self.check()

    async def stop(self) -> None:
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), ENDS_WITHIN)
        except TimeoutError:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # the whole group: nobody of it is left behind
        await process.wait()

    def tail(self) -> str:
        try:
            lines = self._place.service_log.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-TOLD:])


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Of a child: ours, but with those settings of Podline alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PODLINE_")}
    return {**kept, "PYTHONPATH": _path(), **settings}


def _path() -> str:
    """The child runs the code that we run, also from a checkout that nobody installed."""
    ours = str(Path(podline.__file__).resolve().parents[1])
    return os.pathsep.join(filter(None, (ours, os.environ.get("PYTHONPATH"))))


def free_port() -> int:
    """A port of this machine that nobody uses at this moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def is_free(host: str, port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except OSError:
            return False
        return True
