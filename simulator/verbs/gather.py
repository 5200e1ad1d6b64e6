"""<Gather> (twilio.md 4.2): asks for keys or words. A key stops the prompt; the time runs from the end of the
prompt or from the first key. With input the action takes over; without, the verb below it, or an empty action
if asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.calls.legs import Ear, Fetch, HungUpError, Input, resolve
from simulator.calls.outcomes import Outcome
from simulator.verbs.partials import Partials
from simulator.verbs.pause import pause
from simulator.verbs.play import play
from simulator.verbs.say import say

if TYPE_CHECKING:
    import asyncio

    from simulator.calls.documents import Reading
    from simulator.twiml.reading import Element

PROMPTS = {"Say": say, "Play": play, "Pause": pause}
AUTO_TIMEOUT = 5  # seconds; what timeout="auto" comes to
AUTO_SPEECH_TIMEOUT = 1  # seconds of silence that end speech with speechTimeout="auto"
LONGEST_SPEECH = 60
CONFIDENCE = "0.92"

_EMPTY = {"dtmf": "Digits", "speech": "SpeechResult"}


async def gather(reading: Reading, verb: Element, stop: asyncio.Future[None] | None = None) -> Outcome:
    """`stop` ends it as the time does; whoever gives it has no use for the answer then."""
    leg, kinds = reading.leg, verb.value("input").split()
    keys, speech = "dtmf" in kinds, "speech" in kinds
    try:
        with leg.listens(keys=keys, speech=speech, name="Gather", language=verb.value("language")) as ear:
            ear.barges_in = verb.flag("bargeIn")
            ear.takes_early(leg.early_keys)
            if stop is not None:
                stop.add_done_callback(lambda _: resolve(ear.began))
            for prompt in verb.children:
                if ear.began.done():
                    break
                await PROMPTS[prompt.name](reading, prompt, stop=ear.began)
            turn = leg.begins("turn")
            found = await _listened(reading, verb, ear, stop)
            turn.stops(leg.clock.now())
            if reading.exchange.switches.early_keys == "buffered":
                leg.early_keys.extend(ear.left_over())
    except HungUpError:
        if reading.exchange.switches.gather_action_on_hangup == "sent":
            reading.tells(_action(reading, verb, _empty(reading, verb)))
        raise
    if found is None:
        if not verb.flag("actionOnEmptyResult"):
            return None
        found = _empty(reading, verb)
    return _action(reading, verb, found)


def _action(reading: Reading, verb: Element, found: dict[str, str]) -> Fetch:
    return Fetch(reading.document.resolve(verb.attribute("action") or ""), verb.value("method"), found)


def _empty(reading: Reading, verb: Element) -> dict[str, str]:
    """1.3: what it listened for is absent, or empty."""
    found = {"FinishedOnKey": "", "msg": "Gather End"}
    if reading.exchange.switches.empty_gather_params == "absent":
        return found
    return found | {_EMPTY[kind]: "" for kind in verb.value("input").split()}


async def _listened(
    reading: Reading, verb: Element, ear: Ear, stop: asyncio.Future[None] | None
) -> dict[str, str] | None:
    timeout = _seconds(verb.value("timeout"), AUTO_TIMEOUT)
    first = await ear.next(*([stop] if stop else []), timeout=timeout)
    if first is None:
        return None
    if not first.key:
        return await _words(reading, verb, ear, first)
    return await _keys(verb, ear, first.key, timeout)


async def _keys(verb: Element, ear: Ear, first: str, timeout: int) -> dict[str, str] | None:
    """The first kind of input wins: words said from now on are not heard."""
    ear.speech = False
    most = int(verb.attribute("numDigits") or 0)
    finish = verb.value("finishOnKey")
    digits, key, finished_on = "", first, ""
    while True:
        if key == finish:
            finished_on = key
            break
        digits += key
        if most and len(digits) >= most:
            break
        pressed = await ear.next(timeout=timeout)
        if pressed is None:
            break
        key = pressed.key
    if not digits:
        return None  # the finish key alone counts as no input
    return {"Digits": digits, "FinishedOnKey": finished_on, "msg": "Gather End"}


async def _words(reading: Reading, verb: Element, ear: Ear, first: Input) -> dict[str, str]:
    """Speech switches the finish key off, and ends with silence or at its longest; what was not said by then is not
    heard."""
    ear.keys = False
    clock, said = reading.leg.clock, [first]
    partials = Partials(reading, verb)
    silence = _seconds(verb.attribute("speechTimeout") or verb.value("timeout"), AUTO_SPEECH_TIMEOUT)
    ends_at = first.at + timedelta(seconds=min(verb.number("maxSpeechTime"), LONGEST_SPEECH))
    quiet_from = _end_of(first)
    while True:
        due = min(ends_at, quiet_from + timedelta(seconds=silence), partials.due(said, clock.now()))
        more = await ear.next(timeout=max((due - clock.now()).total_seconds(), 0))
        now = clock.now()
        if more is not None:
            said.append(more)
            quiet_from = max(quiet_from, _end_of(more))
        elif now >= min(ends_at, quiet_from + timedelta(seconds=silence)):
            break
        partials.tells(said, now)
    words = " ".join(filter(None, (each.spoken_by(clock.now()) for each in said)))
    return {"SpeechResult": words, "Confidence": CONFIDENCE, "msg": "Gather End"}


def _end_of(given: Input) -> datetime:
    return given.at + timedelta(seconds=given.seconds)


def _seconds(value: str, auto: int) -> int:
    return auto if value == "auto" else int(value)
