"""The least that a webhook can do: Quart, the twilio package's validator, one committed INSERT, a fixed answer.

Whatever a real webhook takes beyond this is what deciding and keeping cost. `bench.webhook` measures both.
"""

import os
from typing import Any

from quart import Quart, Response, request
from twilio.request_validator import RequestValidator

from db.pool import open_pool
from podline.asgi import pool_size

TABLE = """
CREATE TABLE floor_webhooks (
    call_sid text PRIMARY KEY, caller text NOT NULL, called text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)
"""
INSERT = "INSERT INTO floor_webhooks (call_sid, caller, called) VALUES ($1, $2, $3)"
ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response><Dial><Number>+14035550101</Number></Dial></Response>'


def application() -> Quart:
    """Called once in each web process, with the environment of the real one."""
    app = Quart("floor", static_folder=None)
    validator = RequestValidator(os.environ["PODLINE_TWILIO_AUTH_TOKEN"])
    public_url = os.environ["PODLINE_PUBLIC_URL"]
    pools: list[Any] = []

    @app.before_serving
    async def begin() -> None:
        workers = int(os.environ["PODLINE_WORKERS"])
        pools.append(await open_pool(os.environ["PODLINE_DATABASE_URL"], size=pool_size(workers)))

    @app.after_serving
    async def end() -> None:
        await pools.pop().close()

    @app.post("/voice/incoming")
    async def incoming() -> Response:
        form = await request.form
        url = f"{public_url}{request.path}?{request.query_string.decode()}"
        if not validator.validate(url, form, request.headers.get("X-Twilio-Signature", "")):
            return Response("", 403)
        await pools[0].execute(INSERT, form["CallSid"], form["From"], form["To"])
        return Response(ANSWER, content_type="text/xml; charset=utf-8")

    return app
