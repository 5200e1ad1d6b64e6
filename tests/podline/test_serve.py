"""What `serve` and `work` are made of: logs, the port, the database's state, children and their parent."""

import asyncio
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog

from db.jobs import TryAgain
from podline.asgi import pool_size
from podline.children import PARENT, Draining, JobProcess
from podline.database import DatabaseUnusable, passwords, place, read_state, without_password
from podline.logging import configure_logging
from podline.serve import CannotServe, check_port, not_ready, reachable, shown_host

REPOSITORY = Path(__file__).resolve().parents[2]
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """The log's lines as JSON; afterwards logging is as it was."""
    stream, root = io.StringIO(), logging.getLogger()
    kept, level = list(root.handlers), root.level
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging("json", ["the-secret-token", "abc"])
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = kept
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_logs_hold_no_numbers_secrets_or_bodies(logged: Lines) -> None:
    structlog.get_logger().info(
        "text_sent",
        to="+14035550120",
        why="no answer from (403) 555-0121 or 1-403-555-0122, 403.555.0123, 4035550124",
        url="https://desk.example/x?From=%2B14035550125&c=q7nm2x4kabcd",
        body="Come at once",
        nested={"token": "t", "who": ["+442079460018"]},
        contact="q7nm2x4kabcd",
        call_sid="CA" + "4035550120" * 3 + "ab",
        seconds=4035550120,
        note="it was the-secret-token",
    )
    (line,) = logged()
    assert line["to"] == "…0120"
    assert line["why"] == "no answer from …0121 or …0122, …0123, …0124"
    assert line["url"] == "https://desk.example/x?From=…0125&c=q7nm2x4kabcd"
    assert (line["body"], line["nested"]) == ("…", {"token": "…", "who": ["…0018"]})
    assert (line["contact"], line["call_sid"]) == ("q7nm2x4kabcd", "CA" + "4035550120" * 3 + "ab")
    assert line["note"] == "it was …"
    assert (line["event"], line["level"], line["seconds"]) == ("text_sent", "info", 4035550120)


def test_a_traceback_is_cleaned_too(logged: Lines) -> None:
    try:
        raise LookupError("nobody has +1 403 555 0120 or the-secret-token")
    except LookupError:
        structlog.get_logger().exception("turn_failed")
    (line,) = logged()
    assert "LookupError: nobody has …0120 or …" in line["exception"]


def test_libraries_are_quiet_and_expected_troubles_have_no_traceback(logged: Lines) -> None:
    logging.getLogger("twilio.async_http_client").info("POST Request: https://api.twilio.com")
    logging.getLogger("httpx").info("HTTP Request")
    logging.getLogger("quart.app").warning("told %s", "+14035550120")
    for name, error in (("pgqueuer", ConnectionRefusedError()), ("asyncpg.pool", TimeoutError()), ("db", KeyError())):
        try:
            raise error
        except Exception:
            logging.getLogger(name).exception("failed")
    told, first, second, ours = logged()
    assert told["event"] == "told …0120"
    assert (first["event"], first["level"]) == ("failed: ConnectionRefusedError", "warning")
    assert "exception" not in first | second
    assert "KeyError" in ours["exception"]


def test_pretty_logs_are_for_people(logged: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging("pretty")
    structlog.get_logger().warning("web_started", number="+14035550120")
    assert "web_started" in stream.getvalue() and "…0120" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_a_port_in_use_and_a_host_that_is_none() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as Granian does
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotServe, match=f"Port {port} of 127.0.0.1 is already in use: .* PODLINE_PORT"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)
    with pytest.raises(CannotServe, match="cannot be used"):
        check_port("192.0.2.1", port)
    with pytest.raises(CannotServe, match="no address"):
        check_port("no such host", port)


def test_where_we_reach_ourselves() -> None:
    assert (reachable("0.0.0.0"), reachable("::"), reachable("10.0.0.1")) == ("127.0.0.1", "::1", "10.0.0.1")
    assert shown_host("::") == "[::1]"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert not_ready("127.0.0.1", nobody.getsockname()[1]) == "the web processes are starting"


@pytest.mark.parametrize("workers", [1, 2, 4, 8, 16, 32])
def test_web_processes_leave_connections_for_others(workers: int) -> None:
    assert 2 <= pool_size(workers) <= 8
    assert workers * pool_size(workers) <= 64


async def test_the_state_of_a_schema(database_url: str, tmp_path: Path) -> None:
    state = await read_state(database_url)
    assert (state.is_empty, state.pending) == (False, ())
    (tmp_path / "9999_later.sql").touch()
    assert (await read_state(database_url, tmp_path)).pending == ("9999_later.sql",)
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("DROP SCHEMA public, jobs CASCADE; CREATE SCHEMA public")
        assert (await read_state(database_url)).is_empty
        await connection.execute("CREATE TABLE of_somebody_else (x int)")
        assert not (await read_state(database_url)).is_empty
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("url", "secrets", "where"),
    [
        ("postgresql://u:p%40ss@db.example:5433/desk", {"p%40ss", "p@ss"}, "db.example:5433, database desk"),
        ("postgresql://u@/desk?host=/run/pg&password=pw12", {"pw12"}, "/run/pg, database desk"),
        ("postgresql://u@db.example/desk", set(), "db.example, database desk"),
    ],
)
def test_addresses_without_their_passwords(url: str, secrets: set[str], where: str) -> None:
    assert passwords(url) == secrets
    assert place(url) == where
    assert not any(secret in without_password(f"failed: {url} p@ss", url) for secret in secrets)


async def test_a_database_that_does_not_exist(database_url: str) -> None:
    from urllib.parse import urlsplit

    with pytest.raises(DatabaseUnusable, match='"nowhere" does not exist'):
        await read_state(urlsplit(database_url)._replace(path="/nowhere").geturl())


def test_a_job_process_is_started_again_with_back_off(tmp_path: Path) -> None:
    born = tmp_path / "born"
    jobs = JobProcess({}, ["/bin/sh", "-c", f"echo x >> {born}; exit 3"])
    ends = time.monotonic() + 1.5
    while time.monotonic() < ends:
        jobs.look()
        time.sleep(0.01)
    # After 0.1, 0.2, 0.4 and 0.8 s: four or five in one and a half seconds, not a hundred.
    assert 3 <= born.read_text().count("x") <= 5
    jobs.stop(1)


def test_a_job_process_that_does_not_stop_is_killed() -> None:
    jobs = JobProcess(
        {}, [sys.executable, "-c", "import signal, time; signal.signal(15, lambda *_: 0); time.sleep(60)"]
    )
    jobs.look()
    began = time.monotonic()
    jobs.stop(0.3)
    assert time.monotonic() - began < 5


def test_draining_is_known_to_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = Draining(tmp_path / "draining")
    monkeypatch.setenv("PODLINE_SERVE_DRAINING", str(tmp_path / "draining"))
    childs = Draining.of_parent()
    assert childs is not None and not childs.is_on()
    parents.begin()
    assert childs.is_on()
    parents.forget()
    assert not childs.is_on()
    parents.forget()


def test_a_child_ends_with_its_parent() -> None:
    """The parent starts a child that follows it, tells its number, and is killed."""
    child = "import time; from podline.children import follow_parent; follow_parent(); time.sleep(60)"
    parent = (
        "import os, subprocess, sys, time\n"
        f"os.environ[{PARENT!r}] = str(os.getpid())\n"
        f"print(subprocess.Popen([sys.executable, '-c', {child!r}]).pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as started:
        assert started.stdout is not None
        pid = int(started.stdout.readline())
        started.kill()
    ends = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < ends:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(") ")[2].startswith("Z"):
            break
        time.sleep(0.05)
    else:
        if Path(f"/proc/{pid}").exists():
            os.kill(pid, signal.SIGKILL)
            pytest.fail("the child outlived its parent")


async def test_a_job_that_breaks_is_tried_again_and_no_job_is_lost(database_url: str, tmp_path: Path) -> None:
    from podline.app import Worker, open_house
    from podline.clock import wall_clock
    from podline.settings import Settings

    given: dict[str, Any] = {"_env_file": None, "home": tmp_path}
    house = await open_house(Settings(**given), database_url, wall_clock, size=3)
    worker = Worker(house, api=None)  # type: ignore[arg-type]  # no deed is done here

    def breaking(error: Exception) -> Any:
        async def work(row: int, tries: int) -> None:
            raise error

        return worker.patient("deed", work)

    try:
        for error in (
            KeyError("x"),
            asyncpg.ConnectionDoesNotExistError("gone"),
            asyncpg.AdminShutdownError("stopped"),
            ConnectionRefusedError(),
        ):
            with pytest.raises(TryAgain):
                await asyncio.wait_for(breaking(error)(1, 0), 5)
        with pytest.raises(TryAgain, match="early"):
            await breaking(TryAgain("early", 3))(1, 0)
    finally:
        await house.stack.aclose()
