"""The REST API as an ASGI application (twilio.md 7): HTTP Basic, Twilio's shapes and error bodies. Paths and
verbs are here, in room_paths.py and in queue_paths.py; what a request does is in deeds.py and room_deeds.py."""

from __future__ import annotations

import base64
import binascii
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from quart import Blueprint, Quart, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from simulator import deeds, shapes
from simulator.forms import Answer, RefusedError, form, is_asked, is_within, not_found
from simulator.queue_paths import members, queues
from simulator.room_paths import conferences, participants

if TYPE_CHECKING:
    from simulator.exchange import Exchange, Number
    from simulator.legs import Leg

NUMBER_FIELDS = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "FriendlyName": "friendly_name",
}


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
        app.register_error_handler(HTTPException, _refused_by_path)
        return app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        what = f"REST {scope['method']} {scope['path']}"
        with self._exchange.clock.working(what):
            failure = self._failure(scope["method"])
            if failure in ("429", "500"):
                await _refuse(int(failure), send)
            elif failure == "timeout after the effect":
                await self.app(scope, receive, _nowhere)
                raise TimeoutError(f"{what}: done, but its answer is lost (switch rest_error)")
            else:
                await self.app(scope, receive, send)

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
    return jsonify(shapes.error(status, 20000 + status, f"The requested resource {request.path} was not found")), status


async def _nowhere(message: Any) -> None:
    return


async def _refuse(status: int, send: Any) -> None:
    code, words = (20429, "Too Many Requests") if status == 429 else (20500, "Internal Server Error")
    body = json.dumps(shapes.error(status, code, words)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _api(exchange: Exchange) -> Blueprint:
    api = Blueprint("api", __name__, url_prefix="/2010-04-01/Accounts/<account>")
    _guard(api, exchange)
    _calls(api, exchange)
    _messages(api, exchange)
    _recordings(api, exchange)
    _numbers(api, exchange)
    conferences(api, exchange)
    participants(api, exchange)
    queues(api, exchange)
    members(api, exchange)
    return api


def _guard(api: Blueprint, exchange: Exchange) -> None:
    @api.url_value_preprocessor
    def _account(_: str | None, values: dict[str, Any] | None) -> None:
        if values is not None:
            g.account = values.pop("account")

    @api.before_request
    async def _known() -> None:
        user, _, password = _basic(request.headers.get("Authorization", "")).partition(":")
        if (user, password) != (exchange.account_sid, exchange.auth_token):
            raise RefusedError(401, 20003, "Authenticate")
        if g.account != exchange.account_sid:
            raise not_found(request.path)

    @api.errorhandler(RefusedError)
    async def _refused(refused: RefusedError) -> Answer:
        return jsonify(shapes.error(refused.status, refused.code, refused.message)), refused.status


def _basic(header: str) -> str:
    kind, _, value = header.partition(" ")
    try:
        return base64.b64decode(value, validate=True).decode() if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _calls(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    def shape(leg: Leg) -> shapes.Json:
        ours = exchange.numbers.get(leg.to) or exchange.numbers.get(leg.from_)
        return shapes.call(account, leg, ours.sid if ours else None)

    def find(sid: str) -> Leg:
        leg = exchange.legs.get(sid)
        if leg is None:
            raise not_found(request.path)
        return leg

    @api.post("/Calls.json")
    async def create_call() -> Answer:
        return jsonify(shape(deeds.create_call(exchange, await form()))), 201

    @api.get("/Calls.json")
    async def list_calls() -> Answer:
        given = request.args
        legs = [
            leg
            for leg in reversed(exchange.legs.values())
            if is_asked(given, "To", leg.to)
            and is_asked(given, "From", leg.from_)
            and is_asked(given, "ParentCallSid", leg.parent.sid if leg.parent else "")
            and is_asked(given, "Status", leg.status)
            and is_within(given, "StartTime", leg.answered_at or leg.created_at)
            and is_within(given, "EndTime", leg.ended_at)
        ]
        return jsonify(shapes.page("calls", [shape(leg) for leg in legs], request.path, given.to_dict()))

    @api.get("/Calls/<sid>.json")
    async def fetch_call(sid: str) -> Answer:
        return jsonify(shape(find(sid)))

    @api.post("/Calls/<sid>.json")
    async def change_call(sid: str) -> Answer:
        return jsonify(shape(deeds.change_call(exchange, find(sid), await form())))

    @api.delete("/Calls/<sid>.json")
    async def delete_call(sid: str) -> Answer:
        leg = find(sid)
        if not leg.is_over:
            raise RefusedError(409, 20009, "Cannot delete this resource before the call has ended.")
        del exchange.legs[sid]
        return "", 204


def _messages(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    @api.post("/Messages.json")
    async def create_message() -> Answer:
        return jsonify(shapes.message(account, deeds.create_message(exchange, await form()))), 201

    @api.get("/Messages.json")
    async def list_messages() -> Answer:
        given = request.args
        found = [
            shapes.message(account, message)
            for message in reversed(exchange.messages.all)
            if is_asked(given, "To", message.to)
            and is_asked(given, "From", message.from_)
            and is_within(given, "DateSent", message.sent_at or message.created_at)
        ]
        return jsonify(shapes.page("messages", found, request.path, given.to_dict()))

    @api.get("/Messages/<sid>.json")
    async def fetch_message(sid: str) -> Answer:
        for message in exchange.messages.all:
            if message.sid == sid:
                return jsonify(shapes.message(account, message))
        raise not_found(request.path)


def _recordings(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    @api.get("/Recordings.json")
    async def list_recordings() -> Answer:
        given = request.args
        found = [
            shapes.recording(account, made)
            for made in reversed(exchange.recordings.all)
            if not made.is_deleted
            and is_asked(given, "CallSid", made.call_sid)
            and is_within(given, "DateCreated", made.started_at)
        ]
        return jsonify(shapes.page("recordings", found, request.path, given.to_dict()))

    @api.get("/Recordings/<name>")
    async def fetch_recording(name: str) -> Answer:
        sid, _, kind = name.partition(".")
        made = next((each for each in exchange.recordings.all if each.sid == sid), None)
        if made is None or made.is_deleted:
            raise not_found(request.path)
        if kind == "json":
            return jsonify(shapes.recording(account, made))
        if not made.is_ready or kind not in ("", "wav", "mp3"):
            raise not_found(request.path)
        if kind == "mp3":
            return Response(made.mp3(), content_type="audio/mpeg")
        return Response(made.wav(), content_type="audio/x-wav")

    @api.delete("/Recordings/<sid>.json")
    async def delete_recording(sid: str) -> Answer:
        for made in exchange.recordings.all:
            if made.sid == sid and not made.is_deleted:
                made.is_deleted = True
                return "", 204
        raise not_found(request.path)


def _numbers(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    def find(sid: str) -> Number:
        for number in exchange.numbers.values():
            if number.sid == sid:
                return number
        raise not_found(request.path)

    @api.get("/IncomingPhoneNumbers.json")
    async def list_numbers() -> Answer:
        given = request.args
        wanted = given.get("PhoneNumber", "").replace("*", "")
        found = [
            shapes.number(account, number)
            for number in exchange.numbers.values()
            if wanted in number.phone_number and is_asked(given, "FriendlyName", number.friendly_name)
        ]
        return jsonify(shapes.page("incoming_phone_numbers", found, request.path, given.to_dict()))

    @api.get("/IncomingPhoneNumbers/<sid>.json")
    async def fetch_number(sid: str) -> Answer:
        return jsonify(shapes.number(account, find(sid)))

    @api.post("/IncomingPhoneNumbers/<sid>.json")
    async def change_number(sid: str) -> Answer:
        number, given = find(sid), await form()
        for name, field in NUMBER_FIELDS.items():
            if name in given:
                setattr(number, field, given[name])
        return jsonify(shapes.number(account, number))
