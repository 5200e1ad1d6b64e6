"""What /metrics tells (Prometheus): requests by route and status, and how long they took."""

import time

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from quart import Quart, Response, g, request

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


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
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
