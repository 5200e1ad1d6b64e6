"""<Record> (twilio.md 4.6, 5.7): a beep, then the caller's voice until silence, a key, the longest length or
the end of the call. The action is always requested; after a hang-up with Digits=hangup, and its answer is not
used."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from simulator.calls.legs import Ear, Fetch, HungUpError, MovedError
from simulator.calls.outcomes import Outcome
from simulator.calls.sounds import BEEP
from simulator.recordings.recordings import Wish, told
from simulator.recordings.transcriptions import LONGEST, transcribes

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.recordings.recordings import Recording
    from simulator.twiml.reading import Element


async def record(reading: Reading, verb: Element) -> Outcome:
    leg, exchange = reading.leg, reading.exchange
    wish = Wish(told(reading, verb), trims=verb.value("trim") == "trim-silence")
    if verb.flag("playBeep"):
        try:
            await leg.hears("tone", "beep", BEEP)
        except HungUpError:
            if exchange.switches.hang_up_in_beep == "asks the action":
                nothing = exchange.recordings.starts(leg, "RecordVerb", wish, lambda: leg.said)
                params = _ends(reading, nothing, "hangup")
                reading.tells(Fetch(_action(reading, verb), verb.value("method"), params))
            raise
    recording = exchange.recordings.starts(leg, "RecordVerb", wish, lambda: leg.said)
    if verb.flag("transcribe"):
        callback = verb.attribute("transcribeCallback")
        transcribes(exchange, recording, reading.document.resolve(callback) if callback else "")
    ear = leg.listens(keys=True, noise=True, speech=True, name="Record")
    turn = leg.begins("turn")
    try:
        with ear:
            key = await _ended_by(verb, ear)
    except HungUpError:
        params = _ends(reading, recording, "hangup")
        reading.tells(Fetch(_action(reading, verb), verb.value("method"), params))
        raise
    except MovedError:
        _ends(reading, recording, "")
        raise
    finally:
        turn.stops(leg.clock.now())
    params = _ends(reading, recording, key)
    if recording.error is not None and exchange.switches.silent_record == "falls through":
        return None
    return Fetch(_action(reading, verb), verb.value("method"), params)


async def _ended_by(verb: Element, ear: Ear) -> str:
    """The key that ended it, or nothing for silence and the longest length."""
    clock = ear.leg.clock
    longest = LONGEST if verb.flag("transcribe") and "maxLength" not in verb.given else verb.number("maxLength")
    ends_at = clock.now() + timedelta(seconds=longest)
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


def _ends(reading: Reading, recording: Recording, key: str) -> dict[str, str]:
    """The action is told how long it was before trimming (1.3)."""
    reading.exchange.recordings.ends(recording)
    params = {
        "RecordingUrl": recording.url,
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.length),
    }
    return params | ({"Digits": key} if key else {})


def _action(reading: Reading, verb: Element) -> str:
    return reading.document.resolve(verb.attribute("action") or "")
