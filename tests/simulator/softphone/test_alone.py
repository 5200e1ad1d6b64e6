"""`python -m simulator`: the local Twilio by itself."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from simulator.__main__ import main

REPOSITORY = Path(__file__).parents[3]
LINES = ["--number", "+15875550100", "--voice-url", "http://127.0.0.1:9/voice"]


def test_it_serves_the_softphone_and_the_rest_api_on_one_port(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text('people: [{name: Ana, kind: technician, number: "+14035550111"}]')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "simulator", *LINES, "--port", str(port), "--people", "people.yaml"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=environment) as started:
        assert started.stdout is not None
        assert f"The softphone is at http://127.0.0.1:{port}" in started.stdout.readline()
        account = "AC" + "0" * 31 + "1"
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=20), trust_env=False
        ) as client:
            assert "<title>Softphone</title>" in client.get("/").text
            numbers = client.get(
                f"/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json",
                auth=(account, "12345678901234567890123456789012"),
            )
        assert [one["phone_number"] for one in numbers.json()["incoming_phone_numbers"]] == ["+15875550100"]
        started.terminate()
        assert started.wait(20) == 0


def test_what_is_wrong_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "people.yaml").write_text("people: [{name: Ana}]")
    for words, told in (
        ([*LINES, "--people", str(tmp_path / "people.yaml")], "give either a number or `withheld: true`"),
        ([*LINES, "--people", str(tmp_path / "nobody.yaml")], "No such file"),
        (["--number", "5875550100", *LINES[2:]], "'5875550100' is neither E.164"),
    ):
        assert main(words) == 1
        said = capsys.readouterr().err
        assert said.startswith("simulator: ") and told in said and said.count("\n") == 1
