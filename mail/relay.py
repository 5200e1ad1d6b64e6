"""The mail server that takes our letters, as PODLINE_SMTP_URL names it."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

SCHEMES = ("smtp", "smtps")


class BadUrl(ValueError):
    """What is wrong with PODLINE_SMTP_URL, without what stands in it: it may hold a password."""


@dataclass(frozen=True, slots=True)
class Relay:
    """`is_tls`: encrypted from the first byte (smtps). Otherwise STARTTLS is asked for wherever the server is not on
    this machine, and a password is never sent without."""

    host: str
    port: int
    is_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def needs_starttls(self) -> bool:
        return not self.is_tls and not self.is_local

    @property
    def is_local(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_relay(url: str) -> Relay:
    """`smtp://user:password@host:587` or `smtps://…`; without a port 465 for smtps, else 587 with a user and 25 without
    one. Raises BadUrl."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise BadUrl("it has no such form; write it like smtp://user:password@mail.example.org:587") from error
    if parts.scheme not in SCHEMES or not host:
        raise BadUrl("it must begin with smtp:// or smtps:// and name a server, like smtp://mail.example.org:587")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise BadUrl("nothing may follow the server's name and port; write special characters of a password as %..")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise BadUrl("it needs both a user and a password, or neither")
    is_tls = parts.scheme == "smtps"
    return Relay(host, port or (465 if is_tls else 587 if user else 25), is_tls, user, password)
