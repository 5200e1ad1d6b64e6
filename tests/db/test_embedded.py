"""The embedded PostgreSQL: started once, joined by others, survives whoever is killed, is nobody else's."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from db import embedded, embedded_user
from db.embedded import Embedded, EmbeddedFailed
from db.embedded_user import ServerUser, owner_of, server_user

REPOSITORY = Path(__file__).parents[2]
AS_ROOT = os.geteuid() == 0
# The user is changed after the imports: the interpreter itself may lie where only root can enter.
USER = """
import os, pwd, sys
from pathlib import Path
from db.embedded import Embedded
if sys.argv[2:]:
    entry = pwd.getpwnam(sys.argv[2])
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
with Embedded.open(Path(sys.argv[1]), durable=False) as server:
    print(server.url, flush=True)
    sys.stdin.readline()
"""


class Process:
    """Another process that uses the server until it is told to end, or is killed."""

    def __init__(self, home: Path, user: str | None = None) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-c", USER, str(home), *([user] if user else [])],
            cwd=REPOSITORY,
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        assert self._child.stdout is not None
        return self._child.stdout.readline().strip()

    def ends(self) -> str:
        _, problems = self._child.communicate("\n", timeout=60)
        return problems

    def is_killed(self) -> None:
        self._child.kill()
        self._child.communicate(timeout=60)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that every user can enter; pytest's own are closed to the user who runs root's server."""
    folder = Path(tempfile.mkdtemp(prefix="podline-home-"))
    folder.chmod(0o755)
    yield folder
    with contextlib.suppress(EmbeddedFailed):
        if list(folder.glob("postgres-*/data/postmaster.pid")):
            Embedded.open(folder).close()
    shutil.rmtree(folder, ignore_errors=True)


def pid_of_server(home: Path) -> int | None:
    for file in home.glob("postgres-*/data/postmaster.pid"):
        return int(file.read_text().splitlines()[0])
    return None


async def asked(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_the_first_starts_it_the_others_join_and_the_last_out_stops_it(home: Path) -> None:
    first = Embedded.open(home, durable=False)
    started = pid_of_server(home)
    with Embedded.open(home) as second:
        assert second.url == first.url
        assert pid_of_server(home) == started
        first.close()
        first.close()
        assert await asked(second.url, "SELECT current_database()") == "podline"
    assert pid_of_server(home) is None


async def test_what_was_written_is_there_the_next_time(home: Path) -> None:
    with Embedded.open(home) as server:
        await asked(server.url, "CREATE TABLE kept AS SELECT 7 AS seven")
    with Embedded.open(home) as server:
        assert await asked(server.url, "SELECT seven FROM kept") == 7
        assert await asked(server.url_of("postgres"), "SELECT current_database()") == "postgres"


async def test_four_processes_at_once_make_one_server(home: Path) -> None:
    processes = [Process(home) for _ in range(4)]
    assert len({process.url() for process in processes}) == 1
    started = pid_of_server(home)
    for process in processes[:-1]:
        assert process.ends() == ""
        assert pid_of_server(home) == started
    assert processes[-1].ends() == ""
    assert pid_of_server(home) is None


async def test_a_server_left_by_a_killed_process_is_joined_and_then_stopped(home: Path) -> None:
    killed = Process(home)
    await asked(killed.url(), "CREATE TABLE kept AS SELECT 7 AS seven")
    started = pid_of_server(home)
    killed.is_killed()
    with Embedded.open(home) as server:
        assert pid_of_server(home) == started
        assert await asked(server.url, "SELECT seven FROM kept") == 7
    assert pid_of_server(home) is None


async def test_a_killed_server_is_recovered_with_all_that_was_committed(home: Path) -> None:
    with Embedded.open(home) as server:
        await asked(server.url, "CREATE TABLE kept AS SELECT 7 AS seven")
        killed = pid_of_server(home)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        with Embedded.open(home) as again:
            assert pid_of_server(home) != killed
            assert again.url == server.url
            assert await asked(again.url, "SELECT seven FROM kept") == 7


async def test_the_number_of_a_dead_server_may_be_another_process_now(home: Path) -> None:
    """In a container the numbers are small and come again: PostgreSQL alone would refuse to start."""
    with Embedded.open(home, durable=False):
        file = next(home.glob("postgres-*/data/postmaster.pid"))
        kept = file.read_text()
    owner = file.parent.stat().st_uid
    other = subprocess.Popen(["sleep", "60"], user=owner if AS_ROOT else None)
    try:
        file.write_text(kept.replace(kept.splitlines()[0], str(other.pid), 1))
        with Embedded.open(home) as server:
            assert await asked(server.url, "SELECT 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


async def test_nobody_else_reaches_it_and_the_terminal_does_not_stop_it(home: Path) -> None:
    with Embedded.open(home, durable=False) as server:
        folder = next(home.glob("postgres-*"))
        for private in ("data", "socket"):
            assert (folder / private).stat().st_mode & 0o777 == 0o700
        assert await asked(server.url, "SHOW listen_addresses") == ""
        started = pid_of_server(home)
        assert started is not None
        assert os.getpgid(started) == started


async def test_the_environment_does_not_lead_elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGPORT": "1",
        "PGHOST": "nowhere",
        "PGSSLMODE": "require",
        "PGDATA": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    with Embedded.open(home, durable=False) as server:
        assert await asked(server.url, "SELECT 1") == 1


async def test_a_home_whose_path_is_too_long_for_a_socket(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    with Embedded.open(deep, durable=False) as server:
        assert await asked(server.url, "SELECT 1") == 1
        sockets = Path(str(await asked(server.url, "SHOW unix_socket_directories")))
        assert len(str(sockets)) < 60
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


async def test_a_server_that_does_not_start_says_why(home: Path) -> None:
    with Embedded.open(home, durable=False):
        pass
    settings = next(home.glob("postgres-*/data/postgresql.conf"))
    settings.write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedFailed, match=r"did not start on .*(no_such_setting|postgresql\.conf)"):
        Embedded.open(home)


def test_a_half_made_directory_is_made_again(home: Path) -> None:
    with Embedded.open(home, durable=False):
        pass
    folder = next(home.glob("postgres-*"))
    (folder / "data").rename(folder / "data.new")
    (folder / "data.new" / "PG_VERSION").unlink()
    with Embedded.open(home, durable=False):
        assert (folder / "data" / "PG_VERSION").exists()
        assert not (folder / "data.new").exists()


def test_a_directory_of_another_user_is_refused_in_one_sentence() -> None:
    with pytest.raises(EmbeddedFailed, match=r"^The database in / belongs to user root, not to .*PODLINE_HOME"):
        owner_of(Path("/"), ServerUser(12345, 12345) if AS_ROOT else server_user())


def test_a_user_without_a_name_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_knows(uid: int) -> pwd.struct_passwd:
        raise KeyError(uid)

    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    monkeypatch.setattr(pwd, "getpwuid", nobody_knows)
    with pytest.raises(EmbeddedFailed, match=r"^User number 54321 has no name on this machine"):
        server_user()


def test_a_platform_without_binaries_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EmbeddedFailed, match="set PODLINE_DATABASE_URL"):
        embedded.binaries()


def test_a_home_that_cannot_be_made_is_told_so() -> None:
    with pytest.raises(EmbeddedFailed, match=r"cannot use /dev/null/here \(Not a directory\)"):
        Embedded.open(Path("/dev/null/here"))


needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root lends the server to another user")


@needs_root
async def test_an_ordinary_user_runs_it_as_themselves(home: Path) -> None:
    daemon = pwd.getpwnam("daemon")
    if not ServerUser(daemon.pw_uid, daemon.pw_gid).can_enter(embedded.binaries()):
        pytest.skip("an ordinary user cannot enter this installation")
    home.chmod(0o777)
    process = Process(home, user="daemon")
    url = process.url()
    assert next(home.glob("postgres-*/data")).owner() == "daemon"
    assert next(home.glob("postgres-*")).stat().st_mode & 0o777 == 0o700
    assert await asked(url, "SELECT 1") == 1
    with pytest.raises(EmbeddedFailed, match=r"belongs to user daemon, not to user root"):
        Embedded.open(home)
    assert process.ends() == ""
    assert pid_of_server(home) is None


@needs_root
async def test_a_home_that_the_servers_user_cannot_enter(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's folder is closed, as it should be: its mode is left alone, and the data goes elsewhere."""
    monkeypatch.setattr(embedded_user, "ROOT_PLACE", home / "place")
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    for _ in range(2):
        with Embedded.open(closed / "var", durable=False) as server:
            assert await asked(server.url, "SELECT 1") == 1
    assert closed.stat().st_mode & 0o777 == 0o700
    made = list((home / "place").glob("postgres-*-*"))
    assert made == [folder.readlink() for folder in (closed / "var").glob("postgres-*") if folder.is_symlink()]


@needs_root
async def test_binaries_that_the_servers_user_cannot_enter(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    package = embedded.binaries().parents[1]
    for part in (package, Path(f"{package}.libs")):
        shutil.copytree(part, closed / part.name)
    monkeypatch.setattr(embedded_user, "ROOT_PLACE", home / "place")
    monkeypatch.setattr(embedded_user, "binaries", lambda: closed / package.name / "pginstall" / "bin")
    for _ in range(2):
        with Embedded.open(home / "var", durable=False) as server:
            assert await asked(server.url, "SELECT 1") == 1
            command = Path(f"/proc/{pid_of_server(home / 'var')}/cmdline").read_text()
            assert command.startswith(str(home / "place"))
    assert len(list((home / "place").iterdir())) == 1
