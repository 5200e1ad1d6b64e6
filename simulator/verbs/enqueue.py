"""<Enqueue> (twilio.md 4.6, 1.3): waits in a queue, with music that is asked for again whenever it ends, until a
Dial takes the call, REST moves it, or it leaves. The action is asked at once then; after a talk when the talk is
over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.legs import Fetch, HungUpError, MovedError
from simulator.calls.outcomes import Leaving, Outcome, Stop
from simulator.verbs.music import plays, twilios
from simulator.webhooks import params
from simulator.webhooks.webhooks import Failure

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.rooms.queues import Member, Taking
    from simulator.twiml.reading import Element

SHORTEST_MUSIC = 1.0  # seconds after which a document that plays nothing is asked for again


async def enqueue(reading: Reading, verb: Element) -> Outcome:
    queue = reading.exchange.queues.opens(verb.text.strip(), verb.number("maxQueueSize"))
    member = queue.adds(reading.leg)
    if member is None:
        return _action(reading, verb, {"QueueResult": "queue-full"})
    try:
        result = await _waits(reading, verb, member)
        if member.taken is not None and result is None:
            result = await _talks(reading, member, member.taken)
    except HungUpError:
        _tells(reading, verb, member, _hung_up(member))
        raise
    except MovedError:
        _tells(reading, verb, member, "redirected-from-bridged" if member.bridged_at else "redirected")
        raise
    finally:
        _ends(member)
    return _action(reading, verb, params.dequeued(member, result or "error", reading.leg.clock.now()))


def _hung_up(member: Member) -> str:
    """1.3: in the queue, on the way to somebody, or in the talk."""
    if member.bridged_at is not None:
        return "bridged"
    return "bridging-in-process" if member.taken is not None else "hangup"


async def _waits(reading: Reading, verb: Element, member: Member) -> str | None:
    """None when it was taken out of the queue, else the QueueResult. Raises HungUpError after a Hangup."""
    leg, url = reading.leg, verb.attribute("waitUrl")
    while not member.called.done():
        if url is None:
            await twilios(leg, member.called)
        elif not url:
            await leg.wait(member.called)
        else:
            began = leg.clock.now()
            wanted = Fetch(reading.document.resolve(url), verb.value("waitUrlMethod"))
            outcome = await plays(
                reading, wanted, "queue", member.called, lambda: params.queued(member, leg.clock.now())
            )
            if isinstance(outcome, Failure):
                reading.exchange.note(outcome.code, outcome.message, outcome.url, leg)
                return "error"
            if isinstance(outcome, Leaving):
                return "leave"
            if isinstance(outcome, Stop):
                leg.ends("completed")
            leg.checks()
            if leg.clock.now() == began:
                await leg.wait(member.called, timeout=SHORTEST_MUSIC)
    return None


async def _talks(reading: Reading, member: Member, taking: Taking) -> str:
    """Perhaps told something first, then bridged until one of the two has left."""
    leg = reading.leg
    if taking.screening is not None:
        outcome = await plays(reading, taking.screening, "queue", taking.over)
        if isinstance(outcome, Failure):
            reading.exchange.note(outcome.code, outcome.message, outcome.url, leg)
            return "error"
        if isinstance(outcome, Stop):
            leg.ends("completed")
    leg.checks()
    if taking.over.done():
        return "error"
    member.bridged_at = leg.clock.now()
    taking.leg.answers()
    taking.leg.bridges(leg)
    reading.exchange.bridged(taking.leg, leg)
    taking.when_bridged()
    await leg.wait(taking.over)
    return "bridged"


def _ends(member: Member) -> None:
    member.queue.removes(member)
    if member.bridged_at is not None and member.taken is not None and member.leg.bridged_with is member.taken.leg:
        member.leg.parts()
    if not member.over.done():
        member.over.set_result(None)


def _action(reading: Reading, verb: Element, told: dict[str, str]) -> Fetch | None:
    action = verb.attribute("action")
    return Fetch(reading.document.resolve(action), verb.value("method"), told) if action is not None else None


def _tells(reading: Reading, verb: Element, member: Member, result: str) -> None:
    """The answer is thrown away: this leg is over, or has been given another document."""
    _ends(member)
    action = _action(reading, verb, params.dequeued(member, result, reading.leg.clock.now()))
    if action is not None:
        reading.tells(action)
