"""A directory of realistic size, its clients' calls as Twilio sends them, and two ways to send many of them.

A closed loop asks again when it was answered, so it tells what a request costs, and hides every stall. An open
loop asks at fixed moments, whatever comes back, and counts from the moment: a stall shows in full.
"""

import asyncio
import csv
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice, zip_longest
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from podline.municipalities import convert_municipalities
from podline.world import generate_clients
from podline.world.crowd import invented_numbers
from simulator.calls.legs import Leg
from simulator.clock import Clock
from simulator.webhooks.params import standard
from simulator.webhooks.signing import signature

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
ANSWER_SECONDS = 15.0  # when Twilio gives up
MOST_CONNECTIONS = 100


@dataclass(frozen=True, slots=True)
class Account:
    """Who is called. `public_url`: what Twilio believes it calls; `line`: the number that is called."""

    sid: str
    token: str
    public_url: str
    line: str

    def incoming(self, clock: Clock, caller: str, number: int) -> bytes:
        """The first webhook of call `number`: all usual parameters, an address with a query, signed."""
        now = clock.now()
        leg = Leg(
            sid=f"CA{number:032x}",
            direction="inbound",
            from_=caller,
            to=self.line,
            clock=clock,
            created_at=now,
            status="ringing",
            call_token=f"%7B%22parentCallInfoToken%22%3A%22{number:0120x}%22%7D",
            stir="TN-Validation-Passed-A",
        )
        return self.signed(
            "/voice/incoming?region=prairie%20west&accueil=%C3%A9t%C3%A9", standard(self.sid, leg), number
        )

    def text(self, sender: str, number: int) -> bytes:
        """The webhook of text `number`, with all usual parameters (twilio.md 6.1)."""
        sid = f"SM{number:032x}"
        form = {
            **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), sid),
            "SmsStatus": "received",
            "AccountSid": self.sid,
            "ApiVersion": "2010-04-01",
            "From": sender,
            "To": self.line,
            "Body": f"Our tax roll does not balance, there is a difference of {number} dollars. Can you look?",
            "NumMedia": "0",
            "NumSegments": "1",
            "FromCity": "TABER",
            "FromState": "AB",
            "FromCountry": "CA",
        }
        return self.signed("/messages/incoming", form, number)

    def signed(self, path: str, form: Mapping[str, str], number: int) -> bytes:
        body = urlencode(form).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: desk.example.org\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Home-Region: us1\r\n"
            f"I-Twilio-Idempotency-Token: {number:032x}\r\nContent-Length: {len(body)}\r\n"
            f"X-Twilio-Signature: {signature(self.token, self.public_url + path, form.items())}\r\n\r\n"
        )
        return head.encode() + body


SOURCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "municipalities_ca.csv"
PODS, PLACES, CLIENTS = 400, 3_594, 20_000
PROVINCES = ("AB", "BC", "MB", "ON", "QC", "SK")
ACCOUNT = Account("AC" + "0" * 31 + "1", "1" * 32, "https://desk.example.org", "+18335550100")


def write_world(folder: Path) -> Iterator[str]:
    """A directory of realistic size; the callers' numbers, each pod's in its turn, without end."""
    folder.mkdir()
    pods = [f"pod{number:03}" for number in range(PODS)]
    strategies = ("linear", "circular", "longest idle")
    lines = (f"{pod},Pod {pod},{strategies[n % 3]},America/Edmonton,0\n" for n, pod in enumerate(pods))
    (folder / "pods.csv").write_text("pod,name,strategy,timezone,wrap_up\n" + "".join(lines))
    (folder / "lines.csv").write_text(
        f"line,name,voice_flow,text_flow,languages,fallback\n{ACCOUNT.line},Support,,,en;fr,\n"
    )
    if SOURCE.is_file():
        convert_municipalities(SOURCE, folder, pods)
    else:
        write_places(folder / "municipalities.csv", pods)
    generate_clients(folder, CLIENTS)
    numbers = islice(invented_numbers(), CLIENTS, None)  # the clients have those before
    people = "".join(
        f"{pod}-{place},Technician {place} of {pod},{next(numbers)},{pod},{place},en;fr,,24/7,,yes\n"
        for n, pod in enumerate(pods)
        for place in range(1, 5 + n % 3)
    )
    head = "technician,name,phone,pod,position,languages,skills,hours,email,swarm\n"
    (folder / "technicians.csv").write_text(head + people)
    return callers_of(folder)


def write_places(path: Path, pods: list[str]) -> None:
    places = (
        f"{4_800_000 + n},Place {n},,T,{PROVINCES[n % 6]},America/Edmonton,en,{pods[n % PODS]},,\n"
        for n in range(PLACES)
    )
    path.write_text("municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases\n" + "".join(places))


def callers_of(folder: Path) -> Iterator[str]:
    with (folder / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        pod_of = {row["municipality"]: row["pod"] for row in csv.DictReader(file)}
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    with (folder / "clients.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers[pod_of[row["municipality"]]].append(row["phones"])
    return cycle([number for turn in zip_longest(*numbers.values()) for number in turn if number])


@dataclass
class Run:
    """What came of some requests. `wrong`: whatever was not the answer wished for, each kind with its count."""

    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0
    dropped: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    def note(self, seconds: float, status: int, body: bytes, wish: bytes) -> None:
        self.seconds.append(seconds)
        if status != 200 or wish not in body:
            self.wrong[f"{status} {body[-160:].decode(errors='replace')}"] += 1

    def add(self, other: "Run") -> None:
        self.seconds += other.seconds
        self.wall += other.wall
        self.dropped += other.dropped
        self.wrong += other.wrong

    def percentile(self, percent: int) -> float:
        return quantiles(self.seconds, n=100, method="inclusive")[percent - 1]


class Connection(asyncio.Protocol):
    """One kept connection; it carries one request at a time."""

    def __init__(self) -> None:
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._got = b""

    @classmethod
    async def open(cls, port: int) -> "Connection":
        transport, made = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        made._transport = transport
        return made

    _transport: asyncio.Transport

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises ConnectionError, or TimeoutError as Twilio would give up."""
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        async with asyncio.timeout(ANSWER_SECONDS):
            return await self._waiting

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, complete, body = self._got.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if complete and length and len(body) >= int(length[1]) and self._waiting and not self._waiting.done():
            self._got = b""
            self._waiting.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionError("the server closed the connection"))


async def closed_loop(port: int, requests: Sequence[bytes], connections: int, wish: bytes) -> Run:
    """All `requests` over so many connections, each with one request at a time."""
    run, left = Run(), iter(requests)
    opened = [await Connection.open(port) for _ in range(connections)]

    async def send(connection: Connection) -> None:
        for request in left:
            begun = time.perf_counter()
            status, body = await connection.ask(request)
            run.note(time.perf_counter() - begun, status, body, wish)

    begun = time.perf_counter()
    await asyncio.gather(*(send(one) for one in opened))
    run.wall = time.perf_counter() - begun
    close(opened)
    return run


async def open_loop(port: int, requests: Sequence[bytes], rate: float, wish: bytes) -> Run:
    """`rate` requests a second, each at its own moment; one that finds every connection busy is dropped."""
    run = Run()
    idle = [await Connection.open(port) for _ in range(8)]
    opened = list(idle)
    running: set[asyncio.Task[None]] = set()

    async def send(request: bytes, due: float) -> None:
        if idle:
            connection = idle.pop()
        elif len(opened) < MOST_CONNECTIONS:
            opened.append(connection := await Connection.open(port))
        else:
            run.dropped += 1
            return
        try:
            status, body = await connection.ask(request)
        except (OSError, TimeoutError) as error:
            run.wrong[type(error).__name__] += 1
            return
        run.note(time.perf_counter() - due, status, body, wish)
        idle.append(connection)

    begun = time.perf_counter()
    for number, request in enumerate(requests):
        due = begun + number / rate
        await asyncio.sleep(due - time.perf_counter())
        task = asyncio.ensure_future(send(request, due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    run.wall = time.perf_counter() - begun
    close(opened)
    return run


def close(connections: Iterable[Connection]) -> None:
    for one in connections:
        one.close()
