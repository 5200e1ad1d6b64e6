"""What is costly to find out, and the same for every process of a run: the first that needs it finds it for all."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from db.embedded_lock import locked
from tests.database import RUN

T = TypeVar("T")


def once(name: str, find: Callable[[], T]) -> T:
    """What `find` gives, which pickle must know to keep. Meanwhile whoever else needs it waits."""
    place = Path(os.environ[RUN])
    file = place / f"{name}.found"
    with locked(place / f"{name}.lock"):
        if not file.exists():
            file.write_bytes(pickle.dumps(find()))
        return cast(T, pickle.loads(file.read_bytes()))
