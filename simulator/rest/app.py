"""The REST API as an ASGI application (twilio.md 7): Twilio's shapes and error bodies. The paths of calls are
here, those of each other resource in its *_paths.py; what a request does is in deeds.py and the other *_deeds.py."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from quart import Blueprint, Quart, jsonify, request
from werkzeug.exceptions import HTTPException

from simulator.faults import Exchanged, Upset, acts
from simulator.rest import shapes
from simulator.rest.call_paths import calls
from simulator.rest.forms import Answer
from simulator.rest.guard import guard
from simulator.rest.lookup_paths import lookups
from simulator.rest.message_paths import media, messages
from simulator.rest.number_paths import numbers
from simulator.rest.queue_paths import members, queues
from simulator.rest.recording_paths import recordings, recordings_of_calls, recordings_of_conferences
from simulator.rest.room_paths import conferences, participants

if TYPE_CHECKING:
    from simulator.exchange import Exchange


class RestApi:
    """The ASGI application. A request in hand counts as work on the exchange's clock."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._failed = 0
        self._failing = exchange.switches

    @cached_property
    def app(self) -> Quart:
        """Made when it is first asked: its routes cost as much as half a telephone call."""
        app = Quart("simulator")
        app.register_blueprint(_api(self._exchange))
        app.register_blueprint(_lookups(self._exchange))
        app.register_error_handler(HTTPException, _refused_by_path)
        return app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        what = f"REST {scope['method']} {scope['path']}"
        with self._exchange.clock.working(what):
            form: dict[str, str] = {}
            if self._exchange.upsets.waiting:
                form, receive = await _read_form(receive)
            upset = self._upset(scope["method"], scope["path"], form)
            if upset is not None:
                await self._upsets(upset, scope, receive, send)
                return
            failure = self._failure(scope["method"])
            if failure in ("429", "500"):
                await _refuse(int(failure), send)
            elif failure == "timeout after the effect":
                await self.app(scope, receive, _nowhere)
                raise TimeoutError(f"{what}: done, but its answer is lost (switch rest_error)")
            else:
                await self.app(scope, receive, send)

    def _upset(self, method: str, path: str, form: dict[str, str]) -> Upset | None:
        sid = path.rpartition("/")[2].removesuffix(".json")
        return self._exchange.upsets.befalling(Exchanged("rest", method, path, form, self._exchange.legs.get(sid)))

    async def _upsets(self, upset: Upset, scope: Any, receive: Any, send: Any) -> None:
        """A REST request is tried once; whether there is another one is the service's to say."""
        await acts(upset.before)
        if upset.what == "slow":
            await self._exchange.clock.sleep(upset.seconds)
        if upset.what == "status":
            await _refuse(upset.status, send)
        else:
            await self.app(scope, receive, _nowhere if upset.what == "unanswered" else send)
        await acts(upset.after)
        if upset.what == "unanswered":
            raise TimeoutError(f"REST {scope['method']} {scope['path']}: done, but its answer is lost")

    def _failure(self, method: str) -> str:
        """Which failure the switch has for this request; a new setting of the switches counts anew."""
        switches = self._exchange.switches
        if switches is not self._failing:
            self._failing, self._failed = switches, 0
        if switches.rest_error == "none" or (switches.rest_error.startswith("timeout") and method == "GET"):
            return "none"
        if switches.rest_error_times and self._failed >= switches.rest_error_times:
            return "none"
        self._failed += 1
        return switches.rest_error


async def _refused_by_path(refused: HTTPException) -> Answer:
    status = refused.code or 500
    words = f"The requested resource {request.path} was not found" if status == 404 else refused.name
    return jsonify(shapes.error(status, 20000 + status, words)), status


async def _nowhere(message: Any) -> None:
    return


async def _read_form(receive: Any) -> tuple[dict[str, str], Any]:
    """What a request says, of several values of one name the last; and the same request for whoever reads it next."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    body = b"".join(one.get("body", b"") for one in messages).decode("utf-8", "replace")
    waiting = iter(messages)

    async def again() -> Any:
        return next(waiting, None) or await receive()

    return dict(parse_qsl(body, keep_blank_values=True)), again


async def _refuse(status: int, send: Any) -> None:
    code, words = (20429, "Too Many Requests") if status == 429 else (20500, "Internal Server Error")
    body = json.dumps(shapes.error(status, code, words)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _api(exchange: Exchange) -> Blueprint:
    api = Blueprint("api", __name__, url_prefix="/2010-04-01/Accounts/<account>")
    guard(api, exchange)
    calls(api, exchange)
    messages(api, exchange)
    media(api, exchange)
    recordings(api, exchange)
    recordings_of_calls(api, exchange)
    recordings_of_conferences(api, exchange)
    numbers(api, exchange)
    conferences(api, exchange)
    participants(api, exchange)
    queues(api, exchange)
    members(api, exchange)
    return api


def _lookups(exchange: Exchange) -> Blueprint:
    api = Blueprint("lookups", __name__, url_prefix="/v2")
    guard(api, exchange)
    lookups(api, exchange)
    return api
