"""A turn's replies as TwiML, one case each. Numbers are read from the floor, texts from the languages.

Built with the twilio package's classes, never by joining strings; control characters, which the package lets
through and which break XML, are stripped (twilio.md 8, row 34).
"""

import re
from collections.abc import Iterable
from typing import Any, assert_never

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from callflows.actions import (
    Ask,
    Connect,
    DialFallback,
    Hangup,
    Record,
    Reject,
    Reply,
    Ring,
    Say,
    Screen,
)
from callflows.languages import Language, language
from callflows.turn import Turn
from ivr.links import Links
from routing.floor import Floor

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response />'
UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
RECORD_SILENCE = 5  # seconds without a word end a voicemail


def render(turn: Turn, floor: Floor, number: int, links: Links) -> str:
    """The document that answers this turn's webhook. `number` is the turn's."""
    response = VoiceResponse()
    for reply in turn.replies:
        add(response, reply, turn, floor, number, links)
    return str(response)


def add(response: Any, reply: Reply, turn: Turn, floor: Floor, number: int, links: Links) -> None:
    contact = turn.contact
    speech = language(contact.language)
    match reply:
        case Say():
            speak(response, said_in(reply, turn, floor), (reply,))
        case Ring():
            ring(response, reply, turn, floor, number, links)
        case Screen(technician, whisper, seconds):
            gather = Gather(num_digits=1, timeout=seconds, finish_on_key="", action=links.to("key", contact, number))
            speak(gather, technician_speech(floor, technician, contact.language), whisper)
            response.append(gather)
            response.hangup()
        case Connect():
            pass  # the document ends: Twilio bridges the two
        case Ask(prompt, seconds, params):
            gather = Gather(
                num_digits=1, timeout=seconds, finish_on_key="", action=links.to("pressed", contact, number)
            )
            speak(gather, speech, (Say(prompt, params),))
            response.append(gather)
            response.redirect(links.to("stayed", contact, number))
        case Record(seconds):
            record(
                response,
                seconds,
                links.to("recorded", contact, number),
                links.to("recording", contact, number),
            )
        case DialFallback():
            dial = Dial(action=links.to("fellback", contact, number), caller_id=contact.line, timeout=30)
            dial.number(floor.line.fallback)
            response.append(dial)
        case Hangup():
            response.hangup()
        case Reject():
            response.reject()
        case _:
            assert_never(reply)


def said_in(reply: Say, turn: Turn, floor: Floor) -> Language:
    """Prompts for a technician's ear are in the technician's language, all others in the client's."""
    ring = turn.contact.hunt.ring
    if reply.prompt.startswith(("screening_", "technician_")) and ring:
        return technician_speech(floor, ring.technician, turn.contact.language)
    return language(turn.contact.language)


def technician_speech(floor: Floor, technician: str, otherwise: str) -> Language:
    standing = floor.standings.get(technician)
    spoken = standing.technician.languages if standing else ()
    return language(spoken[0] if spoken else otherwise)


def speak(verb: Any, speech: Language, sentences: Iterable[Say]) -> None:
    for one in sentences:
        text = UNSPEAKABLE.sub(" ", speech.text(one.prompt, one.params))
        verb.say(text, voice=speech.voice, language=speech.speech)


def ring(response: Any, reply: Ring, turn: Turn, floor: Floor, number: int, links: Links) -> None:
    contact = turn.contact
    attributes: dict[str, Any] = {"answer_on_bridge": True} if reply.silent else {}
    dial = Dial(
        action=links.to("dialed", contact, number),
        caller_id=contact.line,
        timeout=reply.seconds,
        **attributes,
    )
    dial.number(
        floor.standings[reply.technician].technician.phone,
        url=links.to("screen", contact, number),
        status_callback=links.to("leg", contact, number),
        status_callback_event="answered completed",
    )
    response.append(dial)


def record(response: Any, seconds: int, action: str, stored: str) -> None:
    response.record(
        action=action,
        max_length=seconds,
        timeout=RECORD_SILENCE,
        finish_on_key="#",
        recording_status_callback=stored,
        recording_status_callback_event="completed absent",
    )
    # When nothing was recorded, Twilio may fall through instead of asking for the action (twilio.md 5.7).
    response.redirect(action)
