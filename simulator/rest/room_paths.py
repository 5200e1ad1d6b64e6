"""The REST API of conferences and participants: its paths (twilio.md 7.2). A fresh conference may be missing from
what is read for a while (5.5), if the switch conference_rest_lag says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Blueprint, jsonify, request

from simulator.rest import room_deeds, shapes
from simulator.rest.forms import Answer, form, is_asked, is_within, not_found

if TYPE_CHECKING:
    from simulator.exchange import Exchange
    from simulator.rooms.participants import Participant
    from simulator.rooms.rooms import Conference

_LAGS = {"0 s": 0.0, "2 s": 2.0}


def conferences(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    @api.get("/Conferences.json")
    async def list_conferences() -> Answer:
        given = request.args
        found = [
            shapes.conference(account, room)
            for room in reversed(exchange.rooms.all.values())
            if _is_seen(exchange, room)
            and is_asked(given, "FriendlyName", room.name)
            and is_asked(given, "Status", room.status)
            and is_within(given, "DateCreated", room.created_at)
            and is_within(given, "DateUpdated", room.updated_at)
        ]
        return jsonify(shapes.page("conferences", found, request.path, given.to_dict()))

    @api.get("/Conferences/<sid>.json")
    async def fetch_conference(sid: str) -> Answer:
        return jsonify(shapes.conference(account, _find(exchange, sid, read=True)))

    @api.post("/Conferences/<sid>.json")
    async def change_conference(sid: str) -> Answer:
        room = room_deeds.change_conference(exchange, _find(exchange, sid), await form())
        return jsonify(shapes.conference(account, room))


def participants(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    def find(sid: str, name: str, *, read: bool = False) -> Participant:
        one = _find(exchange, sid, read=read).find(name)
        if one is None:
            raise not_found(request.path)
        return one

    @api.get("/Conferences/<sid>/Participants.json")
    async def list_participants(sid: str) -> Answer:
        given = request.args
        room = _find(exchange, sid)
        found = [
            shapes.participant(account, one)
            for one in (room.participants if _is_seen(exchange, room) else ())
            if is_asked(given, "Muted", "true" if one.muted else "false")
            and is_asked(given, "Hold", "true" if one.hold is not None else "false")
            and is_asked(given, "Coaching", "true" if one.coaches else "false")
        ]
        return jsonify(shapes.page("participants", found, request.path, given.to_dict()))

    @api.post("/Conferences/<name>/Participants.json")
    async def create_participant(name: str) -> Answer:
        return jsonify(shapes.participant(account, room_deeds.add_participant(exchange, name, await form()))), 201

    @api.get("/Conferences/<sid>/Participants/<name>.json")
    async def fetch_participant(sid: str, name: str) -> Answer:
        return jsonify(shapes.participant(account, find(sid, name, read=True)))

    @api.post("/Conferences/<sid>/Participants/<name>.json")
    async def change_participant(sid: str, name: str) -> Answer:
        one = room_deeds.change_participant(exchange, find(sid, name), await form())
        return jsonify(shapes.participant(account, one))

    @api.delete("/Conferences/<sid>/Participants/<name>.json")
    async def kick(sid: str, name: str) -> Answer:
        room_deeds.kick(find(sid, name))
        return "", 204


def _is_seen(exchange: Exchange, room: Conference) -> bool:
    age = (exchange.clock.now() - room.created_at).total_seconds()
    return age >= _LAGS[exchange.switches.conference_rest_lag]


def _find(exchange: Exchange, sid: str, *, read: bool = False) -> Conference:
    room = exchange.rooms.all.get(sid)
    if room is None or (read and not _is_seen(exchange, room)):
        raise not_found(request.path)
    return room
