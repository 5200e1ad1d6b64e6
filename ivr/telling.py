"""Events that no call's webhook brought: they take a turn like every other, and nobody hears the answer."""

from collections.abc import Callable
from datetime import datetime

import structlog

from callflows.events import Event
from callflows.turn import Turn
from db.desk import Desk
from db.incoming import Incoming
from db.turns import UnknownContact, take_turn

log = structlog.get_logger()


def _no_reply(turn: object, floor: object, number: int) -> str:
    return ""


async def tell(desk: Desk, clock: Callable[[], datetime], contact: str, event: Event, key: str) -> None:
    await tell_incoming(desk, clock, Incoming(contact=contact, provider_sid="", key=key, event=event))


async def tell_incoming(desk: Desk, clock: Callable[[], datetime], incoming: Incoming) -> None:
    try:
        taken = await take_turn(desk, incoming, clock(), _no_reply)
    except UnknownContact:
        log.warning("contact_unknown", contact=incoming.contact, event_kind=type(incoming.event).__name__)
        return
    if taken.turn is not None:  # a repeat has been told of
        warn_of_overdue(taken.turn)


def warn_of_overdue(turn: Turn) -> None:
    """For whoever watches the logs: once, when the turn that found it is kept. `what`: a call_back, a reply or a
    resolution was due."""
    for one in turn.story:
        if one.kind == "promise_overdue":
            log.warning(
                "promise_overdue",
                contact=turn.contact.contact,
                matter=turn.contact.matter,
                owner=one.technician,
                what=one.detail.get("target", "call_back"),
            )
