"""The whole service in one process and one event loop, with a local Twilio and virtual time.

PostgreSQL's `now()` follows its clock, on a ground (podline/ground.py) that is nobody else's meanwhile.
The scenarios of the tests and the demo's scenes of many hours are played so.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import httpx
from pydantic import SecretStr
from quart import Quart
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from db.importing import Report, import_directory
from db.jobs import SWEEP, WAKE
from db.pool import Pool
from podline.app import House, Worker, create_app, house_of, open_api
from podline.ground import SET_CLOCK, Ground
from podline.settings import Settings
from simulator.asgi import AsgiTransport
from simulator.clock import PATIENCE, VirtualClock
from simulator.exchange import Exchange
from simulator.people.handsets import Handset
from simulator.rest.app import RestApi
from simulator.switches import Switches

# Nobody else is reached at any of these: every request stays in the loop.
BASE = "https://desk.example"
SID, TOKEN, API_TOKEN = "AC" + "0" * 31 + "1", "12345678901234567890123456789012", "api-token"
SECRET_KEY = "signs the links to stories"
MAIL_KEY, MAIL_ADDRESS = "mail-key", "Prairie Support <desk@desk.example>"

# In one look: between two of them a job that was due may be begun, and would be seen by neither. The sweep's rounds are
# waited for only while they may find something. $2: whoever does jobs is told of those that are due.
JOBS_NOW = f"""
WITH moved AS ({SET_CLOCK}), moment AS (SELECT coalesce($1::timestamptz, now()) AS now), look AS (
    SELECT count(*) FILTER (WHERE status = 'queued' AND execute_after <= moment.now) AS due,
           count(*) FILTER (WHERE status = 'picked') AS begun,
           min(execute_after) FILTER (WHERE status = 'queued') AS first,
           min(execute_after) FILTER (WHERE status = 'queued' AND (entrypoint <> '{SWEEP}'
               OR exists(SELECT FROM contacts WHERE state = 'open' AND channel = 'voice')
               OR exists(
                   SELECT FROM deeds WHERE lane IS NOT null AND state IN ('due', 'tried') AND due_at <= moment.now
               )
           )) AS next
    FROM jobs.pgqueuer, moment
)
SELECT due, begun, first, next, CASE WHEN due > 0 AND $2::boolean THEN pg_notify($3, $4)::text END AS told FROM look
"""
LOOK_AGAIN = 0.02  # real seconds
MISS_HEARTBEATS = "UPDATE jobs.pgqueuer SET heartbeat = heartbeat - interval '1 minute' WHERE status = 'picked'"


class BadDirectory(ValueError):
    """The directory was not imported as it stands; all that the import says of it."""


class Rehearsal:
    """Service, local Twilio and clock. Make it by `open`, with the lines and telephones that it needs; nothing
    happens in it unless its clock passes. Give it back by `close`."""

    house: House
    worker: Worker | None = None

    def __init__(
        self,
        ground: Ground,
        home: Path,
        start: datetime,
        *,
        switches: Switches | None = None,
        patience: float = PATIENCE,
        seed: int | None = 0,
        smtp_url: str = "",
    ) -> None:
        self.ground = ground
        # Told whole, so that nobody's environment has a part in it.
        self.settings = Settings.model_construct(
            home=home,
            public_url=BASE,
            twilio_account_sid=SID,
            twilio_auth_token=(SecretStr(TOKEN),),
            api_token=SecretStr(API_TOKEN),
            secret_key=SecretStr(SECRET_KEY),
            mail_key=SecretStr(MAIL_KEY),
            mail_address=MAIL_ADDRESS,
            smtp_url=SecretStr(smtp_url) if smtp_url else None,
        )
        self.clock = VirtualClock(start, patience)
        self.app: Quart = create_app(self._open_house)
        self.transport = AsgiTransport(self.app)
        self.exchange = Exchange(
            self.clock, account_sid=SID, auth_token=TOKEN, send=self.transport, switches=switches, seed=seed
        )
        self._rest_api = RestApi(self.exchange)
        self.rest = TwilioOverAsgi(self._rest_api)
        self._handsets: dict[str, Handset] = {}
        self._stack = AsyncExitStack()

    @classmethod
    async def open(
        cls,
        ground: Ground,
        home: Path,
        *,
        start: datetime,
        directory: Path | None = None,
        switches: Switches | None = None,
        patience: float = PATIENCE,
        seed: int | None = 0,
        smtp_url: str = "",
    ) -> Self:
        """`ground`: an empty one on which nobody else plays. `home`: a folder that no other rehearsal has used, because
        the service keeps copies of its directory there. `patience`: see the clock's. `seed`: of Twilio's sids, and so
        of our contacts' ids; None for fresh ones. `smtp_url`: of the mail server that takes our letters; without one
        none go out. Raises BadDirectory."""
        rehearsal = cls(ground, home, start, switches=switches, patience=patience, seed=seed, smtp_url=smtp_url)
        try:
            await rehearsal._open(directory)
        except BaseException:
            await rehearsal.close()
            raise
        return rehearsal

    async def _open(self, directory: Path | None) -> None:
        self._stack.push_async_callback(self.rest.close)
        self.ground.moves_to(self.clock.now())
        await self.ground.sets_clock(self.ground.connection)
        if directory is not None:
            await self.imports(directory)
        await self.app.startup()
        self._stack.push_async_callback(self.app.shutdown)
        self.house = self.app.extensions["house"]
        self._workplace = self.house
        self._works()
        self._stack.push_async_callback(self.ends_work)
        self.clock.add_source(DatabaseTime(self.ground, lambda: self.worker))

    async def _open_house(self) -> House:
        return await self._house_with(self.ground.pool, is_shared=True)

    async def _house_with(self, pool: Pool, *, is_shared: bool = False) -> House:
        house = await house_of(self.settings, pool, self.clock.now, is_shared=is_shared)
        house.way = AsgiTransport(self._rest_api)
        return house

    def _works(self) -> None:
        self.worker = Worker(self._workplace, open_api(self._workplace, http=self.rest), is_woken=True)
        self._working = asyncio.get_running_loop().create_task(self.worker.run())

    async def begins_work(self) -> None:
        """A job process with connections of its own, after the one before it has ended or was killed. What a killed one
        has left behind is taken up at once, as if its heartbeat had been missed long enough."""
        self._workplace = await self._house_with(await self.ground.open_pool())
        await self.ground.connection.execute(MISS_HEARTBEATS)
        self._works()

    async def ends_work(self) -> None:
        """Between two jobs. Until another begins, what is due waits."""
        if self.worker is not None:
            worker, self.worker = self.worker, None
            worker.stop()
            await self._working
            if self._workplace is not self.house:
                await self._workplace.stack.aclose()

    def cuts_off_work(self) -> None:
        """Whatever the job process still does, nobody hears of it. Only for one that `begins_work` has begun."""
        assert self._workplace is not self.house, "the first job process shares its connections with the webhooks"
        if self.worker is not None:
            worker, self.worker = self.worker, None
            self.ground.ends(self._workplace.pool)
            worker.stop()

    async def kills_work(self) -> None:
        """In the middle of whatever it does."""
        self.cuts_off_work()
        self._working.cancel()
        await asyncio.gather(self._working, return_exceptions=True)

    async def close(self) -> None:
        """The database is left as it is, with a clock that stands still."""
        await self._stack.aclose()

    def add_line(self, line: str) -> None:
        self.exchange.add_number(
            line,
            voice_url=f"{BASE}/voice/incoming",
            voice_fallback_url=f"{BASE}/voice/fallback",
            status_callback=f"{BASE}/voice/status",
            sms_url=f"{BASE}/messages/incoming",
            sms_fallback_url=f"{BASE}/messages/fallback",
        )

    def phone(self, number: str, name: str = "") -> Handset:
        """The telephone of that number, always in the same hands."""
        if number not in self._handsets:
            self._handsets[number] = Handset(self.exchange, self.exchange.phone(number, name))
        return self._handsets[number]

    async def imports(self, directory: Path) -> Report:
        """At the clock's present moment, also while calls are on. Raises BadDirectory."""
        return await imports(self.ground, directory, self.clock.now())


async def imports(ground: Ground, directory: Path, now: datetime) -> Report:
    """At that moment of the ground's clock. Raises BadDirectory."""
    report = await import_directory(ground.connection, directory, now=now)
    if report.problems:
        raise BadDirectory("\n".join(report.lines()))
    return report


@dataclass
class DatabaseTime:
    """Lets PostgreSQL's `now()` follow the clock, and knows the jobs that are due. The clock moves only from a quiet
    moment, so what the last look saw is still so."""

    ground: Ground
    working: Callable[[], Worker | None]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    looked: float = -LOOK_AGAIN
    uses: int = -1  # the ground's at the last look: where they are the same, so is what it saw
    found: str | None = None
    first: datetime | None = None
    next: datetime | None = None

    async def busy(self) -> str | None:
        """A job counts from the moment when it is due until what became of it is written down."""
        worker = self.working()
        if worker is None:
            return None  # nobody does what is due
        if not worker.has_begun:
            return "the job process, which begins"
        if worker.busy:
            return ", ".join(sorted(worker.busy))
        if worker.replaying.runs and worker.house.spool.has_waiting():
            worker.replaying.wake.set()
            return "what waits in the spool"
        is_late = self.found is not None and asyncio.get_running_loop().time() > self.looked + LOOK_AGAIN
        if self.uses != self.ground.uses or is_late:
            await self.look(wakes=is_late)
        return self.found

    async def look(self, *, wakes: bool) -> None:
        """A job that has become due without a jump tells so itself; but it may have been told while nobody listened."""
        async with self.lock:
            self.looked, self.uses = asyncio.get_running_loop().time(), self.ground.uses
            jobs = await self.ground.asks(JOBS_NOW, wakes, *WAKE)
            self.first, self.next = jobs["first"], jobs["next"]
        self.found = f"{jobs['due']} job(s) due, {jobs['begun']} begun" if jobs["due"] or jobs["begun"] else None

    async def next_due(self) -> datetime | None:
        return self.next if self.working() else None

    async def moved(self, now: datetime) -> None:
        self.ground.moves_to(now)
        if self.first is not None and self.first <= now:
            await self.look(wakes=True)


class TwilioOverAsgi(AsyncHttpClient):  # type: ignore[misc]  # the package ships no types
    """What the twilio package asks of a transport: here the local Twilio's own server, called in the same loop."""

    def __init__(self, server: Any) -> None:
        super().__init__(logger=None, is_async=True, timeout=10)
        self._client = httpx.AsyncClient(transport=AsgiTransport(server))

    async def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        names = ("params", "data", "headers", "auth")
        given = dict(zip(names, args, strict=False)) | {key: options.get(key) for key in names if key in options}
        answer = await self._client.request(
            method,
            url,
            params=given.get("params"),
            data=given.get("data"),
            headers=given.get("headers"),
            auth=tuple(given["auth"]) if given.get("auth") else None,
        )
        return Response(answer.status_code, answer.text)

    async def close(self) -> None:
        await self._client.aclose()
