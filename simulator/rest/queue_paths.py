"""The REST API of queues and their members (twilio.md 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Blueprint, jsonify, request

from simulator.rest import shapes
from simulator.rest.call_forms import document
from simulator.rest.forms import Answer, RefusedError, form, not_found, whole
from simulator.rooms.queues import DEFAULT_SIZE, MOST_SIZE

if TYPE_CHECKING:
    from simulator.exchange import Exchange
    from simulator.rooms.queues import Member, Queue

LONGEST_NAME = 64


def queues(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    def shape(queue: Queue) -> shapes.Json:
        return shapes.queue(account, queue, exchange.clock.now())

    @api.get("/Queues.json")
    async def list_queues() -> Answer:
        found = [shape(queue) for queue in exchange.queues.all.values()]
        return jsonify(shapes.page("queues", found, request.path, request.args.to_dict()))

    @api.post("/Queues.json")
    async def create_queue() -> Answer:
        given = await form()
        name = _name(exchange, given.get("FriendlyName", ""))
        size = whole(given, "MaxSize", DEFAULT_SIZE, least=1, most=MOST_SIZE)
        return jsonify(shape(exchange.queues.opens(name, size))), 201

    @api.get("/Queues/<sid>.json")
    async def fetch_queue(sid: str) -> Answer:
        return jsonify(shape(_find(exchange, sid)))

    @api.post("/Queues/<sid>.json")
    async def change_queue(sid: str) -> Answer:
        queue, given = _find(exchange, sid), await form()
        if "FriendlyName" in given and given["FriendlyName"] != queue.name:
            queue.name = _name(exchange, given["FriendlyName"])
        queue.most = whole(given, "MaxSize", queue.most, least=1, most=MOST_SIZE)
        queue.updated_at = exchange.clock.now()
        return jsonify(shape(queue))

    @api.delete("/Queues/<sid>.json")
    async def delete_queue(sid: str) -> Answer:
        if _find(exchange, sid).members:
            raise RefusedError(400, 22002, "Queue is not empty.")
        del exchange.queues.all[sid]
        return "", 204


def members(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    def find(sid: str, name: str) -> Member:
        member = _find(exchange, sid).find(name)
        if member is None:
            raise not_found(request.path)
        return member

    def shape(member: Member) -> shapes.Json:
        return shapes.queue_member(account, member, exchange.clock.now())

    @api.get("/Queues/<sid>/Members.json")
    async def list_members(sid: str) -> Answer:
        found = [shape(member) for member in _find(exchange, sid).members]
        return jsonify(shapes.page("queue_members", found, request.path, request.args.to_dict()))

    @api.get("/Queues/<sid>/Members/<name>.json")
    async def fetch_member(sid: str, name: str) -> Answer:
        return jsonify(shape(find(sid, name)))

    @api.post("/Queues/<sid>/Members/<name>.json")
    async def move_member(sid: str, name: str) -> Answer:
        member, given = find(sid, name), await form()
        to = document(given)
        if to is None or not given.get("Url"):
            raise RefusedError(400, 21205, "Url parameter is required.")
        told = shape(member)
        member.leg.moves(to)
        return jsonify(told)


def _name(exchange: Exchange, name: str) -> str:
    if not name or len(name) > LONGEST_NAME:
        raise RefusedError(400, 20001, f"FriendlyName must have from 1 to {LONGEST_NAME} characters.")
    if exchange.queues.named(name):
        raise RefusedError(400, 22003, f"A queue named {name} exists already.")
    return name


def _find(exchange: Exchange, sid: str) -> Queue:
    queue = exchange.queues.all.get(sid)
    if queue is None:
        raise not_found(request.path)
    return queue
