"""<Gather> (twilio.md 4.2): asks for keys or words. A key stops the prompt; the time runs from the end of the
prompt or from the first key. With input the action takes over; without, the verb below it, or an empty action
if asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.legs import Ear, Fetch, resolve
from simulator.outcomes import Outcome
from simulator.verbs.pause import pause
from simulator.verbs.play import play
from simulator.verbs.say import say

if TYPE_CHECKING:
    import asyncio

    from simulator.documents import Reading
    from simulator.twiml import Element

PROMPTS = {"Say": say, "Play": play, "Pause": pause}
AUTO_TIMEOUT = 5  # seconds; what timeout="auto" comes to
AUTO_SPEECH_TIMEOUT = 1  # seconds of silence that end speech with speechTimeout="auto"
LONGEST_SPEECH = 60
CONFIDENCE = "0.92"


async def gather(reading: Reading, verb: Element, stop: asyncio.Future[None] | None = None) -> Outcome:
    """`stop` ends it as the time does; whoever gives it has no use for the answer then."""
    kinds = verb.value("input").split()
    with reading.leg.listens(keys="dtmf" in kinds, speech="speech" in kinds, name="Gather") as ear:
        if stop is not None:
            stop.add_done_callback(lambda _: resolve(ear.began))
        for prompt in verb.children:
            await PROMPTS[prompt.name](reading, prompt, stop=ear.began)
            if ear.began.done():
                break
        turn = reading.leg.begins("turn")
        found = await _listened(reading, verb, ear, stop)
        turn.stops(reading.leg.clock.now())
    if found is None:
        if not verb.flag("actionOnEmptyResult"):
            return None
        found = {"FinishedOnKey": "", "msg": "Gather End"}
        if reading.exchange.switches.empty_gather_params == "empty":
            found["Digits"] = ""
    action = reading.document.resolve(verb.attribute("action") or "")
    return Fetch(action, verb.value("method"), found)


async def _listened(
    reading: Reading, verb: Element, ear: Ear, stop: asyncio.Future[None] | None
) -> dict[str, str] | None:
    timeout = _seconds(verb.value("timeout"), AUTO_TIMEOUT)
    first = await ear.next(*([stop] if stop else []), timeout=timeout)
    if first is None:
        return None
    if not first.key:
        return await _words(reading, verb, first.text, first.seconds)
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


async def _words(reading: Reading, verb: Element, text: str, seconds: float) -> dict[str, str]:
    """Speech switches the finish key off, and ends with silence."""
    said, ear = [text], reading.leg.ear
    assert ear is not None
    ear.keys = False
    silence = _seconds(verb.attribute("speechTimeout") or verb.value("timeout"), AUTO_SPEECH_TIMEOUT)
    left = min(float(verb.number("maxSpeechTime")), LONGEST_SPEECH) - seconds
    while left > 0:
        more = await ear.next(timeout=min(seconds + silence, left + seconds))
        if more is None:
            break
        said.append(more.text)
        seconds = more.seconds
        left -= seconds
    return {"SpeechResult": " ".join(said), "Confidence": CONFIDENCE, "msg": "Gather End"}


def _seconds(value: str, auto: int) -> int:
    return auto if value == "auto" else int(value)
