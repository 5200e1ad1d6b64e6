"""The REST API of recordings: of the account, of a call and of a conference (twilio.md 7.3). The file is at the same
path, without .json or with .wav or .mp3."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from quart import Blueprint, Response, jsonify, request

from simulator.recordings.recordings import KEPT, Recording
from simulator.rest import recording_deeds, shapes
from simulator.rest.forms import Answer, form, is_asked, is_within, not_found

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.exchange import Exchange
    from simulator.rooms.rooms import Conference


def recordings(api: Blueprint, exchange: Exchange) -> None:
    def known(sid: str) -> Recording:
        made = exchange.recordings.find(sid)
        if made is None or not _is_shown(exchange, made):
            raise not_found(request.path)
        return made

    @api.get("/Recordings.json")
    async def list_recordings() -> Answer:
        return _page(exchange, exchange.recordings.all)

    @api.get("/Recordings/<name>")
    async def fetch_recording(name: str) -> Answer:
        sid, _, kind = name.partition(".")
        made = known(sid)
        if kind == "json":
            return jsonify(shapes.recording(exchange.account_sid, made))
        if not made.is_ready or kind not in ("", "wav", "mp3"):
            raise not_found(request.path)
        if kind == "mp3":
            return Response(made.mp3(), content_type="audio/mpeg")
        return Response(made.wav(), content_type="audio/x-wav")

    @api.delete("/Recordings/<sid>.json")
    async def delete_recording(sid: str) -> Answer:
        return _deletes(exchange, known(sid))


def recordings_of_calls(api: Blueprint, exchange: Exchange) -> None:
    def leg_of(sid: str) -> Leg:
        leg = exchange.legs.get(sid)
        if leg is None:
            raise not_found(request.path)
        return leg

    @api.post("/Calls/<of>/Recordings.json")
    async def start_recording(of: str) -> Answer:
        made = recording_deeds.start(exchange, leg_of(of), await form())
        return jsonify(shapes.recording(exchange.account_sid, made)), 201

    _recordings_of(api, exchange, "Calls", leg_of)


def recordings_of_conferences(api: Blueprint, exchange: Exchange) -> None:
    def room_of(sid: str) -> Conference:
        room = exchange.rooms.all.get(sid)
        if room is None:
            raise not_found(request.path)
        return room

    _recordings_of(api, exchange, "Conferences", room_of)


def _recordings_of(api: Blueprint, exchange: Exchange, resource: str, owner: Callable[[str], Leg | Conference]) -> None:
    """What calls and conferences have alike. A recording of a conference is one of that call as well that asked for
    it."""

    def found(of: str, sid: str) -> Recording:
        return recording_deeds.find(exchange, owner(of), sid, request.path)

    async def list_them(of: str) -> Answer:
        its = owner(of)
        return _page(exchange, (made for made in exchange.recordings.all if made.is_of(its)))

    async def fetch(of: str, sid: str) -> Answer:
        return jsonify(shapes.recording(exchange.account_sid, found(of, sid)))

    async def change(of: str, sid: str) -> Answer:
        made = found(of, sid)
        status = recording_deeds.change(exchange, made, await form())
        return jsonify(shapes.recording(exchange.account_sid, made) | {"status": status})

    async def delete(of: str, sid: str) -> Answer:
        return _deletes(exchange, found(of, sid))

    one, name = f"/{resource}/<of>/Recordings/<sid>.json", resource.lower()
    api.add_url_rule(f"/{resource}/<of>/Recordings.json", f"list_recordings_of_{name}", list_them)
    api.add_url_rule(one, f"fetch_recording_of_{name}", fetch)
    api.add_url_rule(one, f"change_recording_of_{name}", change, methods=["POST"])
    api.add_url_rule(one, f"delete_recording_of_{name}", delete, methods=["DELETE"])


def _page(exchange: Exchange, of: Iterable[Recording]) -> Answer:
    given = request.args
    found = [
        shapes.recording(exchange.account_sid, made)
        for made in reversed(list(of))
        if _is_shown(exchange, made)
        and is_asked(given, "CallSid", made.call_sid)
        and is_asked(given, "ConferenceSid", made.room.sid if made.room else "")
        and is_within(given, "DateCreated", made.started_at)
    ]
    return jsonify(shapes.page("recordings", found, request.path, given.to_dict()))


def _is_shown(exchange: Exchange, made: Recording) -> bool:
    """A deleted one for 40 days, to those who ask for the deleted too."""
    if made.deleted_at is None:
        return True
    is_asked_for = request.args.get("IncludeSoftDeleted", "").lower() == "true"
    return is_asked_for and exchange.clock.now() - made.deleted_at <= KEPT


def _deletes(exchange: Exchange, made: Recording) -> Answer:
    if made.is_deleted:
        raise not_found(request.path)
    made.deleted_at = exchange.clock.now()
    return "", 204
