"""File locks that the system lets go by itself when their holder dies, however it dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path


class FileLock:
    """One open file that can be locked; a second one on the same path is a stranger, also in one process."""

    def __init__(self, path: Path) -> None:
        self.number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def wait(self) -> None:
        """Hold it alone, as soon as nobody else holds it in any way."""
        fcntl.flock(self.number, fcntl.LOCK_EX)

    def share(self) -> None:
        """Hold it together with others who share it."""
        fcntl.flock(self.number, fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Hold it alone if that is possible at once."""
        try:
            fcntl.flock(self.number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go. A child that was forked meanwhile, or was given `number`, goes on holding it."""
        os.close(self.number)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone with this file for the length of a `with` block."""
    with contextlib.closing(FileLock(path)) as lock:
        lock.wait()
        yield


def is_held(path: Path) -> bool:
    """Whether anybody, in any process, holds the lock on this file now."""
    with contextlib.closing(FileLock(path)) as lock:
        return not lock.try_alone()


def becomes_true(asked: Callable[[], bool], seconds: float) -> bool:
    """Ask a hundred times a second until the answer is yes, or the time is over."""
    end = time.monotonic() + seconds
    while not asked():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
