"""`podline serve` beside `podline simulator`: a text with a picture reaches a technician, and the answer comes back."""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from podline.cli import run
from podline.world import write_world
from tests.conftest import REPOSITORY

LINE, CLARA, ANA = "+14035550199", "+14035550120", "+14035550101"
SID, TOKEN = "AC" + "0" * 31 + "1", "12345678901234567890123456789012"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PATIENCE = 100.0  # seconds


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return cast(int, one.getsockname()[1])


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    port, api = free_port(), free_port()
    chosen = {
        "PODLINE_HOME": str(tmp_path / "home"),
        "PODLINE_DATABASE_URL": database_url,
        "PODLINE_HOST": "127.0.0.1",
        "PODLINE_PORT": str(port),
        "PODLINE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PODLINE_TWILIO_ACCOUNT_SID": SID,
        "PODLINE_TWILIO_AUTH_TOKEN": TOKEN,
        "PODLINE_TWILIO_API_URL": f"http://127.0.0.1:{api}",
        "PODLINE_SECRET_KEY": "signs the links to files",
    }
    for name in [name for name in os.environ if name.startswith("PODLINE_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    write_world(tmp_path / "world")
    assert run(["import", str(tmp_path / "world")]) == 0
    return chosen


@pytest.fixture
def running(settings: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """Both, with their output in the test's folder."""
    environment = {
        **settings,
        "PODLINE_WORKERS": "1",
        "PYTHONPATH": str(REPOSITORY),
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
    }
    port = settings["PODLINE_TWILIO_API_URL"].rpartition(":")[2]
    with ExitStack() as stack:
        for words in (("serve",), ("simulator", "--port", port)):
            said = stack.enter_context((tmp_path / f"{words[0]}.log").open("wb"))
            command = [sys.executable, "-m", "podline.cli", *words]
            started = stack.enter_context(
                subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=said, stderr=subprocess.STDOUT)
            )
            stack.callback(started.terminate)
        for url in (f"{settings['PODLINE_PUBLIC_URL']}/readyz", settings["PODLINE_TWILIO_API_URL"]):
            waits_for(partial(is_there, url), tmp_path)
        yield settings


def is_there(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def waits_for(found: Callable[[], Any], logs: Path) -> Any:
    ends = time.monotonic() + PATIENCE
    while not (seen := found()):
        if time.monotonic() > ends:
            pytest.fail("\n".join(log.read_text(errors="replace")[-3000:] for log in logs.glob("*.log")))
        time.sleep(0.1)
    return seen


@pytest.mark.timeout(400)
def test_a_picture_and_words_go_both_ways(running: dict[str, str], tmp_path: Path) -> None:
    twilio = running["PODLINE_TWILIO_API_URL"]

    def texts(who: str, words: str, **more: Any) -> None:
        given = {"as": who, "line": LINE, "body": words, **more}
        answer = httpx.post(f"{twilio}/deeds/text", json=given, headers={"Origin": twilio}, trust_env=False)
        assert answer.status_code == 200, answer.text

    def got(who: str, words: str) -> str:
        def look() -> str | None:
            url = f"{twilio}/2010-04-01/Accounts/{SID}/Messages.json"
            listed = httpx.get(url, params={"To": who, "From": LINE}, auth=(SID, TOKEN), trust_env=False).json()
            bodies = [one["body"] for one in listed["messages"] if one["status"] == "delivered"]
            return next((body for body in bodies if words in body), None)

        return cast(str, waits_for(look, tmp_path))

    texts(CLARA, "Here is our tax roll", files=[{"type": "image/png", "content": base64.b64encode(PICTURE).decode()}])
    relayed = got(ANA, "Taber, Clara Whitfield")
    assert "Here is our tax roll" in relayed
    file = httpx.get(relayed.split()[-1], trust_env=False, follow_redirects=True)
    assert (file.status_code, file.headers["Content-Type"], file.content) == (200, "image/png", PICTURE)
    texts(ANA, "#1 Run it again with 2026")
    assert got(CLARA, "Run it again") == "Run it again with 2026"
