"""`create_app`: the pool, the desk, the webhooks and the API, wired together. Nothing happens at import."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import structlog
from quart import Quart, Response

from db.desk import Desk
from db.jobs import DEED, SWEEP, TIMER, TryAgain, Work, entry_point, manager, run
from db.pool import AWAY, Pool, open_pool
from db.readiness import Working, hold_working, is_ready
from db.snapshot import Snapshots
from db.spool import Spool
from ivr import file_pages, messages, music
from ivr.client import Api
from ivr.deeds import Deeds, begin_sweeping
from ivr.file_sources import Source, TwilioFiles
from ivr.files import FileLinks
from ivr.letter_files import LetterFiles
from ivr.links import Links
from ivr.replaying import Replaying
from ivr.routes import LARGEST_BODY, Webhooks
from ivr.signature import Signatures
from mail import routes as mail_routes
from mail.posting import Posting
from mail.taking import Taking
from podline.clock import Clock
from podline.metrics import measure
from podline.settings import Settings
from routing.exchanges import warm
from web.api import api_blueprint
from web.flows import LARGEST_REQUEST
from web.openapi import describe_api, hide_all_but_api
from web.stories import stories_blueprint

log = structlog.get_logger()


@dataclass
class House:
    """Everything that a process of ours holds open; closed by its stack. `way` replaces the network in tests."""

    settings: Settings
    clock: Clock
    pool: Pool
    desk: Desk
    links: Links
    signatures: Signatures
    spool: Spool
    stack: AsyncExitStack
    way: httpx.AsyncBaseTransport | None = None

    def deeds(self, api: Api, holder: int) -> Deeds:
        """`holder`: see `db.readiness.Working.pid`."""
        settings = self.settings
        return Deeds(
            self.desk,
            self.clock,
            api,
            self.links,
            settings.twilio_cps,
            self.file_links(),
            supervisor=settings.supervisor_phone,
            post=self.post(),
            holder=holder,
        )

    def post(self) -> Posting | None:
        """None if no letters go out."""
        relay, head = self.settings.relay, self.settings.letterhead
        return Posting(self.pool, relay, head) if relay and head else None

    def file_links(self) -> FileLinks | None:
        """None without a key to sign them with."""
        key = self.settings.secret_key.get_secret_value() if self.settings.secret_key else ""
        return FileLinks(self.settings.url, key, self.clock) if key else None


async def open_house(settings: Settings, database_url: str, clock: Clock, *, size: int = 10) -> House:
    """Open the pool and bring the desk up to date; close with `house.stack.aclose()`."""
    return await house_of(settings, await open_pool(database_url, size=size), clock)


async def house_of(settings: Settings, pool: Pool, clock: Clock, *, is_shared: bool = False) -> House:
    """The same with connections that are open already; `is_shared`: they stay open when the house is closed."""
    stack = AsyncExitStack()
    if not is_shared:
        stack.push_async_callback(pool.close)
    desk = Desk(pool, Snapshots(settings.home), settings.twilio_concurrent_calls)
    await desk.refresh()
    links = Links(settings.url)
    signatures = Signatures(settings.url, settings.tokens)
    return House(settings, clock, pool, desk, links, signatures, Spool(settings.home), stack)


def open_api(house: House, http: Any = None) -> Api:
    """Twilio's REST client; `http` replaces its transport in tests."""
    settings = house.settings
    token = settings.tokens[0] if settings.tokens else ""
    return Api(settings.twilio_account_sid, token, settings.twilio_api_url, http=http)


def open_files(house: House) -> TwilioFiles:
    """The files at Twilio; closed with the house."""
    settings = house.settings
    token = settings.tokens[0] if settings.tokens else ""
    files = TwilioFiles(settings.twilio_account_sid, token, settings.twilio_api_url, way=house.way)
    house.stack.push_async_callback(files.close)
    return files


def create_app(open_it: Callable[[], Any], is_draining: Callable[[], bool] = lambda: False) -> Quart:
    """The ASGI application. `open_it` makes the House when the server starts, inside its loop.

    `is_draining`: whether the service is about to stop; it answers what comes, but asks for no more.
    """
    app = Quart("podline", static_folder=None)
    app.request_class = mail_routes.RoomyRequest
    app.config["MAX_CONTENT_LENGTH"] = max(LARGEST_BODY, LARGEST_REQUEST)  # webhooks have a limit of their own
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    measure(app)
    describe_api(app)

    @app.get("/healthz")
    async def healthz() -> Response:
        return Response("alive\n", content_type="text/plain")

    @app.get("/readyz")
    async def readyz() -> tuple[dict[str, Any], int]:
        house = app.extensions.get("house")
        if is_draining():
            return {"ready": False, "mode": "draining", "why": "the service is about to stop"}, 503
        ready = await is_ready(house.pool) if house else {"ready": False, "why": "starting"}
        return ready, 200 if ready["ready"] else 503

    @app.before_serving
    async def begin() -> None:
        house: House = await open_it()
        app.extensions["house"] = house
        # A stranger's call needs these; none should wait while they are made.
        await asyncio.to_thread(warm)
        await house.desk.places()
        furnish(app, house)
        log.info("web_started", directory=house.desk.editions[0], flows=house.desk.editions[1])

    @app.after_serving
    async def end() -> None:
        house = app.extensions.pop("house", None)
        if house:
            await house.stack.aclose()

    return app


def furnish(app: Quart, house: House) -> None:
    """Register what needs the house: webhooks and API. Quart allows it until the first request."""
    webhooks = Webhooks(house.desk, house.clock, house.links, house.signatures)
    app.register_blueprint(webhooks.blueprint())
    app.register_blueprint(music.blueprint())
    app.register_blueprint(messages.blueprint(house.signatures, house.desk, house.clock, house.spool))
    token, links = house.settings.api_token, house.file_links()
    api_token = token.get_secret_value() if token else ""
    app.register_blueprint(api_blueprint(house.desk, house.clock, api_token, links.to if links else None))
    if links:
        sources: list[Source] = [open_files(house), LetterFiles(house.pool)]
        app.register_blueprint(file_pages.blueprint(house.desk, links, sources))
    key, head = house.settings.mail_key, house.settings.letterhead
    taking = Taking(house.desk, house.clock, head)
    app.register_blueprint(mail_routes.blueprint(key.get_secret_value() if key else "", head, taking.take))
    if house.settings.secret_key:
        secret_key = house.settings.secret_key.get_secret_value()
        app.register_blueprint(stories_blueprint(house.desk, house.clock, secret_key, house.settings.url))
    hide_all_but_api(app)


@dataclass
class Worker:
    """One job process's work: deeds, timers, the sweep, what waits in the spool. `run` until `stop`; `is_woken`: see
    db.jobs.manager; `has_begun`: the sweep is in the queue; `busy` names what runs now."""

    house: House
    api: Api
    is_woken: bool = False
    has_begun: bool = False

    def __post_init__(self) -> None:
        self.queue = manager(self.house.pool, is_woken=self.is_woken)
        self.replaying = Replaying(self.house.desk, self.house.clock, self.house.spool)
        self.busy: set[str] = set()

    async def run(self) -> None:
        """Raises one of `db.pool.AWAY` when the database goes away; a new Worker may then begin."""
        working: Working = await hold_working(self.house.pool)
        lost = asyncio.Event()
        working.connection.add_termination_listener(lambda _: lost.set())
        try:
            deeds = self.house.deeds(self.api, working.pid)
            for name, work in ((DEED, deeds.do), (TIMER, deeds.fire), (SWEEP, deeds.sweep)):
                entry_point(self.queue, name, self.patient(name, work), self.busy)
            await begin_sweeping(self.house.desk, self.house.clock())
            await self.replaying.begin()
            self.has_begun = True
            await self._run_until(lost)
        finally:
            with suppress(*AWAY, asyncpg.PostgresError):
                await working.let_go()

    async def _run_until(self, lost: asyncio.Event) -> None:
        """Work until stopped. Without its lock this process counts as dead, so it doesn't go on without it."""
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(one) for one in (run(self.queue), lost.wait(), self.replaying.run())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if lost.is_set():
                raise ConnectionError("the database ended our connection")
            await tasks[0]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def stop(self) -> None:
        self.queue.shutdown.set()

    def patient(self, name: str, work: Work) -> Work:
        """The same work; whatever breaks in it is logged and tried again, once the database is there to know it."""

        async def run_patiently(row: int, tries: int) -> None:
            try:
                await work(row, tries)
            except TryAgain:
                raise
            except AWAY as error:
                log.warning("job_without_database", job=name, row=row, why=type(error).__name__)
                await self._database_is_back()
                raise TryAgain("the database was away") from error
            except Exception as error:
                log.exception("job_failed", job=name, row=row)
                raise TryAgain(type(error).__name__) from error

        return run_patiently

    async def _database_is_back(self) -> None:
        """pgqueuer holds a job for ever if its wish to run again can't be written down."""
        while not self.queue.shutdown.is_set():
            try:
                await self.house.pool.fetchval("SELECT true")
                return
            except (*AWAY, asyncpg.PostgresError):
                await asyncio.sleep(0.5)
