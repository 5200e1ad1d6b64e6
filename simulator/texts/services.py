"""Messaging Services (twilio.md 6.1, 6.6, 7.3): several numbers that send and are answered as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.texts.optout import OptOutWords

if TYPE_CHECKING:
    from simulator.exchange import Exchange, Number

LONGEST_VALIDITY = 36_000  # seconds that a text may wait in the queue (6.7)


@dataclass(eq=False)
class MessagingService:
    """`inbound_url` is asked instead of the numbers' own SmsUrl; empty leaves it to them. `opt_out` is Advanced
    Opt-Out; None is the default handling."""

    sid: str
    name: str
    numbers: list[str] = field(default_factory=list)
    inbound_url: str = ""
    inbound_method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    smart_encoding: bool = False
    validity_period: int = LONGEST_VALIDITY
    opt_out: OptOutWords | None = None
    sender_of: dict[str, str] = field(default_factory=dict)  # who was texted by whom stays with that sender


class Services:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.all: dict[str, MessagingService] = {}

    def add(
        self,
        name: str,
        numbers: Sequence[Number],
        *,
        inbound_url: str = "",
        fallback_url: str = "",
        status_callback: str = "",
        smart_encoding: bool = False,
        validity_period: int = LONGEST_VALIDITY,
        opt_out: OptOutWords | None = None,
    ) -> MessagingService:
        """Raises ValueError for a number that is in another service."""
        if taken := [str(number) for number in numbers if self.of(str(number))]:
            raise ValueError(f"{', '.join(taken)}: a number can be in one Messaging Service alone; leave it out here")
        service = MessagingService(
            self._exchange.sid("MG"),
            name,
            [str(number) for number in numbers],
            inbound_url,
            fallback_url=fallback_url,
            status_callback=status_callback,
            smart_encoding=smart_encoding,
            validity_period=validity_period,
            opt_out=opt_out,
        )
        self.all[service.sid] = service
        return service

    def of(self, sender: str) -> MessagingService | None:
        """The service of a number, or of a service's own sid."""
        if sender in self.all:
            return self.all[sender]
        return next((service for service in self.all.values() if sender in service.numbers), None)
