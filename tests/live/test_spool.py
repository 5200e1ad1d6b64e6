"""Texts that come while the embedded PostgreSQL says nothing, or is killed: all arrive, once each and in order."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import asyncpg
import pytest

from db.embedded import find_running
from db.spool import Counts, Spool
from simulator.webhooks.signing import signature
from tests.live.service import Service, children, kill, podline, until
from tests.live.town import DIRECTORY
from tests.world import LINE, SID, TOKEN, write_directory

CLIENTS = [f"+140355501{number}" for number in range(20, 23)]
ANSWERED_WITHIN = 12.0  # seconds, on a machine with other work; Twilio waits for 15 (twilio.md 2.2)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path / "home")
    try:
        loaded = podline("import", write_directory(tmp_path / "directory", DIRECTORY), env=service.env, cwd=tmp_path)
        assert loaded.returncode == 0, loaded.stdout + loaded.stderr
        yield service
    finally:
        service.close()


class Client:
    """Sends one text after another, each once the one before it was answered; `slowest`: the longest wait."""

    def __init__(self, service: Service, number: str) -> None:
        self._service, self._number = service, number
        self.sent: list[str] = []
        self.answers: list[int] = []
        self.slowest = 0.0

    def writes(self) -> None:
        sid = f"SM{self._number[-2:]}{len(self.sent):030}"
        form = {"MessageSid": sid, "AccountSid": SID, "From": self._number, "To": LINE, "Body": f"{len(self.sent)}"}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature(TOKEN, f"{self._service.url}/messages/incoming", form.items()),
        }
        self.sent.append(form["Body"])
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self._service.port, timeout=15)
        try:
            connection.request("POST", "/messages/incoming", urlencode(form), headers)
            self.answers.append(connection.getresponse().status)
        finally:
            connection.close()
        self.slowest = max(self.slowest, time.monotonic() - began)

    def writes_for(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.writes()
            time.sleep(0.1)


@contextmanager
def all_write(clients: list[Client], seconds: float) -> Iterator[None]:
    """While something happens to the service."""
    with ThreadPoolExecutor(len(clients)) as pool:
        writing = [pool.submit(one.writes_for, seconds) for one in clients]
        yield
        for one in writing:
            one.result()


def postmaster_of(service: Service) -> int:
    (data,) = service.home.glob("postgres-*/data")
    return int((data / "postmaster.pid").read_text().splitlines()[0])


def kept_of(service: Service) -> dict[str, list[str]]:
    """What each client wrote, in the order in which it was kept."""

    async def read() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(find_running(service.home))
        try:
            return list(
                await connection.fetch("SELECT peer, body FROM messages WHERE direction = 'in' ORDER BY message")
            )
        finally:
            await connection.close()

    rows = asyncio.run(read())
    return {number: [row["body"] for row in rows if row["peer"] == number] for number in CLIENTS}


def test_no_text_is_lost_and_none_doubled(service: Service) -> None:
    clients, spool = [Client(service, number) for number in CLIENTS], Spool(service.home)

    with all_write(clients, 5):  # it neither answers nor ends its connections
        time.sleep(0.5)
        postmaster = postmaster_of(service)
        asleep = [postmaster, *(pid for pid, _ in children(postmaster))]
        for pid in asleep:
            os.kill(pid, signal.SIGSTOP)
        try:
            assert until(spool.has_waiting, 10)
        finally:
            for pid in asleep:
                os.kill(pid, signal.SIGCONT)

    with all_write(clients, 4):  # it is killed, and started again
        time.sleep(0.5)
        os.kill(postmaster_of(service), signal.SIGKILL)
        assert until(lambda: service.ready()[0] == 503, 5)
        assert until(lambda: service.ready()[0] == 200, 20)
        for job in service.jobs():  # in the middle of what it takes up
            kill(job)

    assert until(lambda: spool.count() == Counts() and service.ready()[0] == 200, 60)
    assert {answer for one in clients for answer in one.answers} == {200}
    assert kept_of(service) == {number: one.sent for number, one in zip(CLIENTS, clients, strict=True)}
    assert max(one.slowest for one in clients) < ANSWERED_WITHIN
