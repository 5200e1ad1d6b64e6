"""Who may read stories in a browser: whoever has an address with a key of ours, which is signed and expires."""

import hashlib
from datetime import datetime, timedelta
from urllib.parse import quote

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

VALID = timedelta(hours=12)
EVERY_STORY = "stories"
SALT = "podline.stories"


class BadKey(Exception):
    """The key opens nothing: it is none of ours."""


class ExpiredKey(BadKey):
    """The key was one of ours."""


def story_address(public_url: str, secret_key: str, now: datetime) -> str:
    """Of any call's page, with the place `{call_sid}` in it; it opens every story while the key is valid."""
    return f"{public_url}/stories/call/{{call_sid}}?key={make_key(secret_key, now, EVERY_STORY)}"


def contact_address(public_url: str, secret_key: str, now: datetime, contact: str) -> str:
    """Of one contact's page; it opens no other."""
    return f"{public_url}/stories/{quote(contact)}?key={make_key(secret_key, now, contact)}"


def make_key(secret_key: str, now: datetime, scope: str) -> str:
    key = _serializer(secret_key, now).dumps(scope)
    return key if isinstance(key, str) else key.decode()


def scope_of(key: str, secret_key: str, now: datetime) -> str:
    """What the key opens: EVERY_STORY, or a contact. Raises ExpiredKey, else BadKey."""
    try:
        scope = _serializer(secret_key, now).loads(key, max_age=int(VALID.total_seconds()))
    except SignatureExpired as error:
        raise ExpiredKey from error
    except BadData as error:
        raise BadKey from error
    return str(scope)


def _serializer(secret_key: str, now: datetime) -> URLSafeTimedSerializer:
    """Its clock stands at `now`."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(now.timestamp())

    options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeTimedSerializer(secret_key, salt=SALT, signer=Signer, signer_kwargs=options)
