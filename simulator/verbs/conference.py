"""<Dial><Conference> (twilio.md 4.5, 5.5): the leg is in the conference until it leaves or is made to; then the
Dial's action or the verb below it follows. No key is heard there but the star of hangupOnStar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calls.legs import Ear, Fetch, HungUpError, Input, Leg, MovedError
from simulator.calls.outcomes import Outcome
from simulator.recordings.recordings import Wish, dial_wish, told
from simulator.rooms.participants import BEEPS, Participant, Tune
from simulator.rooms.recording import Wanted
from simulator.rooms.rooms import Terms
from simulator.verbs.music import stays

if TYPE_CHECKING:
    from simulator.calls.documents import Reading
    from simulator.recordings.recordings import Recording
    from simulator.rooms.rooms import Conference
    from simulator.twiml.reading import Element


async def conference(reading: Reading, dial: Element, noun: Element) -> Outcome:
    leg, exchange = reading.leg, reading.exchange
    leg.answers()
    one = _enters(reading, noun)
    if one is None:
        return _action(reading, dial, {"DialCallStatus": "failed"})
    wish = dial_wish(reading, dial)
    recording = exchange.recordings.starts_call(leg, "DialVerb", wish) if wish is not None else None
    ear = leg.ear = _Star(leg, one) if dial.flag("hangupOnStar") else None
    exchange.clock.spawn(_limits(one, dial.number("timeLimit")), f"time limit of {leg.sid} in {one.room.name}")
    try:
        await stays(reading, one)
    except HungUpError:
        if exchange.switches.dial_action_on_caller_hangup == "sent":
            _tells(reading, dial, _told(reading, one, recording))
        raise
    except MovedError:
        if exchange.switches.rest_redirect_dial_action == "sent":
            _tells(reading, dial, _told(reading, one, recording))
        raise
    finally:
        if leg.ear is ear:
            leg.ear = None
        if recording is not None:
            exchange.recordings.ends(recording)
    return _action(reading, dial, _told(reading, one, recording))


def _enters(reading: Reading, noun: Element) -> Participant | None:
    """None for one who must stay outside."""
    exchange, leg, name = reading.exchange, reading.leg, noun.text.strip()
    label, coached = noun.attribute("participantLabel") or "", noun.attribute("coach") or ""
    refused = _refused(exchange.rooms.named(name), name, label, coached)
    if refused is not None:
        exchange.note(*refused, reading.document.base or "", leg)
        return None
    room = exchange.rooms.opens(name, _terms(reading, noun))
    one = Participant(
        room,
        leg,
        exchange.clock.now(),
        label,
        muted=noun.flag("muted"),
        starts=noun.flag("startConferenceOnEnter"),
        ends=noun.flag("endConferenceOnExit"),
        wait=_wait(reading, noun),
        beep=BEEPS[noun.value("beep")],
        coaches=coached,
        records=_wanted(reading, noun),
    )
    room.admits(one)
    return one


def _refused(room: Conference | None, name: str, label: str, coached: str) -> tuple[int, str] | None:
    """Why somebody must stay outside: the code and the words of the alert (2.6)."""
    if coached and (room is None or not room.may_be_coached(coached)):
        return 13240, f"the coached call {coached} is not in the conference {name}"
    if room is not None and label and room.find(label):
        return 16025, f"the label {label} is taken in the conference {name}"
    if room is not None and room.is_full:
        return 16020, f"the conference {name} is full"
    return None


def _wanted(reading: Reading, noun: Element) -> Wanted | None:
    """Only one channel is made of a conference."""
    if noun.value("record") == "do-not-record":
        return None
    wish = Wish(told(reading, noun), trims=noun.value("trim") == "trim-silence")
    old = noun.attribute("eventCallbackUrl")
    return Wanted(wish, event_url=reading.document.resolve(old) if old else "")


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


def _told(reading: Reading, one: Participant, recording: Recording | None) -> dict[str, str]:
    """1.4: after a conference there is neither DialCallSid nor DialCallDuration."""
    told = {"DialCallStatus": "failed" if one.left == "participant_add_failed" else "answered"}
    if reading.exchange.switches.dial_bridged_after_conference == "sent":
        told["DialBridged"] = "true" if one.has_met else "false"
    if recording is not None:
        told["RecordingUrl"] = recording.url
    return told


def _action(reading: Reading, dial: Element, told: dict[str, str]) -> Fetch | None:
    action = dial.attribute("action")
    return Fetch(reading.document.resolve(action), dial.value("method"), told) if action is not None else None


def _tells(reading: Reading, dial: Element, told: dict[str, str]) -> None:
    """The answer is thrown away: this leg is over, or has been given another document."""
    action = _action(reading, dial, told)
    if action is not None:
        reading.tells(action)


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
