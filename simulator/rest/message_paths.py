"""The REST API of texts and their files: its paths (twilio.md 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Blueprint, Response, jsonify, request

from simulator.rest import message_deeds, shapes
from simulator.rest.forms import Answer, form, is_asked, is_within, not_found

if TYPE_CHECKING:
    from simulator.exchange import Exchange
    from simulator.texts.media import Media
    from simulator.texts.messages import Message


def messages(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    @api.post("/Messages.json")
    async def create_message() -> Answer:
        return jsonify(shapes.message(account, message_deeds.create_message(exchange, await form()))), 201

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
        return jsonify(shapes.message(account, _find(exchange, sid)))

    @api.post("/Messages/<sid>.json")
    async def change_message(sid: str) -> Answer:
        return jsonify(
            shapes.message(account, message_deeds.change_message(exchange, _find(exchange, sid), await form()))
        )

    @api.delete("/Messages/<sid>.json")
    async def delete_message(sid: str) -> Answer:
        message_deeds.delete_message(exchange, _find(exchange, sid))
        return "", 204


def media(api: Blueprint, exchange: Exchange) -> None:
    account = exchange.account_sid

    @api.get("/Messages/<sid>/Media.json")
    async def list_media(sid: str) -> Answer:
        given = request.args
        found = [
            shapes.media(account, sid, file)
            for file in _find(exchange, sid).media
            if is_within(given, "DateCreated", file.created_at)
        ]
        return jsonify(shapes.page("media_list", found, request.path, given.to_dict()))

    @api.get("/Messages/<sid>/Media/<name>")
    async def fetch_media(sid: str, name: str) -> Answer:
        file = _file(_find(exchange, sid), name.removesuffix(".json"))
        if name.endswith(".json"):
            return jsonify(shapes.media(account, sid, file))
        return Response(file.content, content_type=file.content_type)

    @api.delete("/Messages/<sid>/Media/<name>.json")
    async def delete_media(sid: str, name: str) -> Answer:
        message = _find(exchange, sid)
        message.media.remove(_file(message, name))
        return "", 204


def _find(exchange: Exchange, sid: str) -> Message:
    message = exchange.messages.find(sid)
    if message is None:
        raise not_found(request.path)
    return message


def _file(message: Message, sid: str) -> Media:
    for file in message.media:
        if file.sid == sid:
            return file
    raise not_found(request.path)
