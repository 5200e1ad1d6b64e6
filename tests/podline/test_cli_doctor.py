"""`podline doctor` beside `podline simulator`: what is right, and each thing that may be wrong."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podline.cli import run
from podline.commands.checks import examine, is_local, of_connections, of_line, of_public_url
from podline.settings import Settings
from podline.world import write_world
from tests.world import SID, TOKEN

REPOSITORY = Path(__file__).resolve().parents[2]
NO_FILE: dict[str, Any] = {"_env_file": None}
OURS = Settings(**NO_FILE, public_url="https://desk.example")
POINTING = {
    "voice_url": "https://desk.example/voice/incoming#rc=2",
    "voice_fallback_url": "https://desk.example/voice/fallback",
    "status_callback": "https://desk.example/voice/status",
}


@pytest.fixture
def twilio(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A local Twilio with the sample world's lines, as the command starts it; its first words."""
    for name in [name for name in os.environ if name.startswith("PODLINE_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "HOME": str(tmp_path / "home"),
        "DATABASE_URL": database_url,
        "PUBLIC_URL": "https://desk.example",
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": f"http://127.0.0.1:{port}",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"PODLINE_{name}", value)
    write_world(tmp_path / "world")
    assert run(["import", str(tmp_path / "world")]) == 0
    command = [sys.executable, "-m", "podline.cli", "simulator", "--port", str(port)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    ) as started:
        assert started.stdout is not None
        yield started.stdout.readline()
        started.terminate()
        assert started.wait(10) == 0


def test_all_but_the_jobs_is_well(
    twilio: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "+14035550199, +14185550199" in twilio
    capsys.readouterr()
    monkeypatch.setenv("PODLINE_PROT", "8081")
    assert run(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    wrong = [line for line in lines if line.startswith("WRONG")]
    assert len(wrong) == 1 and "no job process runs" in wrong[0] and "podline work" in wrong[0]
    told = "\n".join(lines)
    for part in (
        "OK     Settings: account and 1 token(s) are set.",
        "NOTE   Settings: nobody reads PODLINE_PROT",
        "OK     Public URL: https://desk.example.",
        "OK     Database: it answers",
        "OK     Directory: 2 lines, 3 pods, 8 technicians, 14 municipalities.",
        "OK     Twilio: the account answers and has 2 number(s).",
        "OK     Line +14035550199: Twilio sends its calls to us.",
    ):
        assert part in told
    assert TOKEN not in told

    monkeypatch.setenv("PODLINE_PUBLIC_URL", "https://other.example")
    found = {check.what for check in examine() if check.verdict == "wrong"}
    assert any("voice_url is https://desk.example/voice/incoming, not https://other.example" in one for one in found)

    monkeypatch.setenv("PODLINE_TWILIO_AUTH_TOKEN", "another-token")
    (refused,) = [check for check in examine() if check.what.startswith("Twilio")]
    assert (refused.verdict, "refuses" in refused.what) == ("wrong", True)


def test_nothing_is_there(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODLINE_DATABASE_URL", database_url)
    monkeypatch.setenv("PODLINE_HOME", str(tmp_path))
    monkeypatch.setenv("PODLINE_TWILIO_API_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("PODLINE_TWILIO_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("PODLINE_TWILIO_ACCOUNT_SID", SID)
    found = [check.what for check in examine() if check.verdict == "wrong"]
    assert any("PODLINE_TWILIO_AUTH_TOKEN is not set" in one for one in found)
    assert any("Directory: it has no lines, no pods" in one for one in found)
    monkeypatch.setenv("PODLINE_TWILIO_AUTH_TOKEN", TOKEN)
    found = [check.what for check in examine() if check.verdict == "wrong"]
    assert any("http://127.0.0.1:9 does not answer" in one for one in found)
    monkeypatch.setenv("PODLINE_DATABASE_URL", "postgresql://u:s3cret@127.0.0.1:1/x")
    found = [check.what for check in examine() if check.verdict == "wrong"]
    assert any(one.startswith("Database: ") for one in found) and "s3cret" not in "".join(found)
    monkeypatch.setenv("PODLINE_PORT", "x")
    assert [check.what.partition(":")[0] for check in examine()] == ["Settings"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (None, "no number of the account"),
        ({**POINTING, "voice_url": None}, "voice_url is empty"),
        ({**POINTING, "status_callback": "https://desk.example/voice/statu"}, "status_callback is"),
        (POINTING, "Twilio sends its calls to us"),
    ],
)
def test_where_a_line_leads(number: dict[str, str] | None, said: str) -> None:
    assert said in of_line(OURS, "+14035550199", number).what


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://desk.example", "ok"),
        ("http://localhost:8080", "ok"),
        ("http://10.1.2.3", "ok"),
        ("http://desk:8080", "ok"),
        ("http://desk.example.org", "wrong"),
        ("", "note"),
    ],
)
def test_the_public_address(url: str, verdict: str) -> None:
    assert of_public_url(Settings(**NO_FILE, public_url=url)).verdict == verdict


def test_connections_and_local_names() -> None:
    assert of_connections(OURS, 100).verdict == "ok"
    assert of_connections(OURS, 20).verdict == "wrong"
    assert is_local("192.168.1.1") and not is_local("8.8.8.8")
