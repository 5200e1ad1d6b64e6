"""Who may ask the REST API, and how a refusal looks (twilio.md 7): HTTP Basic with the account's sid and token, or with
an API key and its secret."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from quart import Blueprint, g, jsonify, request

from simulator.rest import shapes
from simulator.rest.forms import Answer, RefusedError, not_found

if TYPE_CHECKING:
    from simulator.exchange import Exchange


def guard(api: Blueprint, exchange: Exchange) -> None:
    @api.url_value_preprocessor
    def _account(_: str | None, values: dict[str, Any] | None) -> None:
        g.account = values.pop("account", None) if values is not None else None

    @api.before_request
    async def _known() -> None:
        user, _, password = _basic(request.headers.get("Authorization", "")).partition(":")
        known = {exchange.account_sid: exchange.auth_token, **exchange.api_keys}
        if not password or known.get(user) != password:
            raise RefusedError(401, 20003, "Authenticate")
        if g.account not in (None, exchange.account_sid):
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
