"""The URLs that are asked for (twilio.md 2.6, 3.1): whether one can be, and how it is written on its way. A service may
write anything into a document, an attribute or a Location."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, urlencode, urljoin, urlsplit

import httpx

_NOT_PLAIN = re.compile(r"[^!-~]+")
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")


class InvalidUrlError(ValueError):
    """Error 11100, or 21205 of the REST API."""


def is_url(url: str) -> bool:
    try:
        written(url)
    except InvalidUrlError:
        return False
    return True


def written(url: str, query: Mapping[str, str] | None = None) -> str:
    """As it is requested and signed: without its fragment, the parameters of a GET appended, what is not ASCII in UTF-8
    and percent-encoded, a host beyond ASCII in its `xn--` form. All else is left as it was given. Raises
    InvalidUrlError."""
    address = _written(url.partition("#")[0])
    if not query:
        return address
    return _written(address + ("&" if urlsplit(address).query else "?") + urlencode(query))


@lru_cache(maxsize=1024)
def _written(url: str) -> str:
    address = url
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https"):
            raise ValueError("it must begin with http:// or https://")
        host, _ = parts.hostname or "", parts.port
        named = httpx.URL(scheme=parts.scheme, host=host).raw_host.decode()
        if ":" not in named and not all(map(_LABEL.fullmatch, named.removesuffix(".").split("."))):
            raise ValueError(f"{host!r} is no name of a host")
        if not host.isascii():
            address = address.replace(parts.netloc, _renamed(parts.netloc, named), 1)
        address = _NOT_PLAIN.sub(lambda some: quote(some.group(), safe=""), address)
        httpx.URL(address)
    except (ValueError, httpx.InvalidURL) as error:
        raise InvalidUrlError(f"invalid URL, {error}: {url!r}") from None
    return address


def _renamed(netloc: str, host: str) -> str:
    credentials, at, place = netloc.rpartition("@")
    return credentials + at + host + place[len(place.partition(":")[0]) :]


def joined(base: str | None, url: str) -> str:
    """A URL as it stands in a document or a Location. One that makes no sense is left as it is: whoever asks for it
    learns so."""
    try:
        return urljoin(base, url) if base else url
    except ValueError:
        return url
