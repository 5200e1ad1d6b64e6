"""What a REST request says (twilio.md 7): its form and its query, read alike by all resources, and how one is
refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from quart import Response, request
from werkzeug.datastructures import MultiDict

from simulator.calls.legs import Leg, Subscription

if TYPE_CHECKING:
    from simulator.exchange import Exchange

Answer = Response | tuple[Response, int] | tuple[str, int]
Form = MultiDict[str, str]
LONGEST_TIMEOUT = 600
_CALL_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


class RefusedError(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def not_found(path: str) -> RefusedError:
    return RefusedError(404, 20404, f"The requested resource {path} was not found")


async def form() -> Form:
    given: Form = await request.form
    return given


def whole(form: Form, name: str, default: int, *, least: int = 0, most: int = 10**6) -> int:
    value = form.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit()):
        raise RefusedError(400, 20001, f"{name} is not a whole number: {value}")
    if not least <= int(value) <= most:
        raise RefusedError(400, 20001, f"{name} must be from {least} to {most}.")
    return int(value)


def natural(given: Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise RefusedError(400, 20001, f"{name} is not a whole number: {value}")
    return int(value)


def flag(form: Form, name: str, default: bool) -> bool:
    value = form.get(name)
    if value is None:
        return default
    if value.lower() not in ("true", "false"):
        raise RefusedError(400, 20001, f"{name} must be true or false: {value}")
    return value.lower() == "true"


def one_of(form: Form, name: str, allowed: Iterable[str], default: str) -> str:
    value, words = form.get(name, default), list(allowed)
    if value not in words:
        raise RefusedError(400, 20001, f"{name} must be one of {', '.join(words)}: {value}")
    return value


def events(form: Form, name: str, known: Iterable[str], default: str) -> frozenset[str]:
    """The field may be repeated or hold several words (7.2)."""
    given = frozenset(word for value in form.getlist(name) for word in value.split())
    if unknown := given - frozenset(known):
        raise RefusedError(400, 21626, f"Invalid {name}s: {', '.join(sorted(unknown))}")
    return given or frozenset(default.split())


def subscription(form: Form) -> Subscription | None:
    """Who is to be told of the progress of a call that is asked for."""
    wanted = events(form, "StatusCallbackEvent", _CALL_EVENTS, "completed")
    url = form.get("StatusCallback")
    return Subscription(url, form.get("StatusCallbackMethod", "POST"), wanted) if url else None


def complain_of(exchange: Exchange, form: Form, names: Iterable[str], of: str, leg: Leg | None = None) -> None:
    """Whoever uses what is not played is told so, and not left to wonder."""
    for name in names:
        if form.get(name, "false") not in ("", "false", "do-not-record"):
            exchange.complain(f"the parameter {name} of {of} is not played yet", "", leg)


def complain_of_unknown(exchange: Exchange, form: Form, known: Iterable[str], of: str) -> None:
    """Twilio ignores what it does not know; whoever wrote it is told."""
    for name in sorted(set(form) - set(known)):
        exchange.complain(f"{of} has no parameter {name}", "")


def is_asked(given: MultiDict[str, str], name: str, value: str) -> bool:
    return name not in given or given[name] == value


def is_within(given: MultiDict[str, str], name: str, instant: datetime | None) -> bool:
    """`Name`, `Name<` and `Name>`: a date or an instant, in UTC. A bare name means that day."""
    for suffix in ("", "<", ">"):
        text = given.get(name + suffix)
        if text is None:
            continue
        try:
            limit = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            raise RefusedError(400, 20001, f"{name} is no date or instant: {text}") from None
        if instant is None:
            return False
        limit = limit if limit.tzinfo else limit.replace(tzinfo=UTC)
        if suffix == "" and instant.date() != limit.date():
            return False
        if (suffix == "<" and instant > limit) or (suffix == ">" and instant < limit):
            return False
    return True
