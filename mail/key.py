"""Who may bring letters: whoever has PODLINE_MAIL_KEY, as a bearer token or as the password of an address."""

import binascii
import hmac
from base64 import b64decode
from hashlib import sha256


def holds(authorization: str, key: str) -> bool:
    """Whether the header `Authorization` carries the key. How long that takes tells nothing about the key."""
    scheme, _, given = authorization.strip().partition(" ")
    if not key or scheme.lower() not in ("bearer", "basic"):
        return False
    secret = _password(given.strip()) if scheme.lower() == "basic" else given.strip().encode("utf-8", "replace")
    return hmac.compare_digest(sha256(secret).digest(), sha256(key.encode()).digest())


def _password(given: str) -> bytes:
    """Of `user:password` in base64 (RFC 7617); whatever the user is called."""
    try:
        return b64decode(given, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""
