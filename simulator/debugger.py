"""What Twilio's debugger would tell (twilio.md 2.5, 2.6), a line each, for whoever looks at no page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simulator.events import Alerted, Event
from simulator.webhooks.urls import is_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.exchange import Exchange


def tells_alerts(exchange: Exchange, tell: Callable[[str], None]) -> None:
    """From now on."""

    def told(event: Event) -> None:
        if isinstance(event, Alerted):
            tell(alert_line(event))

    exchange.watch(told)


def alert_line(alert: Alerted) -> str:
    """Code, what and where: without the query and the credentials of the URL, which may be secret."""
    parts = urlsplit(alert.url if is_url(alert.url) else "")
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else ""
    where = ", ".join(filter(None, (place, f"call {alert.leg.sid}" if alert.leg else "")))
    what = " ".join(alert.message.split())
    return f"Alert {alert.code}: {what}{f' ({where})' if where else ''}"
