"""The embedded PostgreSQL: the first process that needs it starts it, others join, the last one out stops it.

Everything is kept below `home`, in a folder with the server's major version in its name, because a new major
cannot read an old directory. Two locks hold it together: `postgres.lock` while somebody looks, starts or
stops, and `users`, which everybody shares for as long as they use the server. Both end with their holder, so
a killed process leaves a server that the next one joins, or a directory that the next one recovers.
"""

import contextlib
import re
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from db.embedded_lock import FileLock, locked
from db.embedded_server import DATABASE, PORT, ROLE, Server
from db.embedded_user import (
    EmbeddedFailed,
    ServerUser,
    binaries,
    owner_of,
    reachable_binaries,
    reachable_folder,
    server_user,
)

__all__ = ["Embedded", "EmbeddedFailed", "binaries", "find_running"]


class Embedded:
    """One user's hold on the server below a home; make it by `open`, give it back by `close`."""

    def __init__(self, server: Server, lock: Path, users: FileLock, sockets: Path) -> None:
        self.url = _url(sockets, DATABASE)
        self._server = server
        self._lock = lock
        self._users: FileLock | None = users
        self._sockets = sockets

    @classmethod
    def open(cls, home: Path, *, durable: bool = True) -> Self:
        """Start or join the server below `home`; not `durable` means fast and forgetful, for tests.

        Whoever joins takes the server as its starter made it. Under root the server belongs to `postgres` or
        `nobody`; if that user cannot enter `home`, the folder is a link to one below `/var/lib/podline`.
        """
        home = home.absolute()
        try:
            user = server_user()
            _make_home(home, user)
            lock = home / "postgres.lock"
            with locked(lock):
                return cls._open_alone(home, user, lock, durable=durable)
        except OSError as problem:
            raise EmbeddedFailed(
                f"The embedded PostgreSQL cannot use {home} ({problem.strerror}):"
                " run Podline as the user who owns it, or set PODLINE_HOME to another folder."
            ) from problem

    @classmethod
    def _open_alone(cls, home: Path, user: ServerUser, lock: Path, *, durable: bool) -> Self:
        folder = _folder(home, user)
        if (folder / "data").is_dir():
            user = owner_of(folder / "data", user)
        server = Server(folder, reachable_binaries(user), user)
        users = FileLock(folder / "users")
        try:
            users.share()
            if server.lives():
                server.join()
            else:
                server.make_data(durable=durable)
                server.start(durable=durable)
            sockets = server.socket_folder()
            assert sockets is not None  # a server that is ready has written where it listens
        except BaseException:
            users.close()
            raise
        return cls(server, lock, users, sockets)

    def lives(self) -> bool:
        """Whether any process of the server is left; who holds it may revive a killed one by a short `open`."""
        return self._server.lives()

    def url_of(self, database: str) -> str:
        """The address of another database of the same server."""
        return _url(self._sockets, database)

    def close(self) -> None:
        """Give it back; if nobody uses it any more, stop it. A second call does nothing."""
        if self._users is None:
            return
        with locked(self._lock):
            users, self._users = self._users, None
            with contextlib.closing(users):
                if users.try_alone() and self._server.lives():
                    self._server.stop()
                else:
                    self._server.leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def find_running(home: Path) -> str | None:
    """The address of the server below `home` if it runs now. Starts and makes nothing, and doesn't hold it."""
    folder = (home.absolute() / f"postgres-{_major()}").resolve()
    if not (folder / "alive").exists():
        return None
    server = Server(folder, binaries(), server_user())
    sockets = server.socket_folder() if server.lives() else None
    return _url(sockets, DATABASE) if sockets else None


def _url(sockets: Path, database: str) -> str:
    # Port and sslmode are spelled out: no PGPORT or PGSSLMODE in somebody's environment may lead elsewhere.
    where = quote(str(sockets), safe="/")
    return f"postgresql://{ROLE}@/{quote(database)}?host={where}&port={PORT}&sslmode=disable"


def _make_home(home: Path, user: ServerUser) -> None:
    """Make what this path lacks, so that the server's user can enter it; what exists is left alone."""
    for folder in reversed([home, *home.parents]):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            if not user.is_us:
                folder.chmod(0o711)


def _folder(home: Path, user: ServerUser) -> Path:
    """The folder of this major version, made if needed, in a place that the server's user can enter."""
    folder = home / f"postgres-{_major()}"
    if not folder.exists():
        folder.unlink(missing_ok=True)  # a link whose target is gone
        folder.mkdir()
        folder.chmod(0o700 if user.is_us else 0o711)
        if not user.can_enter(folder):
            folder.rmdir()
            folder.symlink_to(reachable_folder(folder.name))
    return folder.resolve()


def _major() -> str:
    told = subprocess.run(
        [binaries() / "postgres", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C"},
    ).stdout
    found = re.search(r"\d+", told)
    assert found is not None, told
    return found.group()
