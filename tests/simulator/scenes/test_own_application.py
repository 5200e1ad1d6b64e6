"""docs/local-twilio: an application with the `twilio` package, in a process of its own, as its README runs it."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from simulator.scenes.__main__ import main
from simulator.switches import Switches

REPOSITORY = Path(__file__).resolve().parents[3]
HERE = REPOSITORY / "docs" / "local-twilio"
LINE = "+15875550100"
STARTS_WITHIN = 30.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@dataclass(frozen=True)
class Ports:
    app: int
    twilio: int

    @property
    def environment(self) -> dict[str, str]:
        told = {
            "PORT": str(self.app),
            "TWILIO_API_URL": f"http://127.0.0.1:{self.twilio}",
            "PYTHONPATH": str(REPOSITORY),
        }
        return {"PATH": os.defpath, "PYTHONUTF8": "1", **told}

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *words]
        return subprocess.run(command, cwd=HERE, env=self.environment, capture_output=True, text=True, timeout=60)


@contextmanager
def running(ports: Ports, port: int, *words: str) -> Iterator[None]:
    """A process, once its port answers."""
    with subprocess.Popen(
        [sys.executable, *words],
        cwd=HERE,
        env=ports.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            ends = time.monotonic() + STARTS_WITHIN
            while not answers(port):
                assert process.poll() is None and time.monotonic() < ends, f"{words} did not come up"
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    """The application is up."""
    found = Ports(free_port(), free_port())
    with running(found, found.app, "app.py"):
        yield found


def told(ports: Ports) -> tuple[str, ...]:
    return ("--number", LINE, "--voice-url", f"http://127.0.0.1:{ports.app}/voice", "--port", str(ports.twilio))


def test_its_scenes_happen_as_written(ports: Ports) -> None:
    done = ports.python("-m", "simulator.scenes", "scenes.yaml", *told(ports), "--verbose")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 scenes happened as written." in done.stdout
    for line in (
        "Cora Lindqvist and plumber are connected",
        "hears “Nobody is at the shop. Please leave a message after the tone.”",
        "cora's telephone rings, showing +15875550100",
    ):
        assert line in done.stdout


def test_a_scene_that_does_not_happen_is_told(ports: Ports, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        'scene: French\npeople: {cora: +1 403 555 0199}\nsteps: [cora dials, cora hears "Bonjour" within 9]\n'
    )
    assert main([str(other), *told(ports)]) == 1
    said = capsys.readouterr().out
    assert '✗  French\n   step 2, “cora hears "Bonjour" within 9”: cora (+14035550199) does not hear' in said
    assert "POST /voice" in said and "0 of 1 scenes" in said


def test_scenes_are_piped_in_and_twilio_switched(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = "scene: Withheld\npeople: {eve: withheld}\nsteps: [eve dials]\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(scene.encode())))
    switched: list[Switches] = []
    monkeypatch.setattr("simulator.scenes.__main__.RestApi", lambda exchange: switched.append(exchange.switches))
    assert main(["-", *told(ports), "--switches", "withheld_form=keypad"]) == 0
    assert {one.withheld_form for one in switched} == {"keypad"}


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text("scene: A\nsteps: [cora dails]\n")
    words = ["--number", LINE, "--voice-url", "http://127.0.0.1:1/voice"]
    assert main([str(tmp_path / "bad.yaml"), "none.yaml", *words]) == 2
    said = capsys.readouterr().out
    assert "none.yaml: This file cannot be read" in said
    assert "bad.yaml:steps.1: “cora dails” is not understood; did you mean `dials`?" in said
    assert main([str(tmp_path / "bad.yaml"), *words, "--switches", "ringing_event=never"]) == 2
    assert capsys.readouterr().out.startswith("--switches ringing_event=never: `ringing_event` is `sent` or `missing`")


def test_a_request_that_twilio_did_not_sign_is_refused(ports: Ports) -> None:
    with httpx.Client(trust_env=False) as client:
        answer = client.post(f"http://127.0.0.1:{ports.app}/voice", data={"CallSid": "CA1"})
    assert answer.status_code == 403


def test_a_call_is_placed_and_listed_by_the_twilio_package(ports: Ports) -> None:
    with running(ports, ports.twilio, "-m", "simulator", *told(ports), "--people", "people.yaml"):
        done = ports.python("app.py", "call", "+14035550199")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^CA[0-9a-f]{32} outbound-api to \+14035550199: (queued|ringing)$", done.stdout, re.MULTILINE)


def test_the_readme_tells_what_is_there() -> None:
    page = (HERE / "README.md").read_text("utf-8")
    for command in ("python app.py", "python -m simulator ", "python -m simulator.scenes scenes.yaml", "app.py call"):
        assert command in page
    app = (HERE / "app.py").read_text("utf-8")
    for place in re.findall(r"`(/[a-z]+)`", page):
        assert f'"{place}"' in app, place
