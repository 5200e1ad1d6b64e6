"""What /metrics tells (Prometheus): requests by route and status, and how long they took; promises that are owed; what
waits in the spool."""

import asyncio
import sqlite3
import time
from datetime import datetime
from itertools import product

import asyncpg
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from quart import Quart, Response, g, request

from db.matters import list_owed
from db.pool import AWAY, Pool
from db.spool import Spool

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
ASKED_FOR = 1.0  # seconds that the database may take; whoever scrapes waits
OWED = tuple(product(("call_back", "reply"), ("voice", "text", "email")))


def measure(app: Quart) -> None:
    """Each web process counts for itself."""
    registry = CollectorRegistry()
    requests = Counter("podline_requests", "Requests answered", ["route", "status"], registry=registry)
    seconds = Histogram("podline_request_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=registry)

    @app.before_request
    async def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    async def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        requests.labels(route, str(response.status_code)).inc()
        seconds.labels(route).observe(time.perf_counter() - g.began)
        return response

    @app.get("/metrics")
    async def metrics() -> Response:
        house = app.extensions.get("house")
        owed = await owed_now(house.pool, house.clock()) if house else b""
        spooled = spooled_now(house.spool) if house else b""
        return Response(generate_latest(registry) + owed + spooled, content_type=CONTENT_TYPE_LATEST)


async def owed_now(pool: Pool, now: datetime) -> bytes:
    """Read when it is asked for, so that each process says the same; nothing while the database is away."""
    try:
        async with asyncio.timeout(ASKED_FOR):
            owed = await list_owed(pool, now)
    except (*AWAY, asyncpg.PostgresError):
        return b""
    registry, labels = CollectorRegistry(), ["kind", "channel"]
    open_now = Gauge("podline_promises_open", "Promises to clients that are not kept yet", labels, registry=registry)
    overdue = Gauge("podline_promises_overdue", "Those that should have been kept by now", labels, registry=registry)
    for kind, channel in OWED:  # none is a figure too
        open_now.labels(kind, channel).set(0)
        overdue.labels(kind, channel).set(0)
    for one in owed:
        open_now.labels(one.kind, one.channel).set(one.open)
        overdue.labels(one.kind, one.channel).set(one.overdue)
    return generate_latest(registry)


def spooled_now(spool: Spool) -> bytes:
    """The machine's: each process says the same; nothing while it can't be read."""
    try:
        count = spool.count()
    except (sqlite3.Error, OSError):
        return b""
    registry = CollectorRegistry()
    spooled = Gauge("podline_spooled", "Texts and reports that could not be taken up yet", ["state"], registry=registry)
    spooled.labels("waiting").set(count.waiting)
    spooled.labels("aside").set(count.aside)
    return generate_latest(registry)
