"""`python -m simulator`: the local Twilio by itself."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import httpx
import pytest

from simulator.__main__ import main
from simulator.account import account_arguments, check_account, furnish
from simulator.debugger import tells_alerts
from simulator.people.scripted import BASE, Stage

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
            dialled = {"as": "+14035550199", "line": "+15875550100"}
            sid = client.post("/deeds/dial", json=dialled, headers={"Origin": str(client.base_url)}).json()["call"]
        assert f"http://127.0.0.1:9/voice, call {sid}" in started.stdout.readline()
        assert [one["phone_number"] for one in numbers.json()["incoming_phone_numbers"]] == ["+15875550100"]
        started.terminate()
        assert started.wait(20) == 0


# 2.4: "Error (connect, timeout, non-2xx, bad TwiML) → Debugger entry"; 2.5: "schema warning 12200, logged".
def test_every_alert_is_one_line(stage: Stage) -> None:
    said: list[str] = []
    stage.plays("<Pause/>")
    tells_alerts(stage.exchange, said.append)
    leg = stage.caller.dials(stage.line).leg
    stage.exchange.note(12200, "<Gather> has\nno attribute", "https://ann:secret@desk.example/voice?key=1", leg)
    stage.exchange.note(20429, "Too many", "")
    assert said == [
        f"Alert 12200: <Gather> has no attribute (https://desk.example/voice, call {leg.sid})",
        "Alert 20429: Too many",
    ]


# 7.3: the URLs and methods of a number. 9: the switches.
def test_a_number_is_furnished_with_all_that_is_told(stage: Stage) -> None:
    parser = ArgumentParser()
    account_arguments(parser)
    urls = ("voice", "voice-fallback", "sms", "sms-fallback")
    words = [word for name in urls for word in (f"--{name}-url", f"{BASE}/{name}", f"--{name}-method", "GET")]
    told = ["--status-callback", f"{BASE}/ended", "--status-callback-method", "GET", "--switches", "lost_share=0.5"]
    given = parser.parse_args(["--number", "+15875550109", *words, *told])
    check_account(given)
    furnish(stage.exchange, given)
    number = stage.exchange.numbers["+15875550109"]
    for name in urls:
        field = name.replace("-", "_")
        assert getattr(number, f"{field}_url") == f"{BASE}/{name}"
        assert getattr(number, f"{field}_method") == "GET"
    assert (number.status_callback, number.status_callback_method) == (f"{BASE}/ended", "GET")
    assert stage.exchange.switches.lost_share == 0.5


def test_what_is_wrong_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "people.yaml").write_text("people: [{name: Ana}]")
    for words, told in (
        ([*LINES, "--people", str(tmp_path / "people.yaml")], "give either a number or `withheld: true`"),
        ([*LINES, "--people", str(tmp_path / "nobody.yaml")], "No such file"),
        (["--number", "5875550100", *LINES[2:]], "'5875550100' is neither E.164"),
        ([*LINES[:3], "nonsense"], "--voice-url nonsense: write a whole URL"),
        ([*LINES, "--sms-fallback-url", "/sms"], "--sms-fallback-url /sms: write a whole URL"),
        ([*LINES, "--switches", "withheld_form=none"], "--switches withheld_form=none: `withheld_form` is `anonymous`"),
        ([*LINES, "--switches", "withheld=empty"], "There is no switch `withheld`; did you mean `withheld_form`?"),
    ):
        assert main(words) == 1
        said = capsys.readouterr().err
        assert said.startswith("simulator: ") and told in said and said.count("\n") == 1
