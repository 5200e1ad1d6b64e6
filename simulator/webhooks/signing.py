"""Twilio's request signature (twilio.md 3.1): HMAC-SHA1 over the URL as requested and the sorted form."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1


def signature(auth_token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> str:
    """`url` without its fragment. For GET and for an empty body leave `form` out. An equal pair counts
    once."""
    pairs = sorted(set(form))
    text = url + "".join(name + value for name, value in pairs)
    return b64encode(hmac.new(auth_token.encode(), text.encode(), sha1).digest()).decode()
