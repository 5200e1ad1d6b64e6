"""One PostgreSQL on one data directory: making it, starting it, telling whether it lives, stopping it.

Whether it lives is told by a lock that the server inherits and holds until its last process is gone. Process
numbers do not tell: after a crash the old file still says ready, and in a container another process soon has
the same number.
"""

import atexit
import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from db.embedded_lock import FileLock, becomes_true, is_held
from db.embedded_user import EmbeddedFailed, ServerUser

PORT = 5432
ROLE = DATABASE = "podline"
# A socket's whole path ends near 107 bytes (103 on macOS); the server adds "/.s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 88
START_SECONDS = 60.0
STOP_SECONDS = 20.0
LOG_BYTES = 8_000_000
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
INITDB = ("--no-locale", "--encoding=UTF8", "--data-checksums", "--auth=trust", "--no-instructions")
SETTINGS = (
    "listen_addresses=",
    f"port={PORT}",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_checkpoints=off",
)
# For tests: nothing is worth keeping, and every copy of a template must be quick.
FLEETING = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "shared_buffers=48MB",
    "max_wal_size=256MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "update_process_title=off",
    "track_activities=off",
    "track_counts=off",
    "plan_cache_mode=force_generic_plan",
)

# Servers that we started and others still use; kept, so that they are not reported as forgotten children.
_left_to_others: list[subprocess.Popen[bytes]] = []


@atexit.register
def _forget() -> None:
    """They live on, and nobody here will wait for them."""
    for process in _left_to_others:
        process.returncode = 0


class Server:
    """The server on `folder`/data; whoever calls is alone with that folder (see `db.embedded`)."""

    def __init__(self, folder: Path, programs: Path, user: ServerUser) -> None:
        self.data = folder / "data"
        self.log = folder / "log"
        self._folder = folder
        self._alive = folder / "alive"
        self._programs = programs
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def make_data(self, *, durable: bool) -> None:
        """Make the data directory and our database in it; a half-made one is never seen under its name."""
        if self.data.is_dir():
            return
        new = self._folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        self._own_folder(new)
        self._run("initdb", "-D", str(new), f"--username={ROLE}", *INITDB, *([] if durable else ["--no-sync"]))
        self._run("postgres", "--single", "-D", str(new), "postgres", said=f"CREATE DATABASE {DATABASE};\n")
        new.rename(self.data)

    def lives(self) -> bool:
        """Whether any process of this server is left, also one whose starter was killed."""
        return is_held(self._alive)

    def start(self, *, durable: bool) -> None:
        """Start it in a process group of its own, so that Ctrl-C in a terminal reaches us alone."""
        self._forget_the_dead()
        settings = [
            *SETTINGS,
            f"unix_socket_directories={self._make_socket_folder()}",
            *(() if durable else FLEETING),
        ]
        with contextlib.closing(FileLock(self._alive)) as alive, self.log.open("ab") as log:
            alive.wait()
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self.data), *(f"--{each}" for each in settings)],
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=0o077,
                start_new_session=True,
                pass_fds=(alive.number,),
                **self._user.run_as(),
            )
        self._wait_until_ready()

    def join(self) -> None:
        """Wait until a server that lives is ready: somebody else started it, perhaps a moment ago."""
        self._wait_until_ready()

    def stop(self) -> None:
        """End it, whoever started it: SIGINT (fast, clean), then SIGQUIT (recovery at the next start)."""
        sockets = self.socket_folder()
        for sent in (signal.SIGINT, signal.SIGQUIT):
            if (pid := self._pid()) is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sent)
            if becomes_true(lambda: not self.lives(), STOP_SECONDS):
                break
        else:
            raise EmbeddedFailed(f"PostgreSQL on {self.data} does not stop: see {self.log}.")
        if self._process is not None:
            self._process.wait()
        for ended in [process for process in _left_to_others if process.poll() is not None]:
            _left_to_others.remove(ended)
        if sockets is not None:
            shutil.rmtree(sockets, ignore_errors=True)

    def leave(self) -> None:
        """Let it go on without us: others use it, and the last of them stops it."""
        if self._process is not None and self._process.poll() is None:
            _left_to_others.append(self._process)

    def socket_folder(self) -> Path | None:
        """Where the running server, or the one that died last, listens; its own pid file says so."""
        lines = self._pid_file()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None

    def _wait_until_ready(self) -> None:
        if not becomes_true(self._is_ready, START_SECONDS):
            raise EmbeddedFailed(
                f"PostgreSQL on {self.data} gives no answer after {START_SECONDS:.0f} s: see {self.log}."
            )

    def _is_ready(self) -> bool:
        ours = self._process
        if (ours is not None and ours.poll() is not None) or not self.lives():
            raise EmbeddedFailed(f"PostgreSQL did not start on {self.data}: {self._last_words()} (more in {self.log}).")
        lines = self._pid_file()
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        return (ours is None or lines[0] == str(ours.pid)) and _answers(Path(lines[4]))

    def _pid(self) -> int | None:
        """The server's process, unless that number is another's here (a folder that two containers share)."""
        lines = self._pid_file()
        if not lines or not lines[0].isdigit():
            return None
        command = Path("/proc", lines[0], "cmdline")
        if Path("/proc/self/cmdline").exists() and (
            not command.exists() or os.fsencode(self.data) not in command.read_bytes()
        ):
            return None
        return int(lines[0])

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _forget_the_dead(self) -> None:
        """Remove what a killed server left: if its number is another process's now, PostgreSQL refuses."""
        if (left := self.socket_folder()) is not None:
            shutil.rmtree(left, ignore_errors=True)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old"))

    def _make_socket_folder(self) -> Path:
        """Beside the data when that path is short enough, else in the shortest temporary folder.

        The same one after a crash, so that addresses given out before still lead there.
        """
        folder = self._folder / "socket"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
            folder = Path(min(tempfile.gettempdir(), "/tmp", key=len)) / f"podline-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            self._own_folder(folder)
        except FileExistsError:  # somebody else's, where everybody may write
            folder = Path(tempfile.mkdtemp(prefix="podline-", dir=folder.parent))
            folder.rmdir()
            self._own_folder(folder)
        return folder

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if not self._user.is_us:
            os.chown(folder, self._user.uid, self._user.gid)

    def _run(self, program: str, *arguments: str, said: str = "") -> None:
        try:
            done = subprocess.run(
                [str(self._programs / program), *arguments],
                cwd="/",
                env=ENVIRONMENT,
                input=said,
                text=True,
                capture_output=True,
                umask=0o077,
                **self._user.run_as(),
            )
        except OSError as problem:
            raise EmbeddedFailed(f"PostgreSQL's {program} cannot be started: {problem.strerror}.") from problem
        if done.returncode != 0:
            words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["it says nothing"]
            raise EmbeddedFailed(f"PostgreSQL's {program} failed in {self._folder}: {words[0]}.")

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        told = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines or ["it says nothing"]
        return told[-1].strip().rstrip(".")


def _answers(folder: Path) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as line:
        try:
            line.connect(str(folder / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
        return True
