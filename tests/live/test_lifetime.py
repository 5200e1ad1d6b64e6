"""From start to stop: a service of its own on an embedded PostgreSQL, and what is left of it afterwards."""

import os
import signal
import socket
import time
from pathlib import Path

from simulator.webhooks.signing import signature
from tests.live.service import Service, kill, lives, podline, until
from tests.world import LINE, TOKEN


def half_a_request(service: Service) -> tuple[socket.socket, bytes]:
    """A signed status callback whose last bytes are still on their way."""
    form = {"CallSid": "CA" + "8" * 32, "CallStatus": "completed", "From": "+14165550199", "To": LINE}
    body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in form.items()).encode()
    head = (
        f"POST /voice/status HTTP/1.1\r\nHost: desk\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature(TOKEN, service.url + '/voice/status', form.items())}\r\n\r\n"
    )
    line = socket.create_connection(("127.0.0.1", service.port), timeout=10)
    line.sendall(head.encode() + body[:20])
    return line, body[20:]


def left_of(pids: list[int]) -> list[bytes]:
    """The command lines of those that still live."""
    return [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids if lives(pid)]


def test_it_drains_answers_what_it_has_and_leaves_nothing(tmp_path: Path) -> None:
    service = Service(tmp_path / "home")
    try:
        assert "embedded PostgreSQL" in service.line
        second = podline("serve", env=service.env, cwd=tmp_path)
        assert second.returncode == 1
        assert second.stderr.strip() == (
            f"podline: Port {service.port} of 127.0.0.1 is already in use:"
            " stop what listens there, or set PODLINE_PORT to another."
        )
        everyone = service.everyone()
        line, rest = half_a_request(service)
        began = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert until(lambda: service.ready()[1].get("mode") == "draining", 2)
        assert service.ready()[0] == 503
        line.sendall(rest)
        assert line.recv(4096).startswith(b"HTTP/1.1 204")
        line.close()
        assert service.wait(12) == 0
        assert time.monotonic() - began < 10
        assert until(lambda: not any(map(lives, everyone)), 2), left_of(everyone)
        assert not list((tmp_path / "home").glob("draining-*"))
    finally:
        service.close()


def test_a_second_signal_waits_for_nobody(tmp_path: Path) -> None:
    service = Service(tmp_path / "home", workers="1")
    everyone = service.everyone()
    line, _ = half_a_request(service)  # never completed
    try:
        service.process.send_signal(signal.SIGINT)
        assert until(lambda: service.ready()[1].get("mode") == "draining", 2)
        began = time.monotonic()
        service.process.send_signal(signal.SIGINT)
        assert service.wait(5) == 0
        assert time.monotonic() - began < 2
        assert until(lambda: not any(map(lives, everyone)), 2), left_of(everyone)
    finally:
        line.close()
        service.close()


def test_a_killed_service_leaves_no_process(tmp_path: Path) -> None:
    service = Service(tmp_path / "home", workers="1")
    everyone = service.everyone()
    try:
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()
        # Its children may take 5 s to end in good order, and then the server 20 s.
        assert until(lambda: not any(map(lives, everyone)), 30), left_of(everyone)
    finally:
        service.close()
        for pid in everyone:
            kill(pid)


def test_a_killed_embedded_server_is_started_again(tmp_path: Path) -> None:
    service = Service(tmp_path / "home", workers="1")
    try:
        (data,) = (tmp_path / "home").glob("postgres-*/data")
        postmaster = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGKILL)
        assert until(lambda: not lives(postmaster), 5)
        assert until(lambda: service.ready()[0] == 200, 20)
        assert int((data / "postmaster.pid").read_text().splitlines()[0]) != postmaster
    finally:
        service.close()
