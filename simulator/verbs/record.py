"""<Record> (twilio.md 4.6, 5.7): a beep, then the caller's voice until silence, a key, the longest length or
the end of the call. The action is always requested; after a hang-up with Digits=hangup, and its answer is not
used."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from simulator.legs import Ear, Fetch, HungUpError, MovedError
from simulator.outcomes import Outcome
from simulator.recordings import told

if TYPE_CHECKING:
    from simulator.documents import Reading
    from simulator.recordings import Recording
    from simulator.twiml import Element

BEEP = 0.5  # seconds


async def record(reading: Reading, verb: Element) -> Outcome:
    leg, exchange = reading.leg, reading.exchange
    if verb.flag("playBeep"):
        await leg.hears("tone", "beep", BEEP)
    recording = exchange.recordings.starts(leg, "RecordVerb", told(reading, verb))
    ear = leg.listens(keys=True, noise=True, speech=True, name="Record")
    turn = leg.begins("turn")
    try:
        with ear:
            key = await _ended_by(verb, ear)
    except HungUpError:
        params = _ends(reading, recording, ear, "hangup")
        await reading.ask(Fetch(_action(reading, verb), verb.value("method"), params))
        raise
    except MovedError:
        _ends(reading, recording, ear, "")
        raise
    finally:
        turn.stops(leg.clock.now())
    params = _ends(reading, recording, ear, key)
    return Fetch(_action(reading, verb), verb.value("method"), params)


async def _ended_by(verb: Element, ear: Ear) -> str:
    """The key that ended it, or nothing for silence and the longest length."""
    clock = ear.leg.clock
    ends_at = clock.now() + timedelta(seconds=verb.number("maxLength"))
    silence = verb.number("timeout")
    quiet_since = clock.now()
    while (now := clock.now()) < ends_at:
        due = min(ends_at, quiet_since + timedelta(seconds=silence)) if silence else ends_at
        if due <= now:
            return ""
        given = await ear.next(timeout=(due - now).total_seconds())
        if given is None:
            continue
        if given.key and given.key in verb.value("finishOnKey"):
            return given.key
        if not given.key:
            quiet_since = max(quiet_since, given.at + timedelta(seconds=given.seconds))
    return ""


def _ends(reading: Reading, recording: Recording, ear: Ear, key: str) -> dict[str, str]:
    reading.exchange.recordings.ends(recording, is_empty=not ear.heard_voice)
    params = {
        "RecordingUrl": recording.url,
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.seconds),
    }
    return params | ({"Digits": key} if key else {})


def _action(reading: Reading, verb: Element) -> str:
    return reading.document.resolve(verb.attribute("action") or "")
