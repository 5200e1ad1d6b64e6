"""<Dial><Conference> (twilio.md 4.5, 5.5): the leg is in the conference until it leaves or is made to; then the
Dial's action or the verb below it follows. No key is heard there but the star of hangupOnStar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.legs import Ear, Fetch, HungUpError, Input, Leg, MovedError
from simulator.outcomes import Outcome
from simulator.rooms import Participant, Terms, Tune
from simulator.verbs.music import stays

if TYPE_CHECKING:
    from simulator.documents import Reading
    from simulator.twiml import Element


async def conference(reading: Reading, dial: Element, noun: Element) -> Outcome:
    leg, exchange = reading.leg, reading.exchange
    leg.answers()
    one = _enters(reading, noun)
    if one is None:
        return _action(reading, dial, "failed")
    ear = leg.ear = _Star(leg, one) if dial.flag("hangupOnStar") else None
    exchange.clock.spawn(_limits(one, dial.number("timeLimit")), f"time limit of {leg.sid} in {one.room.name}")
    try:
        await stays(reading, one)
    except HungUpError:
        if exchange.switches.dial_action_on_caller_hangup == "sent":
            await _tells(reading, dial)
        raise
    except MovedError:
        if exchange.switches.rest_redirect_dial_action == "sent":
            await _tells(reading, dial)
        raise
    finally:
        if leg.ear is ear:
            leg.ear = None
    return _action(reading, dial, "failed" if one.left == "participant_add_failed" else "answered")


def _enters(reading: Reading, noun: Element) -> Participant | None:
    """None for one who must stay outside: the conference is full, or knows the label already (16025)."""
    exchange, leg, name = reading.exchange, reading.leg, noun.text.strip()
    label = noun.attribute("participantLabel") or ""
    room = exchange.rooms.opens(name, _terms(reading, noun))
    if label and room.find(label):
        exchange.note(16025, f"the label {label} is taken in the conference {name}", reading.document.base or "", leg)
        return None
    if len(room.present) >= room.terms.most:
        exchange.note(16020, f"the conference {name} is full", reading.document.base or "", leg)
        return None
    one = Participant(
        room,
        leg,
        exchange.clock.now(),
        label,
        muted=noun.flag("muted"),
        starts=noun.flag("startConferenceOnEnter"),
        ends=noun.flag("endConferenceOnExit"),
        wait=_wait(reading, noun),
    )
    room.admits(one)
    return one


def _terms(reading: Reading, noun: Element) -> Terms:
    callback = noun.attribute("statusCallback")
    return Terms(
        reading.document.resolve(callback) if callback else "",
        noun.value("statusCallbackMethod"),
        frozenset((noun.attribute("statusCallbackEvent") or "").split()),
        noun.number("maxParticipants"),
        noun.attribute("region") or "us1",
    )


def _wait(reading: Reading, noun: Element) -> Tune:
    """An empty waitUrl is silence, none at all Twilio's music."""
    url = noun.attribute("waitUrl")
    if url is None:
        return "music"
    return Fetch(reading.document.resolve(url), noun.value("waitMethod")) if url else "silence"


def _action(reading: Reading, dial: Element, status: str) -> Fetch | None:
    """1.4: after a conference there is neither DialCallSid nor DialCallDuration."""
    action = dial.attribute("action")
    if action is None:
        return None
    return Fetch(reading.document.resolve(action), dial.value("method"), {"DialCallStatus": status})


async def _tells(reading: Reading, dial: Element) -> None:
    """The answer is thrown away: this leg is over, or has been given another document."""
    action = _action(reading, dial, "answered")
    if action is not None:
        await reading.ask(action)


async def _limits(one: Participant, seconds: int) -> None:
    await one.leg.clock.wait(one.gone, timeout=seconds)
    one.room.leaves(one, "participant_hung_up")


class _Star(Ear):
    """Hears the star alone, and leaves the conference."""

    def __init__(self, leg: Leg, one: Participant) -> None:
        super().__init__(leg, keys=True, speech=False, noise=False, name="Dial")
        self._one = one

    def takes(self, given: Input) -> bool:
        if given.key != "*":
            return False
        self._one.room.leaves(self._one, "participant_hung_up")
        return True
