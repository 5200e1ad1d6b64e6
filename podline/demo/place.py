"""Where the demo keeps its data: a folder below PODLINE_HOME, one demo at a time, always begun afresh.

Whatever a killed demo left is found by the lock that its service still holds, and is ended; its database server
is joined by the next one, as the embedded PostgreSQL does anyway.
"""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Self

from db.embedded_lock import FileLock, becomes_true, is_held

KEPT = ("postgres*", "demo.lock")
ENDS_WITHIN = 10.0


class DemoFailed(Exception):
    """The demo cannot be played; one sentence, and in `tail` the last lines of a log if there is one."""

    def __init__(self, sentence: str, tail: str = "") -> None:
        super().__init__(sentence)
        self.tail = tail


class Place:
    """The folder and the hold on it; make it by `take`, give it back by `leave`."""

    def __init__(self, folder: Path, lock: FileLock, *, passing: bool) -> None:
        self.folder = folder
        self._lock = lock
        self._passing = passing

    @property
    def directory(self) -> Path:
        return self.folder / "directory"

    @property
    def service_log(self) -> Path:
        return self.folder / "service.log"

    @property
    def rehearsal_log(self) -> Path:
        return self.folder / "rehearsal.log"

    @property
    def service_lock(self) -> Path:
        return self.folder / "service.lock"

    @property
    def service_pid(self) -> Path:
        return self.folder / "service.pid"

    @classmethod
    def take(cls, home: Path, *, wanted: bool) -> Self:
        """The folder `demo` below `home`. Where nothing can be written, or another user's demo lies, it is a
        temporary one instead, unless that home is `wanted`. Raises DemoFailed."""
        folder = home.absolute() / "demo"
        try:
            if folder.is_dir() and folder.stat().st_uid != os.geteuid():
                raise PermissionError(1, "it belongs to another user")
            folder.mkdir(parents=True, exist_ok=True)
            return cls._hold(folder, passing=False)
        except OSError as error:
            if wanted:
                raise DemoFailed(
                    f"The demo cannot keep its data in {folder} ({error.strerror}): set PODLINE_HOME to another folder."
                ) from error
        passing = Path(tempfile.mkdtemp(prefix="podline-demo-"))
        passing.chmod(0o711)  # under root the database belongs to another user, who must get in
        return cls._hold(passing, passing=True)

    @classmethod
    def _hold(cls, folder: Path, *, passing: bool) -> Self:
        mark = folder / "demo.lock"
        if not mark.exists() and any(folder.iterdir()):
            raise DemoFailed(f"{folder} holds files that are no demo's: set PODLINE_HOME to another folder.")
        lock = FileLock(mark)
        if not lock.try_alone():
            lock.close()
            raise DemoFailed(
                f"A demo is running in {folder}: end it with Ctrl-C in its terminal, or set PODLINE_HOME to another."
            )
        return cls(folder, lock, passing=passing)

    def clear(self) -> None:
        """End the service that a killed demo left, and remove what it wrote, except its database server."""
        self._end_service()
        kept = {path for pattern in KEPT for path in self.folder.glob(pattern)}
        for path in self.folder.iterdir():
            if path in kept:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _end_service(self) -> None:
        # As long as somebody holds the lock, the number of their process group is nobody else's.
        for sent in (signal.SIGTERM, signal.SIGKILL):
            if not self.service_lock.exists() or not is_held(self.service_lock):
                return
            with contextlib.suppress(OSError, ValueError):
                os.killpg(int(self.service_pid.read_text()), sent)
            becomes_true(lambda: not is_held(self.service_lock), ENDS_WITHIN)
        if is_held(self.service_lock):
            raise DemoFailed(f"The service of an earlier demo does not end: see {self.service_log}.")

    def leave(self) -> None:
        self._lock.close()
        if self._passing:
            shutil.rmtree(self.folder, ignore_errors=True)
