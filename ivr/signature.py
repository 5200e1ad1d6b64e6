"""Refuses what Twilio did not sign. The URL is rebuilt from the public URL and the raw path and query.

Neither Host nor forwarded headers are believed, and nothing is decoded on the way: Quart's own `request.url`
decodes percent-encoded UTF-8, and then no signature holds (twilio.md 3.3).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from twilio.request_validator import RequestValidator


class Signatures:
    """`tokens`: one or more, so that they can rotate; Twilio signs with the primary one (twilio.md 3.4)."""

    def __init__(self, public_url: str, tokens: Sequence[str]) -> None:
        self._public_url = public_url.rstrip("/")
        self._validators = [RequestValidator(token) for token in tokens]

    def url(self, scope: Mapping[str, Any]) -> str:
        """The URL as Twilio requested it."""
        raw = scope.get("raw_path")
        path = raw.decode("latin-1") if raw else quote(scope["path"])
        query = scope.get("query_string", b"").decode("latin-1")
        return f"{self._public_url}{path}?{query}" if query else self._public_url + path

    def hold(self, scope: Mapping[str, Any], params: Any, signature: str) -> bool:
        """Whether one of the tokens signed exactly this request. `params`: all of them, blank ones too."""
        if not signature:
            return False
        url = self.url(scope)
        return any(validator.validate(url, params, signature) for validator in self._validators)
