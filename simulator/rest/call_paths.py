"""The paths of calls in the REST API (twilio.md 7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Blueprint, jsonify, request

from simulator.rest import call_deeds, shapes
from simulator.rest.forms import Answer, RefusedError, form, is_asked, is_within, not_found

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.exchange import Exchange


def calls(api: Blueprint, exchange: Exchange) -> None:
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
        return jsonify(shape(call_deeds.create_call(exchange, await form()))), 201

    @api.get("/Calls.json")
    async def list_calls() -> Answer:
        given = request.args
        legs = [
            leg
            for leg in reversed(exchange.legs.values())
            if is_asked(given, "To", leg.to)
            and is_asked(given, "From", leg.from_)
            and is_asked(given, "ParentCallSid", leg.parent.sid if leg.parent else "")
            and is_asked(given, "Status", shapes.status_of(leg))
            and is_within(given, "StartTime", leg.answered_at or leg.created_at)
            and is_within(given, "EndTime", leg.ended_at)
        ]
        return jsonify(shapes.page("calls", [shape(leg) for leg in legs], request.path, given.to_dict()))

    @api.get("/Calls/<sid>.json")
    async def fetch_call(sid: str) -> Answer:
        return jsonify(shape(find(sid)))

    @api.post("/Calls/<sid>.json")
    async def change_call(sid: str) -> Answer:
        return jsonify(shape(call_deeds.change_call(exchange, find(sid), await form())))

    @api.delete("/Calls/<sid>.json")
    async def delete_call(sid: str) -> Answer:
        leg = find(sid)
        if not leg.is_over:
            raise RefusedError(409, 20009, "Cannot delete this resource before the call has ended.")
        del exchange.legs[sid]
        return "", 204
